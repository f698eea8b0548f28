"""Files brought in over HTTP, as an officer's browser or a collecting program sends them."""

from __future__ import annotations

import asyncio
import io
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select
from tests.conftest import NewDatabase, installed_plugins
from tests.server.http.conftest import client_of

from liangcun_server.application import Application
from liangcun_server.audit.verifying import verify
from liangcun_server.http.app import create_app
from liangcun_server.importing import plain_columns
from liangcun_server.importing.template import lay_out, template_xlsx
from liangcun_server.operators.tokens import issue_token
from liangcun_server.regions.repository import by_codes
from liangcun_server.settings import Settings
from liangcun_server.storage.tables import observation, revision
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import AssessorLevel

VILLAGE, ANOTHER = "220722201204", "220722201203"
ABOUT = {
    "name": "报表.csv",
    "sourceStatus": "official",
    "source": "光明乡台账",
    "period": "2024",
    "author": "王敏",
    "reason": "年报",
}
LAMPS = f"region,indicator,value\n{VILLAGE},street_lamps,30\n{ANOTHER},street_lamps,20\n".encode()


class Office:
    """An application with an operator who sends files."""

    def __init__(self, application: Application, client: httpx.AsyncClient, token: str) -> None:
        self.application = application
        self.client = client
        self.headers = {"authorization": f"Bearer {token}"}

    async def send(self, data: bytes, **fields: str) -> httpx.Response:
        return await self.client.post("/imports", params=ABOUT | fields, content=data, headers=self.headers)

    async def brought(self, data: bytes, **fields: str) -> dict[str, Any]:
        answer = await self.send(data, **fields)
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def lamps(self) -> list[float]:
        """What was ever recorded for 2024."""
        async with self.application.database.read() as connection:
            found = select(observation.c.value).where(observation.c.period == "2024")
            return sorted(await connection.scalars(found))

    async def imports(self) -> int:
        async with self.application.database.read() as connection:
            assert (await verify(connection)).holds
            count = select(func.count()).where(revision.c.kind == "import")
            return int(await connection.scalar(count) or 0)


@pytest.fixture(params=["sqlite", "postgresql"])
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    new: NewDatabase = request.getfixturevalue(f"new_{request.param}_database")
    with new("changling") as address:
        settings = Settings(database_url=address, max_import_bytes=2_000_000)
        application = Application.open(settings, installed_plugins())
        token = await issue_token(application.database, author="王敏", reason="测试")
        assert token is not None
        async with client_of(application) as client:
            yield Office(application, client, token)
        await application.close()


async def test_a_file_is_brought_in_once(office: Office) -> None:
    tried = await office.brought(LAMPS, dryRun="true")
    assert (tried["revision"], tried["dryRun"], tried["new"]) == (None, True, 2)
    assert await office.lamps() == []
    made = await office.brought(LAMPS)
    assert (made["new"], made["corrected"], made["refused"]) == (2, 0, False)
    assert await office.application.database.latest_revision() == made["revision"]
    again = await office.brought(LAMPS)
    assert (again["revision"], again["new"], again["unchanged"]) == (None, 0, 2)
    corrected = await office.brought(LAMPS.replace(b"30", b"31"))
    (change,) = corrected["correctionList"]
    assert (change["place"], change["before"]["value"], change["after"]["value"]) == ("报表.csv:2", 30, 31)
    assert change["after"]["sourceStatus"] == "OFFICIAL"
    assert await office.lamps() == [20, 30, 31]


async def test_two_who_send_the_same_file_at_once_leave_it_once(office: Office) -> None:
    one, other = await asyncio.gather(office.brought(LAMPS), office.brought(LAMPS))
    assert sorted((one["new"], other["new"])) == [0, 2]
    assert await office.lamps() == [20, 30]
    assert await office.imports() == 1


async def test_a_workbook_from_the_template(office: Office) -> None:
    application = office.application
    async with application.database.read() as connection:
        place = (await by_codes(connection, ["220722201000"]))["220722201000"]
        laid = await lay_out(
            connection,
            application.plugins.indicators,
            [application.plugins.standards.find("220722/jiuyou-liuwu")],
            place,
            period=Period.parse("2024"),
            level=AssessorLevel.TOWNSHIP,
            filled=False,
        )
    book = load_workbook(io.BytesIO(template_xlsx(laid)))
    sheet = book.worksheets[1]
    column = next(cell.column for cell in sheet[1] if str(cell.value).endswith("lit_lanes_rate"))
    row = next(cell.row for cell in sheet["A"] if cell.value == VILLAGE)
    sheet.cell(row, column).value = 25
    target = io.BytesIO()
    book.save(target)
    about = {"name": "C:\\报表\\光明乡.xlsx", "level": "TOWNSHIP"}
    made = await office.brought(target.getvalue(), **about)
    assert (made["new"], made["problems"]) == (1, 0)
    assert await office.lamps() == [25]


async def test_other_kinds_of_files(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    gbk = f"区划代码,指标,值\n{VILLAGE},street_lamps,30\n".encode("gbk")
    assert (await office.brought(gbk))["new"] == 1
    monkeypatch.setattr(plain_columns, "SMALLEST", 0)
    target = io.BytesIO()
    table = {"region": [ANOTHER], "indicator": ["street_lamps"], "value": [12.0]}
    pq.write_table(pa.table(table), target)
    assert (await office.brought(target.getvalue(), name="a.parquet"))["new"] == 1
    form = f"village/code,_uuid,_submission_time,q12\n{VILLAGE},x,2024-05-01,40\n".encode()
    columns = '{"region": "village/code", "street_lamps": "q12"}'
    answered = await office.brought(form, format="kobo", map=columns)
    assert (answered["corrected"], await office.lamps()) == (1, [12, 30, 40])


async def test_problems_keep_all_of_it_out_or_what_has_them(office: Office) -> None:
    wrong = LAMPS + f"{VILLAGE},street_lamps_no,1\n{VILLAGE},households,1.2万\n".encode()
    refused = await office.send(wrong)
    told = refused.json()
    assert (refused.status_code, told["refused"], told["revision"], told["problems"]) == (422, True, None, 2)
    assert [one["place"] for one in told["problemList"]] == ["报表.csv:4", "报表.csv:5"]
    assert "12000" in told["problemList"][1]["message"]
    assert await office.lamps() == []
    made = await office.brought(wrong, validOnly="true", acceptUnits="true")
    assert (made["new"], made["problems"], made["suspect"]) == (3, 1, 0)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": "a.doc"}, "name"),
        ({"name": ".."}, "name"),
        ({"sourceStatus": "mine"}, "sourceStatus"),
        ({"dryRun": "perhaps"}, "dryRun"),
        ({"suspectRatio": "nan"}, "suspectRatio"),
        ({"level": "village"}, "level"),
        ({"period": "last year"}, "last year"),
        ({"map": "- a"}, "map"),
        ({"valid_only": "true"}, "valid_only"),
        ({"reason": ""}, "reason"),
    ],
)
async def test_what_is_wrong_with_the_address_is_told(
    office: Office, fields: dict[str, str], told: str
) -> None:
    refused = await office.send(LAMPS, **fields)
    assert refused.status_code == 422
    headers = office.headers | {"accept-language": "en"}
    english = await office.client.post("/imports", params=ABOUT | fields, content=LAMPS, headers=headers)
    assert told in english.json()["errors"][0]["message"]
    assert await office.imports() == 0


async def test_files_that_cannot_be_read_are_told(office: Office) -> None:
    for data, name in ((b"PK\x03\x04broken", "a.xlsx"), (b"", "a.csv"), (b"PAR1broken", "a.parquet")):
        refused = await office.send(data, name=name)
        assert refused.status_code == 422, refused.text
        assert refused.json()["errors"][0]["extensions"]["code"] in ("INVALID_IMPORT", "UNREADABLE_WORKBOOK")
    large = LAMPS + b"x" * 2_000_000
    for body in (large, _unannounced(large)):
        answer = await office.client.post("/imports", params=ABOUT, content=body, headers=office.headers)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (
            413,
            "IMPORT_TOO_LARGE",
        )
    assert await office.imports() == 0


async def _unannounced(data: bytes) -> AsyncIterator[bytes]:
    yield data[: len(data) // 2]
    yield data[len(data) // 2 :]


async def test_only_the_operator_brings_files_in(office: Office) -> None:
    for headers in ({}, {"authorization": "Bearer another"}):
        refused = await office.client.post("/imports", params=ABOUT, content=LAMPS, headers=headers)
        assert refused.status_code == 401
    assert (await office.client.get("/imports")).status_code == 405
    assert await office.imports() == 0


async def test_an_upload_that_breaks_off_leaves_nothing(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    coming = [
        {"type": "http.request", "body": LAMPS[:40], "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return coming.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/imports",
        "raw_path": b"/imports",
        "query_string": str(httpx.QueryParams(ABOUT)).encode(),
        "headers": [(name.encode(), value.encode()) for name, value in office.headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    await create_app(office.application)(scope, receive, send)
    assert sent[0]["status"] == 400
    assert await office.imports() == 0
    assert list(tmp_path.iterdir()) == []
