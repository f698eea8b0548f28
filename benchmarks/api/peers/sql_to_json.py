"""The bound: no GraphQL, one statement by which PostgreSQL writes the answer, sent on as it comes."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg import AsyncConnection
from psycopg.adapt import Loader
from sqlalchemy.engine import make_url
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_OBSERVATIONS = """
  (SELECT coalesce(json_agg(json_build_object(
            'indicator', json_build_object('code', indicator.code),
            'value', observation.value,
            'qualifier', upper(observation.qualifier)) ORDER BY observation.indicator_id), '[]')
     FROM observation JOIN indicator ON indicator.id = observation.indicator_id
    WHERE observation.region_code = village.code AND observation.period = '2023')
"""
STATEMENTS = {
    "/page": f"""
SELECT json_build_object('data', json_build_object('villages', json_build_object('nodes', json_agg(
         json_build_object('code', village.code, 'name', village.name,
                           'parent', json_build_object('code', township.code, 'name', township.name),
                           'observations', {_OBSERVATIONS}) ORDER BY village.code))))
  FROM (SELECT code, name, parent_code FROM region WHERE level = 'village' ORDER BY code LIMIT %(first)s)
       village
  LEFT JOIN region township ON township.code = village.parent_code""",
    "/village": f"""
SELECT json_build_object('data', json_build_object('village',
         json_build_object('code', village.code, 'name', village.name, 'observations', {_OBSERVATIONS})))
  FROM region village WHERE village.code = %(code)s""",
    "/names": """
SELECT json_build_object('data', json_build_object('villages', json_build_object('nodes', json_agg(
         json_build_object('code', code, 'name', name, 'level', upper(level)) ORDER BY code))))
  FROM (SELECT code, name, level FROM region WHERE level = 'village' ORDER BY code LIMIT %(first)s)
       village""",
}


class Untouched(Loader):
    """PostgreSQL's own text, as bytes."""

    def load(self, data: bytes | bytearray | memoryview) -> bytes:
        return bytes(data)


class Connections:
    """Connections that are opened once and lent out."""

    def __init__(self) -> None:
        url = make_url(os.environ["LIANGCUN_DATABASE_URL"]).set(drivername="postgresql")
        self._address = url.render_as_string(hide_password=False)
        self._free: list[AsyncConnection] = []

    async def take(self) -> AsyncConnection:
        """A free one, or a new one when there is none."""
        if self._free:
            return self._free.pop()
        connection = await psycopg.AsyncConnection.connect(
            self._address, autocommit=True, prepare_threshold=0
        )
        connection.adapters.register_loader("json", Untouched)
        return connection

    def give_back(self, connection: AsyncConnection) -> None:
        """Lend it to the next."""
        self._free.append(connection)

    async def close(self) -> None:
        """Close those that are free."""
        for connection in self._free:
            await connection.close()


CONNECTIONS = Connections()


async def answer(request: Request) -> Response:
    """Run the statement of the path with the variables in the body."""
    variables = await request.json()
    connection = await CONNECTIONS.take()
    cursor = await connection.execute(STATEMENTS[request.url.path], variables)
    row = await cursor.fetchone()
    CONNECTIONS.give_back(connection)
    return Response(row[0] if row else b"{}", media_type="application/json")


@asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    """Connections are closed at the end."""
    yield
    await CONNECTIONS.close()


app = Starlette(routes=[Route(path, answer, methods=["POST"]) for path in STATEMENTS], lifespan=lifespan)
