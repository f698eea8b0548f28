"""The GraphQL endpoint: GET for queries, POST for everything, answers by GraphQL over HTTP."""

from __future__ import annotations

from typing import Any

import orjson
import strawberry
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from liangcun_server.application import Application
from liangcun_server.graphql.context import RequestContext
from liangcun_server.http.page import query_page
from liangcun_server.http.requests import GraphQLRequest, InvalidRequest, preferred_locale, read_request
from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Locale, Text

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
_ALLOWED = "GET, POST"
_QUERIES = {OperationType.QUERY}
_ALL = {OperationType.QUERY, OperationType.MUTATION}


class GraphQLEndpoint:
    """The handler of /graphql."""

    def __init__(self, application: Application, schema: strawberry.Schema) -> None:
        self._application = application
        self._schema = schema

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        locale = preferred_locale(request)
        if request.method not in ("GET", "POST"):
            words = Text("GraphQL 只接受 GET 和 POST", "GraphQL takes GET and POST only")
            return _refusal(405, words, "METHOD_NOT_ALLOWED", locale, JSON, {"Allow": _ALLOWED})
        if self._wants_page(request):
            return HTMLResponse(query_page(locale))
        media = _media_type(request)
        if media is None:
            words = Text(
                f"只能回答 {GRAPHQL_RESPONSE} 或 {JSON}", f"answers come as {GRAPHQL_RESPONSE} or {JSON}"
            )
            return _refusal(406, words, "NOT_ACCEPTABLE", locale, JSON)
        try:
            asked = await read_request(request)
        except InvalidRequest as error:
            return _refusal(error.status, error.message, error.code, locale, media)
        return await self._answer(request, asked, locale, media)

    def _wants_page(self, request: Request) -> bool:
        page = request.method == "GET" and "query" not in request.query_params
        return (
            page and self._application.settings.graphiql and "text/html" in request.headers.get("accept", "")
        )

    async def _answer(self, request: Request, asked: GraphQLRequest, locale: Locale, media: str) -> Response:
        allowed = _QUERIES if request.method == "GET" else _ALL
        try:
            async with RequestContext(self._application, locale) as context:
                result = await self._schema.execute(
                    asked.query,
                    variable_values=asked.variables,
                    context_value=context,
                    operation_name=asked.operation_name,
                    allowed_operation_types=allowed,
                )
        except CannotGetOperationTypeError as error:
            words = Text(
                f"文档里没有名为“{(asked.operation_name or '')[:60]}”的操作", error.as_http_error_reason()
            )
            return _refusal(400, words, "OPERATION_NOT_FOUND", locale, media)
        except InvalidOperationTypeError:
            words = Text("GET 只能查询，变更请用 POST", "GET is for queries only; send a mutation by POST")
            return _refusal(405, words, "METHOD_NOT_ALLOWED", locale, media, {"Allow": "POST"})
        except LiangcunError as error:
            return _refusal(503, error.message, error.code, locale, media)
        assert isinstance(result, ExecutionResult)
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            body["errors"] = [error.formatted for error in result.errors]
        if result.extensions:
            body["extensions"] = result.extensions
        if result.data is None and _never_ran(result.errors):
            # The specification has no `data` where nothing was executed, and 400 under its own media type.
            del body["data"]
            return _response(body, 400 if media == GRAPHQL_RESPONSE else 200, media)
        return _response(body, 200, media)


def _never_ran(errors: list[GraphQLError] | None) -> bool:
    return bool(errors) and all(error.path is None for error in errors or ())


def _media_type(request: Request) -> str | None:
    """The media type to answer in; the older one when the client names none, None when it takes neither."""
    accepted = [
        part.split(";")[0].strip().lower() for part in request.headers.get("accept", "*/*").split(",")
    ]
    for media in accepted:
        if media in (GRAPHQL_RESPONSE, JSON):
            return media
    return JSON if {"*/*", "application/*", ""} & set(accepted) else None


def _refusal(
    status: int, words: Text, code: str, locale: Locale, media: str, headers: dict[str, str] | None = None
) -> Response:
    error = {"message": words.pick(locale), "extensions": {"code": code}}
    return _response({"errors": [error]}, status, media, headers)


def _response(
    body: dict[str, Any], status: int, media: str, headers: dict[str, str] | None = None
) -> Response:
    return Response(orjson.dumps(body), status, headers, media_type=f"{media}; charset=utf-8")
