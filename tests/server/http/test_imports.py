"""`POST /imports`: a file of values comes in over HTTP as it does by the command, on either database."""

from __future__ import annotations

import asyncio
import io
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import openpyxl
import pytest
from tests.conftest import NewDatabase
from tests.server.http.uploading import ERSHIHAO, MENGGU, Clerk, clerk_of, csv_of, parquet_of

from liangcun_server.graphql.context import RequestContext
from liangcun_server.importing import importing, plain_columns
from liangcun_server.importing.template import lay_out, template_xlsx
from liangcun_server.regions.repository import by_codes
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import AssessorLevel

PERIOD = Period.parse("2024")
TWO = csv_of(f"{MENGGU},cleaners,5", f"{ERSHIHAO},cleaners,6")


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest) -> NewDatabase:
    """Either kind: what is sent is written."""
    new: NewDatabase = request.getfixturevalue(f"new_{request.param}_database")
    return new


@pytest.fixture
async def clerk(
    new_database: NewDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Clerk]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with new_database("demonstration") as address:
        async with clerk_of(address, tmp_path) as clerk:
            yield clerk
    assert clerk.left_behind() == []


async def template_of(clerk: Clerk) -> bytes:
    """What `liangcun template jiuyou-liuwu --within 220722201000 --period 2024` writes."""
    async with RequestContext(clerk.application) as context:
        known = await context.standards()
    async with clerk.application.database.read() as connection:
        place = (await by_codes(connection, ["220722201000"]))["220722201000"]
        asked = [known.in_force("jiuyou-liuwu", place.code, PERIOD)]
        county = AssessorLevel.COUNTY
        return template_xlsx(
            await lay_out(
                connection, known.indicators, asked, place, period=PERIOD, level=county, filled=False
            )
        )


async def test_a_template_filled_in_comes_back(clerk: Clerk) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(await template_of(clerk)))
    sheet = workbook.worksheets[1]
    titles = [str(cell.value) for cell in sheet[1]]
    column = next(at for at, title in enumerate(titles) if "lit_lanes_rate" in title)
    row = next(one for one in sheet.iter_rows() if one[0].value == MENGGU)
    row[column].value = 88.5
    filled = io.BytesIO()
    workbook.save(filled)
    # The period is the template's own.
    answer = await clerk.send(filled.getvalue(), "C:\\表\\报表.xlsx", period="")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["new"], told["corrected"], told["unchanged"], told["problems"]) == (1, 0, 0, [])
    assert told["revision"] == await clerk.revision()
    assert await clerk.stands("lit_lanes_rate") == [88.5]


async def test_a_csv_file_in_gbk_with_chinese_headings(clerk: Clerk) -> None:
    text = f"区划代码,指标,值,心得\n{MENGGU},cleaners,5,好\n"
    answer = await clerk.send(text.encode("gbk"), "保洁员.CSV")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["new"], told["ignoredColumns"], told["ignoredColumnCount"]) == (1, ["心得"], 1)
    assert await clerk.stands("cleaners") == [5]


async def test_parquet(clerk: Clerk) -> None:
    data = parquet_of([(MENGGU, "cleaners", 5.0), (ERSHIHAO, "cleaners", 6.0)])
    assert (await clerk.send(data, "a.parquet")).json()["new"] == 2
    again = (await clerk.send(data, "a", format="parquet")).json()
    assert (again["revision"], again["unchanged"]) == (None, 2)


async def test_the_same_file_again_changes_nothing_and_another_corrects(clerk: Clerk) -> None:
    assert (await clerk.send(TWO)).json()["new"] == 2
    before, rows = await clerk.revision(), await clerk.rows()
    again = await clerk.send(TWO, source="别处")
    assert again.status_code == 200
    told = again.json()
    assert (told["revision"], told["new"], told["unchanged"], told["asBefore"]) == (None, 0, 2, 2)
    assert (await clerk.revision(), await clerk.rows()) == (before, rows)
    other = csv_of(f"{MENGGU},cleaners,7", f"{ERSHIHAO},cleaners,6")
    told = (await clerk.send(other, level="COUNTY")).json()
    assert (told["new"], told["corrected"], told["unchanged"]) == (0, 1, 1)
    (one,) = told["corrections"]
    assert (one["place"], one["region"], one["regionName"]) == ("报表.csv:2", MENGGU, "蒙古屯村委会")
    assert (one["indicator"], one["period"], one["level"]) == ("cleaners", "2024", "COUNTY")
    assert one["before"]["value"] == 5
    assert one["after"] == {
        "value": 7,
        "qualifier": "EXACT",
        "sourceStatus": "OFFICIAL",
        "source": "台账",
    }
    restated = (await clerk.send(other, source="别处", restate="true")).json()
    assert (restated["corrected"], restated["asBefore"]) == (2, 0)


async def test_a_dry_run_tells_what_would_be_and_writes_nothing(clerk: Clerk) -> None:
    before = await clerk.revision()
    answer = await clerk.send(TWO, dryRun="true")
    told = answer.json()
    assert (answer.status_code, told["dryRun"], told["revision"], told["new"]) == (200, True, None, 2)
    assert (await clerk.revision(), await clerk.stands("cleaners")) == (before, [])


async def test_with_a_problem_nothing_is_written_unless_the_rest_is_wanted(clerk: Clerk) -> None:
    data = csv_of(f"{MENGGU},cleaners,5", f"{ERSHIHAO},cleaners,-1", f"{ERSHIHAO},households,1.2万")
    before = await clerk.revision()
    answer = await clerk.send(data)
    assert answer.status_code == 422
    told = answer.json()
    assert (told["refused"], told["revision"], told["problemCount"]) == (True, None, 2)
    assert told["errors"][0]["extensions"]["code"] == "INVALID_OBSERVATIONS"
    assert "validOnly=true" in told["errors"][0]["message"]
    first, second = sorted(told["problems"], key=lambda one: str(one["place"]))
    assert (first["place"], second["place"]) == ("报表.csv:3", "报表.csv:4")
    assert "超出范围" in first["message"]["zh"]
    assert "acceptUnits=true" in second["message"]["zh"]
    assert "--" not in second["message"]["en"]
    assert (await clerk.revision(), await clerk.stands("cleaners")) == (before, [])
    assert (await clerk.send(data, dryRun="true")).status_code == 422

    taken = await clerk.send(data, validOnly="true", acceptUnits="true")
    told = taken.json()
    assert (taken.status_code, told["refused"], told["new"], told["problemCount"]) == (200, False, 2, 1)
    assert (await clerk.stands("cleaners"), await clerk.stands("households", ERSHIHAO)) == ([5], [12_000])


async def test_what_is_held_as_suspect_is_listed(clerk: Clerk) -> None:
    await clerk.send(csv_of(f"{MENGGU},cleaners,5"), period="2023")
    told = (await clerk.send(csv_of(f"{MENGGU},cleaners,500"))).json()
    (one,) = told["suspect"]
    assert (told["suspectCount"], one["value"], one["qualifier"]) == (1, 500, "SUSPECT")
    assert one["note"]
    told = (await clerk.send(csv_of(f"{ERSHIHAO},cleaners,500"), suspectRatio="0")).json()
    assert (told["suspect"], told["new"]) == ([], 1)


async def test_two_uploads_of_one_file_at_once_leave_one_copy_of_every_value(clerk: Clerk) -> None:
    rows = await clerk.rows()
    both = await asyncio.gather(clerk.send(TWO), clerk.send(TWO))
    assert [one.status_code for one in both] == [200, 200]
    told = sorted((one.json() for one in both), key=lambda one: int(one["new"]))
    assert [(one["new"], one["unchanged"]) for one in told] == [(0, 2), (2, 0)]
    assert await clerk.rows() == rows + 2
    assert await clerk.stands("cleaners") == [5]


async def test_a_large_plain_file_goes_in_by_columns(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_columns, "SMALLEST", 0)
    monkeypatch.setattr(importing, "read_file", None)
    told = (await clerk.send(TWO)).json()
    assert (told["new"], told["problems"]) == (2, [])
    assert (await clerk.send(TWO)).json()["revision"] is None
    changed = csv_of(f"{MENGGU},cleaners,7", f"{ERSHIHAO},cleaners,6")
    told = (await clerk.send(changed)).json()
    assert (told["corrected"], told["corrections"][0]["before"]["value"]) == (1, 5)


async def test_answers_of_a_form_with_columns_of_other_names(clerk: Clerk) -> None:
    data = f"village/code,_uuid,_submission_time,q12\n{MENGGU},x,2024-05-01,4\n".encode()
    columns = '{"region": "village/code", "cleaners": "q12"}'
    answer = await clerk.send(data, format="kobo", map=columns)
    assert answer.status_code == 200, answer.text
    assert await clerk.stands("cleaners") == [4]
    refused = await clerk.send(data, format="kobo", map='["region"]')
    assert (refused.status_code, "map" in refused.json()["errors"][0]["message"]) == (422, True)
