"""From an HTTP request to a GraphQL request, or to the status and words that say what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.requests import Request

from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Locale, Text

MAX_BODY_BYTES = 1_000_000
_FIELDS = {"query": str, "operationName": str, "variables": dict, "extensions": dict}


class InvalidRequest(LiangcunError):
    """A request that can't be taken for a GraphQL request; `status` is its HTTP status."""

    code = "INVALID_REQUEST"

    def __init__(self, status: int, message: Text) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class GraphQLRequest:
    """What is to be executed."""

    query: str
    operation_name: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)


def preferred_locale(request: Request) -> Locale:
    """The reader's language by Accept-Language; Chinese unless English comes first."""
    best: tuple[float, Locale] = (0.0, "zh")
    for part in request.headers.get("accept-language", "").split(","):
        tag, _, weight = part.strip().partition(";q=")
        language = tag.split("-")[0].lower()
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        if language in ("zh", "en") and quality > best[0]:
            best = (quality, "en" if language == "en" else "zh")
    return best[1]


async def read_request(request: Request) -> GraphQLRequest:
    """The GraphQL request in a GET's parameters or in a POST's JSON body. Raises InvalidRequest."""
    if request.method == "GET":
        return _from_parameters(request)
    _check_content_type(request)
    return _from_fields(_json(await _body(request)))


def _from_parameters(request: Request) -> GraphQLRequest:
    given: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if name in given:
            given[name] = _json(given[name].encode("utf-8", "surrogatepass")) if given[name] else None
    return _from_fields(given)


def _check_content_type(request: Request) -> None:
    media, *parameters = request.headers.get("content-type", "").split(";")
    charset = next(
        (
            one.split("=", 1)[1].strip(' "').lower()
            for one in parameters
            if one.strip().lower().startswith("charset=")
        ),
        "utf-8",
    )
    if media.strip().lower() != "application/json" or charset not in ("utf-8", "utf8"):
        raise InvalidRequest(
            415,
            Text(
                "请求体应为 Content-Type: application/json（UTF-8）",
                "the body must be of Content-Type: application/json, in UTF-8",
            ),
        )


async def _body(request: Request) -> bytes:
    """The body, read no further than it may be large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise InvalidRequest(
                413,
                Text(
                    f"请求体超过 {MAX_BODY_BYTES:,} 字节", f"the body is larger than {MAX_BODY_BYTES:,} bytes"
                ),
            )
    return bytes(body)


def _json(text: bytes) -> Any:
    # orjson refuses NaN, lone surrogates, bad UTF-8 and deep nesting without running out of stack.
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidRequest(
            400,
            Text(
                f"请求不是有效的 JSON（第 {error.lineno} 行第 {error.colno} 列）",
                f"the request is not valid JSON (line {error.lineno}, column {error.colno})",
            ),
        ) from None


def _from_fields(given: Any) -> GraphQLRequest:
    if not isinstance(given, dict):
        raise InvalidRequest(
            400,
            Text(
                '请求应是 JSON 对象，如 {"query": "{ … }"}',
                'the request must be a JSON object such as {"query": "{ … }"}',
            ),
        )
    for name, kind in _FIELDS.items():
        if given.get(name) is not None and not isinstance(given[name], kind):
            raise InvalidRequest(
                400, Text(f"字段 {name} 的类型不对", f"the field {name} is of the wrong type")
            )
    query = given.get("query")
    if not query:
        raise InvalidRequest(400, Text("请求缺少 query", "the request has no query"))
    return GraphQLRequest(query, given.get("operationName") or None, given.get("variables") or {})
