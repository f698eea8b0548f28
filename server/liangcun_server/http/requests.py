"""From an HTTP request to a GraphQL request, or to the status and words that say what is wrong with it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request

from liangcun_server.http.negotiation import JSON, media_types
from liangcun_server.settings import Settings
from liangcun_server.trusted_documents import TrustedDocuments
from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text

# What servers and proxies commonly take; a document that needs more belongs into a body.
MAX_URL_BYTES = 32_768
MAX_HEADER_BYTES = 65_536
_PARAMETERS = {"query": str, "documentId": str, "operationName": str, "variables": dict, "extensions": dict}


class InvalidRequest(LiangcunError):
    """A request that can't be taken for a GraphQL request; `status` is its HTTP status."""

    code = "INVALID_REQUEST"
    status = 422

    def __init__(self, message: Text, **headers: str) -> None:
        super().__init__(message)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class UnsupportedMediaType(InvalidRequest):
    """A body that is not JSON in UTF-8, or doesn't say what it is."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415


class InvalidJSON(InvalidRequest):
    """A body or parameter that is not JSON."""

    code = "INVALID_JSON"
    status = 400


class JSONTooDeep(InvalidRequest):
    """JSON that is nested too deeply."""

    code = "TOO_DEEP"
    status = 400


class BodyTooLarge(InvalidRequest):
    """A body that is larger than the limit."""

    code = "BODY_TOO_LARGE"
    status = 413


class BodyTooSlow(InvalidRequest):
    """A body that didn't arrive in time."""

    code = "BODY_TOO_SLOW"
    status = 408


class URLTooLong(InvalidRequest):
    """A URL that is longer than the limit."""

    code = "URL_TOO_LONG"
    status = 414


class HeadersTooLarge(InvalidRequest):
    """Headers that are larger than the limit."""

    code = "HEADERS_TOO_LARGE"
    status = 431


@dataclass(frozen=True)
class GraphQLRequest:
    """What is to be executed."""

    query: str
    operation_name: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    extensions: dict[str, Any] = field(default_factory=dict)


async def read_request(request: Request, settings: Settings, trusted: TrustedDocuments) -> GraphQLRequest:
    """The GraphQL request in the parameters of the URL or, of a POST, in its JSON body.

    Raises InvalidRequest, UnknownDocument, or Starlette's ClientDisconnect.
    """
    _check_size(request)
    if request.method != "POST":
        return _from_parameters(request, settings, trusted)
    _check_content_type(request)
    return _from_json(_json(await _body(request, settings), settings), trusted)


def _check_size(request: Request) -> None:
    if len(request.scope["raw_path"]) + len(request.scope["query_string"]) > MAX_URL_BYTES:
        raise URLTooLong(
            Text(
                f"网址超过 {MAX_URL_BYTES:,} 字节，请改用 POST",
                f"the URL is longer than {MAX_URL_BYTES:,} bytes; use POST",
            )
        )
    if sum(len(name) + len(value) for name, value in request.scope["headers"]) > MAX_HEADER_BYTES:
        raise HeadersTooLarge(
            Text(
                f"请求头超过 {MAX_HEADER_BYTES:,} 字节",
                f"the headers are larger than {MAX_HEADER_BYTES:,} bytes",
            )
        )


def _from_parameters(request: Request, settings: Settings, trusted: TrustedDocuments) -> GraphQLRequest:
    given: dict[str, Any] = {}
    text = request.scope["query_string"].decode("latin-1")
    for name, value in parse_qsl(text, keep_blank_values=True):
        if name not in _PARAMETERS:
            continue
        if name in given:
            raise InvalidRequest(Text(f"参数 {name} 出现了两次", f"the parameter {name} is there twice"))
        # An empty one is as good as none.
        given[name] = value or None
    for name in ("variables", "extensions"):
        if given.get(name) is not None:
            given[name] = _json(given[name].encode("utf-8", "surrogatepass"), settings)
    return _from_json(given, trusted)


def _check_content_type(request: Request) -> None:
    written = request.headers.getlist("content-type")
    found = list(media_types(written))
    fits = len(written) == len(found) == 1 and found[0].name == JSON
    if not fits or found[0].parameters.get("charset", "utf-8") not in ("utf-8", "utf8"):
        raise UnsupportedMediaType(
            Text(
                "请求体应为 Content-Type: application/json（UTF-8）",
                "the body must be of Content-Type: application/json, in UTF-8",
            ),
            Accept_Post=JSON,
        )
    refuse_compressed(request)


def refuse_compressed(request: Request) -> None:
    """Raises UnsupportedMediaType for a body in another encoding than its own."""
    if request.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise UnsupportedMediaType(
            Text("请求体不能压缩（Content-Encoding）", "the body must not be compressed (Content-Encoding)"),
            Accept_Encoding="identity",
        )


async def _body(request: Request, settings: Settings) -> bytes:
    """The body, read no further than it may be large and no longer than it may take."""
    limit = settings.max_body_bytes
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and (len(announced) > 18 or int(announced) > limit):
        raise _too_large(limit)
    body = bytearray()
    try:
        async with asyncio.timeout(settings.body_seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise _too_large(limit)
    except TimeoutError:
        raise BodyTooSlow(
            Text(
                f"请求体在 {settings.body_seconds:g} 秒内没有发完",
                f"the body didn't arrive within {settings.body_seconds:g} s",
            ),
            Connection="close",
        ) from None
    return bytes(body)


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(
        Text(
            f"请求体超过 {limit:,} 字节；请分几次发送",
            f"the body is larger than {limit:,} bytes; send it in several requests",
        )
    )


def _json(text: bytes, settings: Settings) -> Any:
    # orjson refuses NaN, lone surrogates, bad UTF-8 and deep nesting without running out of stack.
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if error.msg.startswith("depth limit exceeded"):
            raise _too_deep(settings) from None
        raise InvalidJSON(
            Text(
                f"请求不是有效的 JSON（第 {error.lineno} 行第 {error.colno} 列）",
                f"the request is not valid JSON (line {error.lineno}, column {error.colno})",
            )
        ) from None
    # Each level takes two brackets; most requests have too few to need a look.
    if text.count(b"[") + text.count(b"{") > settings.max_json_depth:
        _check_depth(value, settings)
    return value


def _check_depth(value: Any, settings: Settings) -> None:
    level, depth = [value], 0
    while level:
        inner = [one for one in level if isinstance(one, dict | list)]
        depth += bool(inner)
        if depth > settings.max_json_depth:
            raise _too_deep(settings)
        level = [item for one in inner for item in (one.values() if isinstance(one, dict) else one)]


def _too_deep(settings: Settings) -> JSONTooDeep:
    limit = settings.max_json_depth
    return JSONTooDeep(
        Text(f"请求的 JSON 嵌套超过 {limit} 层", f"the JSON of the request is nested deeper than {limit}")
    )


def _from_json(given: Any, trusted: TrustedDocuments) -> GraphQLRequest:
    if not isinstance(given, dict):
        raise InvalidRequest(
            Text(
                '请求应是 JSON 对象，如 {"query": "{ … }"}',
                'the request must be a JSON object such as {"query": "{ … }"}',
            )
        )
    for name, kind in _PARAMETERS.items():
        if given.get(name) is not None and not isinstance(given[name], kind):
            shown = "string" if kind is str else "object"
            raise InvalidRequest(
                Text(f"{name} 的类型不对，应为 {shown}", f"{name} is of the wrong type; it must be a {shown}")
            )
    query = trusted.choose(given.get("query"), given.get("documentId"))
    if not query:
        raise InvalidRequest(Text("请求缺少 query", "the request has no query"))
    return GraphQLRequest(
        query,
        given.get("operationName") or None,
        given.get("variables") or {},
        given.get("extensions") or {},
    )
