"""What the URL of an import says: about the file, about its values, and how it is to be done."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TypeVar

from starlette.datastructures import QueryParams

from liangcun_server.importing.files import Format
from liangcun_server.importing.mapping import as_map
from liangcun_server.importing.model import ImportOptions, InvalidImport
from liangcun_standards.periods import Period
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import AssessorLevel, SourceStatus

_NAMES = (
    "name",
    "sourceStatus",
    "reason",
    "author",
    "source",
    "period",
    "level",
    "dryRun",
    "validOnly",
    "acceptUnits",
    "restate",
    "suspectRatio",
    "format",
    "map",
)
_KINDS = {
    "xlsx": Format.XLSX,
    "xls": Format.XLSX,
    "csv": Format.CSV,
    "parquet": Format.PARQUET,
    "kobo": Format.KOBO,
}
_EXTENSIONS = {name: kind for name, kind in _KINDS.items() if kind is not Format.KOBO}
_SWITCH = {"true": True, "false": False}
_LONGEST = 1_000
_SHOWN = 60
# File systems take 255, of which Chinese takes three a character.
_LONGEST_NAME_BYTES = 240

Meant = TypeVar("Meant")
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True)
class ImportAsked:
    """What an upload asks for.

    `format` is None where the file's name says it, which then gives `kind`. `columns` gives headings of the
    file the names that we know.
    """

    name: str
    author: str
    reason: str
    kind: Format
    format: Format | None
    columns: Mapping[str, str] | None
    options: ImportOptions


def read_parameters(given: QueryParams) -> ImportAsked:
    """What the parameters ask for. Raises InvalidImport, which names the one that can't be used."""
    _check_names([name for name, _ in given.multi_items()])
    name = _file_name(_required(given, "name"))
    chosen = _word(given, "format", _KINDS)
    status = _word(given, "sourceStatus", _spelled(SourceStatus), needed=True)
    assert status is not None
    return ImportAsked(
        name=name,
        author=_required(given, "author"),
        reason=_required(given, "reason"),
        kind=_kind(name, chosen),
        format=chosen,
        columns=_columns(given),
        options=ImportOptions(
            period=_period(given),
            level=_word(given, "level", _spelled(AssessorLevel)) or AssessorLevel.COUNTY,
            source_status=status,
            source=_text(given, "source"),
            accept_units=_switch(given, "acceptUnits"),
            valid_only=_switch(given, "validOnly"),
            dry_run=_switch(given, "dryRun"),
            suspect_ratio=_ratio(given),
            restate=_switch(given, "restate"),
        ),
    )


def _check_names(names: Sequence[str]) -> None:
    listed = ", ".join(_NAMES)
    for name in names:
        if name not in _NAMES:
            raise InvalidImport(
                Text(f"没有这个参数；可用：{listed}", f"there is no such parameter; there are {listed}"),
                where=name[:_SHOWN],
            )
        if names.count(name) > 1:
            raise InvalidImport(Text("只能写一次", "it may be there once only"), where=name)


def _text(given: QueryParams, name: str) -> str | None:
    value = given.get(name, "").strip()
    if len(value) > _LONGEST:
        raise InvalidImport(Text(f"最多 {_LONGEST:,} 字", f"it may have {_LONGEST:,} characters"), where=name)
    if not value.isprintable():
        raise InvalidImport(Text("含有无法保存的字符", "it has characters that can't be kept"), where=name)
    return value or None


def _required(given: QueryParams, name: str) -> str:
    value = _text(given, name)
    if value is None:
        raise InvalidImport(Text("必须写明", "it is needed"), where=name)
    return value


def _file_name(written: str) -> str:
    """The last part of what may be a whole path on the sender's machine."""
    name = written.replace("\\", "/").rpartition("/")[2].strip()
    if name in ("", ".", ".."):
        raise InvalidImport(Text("不是文件名", "it is no name of a file"), where="name")
    if len(name.encode()) > _LONGEST_NAME_BYTES:
        raise InvalidImport(
            Text(
                f"文件名最多 {_LONGEST_NAME_BYTES} 字节（{_LONGEST_NAME_BYTES // 3} 个汉字）",
                f"a file's name may have {_LONGEST_NAME_BYTES} bytes",
            ),
            where="name",
        )
    return name


def _kind(name: str, chosen: Format | None) -> Format:
    by_name = _EXTENSIONS.get(PurePosixPath(name).suffix.lower().removeprefix("."))
    if by_name is None and chosen is None:
        listed = "、".join(f".{one}" for one in _EXTENSIONS)
        raise InvalidImport(
            Text(
                f"文件名应以 {listed} 之一结尾，或用 format 指明",
                f"it must end in one of {listed.replace('、', ', ')}, or format must say what the file is",
            ),
            where="name",
        )
    alike = by_name is chosen or (by_name is Format.CSV and chosen is Format.KOBO)
    if by_name is not None and chosen is not None and not alike:
        raise InvalidImport(
            Text(f"与文件名“{name}”不符", f"it doesn't fit the name of the file, {name}"), where="format"
        )
    kind = chosen or by_name
    assert kind is not None
    return kind


def _spelled(words: type[Word]) -> dict[str, Word]:
    """Each as the command spells it and as GraphQL does."""
    return {spelled: one for one in words for spelled in (one.value, one.name)}


def _word(
    given: QueryParams, name: str, meanings: Mapping[str, Meant], *, needed: bool = False
) -> Meant | None:
    written = given.get(name, "")
    if not written and not needed:
        return None
    if written not in meanings:
        listed = ", ".join(one for one in meanings if one.islower())
        shown = written[:_SHOWN]
        raise InvalidImport(
            Text(f"“{shown}”不可用；可用：{listed}", f"'{shown}' can't be used; it is one of {listed}"),
            where=name,
        )
    return meanings[written]


def _switch(given: QueryParams, name: str) -> bool:
    return _word(given, name, _SWITCH) or False


def _columns(given: QueryParams) -> dict[str, str] | None:
    written = _text(given, "map")
    return None if written is None else as_map(written, "map")


def _period(given: QueryParams) -> Period | None:
    written = given.get("period", "")
    return Period.parse(written) if written else None


def _ratio(given: QueryParams) -> float:
    written = given.get("suspectRatio", "") or "10"
    try:
        ratio = float(written)
    except ValueError:
        ratio = math.nan
    if not (math.isfinite(ratio) and ratio >= 0):
        shown = written[:_SHOWN]
        raise InvalidImport(
            Text(
                f"“{shown}”不可用；应为不小于 0 的数，0 不查",
                f"'{shown}' can't be used; it is a number from 0, which holds nothing",
            ),
            where="suspectRatio",
        )
    return ratio
