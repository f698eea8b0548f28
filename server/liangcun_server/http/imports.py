"""Files of values over HTTP: `POST /imports?name=…` brings one in exactly as `liangcun import` does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from liangcun_server.application import Application
from liangcun_server.graphql.context import RequestContext
from liangcun_server.http.authorization import bearer_token
from liangcun_server.http.endpoint import refusal, refusal_of
from liangcun_server.http.import_parameters import ImportAsked, read_parameters
from liangcun_server.http.import_report import (
    as_parameter,
    regions_told,
    report_json,
    summary_of_refusal,
)
from liangcun_server.http.negotiation import JSON, preferred_locale
from liangcun_server.http.statuses import OK, UNPROCESSABLE
from liangcun_server.http.uploads import check_upload, save_body, told_where_there_is_no_room
from liangcun_server.importing.files import Format, kind_of
from liangcun_server.importing.importing import import_files
from liangcun_server.importing.model import ImportReport, InvalidImport
from liangcun_server.limits.errors import ServerBusy
from liangcun_server.observability.figures import note_refusal
from liangcun_server.observations.checking import InvalidObservations
from liangcun_server.operators.requiring import require_operator_of
from liangcun_server.regions.repository import by_codes
from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Locale, Text

# Each may have a file of the largest size on the disk, arriving or waiting for its turn.
_MOST_FILES = 4
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Vary": "Accept-Language"}
_START = 8
_KINDS = {
    Format.XLSX: Text("工作簿", "a workbook"),
    Format.PARQUET: Text("Parquet", "Parquet"),
    Format.CSV: Text("CSV", "CSV"),
    Format.KOBO: Text("CSV", "CSV"),
}


class Imports:
    """Takes files of values, which are brought in one after another."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._files = 0

    async def take(self, request: Request) -> Response:
        """Bring a file in; the operator's. The report, or why it can't be taken, as JSON."""
        locale = preferred_locale(request)
        settings = self._application.settings
        try:
            async with RequestContext(self._application, locale, token=bearer_token(request)) as context:
                await require_operator_of(context)
            asked = read_parameters(request.query_params)
            check_upload(request, settings.max_import_bytes)
            with self._room():
                return await self._taken(request, asked, locale)
        except ClientDisconnect:
            # Nobody is there to be answered, and nothing was kept.
            words = Text("没有收完，未写入任何数据", "it didn't arrive whole, and nothing was written")
            return refusal(400, words, "INVALID_REQUEST", locale, media=JSON)
        except LiangcunError as error:
            error.where = error.where and as_parameter(error.where)
            return refusal_of(error, locale)

    @contextmanager
    def _room(self) -> Iterator[None]:
        """Raises ServerBusy where as many files are here already as may be."""
        if self._files >= _MOST_FILES:
            raise ServerBusy.with_files(_MOST_FILES)
        self._files += 1
        try:
            yield
        finally:
            self._files -= 1

    async def _taken(self, request: Request, asked: ImportAsked, locale: Locale) -> Response:
        settings = self._application.settings
        with ExitStack() as stack:
            with told_where_there_is_no_room():
                folder = stack.enter_context(TemporaryDirectory(prefix="liangcun-import-"))
            path = Path(folder) / asked.name
            limit, seconds = settings.max_import_bytes, settings.body_seconds
            if not await save_body(request, path, limit=limit, seconds=seconds):
                raise InvalidImport(Text("没有内容", "there is nothing in it"), where=asked.name)
            await asyncio.to_thread(_check_content, path, asked)

            async def work() -> Response:
                # The file stays until it is brought in, whoever waits for that.
                with stack.pop_all():
                    done = await self._brought_in(path, asked, locale)
                return await self._answer(done, asked, locale)

            return await self._application.long_work.see_through(work, wait=settings.request_seconds)

    async def _brought_in(self, path: Path, asked: ImportAsked, locale: Locale) -> ImportReport:
        async with RequestContext(self._application, locale) as context:
            catalogue = (await context.standards()).indicators
        return await import_files(
            self._application.database,
            catalogue,
            [path],
            asked.options,
            author=asked.author,
            reason=asked.reason,
            format=asked.format,
            named=asked.columns,
        )

    async def _answer(self, done: ImportReport, asked: ImportAsked, locale: Locale) -> Response:
        async with self._application.database.read() as connection:
            known = await by_codes(connection, regions_told(done))
        names = {code: one.name for code, one in known.items()}
        body: dict[str, Any] = report_json(done, names, dry_run=asked.options.dry_run)
        if not done.refused:
            return JSONResponse(body, status_code=OK, headers=_HEADERS)
        code = InvalidObservations.code
        note_refusal(code)
        message = summary_of_refusal(done).pick(locale)
        body["errors"] = [{"message": message, "extensions": {"code": code}}]
        return JSONResponse(body, status_code=UNPROCESSABLE, headers=_HEADERS)


def _check_content(path: Path, asked: ImportAsked) -> None:
    """Raises InvalidImport for a file that is something else than it is said to be."""
    with path.open("rb") as file:
        found = kind_of(file.read(_START))
    # What is no workbook is told with the way out of it where it is taken apart.
    if asked.kind is Format.XLSX or _KINDS[found] == _KINDS[asked.kind]:
        return
    said, is_one = _KINDS[asked.kind], _KINDS[found]
    raise InvalidImport(
        Text(
            f"按文件名或 format 应是 {said.zh}，内容却不是（像是{is_one.zh}）",
            f"by its name or format it is {said.en}, but what is in it isn't (it looks like {is_one.en})",
        ),
        where=asked.name,
    )
