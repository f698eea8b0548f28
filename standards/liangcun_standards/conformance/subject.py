"""What is checked: a plugin that is installed, or one in a folder or a wheel that isn't."""

from __future__ import annotations

import sys
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, distributions, entry_points
from pathlib import Path

from liangcun_standards.errors import LiangcunError
from liangcun_standards.plugins import GROUP
from liangcun_standards.text import Text


class UnknownPlugin(LiangcunError):
    """No plugin is installed under that name, and no project or wheel is there."""

    code = "UNKNOWN_PLUGIN"


@dataclass(frozen=True)
class Subject:
    """One plugin to check.

    `path`: what has to be on the import path for it, None where it is installed. `requires`: what its
    distribution says it needs, as requirements are written.
    """

    name: str
    value: str
    version: str | None
    requires: tuple[str, ...]
    path: Path | None

    @property
    def package(self) -> str:
        """The package that its entry point leads to."""
        return self.value.partition(":")[0].partition(".")[0]

    @property
    def point(self) -> EntryPoint:
        """Its entry point."""
        if self.path is None:
            found = [one for one in entry_points(group=GROUP) if one.name == self.name]
            if found:
                return found[0]
        return EntryPoint(self.name, self.value, GROUP)

    def sources(self) -> Iterator[tuple[str, str]]:
        """The plugin's Python files: the name within the package's folder, and the text."""
        root = self._root()
        if root is not None and root.suffix == ".whl":
            with zipfile.ZipFile(root) as wheel:
                for name in sorted(wheel.namelist()):
                    if name.startswith(f"{self.package}/") and name.endswith(".py"):
                        yield name, wheel.read(name).decode("utf-8", "replace")
            return
        if root is None:
            return
        folder = root / self.package
        files = sorted(folder.rglob("*.py")) if folder.is_dir() else [root / f"{self.package}.py"]
        for file in files:
            if file.is_file():
                yield str(file.relative_to(root)), file.read_text(encoding="utf-8", errors="replace")

    def _root(self) -> Path | None:
        """Where its package lies."""
        if self.path is not None:
            return self.path
        for place in sys.path:
            root = Path(place or ".")
            if (root / self.package).is_dir() or (root / f"{self.package}.py").is_file():
                return root
        return None


def find_subject(named: str) -> list[Subject]:
    """The plugins that a name, a project's folder or a wheel means; a project may hold several.

    Raises UnknownPlugin.
    """
    path = Path(named)
    if path.suffix == ".whl" and path.is_file():
        return _of_wheel(path)
    if (path / "pyproject.toml").is_file():
        return _of_project(path)
    found = [point for point in entry_points(group=GROUP) if point.name == named]
    if not found:
        known = sorted({point.name for point in entry_points(group=GROUP)}) or ["—"]
        raise UnknownPlugin(
            Text(
                f"没有插件“{named[:80]}”，也没有这个项目文件夹或 wheel；已安装：{'、'.join(known)}",
                f"there is no plugin '{named[:80]}', and no project folder or wheel there; installed: "
                f"{', '.join(known)}",
            )
        )
    return [_of_point(point) for point in found[:1]]


def _of_point(point: EntryPoint) -> Subject:
    if point.dist is None:
        return Subject(point.name, point.value, None, (), None)
    return Subject(point.name, point.value, point.dist.version, tuple(point.dist.requires or ()), None)


def _of_project(folder: Path) -> list[Subject]:
    where = str(folder / "pyproject.toml")
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        points = dict(project["entry-points"][GROUP])
        requires = tuple(str(one) for one in project.get("dependencies", []))
        version = project.get("version")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnknownPlugin(Text(f"无法读取（{error}）", f"can't be read ({error})"), where=where) from None
    except (KeyError, TypeError, ValueError):
        raise UnknownPlugin(
            Text(
                f'没有 [project.entry-points.{GROUP}]；插件靠它被找到，如 my-plugin = "my_plugin"',
                f"there is no [project.entry-points.{GROUP}]; a plugin is found by it, as by my-plugin = "
                '"my_plugin"',
            ),
            where=where,
        ) from None
    root = folder / "src" if (folder / "src").is_dir() else folder
    return [
        Subject(str(name), str(value), version, requires, root.resolve()) for name, value in points.items()
    ]


def _of_wheel(file: Path) -> list[Subject]:
    found = list(distributions(path=[str(file)]))
    if len(found) != 1:
        raise UnknownPlugin(
            Text("不是可用的 wheel（里面应是一个安装包）", "it is no usable wheel (of one distribution)"),
            where=file.name,
        )
    points = [point for point in found[0].entry_points if point.group == GROUP]
    if not points:
        raise UnknownPlugin(
            Text(f"没有 {GROUP} 入口点，不是量村插件", f"it has no entry point {GROUP}, so it is no plugin"),
            where=file.name,
        )
    requires = tuple(found[0].requires or ())
    return [Subject(one.name, one.value, found[0].version, requires, file.resolve()) for one in points]
