"""No input is answered by a 500, and the server goes on answering others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.server.http.conftest import NEW, OLD, Post, Serve, post_to
from tests.server.limits.documents import aliases, conflicting, directives, doubling, nested

_ODD_TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from('{}[]()"$@:!.#\\\u0000\ufeff\u2028'))
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _ODD_TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_ODD_TEXTS, inner, max_size=4),
    max_leaves=20,
)
# Pieces that make documents which get further than the parser.
_PIECES = st.lists(
    st.sampled_from(
        [
            *"{}(){}:$@!=|&",
            "...",
            "query",
            "mutation",
            "subscription",
            "fragment F on Region",
            "...F",
            "on",
            "villages",
            "region",
            "ranking",
            "scorecard",
            "nodes",
            "name",
            "code",
            "first",
            "after",
            "period",
            "observations",
            "__schema",
            "__type",
            "__typename",
            "@skip(if: true)",
            "@include(if: $a)",
            "$a: Int = 1",
            '"220722"',
            '"""block"""',
            '"\\u0000"',
            '"\\ud83d\\ude00"',
            "-1",
            "1e400",
            "9" * 400,
            "null",
            "true",
            "[1, [2]]",
            "{nameContains: 1}",
            "#\n",
            ",",
        ]
    ),
    max_size=30,
).map(" ".join)
_HEADERS = st.dictionaries(
    st.sampled_from(["accept", "content-type", "accept-language", "x-forwarded-for", "content-encoding"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)
    | st.sampled_from([NEW, OLD, "*/*", ";;,,", 'a/b;c="', "en;q=2", "a/b;q=", "\\", "::1, [::1]:80, x"]),
)
_QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
async def anyone(serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    async with serve(trusted_proxies=1) as client:
        yield client


def _is_an_answer(response: httpx.Response) -> None:
    """Whatever it is, it is no 500, and says in JSON what it is."""
    assert response.status_code < 500
    assert response.headers["content-type"] in (f"{NEW}; charset=utf-8", f"{OLD}; charset=utf-8")
    body = response.json()
    for error in body.get("errors", []):
        assert error["message"]
        assert error["extensions"]["code"] not in ("INTERNAL_ERROR", "LIMIT_EXCEEDED")
    assert ("data" in body) == response.is_success


@_QUICK
@given(body=st.binary(max_size=200), headers=_HEADERS)
async def test_any_bytes_and_headers_are_answered(
    anyone: httpx.AsyncClient, body: bytes, headers: dict[str, str]
) -> None:
    sent = {"content-type": OLD, "accept": NEW} | headers
    _is_an_answer(await anyone.post("/graphql", content=body, headers=sent))


@_QUICK
@given(body=_JSON)
async def test_any_json_is_answered(anyone: httpx.AsyncClient, body: Any) -> None:
    _is_an_answer(await post_to(anyone, body))


@_QUICK
@given(query=_PIECES | _ODD_TEXTS, variables=st.dictionaries(st.just("a") | _ODD_TEXTS, _JSON, max_size=2))
async def test_any_document_is_answered(
    anyone: httpx.AsyncClient, query: str, variables: dict[str, Any]
) -> None:
    _is_an_answer(await post_to(anyone, {"query": query, "variables": variables}))


@_QUICK
@given(url=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=80))
async def test_any_parameters_are_answered(anyone: httpx.AsyncClient, url: str) -> None:
    text = url.replace("#", "%")
    _is_an_answer(await anyone.get("http://liangcun.test/graphql?query=" + text, headers={"accept": NEW}))


@_QUICK
@given(value=_JSON)
@pytest.mark.parametrize(
    "query",
    [
        "query A($a: ID!) { region(code: $a) { name observations(indicators: [$a]) { value } } }",
        "query A($a: String) { villages(filter: {nameContains: $a}, after: $a) { totalCount } }",
        "query A($a: Int) { villages(first: $a) { nodes { name } } }",
        'query A($a: Period!) { scorecard(region: "220722201204", standard: "sanhua", period: $a) '
        "{ score } }",
        'query A($a: DateTime) { ranking(within: "220722", standard: "sanhua", period: "2023", asOf: $a) '
        "{ totalCount } }",
    ],
)
async def test_any_value_of_a_variable_is_answered(anyone: httpx.AsyncClient, query: str, value: Any) -> None:
    _is_an_answer(await post_to(anyone, {"query": query, "variables": {"a": value}}))


@pytest.mark.parametrize(
    "query",
    [
        '{ region(code: "22\\u0000") { name } }',
        '{ villages(filter: {nameContains: "\\u0000"}) { totalCount } }',
        '{ villages(filter: {nameContains: "%_"}) { totalCount } }',
        '{ villages(after: "\\uD83D\\uDE00") { totalCount } }',
        '{ villages(after: "\\uD83D") { totalCount } }',
        "{ villages(first: -1) { totalCount } }",
        "{ villages(first: 99999999999) { totalCount } }",
        "{ villages(first: " + "9" * 5_000 + ") { totalCount } }",
        '{ scorecard(region: "220722201204", standard: "sanhua", period: "9999") { score } }',
        """{ scorecard(region: "220722201204", standard: "sanhua", period: "2023",
                      asOf: "0001-01-01T00:00:00+14:00") { score } }""",
        '{ scorecard(region: "220722201204", standard: "../../etc", period: "2023") { score } }',
        '{ standard(id: "220722/") { id } }',
        aliases(2_000),
        conflicting(600),
        directives(2_000),
        nested(1_000),
        doubling(19),
        doubling(500),
        "{ a(b: " + "[" * 10_000 + ") }",
        "#" + "x" * 500_000,
    ],
)
async def test_odd_and_hostile_documents_are_answered(post: Post, query: str) -> None:
    _is_an_answer(await post({"query": query}))


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"[" * 100_000, 400, "TOO_DEEP"),
        (b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 40 + b"]" * 40 + b"}}", 400, "TOO_DEEP"),
        (b'{"query": "{ __typename }", "variables": {"n": ' + b"9" * 5_000 + b"}}", 400, "INVALID_JSON"),
        (b'{"query": "{ __typename }", "variables": {"n": 1e999}}', 400, "INVALID_JSON"),
        (b'{"query": "' + b" " * 1_000_000 + b'"}', 413, "BODY_TOO_LARGE"),
    ],
)
async def test_hostile_bodies_are_refused(post: Post, body: bytes, status: int, code: str) -> None:
    response = await post(body)

    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (status, code)


async def test_json_may_be_as_deep_as_the_limit(post: Post) -> None:
    inner = b"[" * 30 + b"]" * 30

    response = await post(b'{"query": "{ __typename }", "variables": {"a": ' + inner + b"}}")

    assert response.status_code == 200


async def test_one_who_breaks_off_is_left_alone_and_the_next_is_answered(
    anyone: httpx.AsyncClient,
) -> None:
    app = anyone._transport.app  # type: ignore[attr-defined]
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"content-type", b"application/json")],
        "client": None,
    }
    await app(scope, receive, send)

    assert sent == []
    assert (await post_to(anyone, {"query": "{ __typename }"})).status_code == 200
