"""The operator's token in a request, and a server that answers nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from tests.conftest import NewDatabase, installed_plugins
from tests.server.http.conftest import client_of, post_to

from liangcun_server.application import Application
from liangcun_server.operators.tokens import issue_token
from liangcun_server.settings import Settings

_QUERY = {"query": '{ region(code: "220722") { name } }'}


@pytest.fixture
async def closed(new_database: NewDatabase) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    """A client of a server whose reading isn't open, and the operator's token."""
    with new_database("demonstration") as address:
        application = Application.open(
            Settings(database_url=address, open_reading=False), installed_plugins()
        )
        token = await issue_token(application.database, author="张三", reason="测试")
        assert token is not None
        async with client_of(application) as client:
            yield client, token
        await application.close()


async def test_the_operator_is_answered(closed: tuple[httpx.AsyncClient, str]) -> None:
    client, token = closed

    answer = await post_to(client, _QUERY, authorization=f"Bearer {token}")

    assert answer.json()["data"] == {"region": {"name": "长岭县"}}


@pytest.mark.parametrize(
    ("header", "code"),
    [
        pytest.param(None, "OPERATOR_TOKEN_NEEDED", id="none"),
        pytest.param("Basic YTpi", "OPERATOR_TOKEN_NEEDED", id="another scheme"),
        pytest.param("Bearer ", "OPERATOR_TOKEN_NEEDED", id="empty"),
        pytest.param("Bearer liangcun_guessed", "WRONG_OPERATOR_TOKEN", id="wrong"),
        pytest.param("Bearer " + "x" * 5000, "WRONG_OPERATOR_TOKEN", id="long"),
    ],
)
async def test_others_are_told_what_they_lack(
    closed: tuple[httpx.AsyncClient, str], header: str | None, code: str
) -> None:
    client, _ = closed
    headers = {} if header is None else {"authorization": header}

    answer = await post_to(client, _QUERY, accept_language="zh", **headers)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == [code]
    assert "liangcun token renew" in answer.json()["errors"][0]["message"]


async def test_reading_is_open_by_default_whatever_token_comes(client: httpx.AsyncClient) -> None:
    answer = await post_to(client, _QUERY, authorization="Bearer wrong")

    assert answer.json()["data"] == {"region": {"name": "长岭县"}}
