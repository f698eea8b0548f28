"""Evidence over HTTP: a file is sent as it is, `POST /evidence?region=…`, and fetched by its digest."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from liangcun_server.application import Application
from liangcun_server.evidence import repository
from liangcun_server.evidence.attaching import THUMBNAIL, attach
from liangcun_server.evidence.inspecting import EXTENSIONS
from liangcun_server.evidence.model import Evidence, EvidenceFile, InvalidEvidence, UnknownEvidence
from liangcun_server.evidence.stripping import stripped
from liangcun_server.graphql.context import RequestContext
from liangcun_server.http.authorization import bearer_token
from liangcun_server.http.endpoint import refusal, refusal_of
from liangcun_server.http.negotiation import JSON, preferred_locale
from liangcun_server.observations.model import ObservationKey
from liangcun_server.operators.requiring import require_operator_of
from liangcun_standards.errors import LiangcunError
from liangcun_standards.periods import Period
from liangcun_standards.regions import full_code
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import AssessorLevel

_DIGEST = re.compile(r"[0-9a-f]{64}")
_HEADERS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
# What is kept under a digest never changes.
_FOR_EVER = "private, max-age=31536000, immutable"
_AT_ONCE = 4

Answer = Callable[[RequestContext], Awaitable[Response]]


class EvidenceFiles:
    """Takes and gives files, a few at a time."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def take(self, request: Request) -> Response:
        """Keep a file and put it behind a value; the operator's."""

        async def work(context: RequestContext) -> Response:
            await require_operator_of(context)
            asked = request.query_params
            key = _key(request)
            data = await self._body(request)
            made = await attach(
                self._application.database,
                self._application.evidence,
                key,
                data,
                name=asked.get("name", ""),
                caption=asked.get("caption"),
                author=asked.get("author", ""),
                reason=asked.get("reason", ""),
            )
            return JSONResponse(_values(made), status_code=201, headers=_HEADERS)

        return await self._answered(request, work)

    async def give(self, request: Request) -> Response:
        """A file, without what a photo says of itself; with `whole=true`, for the operator, as it came."""

        async def work(context: RequestContext) -> Response:
            whole = request.query_params.get("whole") == "true"
            if whole or not self._application.settings.open_reading:
                await require_operator_of(context)
            file = await _known(request, context)
            extension = EXTENSIONS[file.media_type]
            data = await self._application.evidence.get(file.sha256, extension)
            if not whole:
                data = await asyncio.to_thread(stripped, data, file.media_type)
            name = quote(f"{file.sha256[:12]}.{extension}")
            headers = {"Cache-Control": _FOR_EVER, "Content-Disposition": f"inline; filename={name}"}
            return Response(data, media_type=file.media_type, headers={**_HEADERS, **headers})

        return await self._answered(request, work)

    async def thumbnail(self, request: Request) -> Response:
        """A small picture of an image."""

        async def work(context: RequestContext) -> Response:
            if not self._application.settings.open_reading:
                await require_operator_of(context)
            file = await _known(request, context)
            if file.width is None:
                raise UnknownEvidence.of(f"{file.sha256[:12]} thumbnail")
            data = await self._application.evidence.get(file.sha256, THUMBNAIL)
            headers = {**_HEADERS, "Cache-Control": _FOR_EVER}
            return Response(data, media_type="image/jpeg", headers=headers)

        return await self._answered(request, work)

    async def _answered(self, request: Request, work: Answer) -> Response:
        locale = preferred_locale(request)
        try:
            async with (
                self._turns,
                RequestContext(self._application, locale, token=bearer_token(request)) as context,
            ):
                return await work(context)
        except ClientDisconnect:
            # Nobody is there to be answered, and nothing was kept.
            words = Text("没有收完", "it didn't arrive whole")
            return refusal(400, words, "INVALID_REQUEST", locale, media=JSON)
        except LiangcunError as error:
            return refusal_of(error, locale)

    async def _body(self, request: Request) -> bytes:
        """All of it, in time. Raises InvalidEvidence for what is too large, too slow or nothing."""
        settings = self._application.settings
        data = bytearray()
        try:
            async with asyncio.timeout(settings.body_seconds):
                async for chunk in request.stream():
                    data += chunk
                    if len(data) > settings.max_evidence_bytes:
                        most = settings.max_evidence_bytes
                        raise InvalidEvidence(
                            Text(f"文件超过 {most} 字节", f"the file has more than {most} bytes")
                        )
        except TimeoutError:
            raise InvalidEvidence(Text("没有按时发完", "it didn't arrive in time")) from None
        if not data:
            raise InvalidEvidence(Text("没有内容", "there is nothing in it"))
        return bytes(data)


def _key(request: Request) -> ObservationKey:
    asked = request.query_params
    level = asked.get("level", AssessorLevel.COUNTY.value)
    if level not in set(AssessorLevel):
        listed = ", ".join(AssessorLevel)
        raise InvalidEvidence(Text(f"层级应为 {listed}", f"the level is one of {listed}"), where="level")
    return ObservationKey(
        full_code(asked.get("region", "")),
        asked.get("indicator", "")[:64],
        Period.parse(asked.get("period", "")),
        AssessorLevel(level),
    )


async def _known(request: Request, context: RequestContext) -> EvidenceFile:
    digest = request.path_params["sha256"]
    found = None
    if _DIGEST.fullmatch(digest):
        async with context.reading() as connection:
            found = await repository.file_named(connection, digest)
    if found is None:
        raise UnknownEvidence.of(digest)
    return found


def _values(made: Evidence) -> dict[str, object]:
    return {
        "id": str(made.id),
        "sha256": made.file.sha256,
        "mediaType": made.file.media_type,
        "size": made.file.size,
        "width": made.file.width,
        "height": made.file.height,
        "takenAt": made.file.taken_at,
        "latitude": made.file.latitude,
        "longitude": made.file.longitude,
        "revision": made.revision,
    }
