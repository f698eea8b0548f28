"""/graphql as GraphQL over HTTP has it, and no input that is answered by a 500."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest

from liangcun_server.application import Application
from liangcun_server.http.app import create_app
from liangcun_server.http.requests import MAX_BODY_BYTES

_NEW = "application/graphql-response+json"
_OLD = "application/json"
_QUERY = '{ region(code: "220722") { name } }'
_ANSWER = {"data": {"region": {"name": "长岭县"}}}


@pytest.fixture
async def client(application: Application) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(application), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://liangcun.test") as client:
        yield client


async def _post(client: httpx.AsyncClient, body: Any, **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    sent = {"content-type": _OLD, "accept": _NEW} | {
        name.replace("_", "-"): text for name, text in headers.items()
    }
    return await client.post("/graphql", content=content, headers=sent)


@pytest.mark.parametrize(
    ("accept", "media"), [(_NEW, _NEW), (_OLD, _OLD), ("*/*", _OLD), (f"{_NEW}, {_OLD};q=0.9", _NEW)]
)
async def test_a_query_is_answered_in_the_media_type_asked_for(
    client: httpx.AsyncClient, accept: str, media: str
) -> None:
    response = await _post(client, {"query": _QUERY}, accept=accept)
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{media}; charset=utf-8"
    assert response.json() == _ANSWER


async def test_a_query_by_get_is_answered(client: httpx.AsyncClient) -> None:
    query = "query Named($code: ID!) { region(code: $code) { name } }"
    parameters = {"query": query, "variables": '{"code": "220722"}', "operationName": "Named"}
    response = await client.get("/graphql", params=parameters, headers={"accept": _NEW})
    assert (response.status_code, response.json()) == (200, _ANSWER)


async def test_variables_are_used(client: httpx.AsyncClient) -> None:
    query = "query Named($code: ID!) { region(code: $code) { name } }"
    response = await _post(client, {"query": query, "variables": {"code": "220722"}})
    assert response.json() == _ANSWER


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "text/application/json-evil",
        "application/x-www-form-urlencoded",
        "application/json; charset=gbk",
        "",
    ],
)
async def test_another_content_type_is_415(client: httpx.AsyncClient, content_type: str) -> None:
    response = await _post(client, {"query": _QUERY}, content_type=content_type)
    assert response.status_code == 415


async def test_a_content_type_with_charset_utf_8_is_taken(client: httpx.AsyncClient) -> None:
    response = await _post(client, {"query": _QUERY}, content_type="application/json; charset=UTF-8")
    assert response.json() == _ANSWER


async def test_another_accept_is_406(client: httpx.AsyncClient) -> None:
    assert (await _post(client, {"query": _QUERY}, accept="image/png")).status_code == 406


async def test_other_methods_are_405_with_the_allowed_ones(client: httpx.AsyncClient) -> None:
    response = await client.put("/graphql", content=b"{}")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"7",
        b'"text"',
        b"[]",
        b"{",
        b"\xff\xfe",
        b'{"query": NaN}',
        b'{"query": 5}',
        b'{"variables": {}}',
        b'{"query": ""}',
        b'{"query": "{ a }", "variables": []}',
        b'{"query": "{ a }", "operationName": 5}',
        b'{"query": "\\ud800"}',
        b"[" * 100_000,
        b'{"query": "{ a }", "variables": {"n": ' + b"9" * 5_000 + b"}}",
    ],
)
async def test_a_body_that_is_no_request_is_400_and_says_why(client: httpx.AsyncClient, body: bytes) -> None:
    response = await _post(client, body)
    assert response.status_code == 400
    assert response.json()["errors"][0]["message"]


async def test_a_body_that_is_too_large_is_413(client: httpx.AsyncClient) -> None:
    response = await _post(client, b'{"query": "' + b" " * MAX_BODY_BYTES + b'"}')
    assert response.status_code == 413


@pytest.mark.parametrize(
    "query", ["{ nothing }", "{", "query A { __typename } query B { __typename }", "mutation { a }"]
)
async def test_what_was_never_run_is_400_without_data_under_the_new_media_type(
    client: httpx.AsyncClient, query: str
) -> None:
    response = await _post(client, {"query": query})
    assert response.status_code == 400
    assert "data" not in response.json()
    assert response.json()["errors"][0]["extensions"]["code"]
    older = await _post(client, {"query": query}, accept=_OLD)
    assert older.status_code == 200


async def test_an_operation_that_is_not_in_the_document_is_400(client: httpx.AsyncClient) -> None:
    body = {"query": "query A { __typename } query B { __typename }", "operationName": "C"}
    assert (await _post(client, body)).status_code == 400
    named = await _post(client, {**body, "operationName": "B"})
    assert named.json() == {"data": {"__typename": "Query"}}


async def test_a_mutation_by_get_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.get("/graphql", params={"query": "mutation { a }"}, headers={"accept": _NEW})
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"


async def test_a_field_error_is_200_with_the_data_that_there_is(client: httpx.AsyncClient) -> None:
    response = await _post(
        client, {"query": '{ good: region(code: "220722") { name } bad: region(code: "1") { name } }'}
    )
    assert response.status_code == 200
    assert response.json()["data"] == {"good": {"name": "长岭县"}, "bad": None}
    assert response.json()["errors"][0]["path"] == ["bad"]


@pytest.mark.parametrize(
    "query",
    [
        '{ region(code: "22\\u0000") { name } }',
        '{ villages(filter: {nameContains: "\\u0000"}) { totalCount } }',
        '{ villages(filter: {nameContains: "%_"}) { totalCount } }',
        '{ villages(after: "\\uD83D\\uDE00") { totalCount } }',
        "{ villages(first: -1) { totalCount } }",
        "{ villages(first: 99999999999) { totalCount } }",
        '{ scorecard(region: "220722201204", standard: "sanhua", period: "9999") { score } }',
        """{ scorecard(region: "220722201204", standard: "sanhua", period: "2023",
                      asOf: "0001-01-01T00:00:00+14:00") { score } }""",
        '{ scorecard(region: "220722201204", standard: "../../etc", period: "2023") { score } }',
        '{ standard(id: "220722/") { id } }',
    ],
)
async def test_odd_arguments_never_make_an_internal_error(client: httpx.AsyncClient, query: str) -> None:
    response = await _post(client, {"query": query})
    assert response.status_code in (200, 400)
    for error in response.json().get("errors", []):
        assert error["extensions"]["code"] != "INTERNAL_ERROR"


async def test_messages_follow_accept_language(client: httpx.AsyncClient) -> None:
    chinese = await _post(
        client, {"query": '{ region(code: "1") { name } }'}, accept_language="zh-CN,zh;q=0.9"
    )
    english = await _post(
        client, {"query": '{ region(code: "1") { name } }'}, accept_language="en-GB,en;q=0.9,zh;q=0.5"
    )
    assert "区划代码" in chinese.json()["errors"][0]["message"]
    assert "region code" in english.json()["errors"][0]["message"]


async def test_an_unexpected_failure_is_masked_with_a_number_that_the_log_has(
    client: httpx.AsyncClient, application: Application, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fails(_question: object) -> None:
        raise RuntimeError("the secret of the inside")

    object.__setattr__(application.scoring, "scores", fails)
    query = '{ scorecard(region: "220722201204", standard: "sanhua", period: "2023") { score } }'
    response = await _post(client, {"query": query})
    error = response.json()["errors"][0]
    assert error["extensions"]["code"] == "INTERNAL_ERROR"
    assert "secret" not in response.text
    captured = capsys.readouterr()
    assert error["extensions"]["incident"] in captured.out + captured.err
    assert "the secret of the inside" in captured.out + captured.err


async def test_the_browser_gets_a_query_page_that_loads_nothing_from_elsewhere(
    client: httpx.AsyncClient,
) -> None:
    response = await client.get("/graphql", headers={"accept": "text/html"})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    assert "http://" not in response.text
    assert "https://" not in response.text


async def test_health_says_that_the_process_lives_and_that_the_database_answers(
    client: httpx.AsyncClient,
) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    ready = (await client.get("/readyz")).json()
    assert ready["status"] == "ok"
    assert ready["revision"] > 0
