"""Files of values made and sent as a county's clerk does without a shell."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from sqlalchemy import func, select
from tests.conftest import installed_plugins
from tests.server.http.conftest import client_of

from liangcun_server.application import Application
from liangcun_server.observations import repository
from liangcun_server.operators.tokens import issue_token
from liangcun_server.settings import Settings
from liangcun_server.storage.tables import observation

MENGGU, ERSHIHAO = "220722201204", "220722207201"
SAID = {
    "sourceStatus": "official",
    "source": "台账",
    "reason": "月报",
    "author": "县农业农村局",
    "period": "2024",
}


class Clerk:
    """Somebody with the operator's token, beside the server that is sent to."""

    def __init__(self, application: Application, client: httpx.AsyncClient, token: str, folder: Path) -> None:
        self.application = application
        self.client = client
        self.token = token
        # Where the server puts what it is sent.
        self.folder = folder
        self.headers = {"authorization": f"Bearer {token}"}

    async def send(self, data: Any, name: str = "报表.csv", **fields: str) -> httpx.Response:
        """Send a file; a parameter given as "" isn't sent."""
        asked = {one: value for one, value in (SAID | {"name": name} | fields).items() if value}
        return await self.client.post("/imports", params=asked, content=data, headers=self.headers)

    async def stands(self, indicator: str, region: str = MENGGU, period: str = "2024") -> list[float | None]:
        """The values that stand."""
        async with self.application.database.read() as connection:
            found = await repository.current(connection, [region], indicators=[indicator])
        return [one.value for one in found[region] if str(one.period) == period]

    async def rows(self) -> int:
        """How many values were ever recorded."""
        async with self.application.database.read() as connection:
            return int(await connection.scalar(select(func.count()).select_from(observation)) or 0)

    async def revision(self) -> int:
        """The newest revision."""
        return await self.application.database.latest_revision()

    def left_behind(self) -> list[Path]:
        """What the server still has of the files that it was sent."""
        return list(self.folder.iterdir())


@asynccontextmanager
async def clerk_of(address: str, folder: Path, **settings: Any) -> AsyncIterator[Clerk]:
    """A clerk of a server over the database at `address`."""
    application = Application.open(Settings(database_url=address, **settings), installed_plugins())
    token = await issue_token(application.database, author="王敏", reason="测试")
    assert token is not None
    async with client_of(application) as client:
        yield Clerk(application, client, token, folder)
    await application.close()


def csv_of(*rows: str, encoding: str = "utf-8") -> bytes:
    """A long file of values."""
    return "\n".join(["region,indicator,value", *rows, ""]).encode(encoding)


def parquet_of(rows: list[tuple[str, str, float]]) -> bytes:
    """The same as Parquet."""
    regions, indicators, values = zip(*rows, strict=True)
    file = io.BytesIO()
    pq.write_table(pa.table({"region": regions, "indicator": indicators, "value": values}), file)
    return file.getvalue()


def workbook_of(rows: list[list[Any]]) -> bytes:
    """A workbook of one sheet."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as workbook:
        page = workbook.add_worksheet("表")
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return file.getvalue()
