"""Limits as an HTTP client meets them: statuses, headers, and whose budget it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from tests.server.http.conftest import NEW, OLD, Serve, post_to

_VILLAGES = {"query": "{ villages(first: 100) { nodes { name } } }"}


async def test_the_cost_of_a_request_is_in_its_answer(serve: Serve) -> None:
    async with serve(max_cost=500, budget_points=1_000) as client:
        response = await post_to(client, _VILLAGES)

    cost = response.json()["extensions"]["cost"]
    assert cost == {"requested": 113, "maximum": 500, "remaining": 887}


@pytest.mark.parametrize("accept", [NEW, OLD])
async def test_who_has_spent_the_budget_is_told_when_to_come_back(serve: Serve, accept: str) -> None:
    async with serve(budget_points=120, budget_seconds=120) as client:
        first = await post_to(client, _VILLAGES, accept=accept)
        second = await post_to(client, _VILLAGES, accept=accept)

    assert first.status_code == 200
    assert second.status_code == 429
    (error,) = second.json()["errors"]
    assert error["extensions"]["code"] == "BUDGET_SPENT"
    assert 100 < int(second.headers["retry-after"]) == error["extensions"]["retryAfter"] <= 107
    assert "data" not in second.json()


async def test_without_a_budget_nobody_is_stopped(serve: Serve) -> None:
    async with serve(budget_points=0) as client:
        answers = [await post_to(client, _VILLAGES) for _ in range(5)]

    assert {one.status_code for one in answers} == {200}
    assert answers[0].json()["extensions"]["cost"]["remaining"] is None


@pytest.mark.parametrize(
    ("proxies", "first", "second", "same"),
    [
        (0, "10.0.0.1", "10.0.0.2", True),
        (1, "10.0.0.1", "10.0.0.2", False),
        (1, "10.0.0.1", "10.0.0.1", True),
        # What stands before the nearest proxy's own word, the client may have made up.
        (1, "1.1.1.1, 10.0.0.1", "2.2.2.2, 10.0.0.1", True),
        (2, "1.1.1.1, 10.0.0.1", "2.2.2.2, 10.0.0.1", False),
        (2, "10.0.0.1", "10.0.0.2", False),
        (1, "2001:db8::1", "2001:db8::ffff:2", True),
        (1, "2001:db8::1", "2001:db8:0:1::1", False),
        (1, "::ffff:10.0.0.1", "10.0.0.1", True),
        (1, "[2001:db8::1]", "2001:db8::2", True),
        (1, "", "", True),
        (1, ",,", "nonsense", False),
    ],
)
async def test_whose_budget_it_is_goes_by_address_as_far_as_proxies_are_trusted(
    serve: Serve, proxies: int, first: str, second: str, same: bool
) -> None:
    async with serve(budget_points=120, trusted_proxies=proxies) as client:
        await post_to(client, _VILLAGES, x_forwarded_for=first)
        answer = await post_to(client, _VILLAGES, x_forwarded_for=second)

    assert (answer.status_code == 429) is same


async def test_too_costly_is_422_and_too_large_413(serve: Serve) -> None:
    async with serve(max_cost=10, max_document_bytes=1_000) as client:
        costly = await post_to(client, _VILLAGES)
        large = await post_to(client, {"query": "#" * 1_001})

    assert (costly.status_code, large.status_code) == (422, 413)
    assert costly.json()["errors"][0]["extensions"] == {"code": "TOO_COSTLY", "cost": 113, "limit": 10}
    assert costly.json()["extensions"]["cost"]["requested"] == 113


async def test_what_takes_too_long_is_503(serve: Serve) -> None:
    async def for_ever(*_asked: object) -> None:
        await asyncio.sleep(3600)

    async with serve(request_seconds=0.05) as client:
        endpoint = next(one.app for one in client._transport.app.routes if one.path == "/graphql")  # type: ignore[attr-defined]
        object.__setattr__(endpoint._application.scoring, "scores", for_ever)
        query = '{ scorecard(region: "220722201204", standard: "sanhua", period: "2023") { score } }'
        response = await post_to(client, {"query": query})

    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (503, "TIMEOUT")


async def test_a_body_may_be_as_large_as_the_limit_says_however_it_comes(serve: Serve) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b" " * 10

    async with serve(max_body_bytes=200) as client:
        fits = await post_to(client, b'{"query": "{ __typename }"}'.ljust(200))
        announced = await post_to(client, b'{"query": "{ __typename }"}'.ljust(201))
        in_pieces = await client.post("/graphql", content=pieces(), headers={"content-type": OLD})
        lying = await post_to(client, b'{"query": "{ __typename }"}', content_length="9" * 30)

    assert fits.status_code == 200
    assert {announced.status_code, in_pieces.status_code, lying.status_code} == {413}


async def test_a_body_that_trickles_in_is_given_up(serve: Serve) -> None:
    async def trickle() -> AsyncIterator[bytes]:
        yield b'{"query"'
        await asyncio.sleep(3600)

    async with serve(body_seconds=0.05) as client:
        response = await client.post("/graphql", content=trickle(), headers={"content-type": OLD})

    assert response.status_code == 408
    assert response.headers["connection"] == "close"
    assert response.json()["errors"][0]["extensions"]["code"] == "BODY_TOO_SLOW"


async def test_introspection_can_be_turned_off(serve: Serve) -> None:
    query = {"query": "{ __schema { queryType { name } } }"}
    async with serve() as client:
        answered = await post_to(client, query)
    async with serve(introspection=False) as client:
        refused = await post_to(client, query)

    assert answered.status_code == 200
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (
        422,
        "INTROSPECTION_DISABLED",
    )


async def test_only_in_development_an_error_says_what_may_have_been_meant(serve: Serve) -> None:
    messages: dict[str, str] = {}
    for environment in ("production", "development"):
        async with serve(environment=environment) as client:
            response = await post_to(client, {"query": "{ vilages { totalCount } }"})
            messages[environment] = response.json()["errors"][0]["message"]

    assert "villages" not in messages["production"]
    assert "villages" in messages["development"]


@pytest.mark.parametrize("client_address", [None, ("10.0.0.1", 1)])
async def test_a_client_without_an_address_is_answered(serve: Serve, client_address: object) -> None:
    async with serve() as client:
        transport = httpx.ASGITransport(client._transport.app, client=client_address)  # type: ignore[attr-defined, arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://liangcun.test") as other:
            assert (await post_to(other, _VILLAGES)).status_code == 200
