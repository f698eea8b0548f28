"""The operator's token: made once, told once, and what it is needed for."""

from __future__ import annotations

from liangcun_server.operators.tokens import has_token, is_operators, issue_token
from liangcun_server.storage.database import Database


async def _issue(database: Database, *, anew: bool = False) -> str | None:
    return await issue_token(database, author="张三", reason="测试", anew=anew)


async def _is_operators(database: Database, token: str) -> bool:
    async with database.read() as connection:
        return await is_operators(connection, token)


async def test_a_database_has_no_token_until_one_is_issued(database: Database) -> None:
    async with database.read() as connection:
        assert not await has_token(connection)
    assert not await _is_operators(database, "")

    token = await _issue(database)

    assert token is not None
    assert await _is_operators(database, token)
    assert not await _is_operators(database, token + "x")
    assert not await _is_operators(database, "\ud800")


async def test_the_first_token_stays_when_another_is_asked_for(database: Database) -> None:
    token = await _issue(database)

    assert await _issue(database) is None
    assert token is not None
    assert await _is_operators(database, token)


async def test_a_new_token_ends_the_one_before(database: Database) -> None:
    first = await _issue(database)
    second = await _issue(database, anew=True)

    assert first is not None
    assert second is not None
    assert not await _is_operators(database, first)
    assert await _is_operators(database, second)
