"""Every request has a number and a line, and no failure is answered without one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Message
from starlette.websockets import WebSocket
from tests.server.observability.conftest import Lines

from liangcun_server.observability.figures import note_refusal
from liangcun_server.observability.metrics import Metrics
from liangcun_server.observability.middleware import ObserveRequests

_log = structlog.get_logger("liangcun.test")


async def _fine(_request: Request) -> Response:
    _log.info("at work")
    return JSONResponse({})


async def _fails(_request: Request) -> Response:
    raise RuntimeError("the secret of the inside")


async def _refuses(_request: Request) -> Response:
    note_refusal("INVALID_REQUEST")
    return JSONResponse({}, 400)


async def _talks(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics("1")


@pytest.fixture
def app(metrics: Metrics) -> Starlette:
    return Starlette(
        routes=[
            Route("/fine", _fine),
            Route("/healthz", _fine),
            Route("/fails", _fails),
            Route("/refuses", _refuses),
            WebSocketRoute("/talks", _talks),
        ],
        middleware=[Middleware(ObserveRequests, metrics)],
    )


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://liangcun.test") as client:
        yield client


async def test_a_request_gets_a_number_that_stands_in_all_its_lines(
    client: httpx.AsyncClient, lines: Lines
) -> None:
    response = await client.get("/fine")

    number = response.headers["x-request-id"]
    assert len(number) == 32
    assert [(line["event"], line["request_id"]) for line in lines] == [
        ("at work", number),
        ("request", number),
    ]


async def test_two_requests_have_two_numbers(client: httpx.AsyncClient) -> None:
    one, other = await client.get("/fine"), await client.get("/fine")

    assert one.headers["x-request-id"] != other.headers["x-request-id"]


@pytest.mark.parametrize("given", ["4bf92f3577b34da6a3ce929d0e0e4736", "proxy-7:12", "a"])
async def test_a_sane_number_from_outside_is_kept(client: httpx.AsyncClient, given: str) -> None:
    response = await client.get("/fine", headers={"x-request-id": given})

    assert response.headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "two words", "a" * 101, "-begins", 'a"b', "a\x1b[31m", "编号"])
async def test_any_other_is_replaced(client: httpx.AsyncClient, given: str) -> None:
    response = await client.get("/fine", headers={"x-request-id": given.encode()})

    assert len(response.headers["x-request-id"]) == 32


async def test_the_line_says_who_asked_what_and_how_it_went(client: httpx.AsyncClient, lines: Lines) -> None:
    await client.get("/fine")

    line = lines[-1]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/fine", 200)
    assert line["client"] == "127.0.0.1"
    assert line["ms"] >= 0
    assert line["log_level"] == "info"


async def test_the_line_holds_neither_the_query_nor_anything_that_breaks_it(
    client: httpx.AsyncClient, lines: Lines
) -> None:
    await client.get("/no%0Asuch%1b%5B31mplace", params={"variables": '{"name": "张三"}'})

    assert lines[-1]["path"] == "/no%0Asuch%1B%5B31mplace"
    assert "张三" not in str(lines[-1])


async def test_a_long_path_is_cut_in_the_line(client: httpx.AsyncClient, lines: Lines) -> None:
    await client.get("/" + "a" * 5000)

    assert len(lines[-1]["path"]) == 200


async def test_probes_are_only_told_to_those_who_debug(client: httpx.AsyncClient, lines: Lines) -> None:
    await client.get("/healthz")

    assert lines[-1]["log_level"] == "debug"


async def test_a_failure_is_answered_with_the_number_under_which_the_log_has_it(
    client: httpx.AsyncClient, lines: Lines
) -> None:
    response = await client.get("/fails")

    error = response.json()["errors"][0]
    assert response.status_code == 500
    assert error["extensions"] == {"code": "INTERNAL_ERROR", "incident": response.headers["x-request-id"]}
    assert "secret" not in response.text
    failure, request = lines
    assert failure["request_id"] == error["extensions"]["incident"]
    assert failure["exc_info"]
    assert (request["status"], request["log_level"]) == (500, "error")


async def test_why_a_request_was_refused_stands_in_its_line_and_is_counted(
    client: httpx.AsyncClient, metrics: Metrics, lines: Lines
) -> None:
    await client.get("/refuses")

    assert lines[-1]["codes"] == ["INVALID_REQUEST"]
    assert metrics.value("liangcun_graphql_errors_total", {"code": "INVALID_REQUEST"}) == 1


async def test_requests_are_counted_by_route_however_many_paths_are_tried(
    client: httpx.AsyncClient, metrics: Metrics
) -> None:
    await client.get("/fine")
    for number in range(3):
        await client.get(f"/{number}.php")

    fine = {"method": "GET", "route": "/fine", "status": "200"}
    other = {"method": "GET", "route": "other", "status": "404"}
    assert metrics.value("liangcun_http_requests_total", fine) == 1
    assert metrics.value("liangcun_http_requests_total", other) == 3
    assert metrics.value("liangcun_http_request_seconds_count", {"route": "/fine"}) == 1
    assert metrics.value("liangcun_http_requests_in_progress") == 0


async def test_a_web_socket_has_a_number_and_a_line_too(app: Starlette, lines: Lines) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app({**_scope("/talks"), "type": "websocket"}, receive, send)

    assert sent[0]["headers"] == [(b"x-request-id", lines[-1]["request_id"].encode())]
    assert (lines[-1]["method"], lines[-1]["path"], lines[-1]["status"]) == ("WEBSOCKET", "/talks", 101)


async def test_half_an_answer_is_cut_short_and_told(metrics: Metrics, lines: Lines) -> None:
    async def breaks(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("halfway")

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    with pytest.raises(RuntimeError, match="halfway"):
        await ObserveRequests(breaks, metrics)(_scope(), _nothing, send)

    assert [message["type"] for message in sent] == ["http.response.start"]
    assert [line["event"] for line in lines] == ["request failed", "request"]


async def test_a_client_that_left_before_the_answer_is_told_apart(metrics: Metrics, lines: Lines) -> None:
    async def gives_up(_scope: Any, _receive: Any, _send: Any) -> None:
        return

    await ObserveRequests(gives_up, metrics)(_scope(), _nothing, _nothing)

    assert lines[-1]["status"] == 499


def _scope(path: str = "/") -> dict[str, Any]:
    return {"type": "http", "method": "GET", "path": path, "headers": [], "client": ("127.0.0.1", 1)}


async def _nothing(*_: Any) -> Any:
    return None
