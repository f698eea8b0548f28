"""Wheels of plugins, looked at before anything of them is unpacked."""

from __future__ import annotations

import base64
import csv
import hashlib
import re
import stat
import zipfile
from collections.abc import Sequence
from configparser import ConfigParser
from configparser import Error as ConfigParserError
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import Version

from liangcun_standards.errors import LiangcunError
from liangcun_standards.plugins import GROUP
from liangcun_standards.text import Text

_LARGEST_FILE = 64 << 20
_LARGEST_WHEEL = 256 << 20
_MOST_FILES = 10_000
_SAFE_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,126}[A-Za-z0-9])?(==[0-9A-Za-z.!+_-]{1,64})?")
# What a plugin may not bring: in a worker it would stand in the place of the SDK.
_OURS = ("liangcun_standards", "liangcun_server", "numpy", "pydantic", "pluggy")


class InvalidWheel(LiangcunError):
    """A wheel that can't be a plugin, or that isn't what it says it is."""

    code = "INVALID_WHEEL"


@dataclass(frozen=True)
class PluginWheel:
    """A wheel that has been looked at. `plugins` are the names of its entry points."""

    file: Path
    distribution: str
    version: str
    plugins: tuple[str, ...]
    requires: tuple[str, ...]
    sha256: str


def look_at_wheel(file: Path, *, sha256: str | None = None) -> PluginWheel:
    """The wheel, every file of which its own RECORD vouches for.

    Raises InvalidWheel for another digest than `sha256`, for anything that would land outside its folder,
    unpack to more than a plugin needs, run at start or stand in the place of the SDK, and for a wheel without
    a plugin in it.
    """
    digest = _digest(file)
    if sha256 is not None and digest != sha256.strip().lower():
        raise _invalid(
            file,
            f"SHA-256 是 {digest}，与要求的不同",
            f"its SHA-256 is {digest}, not the one asked for",
        )
    try:
        named, named_version, _, tags = parse_wheel_filename(file.name)
        with zipfile.ZipFile(file) as wheel:
            _check_names(file, wheel)
            folder = _dist_info(file, wheel)
            metadata = Parser().parsestr(wheel.read(f"{folder}/METADATA").decode())
            _check_record(file, wheel, folder)
            points = _points(wheel, folder)
        same = canonicalize_name(metadata["Name"] or "") == named and _version(metadata) == named_version
    except (InvalidWheelFilename, zipfile.BadZipFile, KeyError, OSError, ValueError) as error:
        told = str(error).strip("'\"")[:200]
        raise _invalid(file, f"不是可用的 wheel（{told}）", f"it is no usable wheel ({told})") from None
    if not same:
        raise _invalid(file, "文件名与其中的名字、版本不符", "the file's name is of another name or version")
    if not any(tag.abi == "none" and tag.platform == "any" for tag in tags):
        raise _invalid(file, "插件应是纯 Python 的（py3-none-any）", "a plugin is pure Python (py3-none-any)")
    if not points:
        raise _invalid(
            file, f"没有 {GROUP} 入口点，不是量村插件", f"it has no entry point {GROUP}, so it is no plugin"
        )
    requires = tuple(metadata.get_all("Requires-Dist") or ())
    return PluginWheel(file, str(named), str(named_version), points, requires, digest)


def missing_requirements(wheel: PluginWheel) -> list[str]:
    """What the wheel needs and this installation hasn't; nothing is fetched for a plugin."""
    missing = []
    for one in wheel.requires:
        try:
            wanted = Requirement(one)
        except InvalidRequirement:
            missing.append(one)
            continue
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
            continue
        try:
            found = version(wanted.name)
        except PackageNotFoundError:
            missing.append(one)
            continue
        # Another range of the SDK is a matter of its own: the plugin is incompatible, and told so.
        if canonicalize_name(wanted.name) != "liangcun-standards" and not wanted.specifier.contains(
            found, prereleases=True
        ):
            missing.append(one)
    return missing


def _check_names(file: Path, wheel: zipfile.ZipFile) -> None:
    listed = wheel.infolist()
    if len(listed) > _MOST_FILES or sum(one.file_size for one in listed) > _LARGEST_WHEEL:
        raise _invalid(file, "内容过大", "it holds too much")
    seen: set[str] = set()
    for one in listed:
        name = one.filename
        parts = PurePosixPath(name).parts
        outside = name.startswith("/") or ".." in parts or "\\" in name or ":" in name or "\0" in name
        if outside or stat.S_ISLNK(one.external_attr >> 16):
            raise _invalid(
                file, f"其中的 {name[:80]} 会写到目录之外", f"{name[:80]} in it would land outside its folder"
            )
        if one.file_size > _LARGEST_FILE:
            raise _invalid(file, f"其中的 {name[:80]} 过大", f"{name[:80]} in it is too large")
        if name.lower() in seen:
            raise _invalid(file, f"其中有两个 {name[:80]}", f"{name[:80]} stands in it twice")
        seen.add(name.lower())
        top = parts[0] if parts else ""
        if top.endswith((".pth", ".data")) or top.removesuffix(".py") in _OURS:
            raise _invalid(file, f"插件不能带来 {top[:80]}", f"a plugin can't bring {top[:80]}")


def _dist_info(file: Path, wheel: zipfile.ZipFile) -> str:
    found = {one.split("/")[0] for one in wheel.namelist() if one.split("/")[0].endswith(".dist-info")}
    if len(found) != 1:
        raise _invalid(file, "应有且只有一个 .dist-info", "it has not exactly one .dist-info")
    return found.pop()


def _check_record(file: Path, wheel: zipfile.ZipFile, folder: str) -> None:
    """Every file is listed with its digest, but for RECORD itself and what signs it."""
    rows = csv.reader(wheel.read(f"{folder}/RECORD").decode().splitlines())
    listed = {row[0]: row[1] for row in rows if len(row) >= 2}
    free = {f"{folder}/RECORD", f"{folder}/RECORD.jws", f"{folder}/RECORD.p7s"}
    for name in wheel.namelist():
        if name.endswith("/") or name in free:
            continue
        kind, _, wanted = listed.get(name, "").partition("=")
        if kind != "sha256" or wanted != _encoded(wheel.read(name)):
            raise _invalid(file, f"{name[:80]} 与 RECORD 不符", f"{name[:80]} is not what RECORD says it is")


def _version(metadata: Message) -> Version:
    """Raises ValueError (InvalidVersion) for none."""
    return Version(str(metadata["Version"] or ""))


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")


def _points(wheel: zipfile.ZipFile, folder: str) -> tuple[str, ...]:
    if f"{folder}/entry_points.txt" not in wheel.namelist():
        return ()
    declared = ConfigParser(delimiters=("=",), interpolation=None)
    declared.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        declared.read_string(wheel.read(f"{folder}/entry_points.txt").decode())
    except ConfigParserError as error:
        raise ValueError(str(error)) from None
    return tuple(declared[GROUP]) if declared.has_section(GROUP) else ()


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        told = error.strerror or str(error)
        raise _invalid(file, f"无法读取（{told}）", f"it can't be read ({told})") from None


def _invalid(file: Path, zh: str, en: str) -> InvalidWheel:
    return InvalidWheel(Text(zh, en), where=file.name)


def newest_of_each(wheels: Sequence[PluginWheel]) -> list[PluginWheel]:
    """The newest version of each distribution, by name."""
    newest: dict[str, PluginWheel] = {}
    for one in wheels:
        held = newest.get(one.distribution)
        if held is None or Version(held.version) < Version(one.version):
            newest[one.distribution] = one
    return [newest[name] for name in sorted(newest)]


def safe_name(named: str) -> bool:
    """Whether a name, perhaps with a version, is one that pip takes for nothing else."""
    return _SAFE_NAME.fullmatch(named) is not None
