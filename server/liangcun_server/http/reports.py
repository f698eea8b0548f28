"""Reports to download: `GET /reports/NAME.xlsx|docx|json|csv?standard=…&within=…&period=…`."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from liangcun_server.application import Application
from liangcun_server.exports.csv_file import scores_csv
from liangcun_server.graphql.context import RequestContext
from liangcun_server.http.authorization import bearer_token
from liangcun_server.http.endpoint import refusal, refusal_of
from liangcun_server.http.negotiation import JSON, preferred_locale
from liangcun_server.operators.requiring import require_operator_of
from liangcun_server.regions.region import Region, UnknownRegion
from liangcun_server.reports.circular import circular
from liangcun_server.reports.material import Report, report_of
from liangcun_server.reports.portable import portable
from liangcun_server.reports.template import shipped_template
from liangcun_server.reports.workbook import report_xlsx
from liangcun_server.scorecards.service import Question, scope_for
from liangcun_standards.errors import LiangcunError
from liangcun_standards.periods import Period
from liangcun_standards.regions import full_code
from liangcun_standards.text import Locale, Text

_MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
}
# Each holds a place's rows in memory; the others wait.
_AT_ONCE = 2
_LONGEST = 200


class InvalidDownload(LiangcunError):
    """A download that names no format, or lacks what it is about."""

    code = "INVALID_DOWNLOAD"


class Reports:
    """Answers downloads, a few at a time."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def answer(self, request: Request) -> Response:
        """The file, or why there is none as JSON."""
        locale = preferred_locale(request)
        try:
            async with asyncio.timeout(self._application.settings.request_seconds), self._turns:
                return await self._file(request, locale)
        except TimeoutError:
            words = Text("生成太久，已停止；请缩小范围", "it took too long and was stopped; ask for less")
            return refusal(503, words, "TIMEOUT", locale, media=JSON)
        except LiangcunError as error:
            return refusal_of(error, locale)

    async def _file(self, request: Request, locale: Locale) -> Response:
        name, _, format = request.path_params["file"].rpartition(".")
        if format not in _MEDIA or not name:
            listed = "、".join(_MEDIA)
            raise InvalidDownload(
                Text(f"文件名应以 {listed} 之一结尾", f"the name must end in one of {', '.join(_MEDIA)}")
            )
        application = self._application
        async with RequestContext(application, locale, token=bearer_token(request)) as context:
            if not application.settings.open_reading:
                await require_operator_of(context)
            question, place = await _question(request, context)
            scores = await application.scoring.scores(question, context)
            if format == "json":
                async with application.database.read(at_length=True) as connection:
                    data = await portable(connection, scores, place, application.plugins)
            else:
                async with application.database.read(at_length=True) as connection:
                    made = await report_of(connection, scores, place, application.plugins.indicators)
                data = await asyncio.to_thread(_written, made, format, locale)
        title = f"{place.name}-{question.resolved.standard.title}-{question.period}.{format}"
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(title)}",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(data, media_type=_MEDIA[format], headers=headers)


def _written(made: Report, format: str, locale: Locale) -> bytes:
    if format == "docx":
        return circular(made, shipped_template(locale), locale)
    if format == "csv":
        return scores_csv(made.table, locale).encode("utf-8-sig")
    return report_xlsx(made, locale)


async def _question(request: Request, context: RequestContext) -> tuple[Question, Region]:
    """What is asked for, as of one revision. Raises what is wrong with it."""
    asked = {}
    for name in ("standard", "within", "period"):
        value = request.query_params.get(name, "")
        if not 0 < len(value) <= _LONGEST:
            raise InvalidDownload(
                Text("网址里要有 standard、within、period", "the URL takes standard, within and period"),
                where=name,
            )
        asked[name] = value
    code, period = full_code(asked["within"]), Period.parse(asked["period"])
    place = (await context.application.known_regions.by_codes(context, [code])).get(code)
    if place is None:
        raise UnknownRegion(Text(f"数据库里没有区划 {code}", f"there is no region {code} in this database"))
    resolved = (await context.standards()).in_force(asked["standard"], code, period)
    question = Question(resolved, scope_for(resolved, code), period)
    return replace(question, as_of_revision=await context.newest_revision()), place
