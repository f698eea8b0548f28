"""Documents asked for by identifier, after appendix A of GraphQL over HTTP; servers that run no others."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.server.http.conftest import NEW, Post, Serve, post_to

from liangcun_server.trusted_documents import document_id, shipped_ids, shipped_operations

_ID = shipped_ids()["PublishedFigures"]
_TEXT = shipped_operations()["PublishedFigures.graphql"]
_VARIABLES = {"region": "220722"}


def _name(response: httpx.Response) -> Any:
    return response.json()["data"]["region"]["name"]


async def test_a_document_is_asked_for_by_post(post: Post) -> None:
    assert _name(await post({"documentId": _ID, "variables": _VARIABLES})) == "长岭县"


async def test_a_document_is_asked_for_by_get(client: httpx.AsyncClient) -> None:
    parameters = {"documentId": _ID, "variables": '{"region":"220722"}'}

    response = await client.get("/graphql", params=parameters, headers={"accept": NEW})

    assert _name(response) == "长岭县"


async def test_a_browser_that_asks_for_a_document_gets_no_page(client: httpx.AsyncClient) -> None:
    parameters = {"documentId": _ID, "variables": '{"region":"220722"}'}

    response = await client.get("/graphql", params=parameters, headers={"accept": "text/html, */*;q=0.5"})

    assert _name(response) == "长岭县"


async def test_the_text_may_come_along(post: Post) -> None:
    assert _name(await post({"documentId": _ID, "query": _TEXT, "variables": _VARIABLES})) == "长岭县"


@pytest.mark.parametrize(
    "body",
    [
        {"documentId": "sha256:" + "0" * 64},
        {"documentId": ""},
        {"documentId": _ID, "query": "{ plugins { name } }"},
    ],
)
async def test_an_identifier_that_nothing_has_is_one_error(post: Post, body: dict[str, str]) -> None:
    response = await post(body)

    (error,) = response.json()["errors"]
    assert response.status_code == 422
    assert response.headers["content-type"].startswith(NEW)
    assert error["extensions"]["code"] == "PERSISTED_DOCUMENT_NOT_FOUND"
    assert "data" not in response.json()


async def test_an_identifier_is_a_string(post: Post) -> None:
    response = await post({"documentId": 5})

    assert response.json()["errors"][0]["extensions"]["code"] == "INVALID_REQUEST"


async def test_a_server_may_run_nothing_else(serve: Serve) -> None:
    async with serve(trusted_only=True) as client:
        refused = await post_to(client, {"query": "{ plugins { name } }"})
        trusted = await post_to(client, {"documentId": _ID, "variables": _VARIABLES})
        as_text = await post_to(client, {"query": _TEXT, "variables": _VARIABLES})

    assert refused.json()["errors"][0]["extensions"]["code"] == "UNTRUSTED_DOCUMENT"
    assert _name(trusted) == _name(as_text) == "长岭县"


async def test_a_folder_of_ones_own_is_known(serve: Serve, tmp_path: Any) -> None:
    own = 'query County { region(code: "220722") { name } }'
    (tmp_path / "county.graphql").write_text(own)

    async with serve(trusted_only=True, trusted_documents=tmp_path) as client:
        response = await post_to(client, {"documentId": document_id(own)})

    assert _name(response) == "长岭县"
