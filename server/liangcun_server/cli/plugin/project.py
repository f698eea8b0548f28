"""A new plugin's project: its name and titles checked, then written whole or not at all."""

from __future__ import annotations

import keyword
import os
import re
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import EntryPoint, PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from liangcun_server.cli.reading import BadOption
from liangcun_standards.errors import LiangcunError
from liangcun_standards.regions import full_code, short_code
from liangcun_standards.text import Text

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_NAME = 60
_LONGEST_TITLE = 100
_TEMPLATE = Path(__file__).with_name("template")


class UnwritableProject(LiangcunError):
    """A project that can't be written where it should."""

    code = "UNWRITABLE_PROJECT"


@dataclass(frozen=True, slots=True)
class Project:
    """What a new plugin is called. `jurisdiction` is a division code as documents have it."""

    name: str
    title: str
    title_en: str
    jurisdiction: str

    @classmethod
    def checked(
        cls, name: str, *, title: str, title_en: str, jurisdiction: str, beside: Iterable[EntryPoint] = ()
    ) -> Self:
        """A project whose plugin can stand beside others, of which those are the entry points.

        Raises BadOption for a name or a title that can't be used, InvalidRegionCode.
        """
        _check_spelling(name)
        _check_free(name, beside)
        _check_package(name.replace("-", "_"))
        for option, text in (("--title", title), ("--title-en", title_en)):
            _check_title(option, text)
        code = short_code(full_code(jurisdiction)).ljust(6, "0")
        return cls(name, title.strip(), title_en.strip(), code)

    @property
    def package(self) -> str:
        """The Python package's name."""
        return self.name.replace("-", "_")


def write_project(project: Project, parent: Path) -> Path:
    """Write the project into a folder of its name; returns the folder.

    Raises UnwritableProject when something of that name is there, or when nothing can be written.
    """
    from copier import run_copy

    folder = parent / project.name
    if folder.exists() or folder.is_symlink():
        raise UnwritableProject(
            Text(f"{folder} 已存在，不会覆盖；请换个名字或文件夹（--output）",
                 f"{folder} is there already and stays as it is; take another name or folder (--output)")
        )  # fmt: skip
    major, minor = version("liangcun-standards").split(".")[:2]
    data = {
        **asdict(project),
        "package": project.package,
        "sdk": f">={major}.{minor},<{major}.{int(minor) + 1}",
        "year": datetime.now(UTC).year,
    }
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=parent, prefix=f".{project.name}-") as beside:
            made = Path(beside) / project.name
            run_copy(str(_TEMPLATE), made, data=data, defaults=True, quiet=True, exclude=("copier.yml",))
            (made / "check").chmod(0o755)
            os.replace(made, folder)
    except OSError as error:
        problem = error.strerror or str(error)
        raise UnwritableProject(
            Text(f"写不了 {folder}（{problem}）", f"{folder} can't be written ({problem})")
        ) from None
    return folder


def _check_spelling(name: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise BadOption(
            Text(
                f"插件名“{name[:40]}”不可用：应为小写字母、数字和连字符，以字母开头，如 shouguang-wuyou",
                f"'{name[:40]}' can't be a plugin's name: small letters, digits and hyphens, a letter first, "
                "as in shouguang-wuyou",
            ),
            where="NAME",
        )


def _check_free(name: str, beside: Iterable[EntryPoint]) -> None:
    """Of two plugins of one name only one works, and the other's standards go with it."""
    holder = next((_distribution_of(one) for one in beside if one.name == name), None)
    if holder is None and _is_installed(f"liangcun-{name}"):
        holder = f"liangcun-{name}"
    if holder is not None:
        raise BadOption(
            Text(
                f"已有插件或安装包叫“{name}”（{holder}）；请换一个名字，如加上县名：changling-{name}。"
                "只想改它的标准，不必写插件：liangcun standards save",
                f"'{name}' is taken ({holder}); take another name, with the county's in it, such as "
                f"changling-{name}. Changing its standard alone needs no plugin: liangcun standards save",
            ),
            where="NAME",
        )


def _check_package(package: str) -> None:
    if keyword.iskeyword(package) or package in sys.stdlib_module_names or _importable(package):
        raise BadOption(
            Text(
                f"“{package}”与已有的 Python 包重名，请换一个，如加上县名",
                f"a Python package is called {package} already; take another name, with the county's in it",
            ),
            where="NAME",
        )


def _distribution_of(point: EntryPoint) -> str:
    return point.value if point.dist is None else f"{point.dist.metadata['Name']} {point.dist.version}"


def _is_installed(distribution: str) -> bool:
    try:
        version(distribution)
    except PackageNotFoundError:
        return False
    return True


def _importable(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):
        return False


def _check_title(option: str, title: str) -> None:
    text = title.strip()
    if not text or len(text) > _LONGEST_TITLE or not text.isprintable() or set(text) & set('"\\'):
        raise BadOption(
            Text(
                f"名称要写，最多 {_LONGEST_TITLE} 个字，不含引号和反斜杠",
                f"a title is needed, of at most {_LONGEST_TITLE} characters, without quotes and backslashes",
            ),
            where=option,
        )
