"""The GraphQL endpoint: queries by GET, everything by POST, answers by GraphQL over HTTP or in events."""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any

import orjson
import strawberry
import structlog
from graphql import GraphQLError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from liangcun_server.application import Application
from liangcun_server.graphql.context import RequestContext
from liangcun_server.graphql.errors import explained
from liangcun_server.http.authorization import bearer_token
from liangcun_server.http.clients import client_of
from liangcun_server.http.events import EVENTS, framed
from liangcun_server.http.negotiation import GRAPHQL_RESPONSE, HTML, JSON, preferred_locale, preferred_media
from liangcun_server.http.page import query_page
from liangcun_server.http.requests import GraphQLRequest, InvalidRequest, read_request
from liangcun_server.http.statuses import (
    OK,
    PARTIAL_SUCCESS,
    UNPROCESSABLE,
    headers_of_refusal,
    status_of_refusal,
)
from liangcun_server.limits.errors import LimitExceeded
from liangcun_server.observability.figures import note_refusal
from liangcun_server.trusted_documents import TrustedDocuments, UnknownDocument
from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Locale, Text

_ALLOWED = "GET, HEAD, POST, OPTIONS"
# The first is for who takes anything: a browser shows plain JSON, and would save the other as a file.
_OFFERED = (JSON, GRAPHQL_RESPONSE)
_QUERIES = {OperationType.QUERY}
_ALL = {OperationType.QUERY, OperationType.MUTATION}
_STREAMED = {*_ALL, OperationType.SUBSCRIPTION}
# As many may follow something at once; each holds a connection to the client and nothing else.
_MOST_STREAMS = 200
_HEADERS = {"Vary": "Accept, Accept-Language", "X-Content-Type-Options": "nosniff"}

_log = structlog.get_logger("liangcun.http")


class GraphQLEndpoint:
    """The ASGI application at /graphql."""

    def __init__(
        self, application: Application, schema: Callable[[], strawberry.Schema], trusted: TrustedDocuments
    ) -> None:
        self._application = application
        self._trusted = trusted
        self._schema = schema
        self._streams = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self.answer(request)
        except ClientDisconnect:
            return
        if request.method == "HEAD" and not isinstance(response, StreamingResponse):
            # What GET would give, without the body; its length stands in the headers.
            response.body = b""
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        """The answer to one request."""
        locale = preferred_locale(request)
        try:
            return await self._answer(request, locale)
        except InvalidRequest as error:
            return refusal(error.status, error.message, error.code, locale, error.headers)
        except ClientDisconnect:
            raise
        except UnknownDocument as error:
            return refusal(UNPROCESSABLE, error.message, error.code, locale)
        except LiangcunError as error:
            return refusal(503, error.message, error.code, locale)
        except Exception as error:
            incident = uuid.uuid4().hex[:12]
            _log.error("unexpected error", incident=incident, exc_info=error)
            words = Text(
                f"服务器内部错误，编号 {incident}；请把编号告诉管理员",
                f"something went wrong inside the server; tell the administrator the number {incident}",
            )
            return refusal(500, words, "INTERNAL_ERROR", locale)

    async def _answer(self, request: Request, locale: Locale) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": _ALLOWED})
        if request.method not in ("GET", "HEAD", "POST"):
            words = Text("GraphQL 只接受 GET 和 POST", "GraphQL takes GET and POST only")
            return refusal(405, words, "METHOD_NOT_ALLOWED", locale, {"Allow": _ALLOWED})
        if self._wants_page(request):
            return HTMLResponse(query_page(locale), headers=_HEADERS)
        # Events are for who names them: what takes any text can't read them.
        named = any(EVENTS in one.lower() for one in request.headers.getlist("accept"))
        media = preferred_media(request, (*_OFFERED, EVENTS) if named else _OFFERED)
        if media is None:
            words = Text(
                f"只能回答 {GRAPHQL_RESPONSE}、{JSON} 或 {EVENTS}（UTF-8）",
                f"answers come as {GRAPHQL_RESPONSE}, {JSON} or {EVENTS}, in UTF-8",
            )
            # The client takes neither, and plain JSON is what most can show.
            return refusal(406, words, "NOT_ACCEPTABLE", locale, media=JSON)
        asked = await read_request(request, self._application.settings, self._trusted)
        if media == EVENTS and request.method != "HEAD":
            return self._streamed(request, asked, locale)
        return await self._executed(request, asked, locale, media)

    def _wants_page(self, request: Request) -> bool:
        asks_nothing = request.method != "POST" and not {"query", "documentId"} & set(request.query_params)
        page = asks_nothing and self._application.settings.graphiql
        return page and preferred_media(request, (*_OFFERED, HTML)) == HTML

    async def _executed(
        self, request: Request, asked: GraphQLRequest, locale: Locale, media: str
    ) -> Response:
        client = client_of(request, self._application.settings.trusted_proxies)
        try:
            async with RequestContext(
                self._application, locale, client=client, token=bearer_token(request)
            ) as context:
                result = await self._schema().execute(
                    asked.query,
                    variable_values=asked.variables,
                    context_value=context,
                    operation_name=asked.operation_name,
                    allowed_operation_types=_ALL if request.method == "POST" else _QUERIES,
                    operation_extensions=asked.extensions,
                )
        except CannotGetOperationTypeError as error:
            words = Text(
                f"文档里没有名为“{(asked.operation_name or '')[:60]}”的操作", error.as_http_error_reason()
            )
            return refusal(422, words, "OPERATION_NOT_FOUND", locale)
        except InvalidOperationTypeError as error:
            return _wrong_kind(error.operation_type, locale)
        assert isinstance(result, ExecutionResult)
        return _response_of(result, media)

    def _streamed(self, request: Request, asked: GraphQLRequest, locale: Locale) -> Response:
        if self._streams >= _MOST_STREAMS:
            words = Text(
                f"同时跟踪的连接已有 {_MOST_STREAMS} 个，请稍后再试",
                f"{_MOST_STREAMS} connections follow something already; try again later",
            )
            return refusal(503, words, "TOO_MANY_STREAMS", locale, {"Retry-After": "10"})
        client = client_of(request, self._application.settings.trusted_proxies)
        token = bearer_token(request)
        kinds = _STREAMED if request.method == "POST" else _STREAMED - {OperationType.MUTATION}

        async def results() -> AsyncGenerator[dict[str, Any], None]:
            self._streams += 1
            try:
                async with RequestContext(self._application, locale, client=client, token=token) as context:
                    stream = await self._schema().stream(
                        asked.query,
                        variable_values=asked.variables,
                        context_value=context,
                        operation_name=asked.operation_name,
                        operation_extensions=asked.extensions,
                        allowed_operation_types=kinds,
                    )
                    async with aclosing(stream):
                        async for result in stream:
                            assert isinstance(result, ExecutionResult)
                            # Before the operation is over, which is when extensions explain errors.
                            result.errors = [explained(one, locale) for one in result.errors or ()]
                            yield _body_of(result)
            finally:
                self._streams -= 1

        headers = {**_HEADERS, "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(framed(results), headers=headers, media_type=EVENTS)


def _wrong_kind(kind: OperationType, locale: Locale) -> Response:
    """The answer to an operation that can't be run this way."""
    if kind is OperationType.SUBSCRIPTION:
        words = Text(
            f"订阅的结果分次送来：请带上 Accept: {EVENTS}",
            f"a subscription's results come one by one: send Accept: {EVENTS}",
        )
        return refusal(422, words, "SUBSCRIPTION_NOT_SUPPORTED", locale)
    words = Text("GET 只能查询，变更请用 POST", "GET is for queries only; send a mutation by POST")
    return refusal(405, words, "METHOD_NOT_ALLOWED", locale, {"Allow": "POST, OPTIONS"})


def _body_of(result: Any) -> dict[str, Any]:
    body: dict[str, Any] = {"data": result.data}
    if result.errors:
        body["errors"] = [dict(error.formatted) for error in result.errors]
    if result.extensions:
        body["extensions"] = result.extensions
    return body


def _response_of(result: ExecutionResult, media: str) -> Response:
    body = _body_of(result)
    errors = body.get("errors", [])
    if result.data is None and result.errors and _never_ran(result.errors):
        # Then there is no data either, not even null, and a status says what kind of error it is.
        del body["data"]
        return _response(body, status_of_refusal(errors), GRAPHQL_RESPONSE, headers_of_refusal(errors))
    # The status of the specification's own means something under its own media type only.
    status = PARTIAL_SUCCESS if errors and media == GRAPHQL_RESPONSE else OK
    return _response(body, status, media)


def _never_ran(errors: Sequence[GraphQLError]) -> bool:
    return all(error.path is None for error in errors)


def refusal(
    status: int,
    words: Text,
    code: str,
    locale: Locale,
    headers: dict[str, str] | None = None,
    media: str = GRAPHQL_RESPONSE,
) -> Response:
    """An answer that is one error."""
    note_refusal(code)
    error = {"message": words.pick(locale), "extensions": {"code": code}}
    return _response({"errors": [error]}, status, media, headers)


def refusal_of(error: LiangcunError, locale: Locale) -> Response:
    """The answer, as plain JSON, to what isn't GraphQL: the error, with the status that its code has."""
    if isinstance(error, InvalidRequest):
        return refusal(error.status, error.message, error.code, locale, error.headers, media=JSON)
    details = error.details if isinstance(error, LimitExceeded) else {}
    told = [{"extensions": {"code": error.code, **details}}]
    words = Text(error.text("zh"), error.text("en"))
    return refusal(status_of_refusal(told), words, error.code, locale, headers_of_refusal(told), media=JSON)


def _response(
    body: dict[str, Any], status: int, media: str, headers: dict[str, str] | None = None
) -> Response:
    # An answer that is no success comes as GraphQL's own type whatever was asked for: under the plain one a
    # client couldn't tell it from what a proxy makes up.
    return Response(
        orjson.dumps(body), status, {**_HEADERS, **(headers or {})}, media_type=f"{media}; charset=utf-8"
    )
