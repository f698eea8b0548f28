"""/graphql as the GraphQL-over-HTTP specification of September 2026 has it, section by section."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from tests.conftest import installed_plugins
from tests.server.http.conftest import NEW, OLD, Post, Serve, client_of, post_to

from liangcun_server.application import Application
from liangcun_server.http.requests import MAX_HEADER_BYTES, MAX_URL_BYTES
from liangcun_server.settings import Settings

_QUERY = '{ region(code: "220722") { name } }'
_NAMED = "query Named($code: ID!) { region(code: $code) { name } }"
_DATA = {"region": {"name": "长岭县"}}
_LEGACY = [OLD, "*/*", f"{OLD}, text/html", "text/html, application/xhtml+xml, */*;q=0.8"]


def _code(response: httpx.Response) -> str:
    code: str = response.json()["errors"][0]["extensions"]["code"]
    return code


# Media types of the answer (5.1).


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (NEW, NEW),
        (OLD, OLD),
        ("*/*", OLD),
        ("application/*", OLD),
        (f"{NEW}, {OLD};q=0.9", NEW),
        (f"{OLD};q=0.9, {NEW}", NEW),
        (f"{NEW};q=0.5, {OLD};q=0.6", OLD),
        (f"{OLD}, {NEW}", OLD),
        (f"{NEW};q=0, */*", OLD),
        (f"{OLD};q=0, */*", NEW),
        (f"*/*;q=0.1, {NEW};q=0.2", NEW),
        (f"{NEW.upper()};Charset=UTF-8", NEW),
        (f'{NEW}; charset="utf-8"; q=0.3', NEW),
        (f"image/png, {NEW};q=0.001", NEW),
    ],
)
async def test_the_answer_is_of_the_media_type_that_the_client_likes_best(
    post: Post, accept: str, media: str
) -> None:
    response = await post({"query": _QUERY}, accept=accept)

    assert response.status_code == 200
    assert response.headers["content-type"] == f"{media}; charset=utf-8"
    assert response.headers["vary"] == "Accept, Accept-Language"
    assert response.json()["data"] == _DATA


@pytest.mark.parametrize(
    "accept", ["image/png", f"{NEW};q=0", f"{OLD};charset=gbk", "*/*;q=0", "text/*", "nonsense"]
)
async def test_who_takes_neither_media_type_gets_406(post: Post, accept: str) -> None:
    response = await post({"query": _QUERY}, accept=accept)

    assert response.status_code == 406
    assert _code(response) == "NOT_ACCEPTABLE"


async def test_who_names_no_media_type_gets_plain_json(client: httpx.AsyncClient) -> None:
    request = client.build_request("POST", "/graphql", json={"query": _QUERY})
    del request.headers["accept"]

    response = await client.send(request)

    assert response.headers["content-type"].startswith(OLD)
    assert response.json()["data"] == _DATA


# Methods (4).


async def test_other_methods_are_405_with_the_allowed_ones(client: httpx.AsyncClient) -> None:
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "QUERY", "BREW"):
        response = await client.request(method, "/graphql", content=b"{}")

        assert response.status_code == 405
        assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"
        assert _code(response) == "METHOD_NOT_ALLOWED"


async def test_options_are_the_methods_there_are(client: httpx.AsyncClient) -> None:
    response = await client.options("/graphql")

    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize("query", [_QUERY, "{", "{ nothing }"])
async def test_head_is_get_without_the_body(client: httpx.AsyncClient, query: str) -> None:
    number = {"x-request-id": "1"}
    head = await client.head("/graphql", params={"query": query}, headers=number)
    get = await client.get("/graphql", params={"query": query}, headers=number)

    assert head.content == b""
    assert head.status_code == get.status_code
    assert head.headers == get.headers


# GET (4.3).


async def test_a_query_by_get_is_answered(client: httpx.AsyncClient) -> None:
    parameters = {"query": _NAMED, "variables": '{"code": "220722"}', "operationName": "Named"}

    response = await client.get("/graphql", params=parameters, headers={"accept": NEW})

    assert (response.status_code, response.json()["data"]) == (200, _DATA)


async def test_empty_parameters_are_as_good_as_none_and_unknown_ones_are_left_alone(
    client: httpx.AsyncClient,
) -> None:
    parameters = {"query": _QUERY, "variables": "", "extensions": "", "operationName": "", "other": "1"}

    response = await client.get("/graphql", params=parameters)

    assert (response.status_code, response.json()["data"]) == (200, _DATA)


async def test_an_operation_may_be_named_null(client: httpx.AsyncClient) -> None:
    parameters = {"query": "query null { __typename } query Other { x: __typename }", "operationName": "null"}

    response = await client.get("/graphql", params=parameters)

    assert response.json()["data"] == {"__typename": "Query"}


async def test_a_mutation_by_get_is_refused(client: httpx.AsyncClient) -> None:
    document = "mutation Change { a } query Look { __typename }"

    refused = await client.get("/graphql", params={"query": document, "operationName": "Change"})
    answered = await client.get("/graphql", params={"query": document, "operationName": "Look"})

    assert refused.status_code == 405
    assert refused.headers["allow"] == "POST, OPTIONS"
    assert answered.status_code == 422  # the schema has no mutation of that name


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("?query={__typename}&query={__typename}", 422, "INVALID_REQUEST"),
        ("?variables={}&query={__typename}&variables={}", 422, "INVALID_REQUEST"),
        ("?variables=nonsense&query={__typename}", 400, "INVALID_JSON"),
        ("?variables=[]&query={__typename}", 422, "INVALID_REQUEST"),
        ("?extensions=7&query={__typename}", 422, "INVALID_REQUEST"),
        ("?query=", 422, "INVALID_REQUEST"),
        ("?qeury={__typename}", 422, "INVALID_REQUEST"),
        ("", 422, "INVALID_REQUEST"),
        ("?query=%FF%FE", 400, "GRAPHQL_PARSE_FAILED"),
        ("?query=%00", 400, "GRAPHQL_PARSE_FAILED"),
    ],
)
async def test_wrong_parameters_are_told_from_each_other(
    client: httpx.AsyncClient, url: str, status: int, code: str
) -> None:
    response = await client.get(f"/graphql{url}", headers={"accept": NEW})

    assert (response.status_code, _code(response)) == (status, code)


async def test_a_url_that_is_too_long_is_414_and_headers_that_are_too_large_431(
    client: httpx.AsyncClient,
) -> None:
    long = await client.get("/graphql", params={"query": "{__typename}" + " " * MAX_URL_BYTES})
    large = await client.get("/graphql", headers={"x-large": "x" * MAX_HEADER_BYTES})

    assert (long.status_code, _code(long)) == (414, "URL_TOO_LONG")
    assert (large.status_code, _code(large)) == (431, "HEADERS_TOO_LARGE")


# POST (4.4).


async def test_variables_are_used(post: Post) -> None:
    response = await post({"query": _NAMED, "variables": {"code": "220722"}})

    assert response.json()["data"] == _DATA


async def test_null_is_as_good_as_none_and_other_properties_are_left_alone(post: Post) -> None:
    body = {"query": _QUERY, "variables": None, "operationName": None, "extensions": None, "more": [1]}

    response = await post(body)

    assert (response.status_code, response.json()["data"]) == (200, _DATA)


async def test_extensions_may_be_sent(post: Post) -> None:
    response = await post({"query": _QUERY, "extensions": {"org.example": {"a": 1}}})

    assert response.json()["data"] == _DATA


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=UTF-8",
        'application/json;charset="utf-8"',
        "application/json; charset=utf8",
    ],
)
async def test_json_in_utf_8_is_taken(post: Post, content_type: str) -> None:
    response = await post({"query": _QUERY}, content_type=content_type)

    assert response.json()["data"] == _DATA


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "text/application/json-evil",
        "application/json-evil",
        "application/jsonx; application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/json; charset=gbk",
        "application/json; charset=utf-16",
        "application/json, text/plain",
        "",
    ],
)
async def test_another_content_type_is_415(post: Post, content_type: str) -> None:
    response = await post({"query": _QUERY}, content_type=content_type)

    assert (response.status_code, _code(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert response.headers["accept-post"] == OLD


async def test_a_content_type_that_is_missing_or_there_twice_is_415(client: httpx.AsyncClient) -> None:
    body = orjson.dumps({"query": _QUERY})
    missing = await client.post("/graphql", content=body)
    twice = await client.post(
        "/graphql", content=body, headers=[("content-type", OLD), ("content-type", "text/plain")]
    )

    assert missing.status_code == twice.status_code == 415


async def test_a_compressed_body_is_415(post: Post) -> None:
    response = await post(b"\x1f\x8b", content_encoding="gzip")

    assert (response.status_code, response.headers["accept-encoding"]) == (415, "identity")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"NONSENSE", b"\xff\xfe", b'{"query": NaN}', b'{"query": "\\ud800"}', b'{"a":1}x']
)
async def test_a_body_that_is_no_json_is_400(post: Post, body: bytes) -> None:
    response = await post(body)

    assert (response.status_code, _code(response)) == (400, "INVALID_JSON")
    assert "data" not in response.json()


@pytest.mark.parametrize(
    "body",
    [
        b"null",
        b"7",
        b'"text"',
        b"[]",
        b'[{"query": "{ __typename }"}]',
        b"{}",
        b'{"qeury": "{ __typename }"}',
        b'{"query": 5}',
        b'{"query": null}',
        b'{"query": ""}',
        b'{"query": {"a": 1}}',
        b'{"query": "{ __typename }", "variables": []}',
        b'{"query": "{ __typename }", "variables": "{}"}',
        b'{"query": "{ __typename }", "operationName": 5}',
        b'{"query": "{ __typename }", "extensions": false}',
    ],
)
@pytest.mark.parametrize("accept", [NEW, OLD])
async def test_json_that_is_no_request_is_422(post: Post, body: bytes, accept: str) -> None:
    response = await post(body, accept=accept)

    assert (response.status_code, _code(response)) == (422, "INVALID_REQUEST")
    assert response.headers["content-type"].startswith(NEW)


# Status codes of what is a request (5.4).


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"query": "{"}, 400, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing }"}, 422, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "mutation { a }"}, 422, "GRAPHQL_VALIDATION_FAILED"),
        ({"query": "subscription { a }"}, 422, "SUBSCRIPTION_NOT_SUPPORTED"),
        ({"query": "type A { b: Int }"}, 422, "OPERATION_NOT_FOUND"),
        ({"query": "query A { __typename } query B { __typename }"}, 422, "OPERATION_NAME_NEEDED"),
        (
            {"query": "query A { __typename } query B { __typename }", "operationName": "C"},
            422,
            "OPERATION_NOT_FOUND",
        ),
        ({"query": "{ __typename }", "operationName": "C"}, 422, "OPERATION_NOT_FOUND"),
        ({"query": _NAMED}, 422, "GRAPHQL_VARIABLES_INVALID"),
        ({"query": _NAMED, "variables": {"code": None}}, 422, "GRAPHQL_VARIABLES_INVALID"),
        ({"query": _NAMED, "variables": {"code": {}}}, 422, "GRAPHQL_VARIABLES_INVALID"),
    ],
)
@pytest.mark.parametrize("accept", [NEW, *_LEGACY])
async def test_what_never_ran_has_no_data_and_a_status_that_says_why(
    post: Post, body: dict[str, Any], status: int, code: str, accept: str
) -> None:
    response = await post(body, accept=accept)

    assert (response.status_code, _code(response)) == (status, code)
    assert "data" not in response.json()
    # Whatever was asked for: under a plain type this could be a proxy's own answer.
    assert response.headers["content-type"] == f"{NEW}; charset=utf-8"


async def test_the_operation_that_is_named_runs(post: Post) -> None:
    body = {"query": "query A { a: __typename } query B { b: __typename }", "operationName": "B"}

    response = await post(body)

    assert (response.status_code, response.json()["data"]) == (200, {"b": "Query"})


@pytest.mark.parametrize(("accept", "status"), [(NEW, 294), *((one, 200) for one in _LEGACY)])
async def test_data_with_errors_is_a_partial_success(post: Post, accept: str, status: int) -> None:
    query = '{ good: region(code: "220722") { name } bad: region(code: "1") { name } }'

    response = await post({"query": query}, accept=accept)

    assert response.status_code == status
    assert response.json()["data"] == {"good": {"name": "长岭县"}, "bad": None}
    assert response.json()["errors"][0]["path"] == ["bad"]


async def test_data_that_is_null_because_a_field_failed_is_a_partial_success_too(post: Post) -> None:
    response = await post({"query": '{ standards(region: "1") { id } }'})

    assert response.status_code == 294
    assert response.json()["data"] is None


# Languages, masking, the page, health.


async def test_messages_follow_accept_language(post: Post) -> None:
    query = {"query": '{ region(code: "1") { name } }'}

    chinese = await post(query, accept_language="zh-CN,zh;q=0.9")
    english = await post(query, accept_language="en-GB,en;q=0.9,zh;q=0.5")
    odd = await post(query, accept_language="en;q=nan, zh;q=inf, en;q=-1, *;q=2")

    assert "区划代码" in chinese.json()["errors"][0]["message"]
    assert "region code" in english.json()["errors"][0]["message"]
    assert "区划代码" in odd.json()["errors"][0]["message"]


async def test_an_unexpected_failure_is_masked_with_a_number_that_the_log_has(
    post: Post, application: Application, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fails(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("the secret of the inside")

    object.__setattr__(application.scoring, "scores", fails)
    query = '{ scorecard(region: "220722201204", standard: "sanhua", period: "2023") { score } }'

    response = await post({"query": query})

    assert "secret" not in response.text
    assert _code(response) == "INTERNAL_ERROR"
    captured = capsys.readouterr()
    incident = response.json()["errors"][0]["extensions"]["incident"]
    assert incident in captured.out + captured.err
    assert "the secret of the inside" in captured.out + captured.err


async def test_the_browser_gets_a_query_page_that_loads_nothing_from_elsewhere(
    client: httpx.AsyncClient,
) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

    response = await client.get("/graphql", headers={"accept": accept})

    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    assert "http://" not in response.text
    assert "https://" not in response.text


async def test_without_the_query_page_a_browser_gets_an_error_that_says_what_is_missing(
    serve: Serve,
) -> None:
    async with serve(graphiql=False) as client:
        response = await client.get("/graphql", headers={"accept": "text/html,*/*;q=0.8"})

    assert (response.status_code, _code(response)) == (422, "INVALID_REQUEST")


async def test_health_says_that_the_process_lives_and_that_the_database_answers(
    client: httpx.AsyncClient,
) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    ready = (await client.get("/readyz")).json()
    assert ready["status"] == "ok"
    assert ready["revision"] > 0


async def test_without_its_database_the_server_still_says_what_is_wrong(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/none.db")
    application = Application.open(settings, installed_plugins())
    async with client_of(application) as client:
        field = await post_to(client, {"query": _QUERY})
        ready = await client.get("/readyz")
    await application.close()

    assert (field.status_code, _code(field)) == (294, "DATABASE_NOT_INITIALISED")
    assert (ready.status_code, ready.json()["code"]) == (503, "DATABASE_NOT_INITIALISED")
