"""Bringing a file in over HTTP: it is sent as it is, `POST /imports?name=…&sourceStatus=…`."""

from __future__ import annotations

import asyncio
import math
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from liangcun_server.application import Application
from liangcun_server.graphql.context import RequestContext
from liangcun_server.http.authorization import bearer_token
from liangcun_server.http.endpoint import refusal, refusal_of
from liangcun_server.http.negotiation import JSON, preferred_locale
from liangcun_server.http.statuses import OK, UNPROCESSABLE
from liangcun_server.importing.files import Format
from liangcun_server.importing.importing import import_files
from liangcun_server.importing.mapping import as_map
from liangcun_server.importing.model import Change, ImportOptions, ImportReport, InvalidImport
from liangcun_server.observations.model import NewObservation, Observation
from liangcun_server.operators.requiring import require_operator_of
from liangcun_standards.errors import LiangcunError
from liangcun_standards.periods import Period
from liangcun_standards.text import Locale, Text
from liangcun_standards.vocabulary import AssessorLevel, SourceStatus

# One is read and recorded at a time, while another may be arriving.
_ARRIVING, _AT_WORK = 2, 1
# Of each list in the answer; the counts are of all.
_SHOWN = 1_000
_LONGEST_NAME = 60
# What has to arrive in each span of LIANGCUN_BODY_SECONDS.
_BYTES_A_SPAN = 100_000
_ENDINGS = {".xlsx": Format.XLSX, ".xls": Format.XLSX, ".csv": Format.CSV, ".parquet": Format.PARQUET}
_FLAGS = {"true": True, "false": False}
_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}

Word = TypeVar("Word", bound=StrEnum)


class ImportTooLarge(LiangcunError):
    """A file to bring in that has more bytes than the server takes."""

    code = "IMPORT_TOO_LARGE"


@dataclass(frozen=True)
class _Asked:
    """What the address asks for."""

    name: str
    format: Format | None
    columns: Mapping[str, str] | None
    options: ImportOptions
    author: str
    reason: str


class Imports:
    """Takes files to bring in and records them, the operator's, as `liangcun import` does."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._arriving = asyncio.Semaphore(_ARRIVING)
        self._at_work = asyncio.Semaphore(_AT_WORK)

    async def take(self, request: Request) -> Response:
        """Bring a file in, and tell what that did; 422 where problems kept all of it from being recorded."""
        locale = preferred_locale(request)
        try:
            async with RequestContext(self._application, locale, token=bearer_token(request)) as context:
                await require_operator_of(context)
                asked = _asked(request)
                catalogue = (await context.standards()).indicators
                async with self._arriving, self._file(request, asked.name) as file, self._at_work:
                    report = await import_files(
                        self._application.database,
                        catalogue,
                        [file],
                        asked.options,
                        author=asked.author,
                        reason=asked.reason,
                        format=asked.format,
                        named=asked.columns,
                    )
        except ClientDisconnect:
            # Nobody is there to be answered, and nothing was recorded.
            words = Text("没有收完，未写入任何数据", "it didn't arrive whole, and nothing was written")
            return refusal(400, words, "INVALID_REQUEST", locale, media=JSON)
        except LiangcunError as error:
            return refusal_of(error, locale)
        body = orjson.dumps(_told(report, locale, dry_run=asked.options.dry_run))
        status = UNPROCESSABLE if report.refused else OK
        return Response(body, status, _HEADERS, media_type=f"{JSON}; charset=utf-8")

    @asynccontextmanager
    async def _file(self, request: Request, name: str) -> AsyncIterator[Path]:
        """What is sent, as a file for as long as it is needed.

        Raises InvalidImport for what is too slow or nothing, ImportTooLarge, ClientDisconnect.
        """
        settings = self._application.settings
        size = request.headers.get("content-length", "")
        if size.isdecimal() and int(size) > settings.max_import_bytes:
            raise _too_large(settings.max_import_bytes)
        with tempfile.TemporaryDirectory(prefix="liangcun-import-") as folder:
            file = Path(folder) / name
            count = await self._arrived(request, file)
            if not count:
                raise InvalidImport(Text("没有内容", "there is nothing in it"), where=name)
            yield file

    async def _arrived(self, request: Request, file: Path) -> int:
        """Write what arrives to a file; how many bytes."""
        settings, clock = self._application.settings, asyncio.get_running_loop().time
        count = spans = 0
        try:
            with file.open("wb") as target:
                async with asyncio.timeout(settings.body_seconds) as limit:
                    async for chunk in request.stream():
                        count += len(chunk)
                        if count > settings.max_import_bytes:
                            raise _too_large(settings.max_import_bytes)
                        await asyncio.to_thread(target.write, chunk)
                        if count // _BYTES_A_SPAN > spans:
                            spans = count // _BYTES_A_SPAN
                            limit.reschedule(clock() + settings.body_seconds)
        except TimeoutError:
            raise InvalidImport(Text("没有按时发完", "it didn't arrive in time"), where=file.name) from None
        except OSError as error:
            told = error.strerror or type(error).__name__
            raise InvalidImport(
                Text(f"服务器存不下这个文件（{told}）", f"the server can't keep the file ({told})")
            ) from None
        return count


def _too_large(most: int) -> ImportTooLarge:
    return ImportTooLarge(
        Text(
            f"文件超过 {most} 字节（LIANGCUN_MAX_IMPORT_BYTES）；请分成几个，或在服务器上用 liangcun import",
            f"the file has more than {most} bytes (LIANGCUN_MAX_IMPORT_BYTES); split it, or run liangcun "
            "import where the server is",
        )
    )


def _asked(request: Request) -> _Asked:
    """What the address asks for. Raises InvalidImport by the name of what is wrong, InvalidPeriod."""
    given = request.query_params
    for name in given:
        if name not in _NAMES:
            listed = ", ".join(sorted(_NAMES))
            raise _wrong(
                name, f"没有这个参数；有：{listed}", f"there is no such parameter; there are {listed}"
            )
    for name in ("author", "reason"):
        if not given.get(name, "").strip():
            raise _wrong(name, "请写明是谁、为什么", "say who brings it in, and why")
    name = _name(given.get("name", ""))
    format = _word(Format, given, "format", None)
    if format is None and Path(name).suffix.lower() not in _ENDINGS:
        listed = ", ".join(_ENDINGS)
        raise _wrong(
            "name",
            f"文件名应以 {listed} 之一结尾，或写明 format",
            f"the file's name ends in one of {listed}, or format says what it is",
        )
    status = _word(SourceStatus, given, "sourceStatus", None)
    if status is None:
        listed = ", ".join(SourceStatus)
        raise _wrong("sourceStatus", f"请写明性质：{listed}", f"say what the values may claim: {listed}")
    columns = given.get("map")
    options = ImportOptions(
        period=Period.parse(given["period"]) if "period" in given else None,
        level=_word(AssessorLevel, given, "level", AssessorLevel.COUNTY) or AssessorLevel.COUNTY,
        source_status=status,
        source=given.get("source"),
        accept_units=_flag(given, "acceptUnits"),
        valid_only=_flag(given, "validOnly"),
        dry_run=_flag(given, "dryRun"),
        suspect_ratio=_ratio(given.get("suspectRatio", "10")),
        restate=_flag(given, "restate"),
    )
    named = None if columns is None else as_map(columns, "map")
    return _Asked(name, format, named, options, given["author"], given["reason"])


_NAMES = frozenset(
    {
        "name",
        "format",
        "sourceStatus",
        "source",
        "period",
        "level",
        "dryRun",
        "validOnly",
        "acceptUnits",
        "restate",
        "suspectRatio",
        "map",
        "author",
        "reason",
    }
)


def _wrong(name: str, zh: str, en: str) -> InvalidImport:
    return InvalidImport(Text(zh, en), where=name[:_LONGEST_NAME])


def _name(given: str) -> str:
    """The file's own name, of what may be a path on another machine."""
    own = given.replace("\\", "/").rsplit("/", 1)[-1].strip()
    own = "".join(mark for mark in own if mark.isprintable())
    if not own.strip("."):
        raise _wrong("name", "请写明文件名", "say the file's name")
    # By its end, which says what kind of file it is: file systems take no long names.
    return own[-_LONGEST_NAME:]


def _word(kind: type[Word], given: Mapping[str, str], name: str, default: Word | None) -> Word | None:
    text = given.get(name)
    if text is None:
        return default
    written = text.strip().lower()
    if written in set(kind):
        return kind(written)
    listed = ", ".join(kind)
    raise _wrong(name, f"应为 {listed}", f"it is one of {listed}")


def _flag(given: Mapping[str, str], name: str) -> bool:
    text = given.get(name, "false").lower()
    if text not in _FLAGS:
        raise _wrong(name, "应为 true 或 false", "it is true or false")
    return _FLAGS[text]


def _ratio(text: str) -> float:
    try:
        ratio = float(text)
    except ValueError:
        ratio = math.nan
    if not (math.isfinite(ratio) and ratio >= 0):
        raise _wrong("suspectRatio", "应为不小于 0 的数", "it is a number from 0 on")
    return ratio


def _told(report: ImportReport, locale: Locale, *, dry_run: bool) -> dict[str, Any]:
    """What an import did as JSON, up to a thousand of each kind."""
    return {
        "revision": report.revision,
        "dryRun": dry_run,
        "refused": report.refused,
        "new": report.new,
        "corrected": report.corrections,
        "unchanged": report.unchanged,
        "asBefore": report.as_before,
        "suspect": len(report.held),
        "problems": len(report.problems),
        "problemList": [
            {"place": one.place, "column": one.column, "message": one.message.pick(locale)}
            for one in report.problems[:_SHOWN]
        ],
        "suspectList": [{**_about(one), "after": _shown(one)} for one in report.held[:_SHOWN]],
        "correctionList": [_changed(one) for one in report.corrected[:_SHOWN]],
        "ignoredColumns": list(report.ignored[:_SHOWN]),
    }


def _changed(change: Change) -> dict[str, Any]:
    before = change.before
    sides = {"before": None if before is None else _shown(before), "after": _shown(change.after)}
    return {**_about(change.after), **sides}


def _about(value: NewObservation) -> dict[str, Any]:
    return {
        "place": value.place,
        "region": str(value.region_code),
        "indicator": value.indicator,
        "period": str(value.period),
        "level": value.assessor_level.name,
    }


def _shown(value: NewObservation | Observation) -> dict[str, Any]:
    return {
        "value": value.value,
        "qualifier": value.qualifier.name,
        "sourceStatus": value.source_status.name,
        "source": value.source,
        "note": value.note,
    }
