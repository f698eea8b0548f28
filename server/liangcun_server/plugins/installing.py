"""Putting a plugin in place and taking it away: looked at, unpacked aside, checked, and only then in use."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import EntryPoint, distributions, entry_points
from pathlib import Path

from packaging.utils import canonicalize_name

from liangcun_server.plugins.changes import PluginAction, add_plugin_change, read_switches
from liangcun_server.plugins.folder import PluginFolder, points_of
from liangcun_server.plugins.switching import UnknownPlugin, known_plugin
from liangcun_server.plugins.wheels import (
    InvalidWheel,
    PluginWheel,
    look_at_wheel,
    missing_requirements,
    newest_of_each,
    safe_name,
)
from liangcun_server.storage.database import Database
from liangcun_standards.conformance import Level, Report, Subject, check_apart
from liangcun_standards.errors import LiangcunError
from liangcun_standards.plugins import GROUP, Plugin, PluginRegistry, PluginStatus, load_plugins
from liangcun_standards.text import Text

_KIND = "plugin"
_PIP_SECONDS = 300


class PluginNotSound(LiangcunError):
    """A plugin whose checks fail; what was in use before stays in use."""

    code = "PLUGIN_NOT_SOUND"


class PluginNotFetched(LiangcunError):
    """A plugin that pip could not get or unpack."""

    code = "PLUGIN_NOT_FETCHED"


class UpgradeNotConfirmed(LiangcunError):
    """An upgrade that changes scores, and nobody has said that this is meant."""

    code = "UPGRADE_NOT_CONFIRMED"


@dataclass(frozen=True)
class Candidate:
    """A wheel unpacked aside and found sound, beside all other plugins as they would then stand.

    `before` is the version of it in use now, None for none.
    """

    wheel: PluginWheel
    unpacked: Path
    registry: PluginRegistry
    before: str | None

    @property
    def plugins(self) -> list[Plugin]:
        """Its plugins, as they would stand."""
        return [known_plugin(self.registry, name) for name in self.wheel.plugins]


@contextmanager
def wheels_meant(named: str, *, source: Path | None, sha256: str | None) -> Iterator[list[PluginWheel]]:
    """The wheels that a file, a folder of wheels or a name means, for as long as the context lasts.

    A name is looked for in the folder `source` or, without one, in the index that pip is set up for. Raises
    InvalidWheel, PluginNotFetched, UnknownPlugin.
    """
    path = Path(named)
    with tempfile.TemporaryDirectory(prefix="liangcun-plugin-") as aside:
        if path.is_dir():
            if sha256 is not None:
                raise InvalidWheel(
                    Text(
                        "--sha256 是一个 wheel 的摘要：请给出那个文件，而不是整个文件夹",
                        "--sha256 is the digest of one wheel: name that file, not the whole folder",
                    ),
                    where=str(path),
                )
            yield _in_folder(path)
        elif path.suffix == ".whl":
            yield [look_at_wheel(path, sha256=sha256)]
        elif not safe_name(named):
            raise UnknownPlugin(
                Text(
                    f"“{named[:80]}”既不是 wheel 文件、装着 wheel 的文件夹，也不能是包名",
                    f"'{named[:80]}' is no wheel, no folder of wheels, and can't be a package's name",
                )
            )
        else:
            found = _fetched(named, Path(aside), source)
            yield [look_at_wheel(found, sha256=sha256)]


def _in_folder(folder: Path) -> list[PluginWheel]:
    files = sorted(folder.glob("*.whl"))
    found = []
    for file in files:
        try:
            found.append(look_at_wheel(file))
        except InvalidWheel:
            # A folder of wheels may hold what plugins need as well; one that is a plugin must be sound.
            if len(files) == 1:
                raise
    if not found:
        raise UnknownPlugin(
            Text(
                "文件夹里没有可用的插件 wheel（项目文件夹请先打包：liangcun plugin build）",
                "the folder holds no usable wheel of a plugin (build a project first: liangcun plugin build)",
            ),
            where=str(folder),
        )
    return newest_of_each(found)


def _fetched(named: str, aside: Path, source: Path | None) -> Path:
    where = [] if source is None else ["--no-index", "--find-links", str(source.resolve())]
    whole = ["--no-deps", "--only-binary", ":all:", "--dest", str(aside)]
    _pip(["download", *whole, *where, "--", named], named)
    found = list(aside.glob("*.whl"))
    if len(found) != 1:
        raise PluginNotFetched(Text(f"没有得到 {named} 的 wheel", f"there came no wheel of {named}"))
    return found[0]


def _pip(arguments: list[str], named: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - this very Python; names were checked
            command, capture_output=True, text=True, errors="replace", timeout=_PIP_SECONDS, check=False
        )
        told = done.stderr.strip().splitlines()[-3:]
        failed = done.returncode != 0
    except (OSError, subprocess.TimeoutExpired) as error:
        told, failed = [str(error)], True
    if failed:
        words = "\n".join(told)[-600:]
        raise PluginNotFetched(Text(f"pip 未能完成：{words}", f"pip could not: {words}"), where=named)


@contextmanager
def prepared(wheel: PluginWheel, folder: PluginFolder, *, level: Level) -> Iterator[Candidate]:
    """Unpack a wheel aside and check it, by the conformance kit up to `level`, bronze at the least.

    What was unpacked goes again at the end, unless `put_in_place` took it. Raises PluginNotSound,
    PluginNotFetched.
    """
    missing = missing_requirements(wheel)
    if missing:
        raise PluginNotSound(
            Text(
                f"缺少它需要的包：{'、'.join(missing)}；请先安装到量村的环境里",
                f"it needs {', '.join(missing)}; install that into liangcun's environment first",
            ),
            where=wheel.file.name,
        )
    folder.path.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=folder.path, prefix=".unpacked-"))
    registry = None
    try:
        where = ["--isolated", "--no-index", "--no-deps", "--no-compile", "--target", str(aside)]
        _pip(["install", *where, "--", str(wheel.file.resolve())], wheel.file.name)
        points = [one for found in distributions(path=[str(aside)]) for one in points_of(found)]
        registry = load_plugins([*_others(wheel, folder), *points])
        _refuse_unfit(wheel, registry)
        os.chmod(aside, 0o755)  # noqa: S103 - another user may run the server
        for point in points:
            _refuse_unsound(check_apart(_subject(wheel, point, aside)), level)
        before = folder.current(canonicalize_name(wheel.distribution))
        yield Candidate(wheel, aside, registry, before)
    finally:
        if registry is not None:
            registry.close()
        shutil.rmtree(aside, ignore_errors=True)


def _others(wheel: PluginWheel, folder: PluginFolder) -> list[EntryPoint]:
    own = canonicalize_name(wheel.distribution)
    beside = [one for one in folder.in_use() if canonicalize_name(one.metadata["Name"]) != own]
    return [*entry_points(group=GROUP), *(point for one in beside for point in points_of(one))]


def _subject(wheel: PluginWheel, point: EntryPoint, aside: Path) -> Subject:
    return Subject(point.name, point.value, wheel.version, wheel.requires, aside.resolve())


def _refuse_unfit(wheel: PluginWheel, registry: PluginRegistry) -> None:
    """Raises PluginNotSound unless every plugin of the wheel is active beside all others."""
    for name in wheel.plugins:
        own = [one for one in registry.plugins if one.name == name and one.distribution is not None]
        mine = [one for one in own if canonicalize_name(one.distribution or "") == wheel.distribution]
        for one in mine or own:
            if one.status is not PluginStatus.ACTIVE:
                error = _brief(one.error or Text("", ""))
                raise PluginNotSound(
                    Text(f"{one.status.label.zh}：{error.zh}", f"{one.status.label.en}: {error.en}"),
                    where=name,
                )


def _brief(error: Text) -> Text:
    """Of a traceback, what it ends with: whoever installs a plugin isn't who mends it."""
    return Text(*(one.strip().splitlines()[-1] if "Traceback" in one else one for one in error))


def _refuse_unsound(report: Report, level: Level) -> None:
    levels = list(Level)
    # Below bronze nothing can be used, whatever was asked for.
    wanted = levels[: max(levels.index(level), levels.index(Level.BRONZE)) + 1]
    faults = [one for one in report.findings if not one.holds and one.level in wanted]
    if faults:
        zh = "\n".join(f"{one.code} {one.title.zh}：{one.faults[0].zh}" for one in faults)
        en = "\n".join(f"{one.code} {one.title.en}: {one.faults[0].en}" for one in faults)
        raise PluginNotSound(
            Text(
                f"未达{level.label.zh}（详见 liangcun plugin check）：\n{zh}",
                f"it is below {level.label.en} (liangcun plugin check says more):\n{en}",
            ),
            where=report.plugin,
        )


async def put_in_place(
    database: Database, folder: PluginFolder, candidate: Candidate, *, author: str, reason: str
) -> None:
    """Put a candidate to use; one that is switched off stays so. On record, and whole or not at all."""
    wheel = candidate.wheel
    place = folder.place(wheel.distribution, wheel.version)
    async with database.write(author=author, reason=reason, kind=_KIND) as (connection, revision):
        disabled = (await read_switches(connection)).disabled
        for name in wheel.plugins:
            await add_plugin_change(
                connection,
                name,
                PluginAction.INSTALLED,
                enabled=name not in disabled,
                revision=revision,
                distribution=wheel.distribution,
                version=wheel.version,
                sha256=wheel.sha256,
            )
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            # The same version once more, perhaps of other bytes: the record tells them apart.
            os.replace(place, place.with_name(f".{wheel.version}-before-{revision}"))
        os.replace(candidate.unpacked, place)
        folder.use(wheel.distribution, wheel.version)


async def take_away(database: Database, folder: PluginFolder, name: str, *, author: str, reason: str) -> str:
    """Put a plugin out of use; its files stay. Returns its distribution and version.

    Raises UnknownPlugin for one that wasn't installed by `liangcun plugin install`.
    """
    for one in folder.in_use():
        names = [point.name for point in points_of(one)]
        if name in names:
            break
    else:
        known = sorted(point.name for point in folder.own_points()) or ["—"]
        raise UnknownPlugin(
            Text(
                f"“{name[:80]}”不是用 liangcun plugin install 安装的，现有：{'、'.join(known)}；"
                "随环境安装的请停用（disable）或用 pip 卸载",
                f"'{name[:80]}' wasn't installed by liangcun plugin install, which installed: "
                f"{', '.join(known)}; disable what came with the environment, or uninstall it with pip",
            )
        )
    distribution = one.metadata["Name"]
    async with database.write(author=author, reason=reason, kind=_KIND) as (connection, revision):
        disabled = (await read_switches(connection)).disabled
        for each in names:
            await add_plugin_change(
                connection,
                each,
                PluginAction.REMOVED,
                enabled=each not in disabled,
                revision=revision,
                distribution=distribution,
                version=one.version,
            )
        folder.use(distribution, None)
    return f"{distribution} {one.version}"
