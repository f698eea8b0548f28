"""Reports as a frontend's user downloads them."""

from __future__ import annotations

import io
from urllib.parse import unquote

import httpx
import openpyxl
import pytest
from docx import Document
from tests.conftest import NewDatabase, installed_plugins
from tests.server.http.conftest import client_of

from liangcun_server.application import Application
from liangcun_server.reports.portable import rescored
from liangcun_server.settings import Settings

ABOUT = {"standard": "jiuyou-liuwu", "within": "220722201", "period": "2023"}


async def test_each_format_is_what_it_says(client: httpx.AsyncClient) -> None:
    found = {}
    for format in ("xlsx", "docx", "json", "csv"):
        answer = await client.get(f"/reports/ranking.{format}", params=ABOUT)
        assert answer.status_code == 200, answer.text
        named = unquote(answer.headers["content-disposition"])
        assert named.endswith(f"光明乡-长岭县九有六无-2023.{format}")
        found[format] = answer
    book = openpyxl.load_workbook(io.BytesIO(found["xlsx"].content))
    assert book.sheetnames[0] == "打分表"
    assert "光明乡" in Document(io.BytesIO(found["docx"].content)).paragraphs[0].text
    assert rescored(found["json"].content, installed_plugins()).differences == ()
    assert found["csv"].text.count("\r\n") == 8


@pytest.mark.parametrize(
    ("path", "params", "status", "code"),
    [
        ("ranking.pdf", ABOUT, 422, "INVALID_DOWNLOAD"),
        (".xlsx", ABOUT, 422, "INVALID_DOWNLOAD"),
        ("ranking.xlsx", {}, 422, "INVALID_DOWNLOAD"),
        ("ranking.xlsx", ABOUT | {"standard": "x" * 300}, 422, "INVALID_DOWNLOAD"),
        ("ranking.xlsx", ABOUT | {"within": "999999"}, 422, "UNKNOWN_REGION"),
        ("ranking.xlsx", ABOUT | {"within": "'; --"}, 422, "INVALID_REGION_CODE"),
        ("ranking.xlsx", ABOUT | {"period": "last year"}, 422, "INVALID_PERIOD"),
        ("ranking.xlsx", ABOUT | {"standard": "nothing"}, 422, "UNKNOWN_STANDARD"),
        ("ranking.xlsx", ABOUT | {"standard": "220722/wuge-daowei"}, 422, "LEVEL_MISMATCH"),
    ],
)
async def test_what_can_t_be_made_is_said(
    client: httpx.AsyncClient, path: str, params: dict[str, str], status: int, code: str
) -> None:
    answer = await client.get(f"/reports/{path}", params=params)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (status, code)


async def test_where_reading_isn_t_open_it_takes_the_token(new_database: NewDatabase) -> None:
    with new_database("demonstration") as address:
        application = Application.open(
            Settings(database_url=address, open_reading=False), installed_plugins()
        )
        async with client_of(application) as client:
            answer = await client.get("/reports/ranking.xlsx", params=ABOUT)
        await application.close()
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
