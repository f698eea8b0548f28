"""The API benchmark counts what it should, compares answers in earnest and draws what it measured."""

from __future__ import annotations

import asyncio
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from benchmarks.api.agreement import difference, normalised
from benchmarks.api.growth import SIZES, Curve, drawing
from benchmarks.api.load import Job, Request, UnexpectedAnswer, run
from benchmarks.api.workloads import Workload, names, one_village, page, ranking
from graphql import parse, validate

from liangcun_server.graphql.schema import build_schema

VILLAGE = Request("/graphql", '{"query": "{ village }"}')


class Answering(asyncio.Protocol):
    """Gives the same answer to each request, in two pieces, and keeps the requests."""

    def __init__(self, answer: bytes, received: list[bytes]) -> None:
        self._answer, self._received = answer, received

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received.append(data)
        self._transport.write(self._answer[:-3])
        asyncio.get_running_loop().call_soon(self._transport.write, self._answer[-3:])


@asynccontextmanager
async def answering(body: bytes, status: str = "200 OK") -> AsyncIterator[tuple[int, list[bytes]]]:
    """The port of a server that always gives this answer, and the requests that it gets."""
    received: list[bytes] = []
    answer = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    server = await asyncio.get_running_loop().create_server(
        lambda: Answering(answer, received), "127.0.0.1", 0
    )
    async with server:
        yield server.sockets[0].getsockname()[1], received


async def test_the_load_ends_at_its_count_and_counts_every_answer() -> None:
    async with answering(b'{"data":{}}') as (port, received):
        outcome = await run(Job(port, 3, [VILLAGE], seconds=60, most=20))
    assert len(received) == len(outcome.latencies) == 20
    assert outcome.bytes == 20 * len(b'{"data":{}}')


async def test_the_load_ends_when_its_time_is_over() -> None:
    async with answering(b'{"data":{}}') as (port, received):
        outcome = await run(Job(port, 2, [VILLAGE], seconds=0.05, most=10**9))
    assert len(received) == len(outcome.latencies) > 0


async def test_requests_are_sent_in_turn() -> None:
    asked = [Request("/graphql", f'{{"query": "{number}"}}') for number in range(3)]
    async with answering(b'{"data":{}}') as (port, received):
        await run(Job(port, 1, asked, seconds=60, most=6))
    assert [one[-3:-2] for one in received] == [b"0", b"1", b"2"] * 2


@pytest.mark.parametrize(
    ("body", "status"),
    [(b'{"data":null,"errors":[{}]}', "200 OK"), (b'{"data":{}}', "503 Service Unavailable")],
)
async def test_an_answer_that_is_none_ends_the_load(body: bytes, status: str) -> None:
    async with answering(body, status) as (port, _received):
        with pytest.raises(ExceptionGroup) as raised:
            await run(Job(port, 1, [VILLAGE], seconds=60, most=20))
    assert raised.group_contains(UnexpectedAnswer)


@pytest.mark.parametrize("workload", [page(100), one_village(["220722100200"]), names(1000), ranking(255)])
def test_the_documents_fit_the_schema(workload: Workload) -> None:
    schema = build_schema()._schema
    assert validate(schema, parse(workload.documents["liangcun"])) == []


def test_answers_differ_where_one_value_does() -> None:
    expected = {"nodes": [{"code": "1", "value": 2.0}, {"code": "2", "value": None}]}
    assert difference(expected, {"nodes": [{"code": "1", "value": 2}, {"code": "2", "value": None}]}) is None
    found = {"nodes": [{"code": "1", "value": 2}, {"code": "2", "value": 0}]}
    assert str(difference(expected, found)).startswith("data.nodes[1].value: None and 0")
    assert difference(expected, {"nodes": expected["nodes"][:1]}) is not None
    assert difference(expected, {"nodes": expected["nodes"], "more": 1}) is not None


def test_enum_names_are_the_same_in_either_case_and_other_texts_are_not() -> None:
    assert normalised({"level": "village", "name": "a"}) == {"level": "VILLAGE", "name": "a"}


def test_the_drawing_has_a_line_and_its_points_for_each_server() -> None:
    linear = Curve("one & only", {size: size * 0.5 for size in SIZES})
    squared = Curve("other", {size: size * size * 0.01 for size in SIZES})
    assert (round(linear.exponent, 6), round(squared.exponent, 6)) == (1, 2)
    drawn = ET.fromstring(drawing([linear, squared]))
    lines = drawn.findall("{http://www.w3.org/2000/svg}polyline")
    points = [[tuple(map(float, one.split(","))) for one in line.attrib["points"].split()] for line in lines]
    assert [len(one) for one in points] == [len(SIZES)] * 2
    first, last = points[0][0], points[0][-1]
    # Growing to the right and upwards.
    assert first[0] < last[0]
    assert first[1] > last[1]
