"""A ranking as a table, and as the files it is handed around in."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Awaitable, Callable
from typing import Any

import openpyxl
import pytest

from liangcun_server.application import Application
from liangcun_server.exports.csv_file import harmless, scores_csv
from liangcun_server.exports.json_file import scores_json
from liangcun_server.exports.scores_table import ScoresTable, scores_table
from liangcun_server.exports.xlsx_file import scores_xlsx
from liangcun_server.regions.loading import load_regions
from liangcun_server.regions.region import Region
from liangcun_server.regions.repository import by_codes
from liangcun_server.scorecards.service import Question
from liangcun_server.storage.statements import count_statements
from liangcun_standards import Period, read_standard
from liangcun_standards.catalogue import Publication, StandardCatalogue
from liangcun_standards.vocabulary import RegionLevel

Rank = Callable[..., Awaitable[ScoresTable]]


@pytest.fixture
def new_database(new_sqlite_database: Any) -> Any:
    """One kind of database is enough here: files are made from what was read from it."""
    return new_sqlite_database


async def _rename(application: Application, name: str) -> None:
    renamed = Region("220722201204", name, RegionLevel.VILLAGE, "220722201000")
    await load_regions(application.database, [renamed], author="t", reason="t")


async def test_a_ranking_takes_few_statements_however_many_villages(
    application: Application, rank: Rank
) -> None:
    await rank("sanhua")

    with count_statements(application.database) as statements:
        table = await rank("sanhua")

    assert len(table.rows) == 255
    assert len(statements) <= 8


async def test_what_is_not_ranked_stands_last_with_its_reason(rank: Rank) -> None:
    table = await rank("jiuyou-liuwu")

    ranked = [row for row in table.rows if row.rank is not None]
    assert len(ranked) == table.ranked
    assert list(table.rows[: len(ranked)]) == ranked
    assert all(row.not_ranked is not None for row in table.rows[len(ranked) :])


async def test_the_best_come_first_and_ties_stand_by_code(rank: Rank) -> None:
    table = await rank("jiuyou-liuwu")

    order = [(-(row.score or 0.0), row.region.code) for row in table.rows if row.rank is not None]

    assert order == sorted(order)


async def test_a_limit_keeps_the_counts(rank: Rank) -> None:
    table = await rank("sanhua", limit=2)

    assert len(table.rows) == 2
    assert table.ranked + table.not_ranked == 255


async def test_the_costliest_criteria_are_named_with_what_they_earned(rank: Rank) -> None:
    table = await rank("jiuyou-liuwu")

    last = table.rows[-1]
    assert 0 < len(last.problems) <= 3
    assert all((one.score.score or 0.0) < one.criterion.max_score for one in last.problems)
    assert table.rows[0].problems == ()


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_text_becomes_a_formula(sign: str) -> None:
    assert harmless(f"{sign}HYPERLINK(1)") == f"'{sign}HYPERLINK(1)"
    assert harmless(f"村{sign}") == f"村{sign}"


async def test_a_village_named_like_a_formula_is_text_in_csv_and_excel(
    application: Application, rank: Rank
) -> None:
    formula = '=HYPERLINK("http://example.org","村")'
    await _rename(application, formula)
    table = await rank("sanhua", "220722201")

    rows = list(csv.DictReader(io.StringIO(scores_csv(table, "zh"))))
    sheet = openpyxl.load_workbook(io.BytesIO(scores_xlsx(table, "zh"))).worksheets[0]
    cells = [row[2] for row in sheet.iter_rows(min_row=2)]

    assert f"'{formula}" in [row["名称"] for row in rows]
    assert formula in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} == {"s"}


async def test_commas_quotes_and_line_ends_survive_csv(application: Application, rank: Rank) -> None:
    await _rename(application, '东,"西",南')

    table = await rank("sanhua", "220722201")

    rows = list(csv.DictReader(io.StringIO(scores_csv(table, "zh"))))
    assert '东,"西",南' in [row["名称"] for row in rows]
    assert len(rows) == 7


async def test_every_format_says_the_same(rank: Rank) -> None:
    table = await rank("sanhua", "220722201")

    as_csv = list(csv.DictReader(io.StringIO(scores_csv(table, "zh"))))
    as_json = json.loads(scores_json(table, "zh"))["rows"]
    sheet = openpyxl.load_workbook(io.BytesIO(scores_xlsx(table, "zh"))).worksheets[0]
    titles = [cell.value for cell in sheet[1]]
    as_xlsx = [dict(zip(titles, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]

    assert [row["区划代码"] for row in as_csv] == [row["region"]["code"] for row in as_json]
    assert [float(row["得分"]) for row in as_csv] == [row["score"] for row in as_json]
    assert [row["得分"] for row in as_xlsx] == [row["score"] for row in as_json]
    assert [row["主要问题"] or "" for row in as_xlsx] == [row["主要问题"] for row in as_csv]
    assert list(as_csv[0]) == titles


async def test_columns_that_say_nothing_are_left_out(rank: Rank) -> None:
    assert "class" not in [column.key for column in (await rank("jiuyou-liuwu", limit=1)).columns]


_CLASSED = """
jurisdiction: 220722
code: by-terrain
version: 1
title: 按地形
title_en: By terrain
effective: {from: 2021-01-01}
source: {status: interpretation, text: 测试}
level: village
classes: {indicator: terrain_class}
min_completeness: 1
groups:
  - code: all
    title: 全部
    title_en: All
    criteria:
      - code: lanes
        title: 硬化
        title_en: Lanes
        max_score: 100
        missing: leave_out
        rule: {kind: linear, indicator: lane_hardened_rate, from: 0, to: 100}
        source: {status: interpretation, text: 测试}
"""


async def test_classes_are_ranked_apart_one_below_the_other(application: Application) -> None:
    indicators, period = application.plugins.indicators, Period.parse("2023")
    published = Publication(read_standard(_CLASSED, "by-terrain.yaml"), _CLASSED)
    resolved = StandardCatalogue([published], indicators).find("by-terrain")
    scores = await application.scoring.scores(Question(resolved, "220722000000", period))
    async with application.database.read() as connection:
        county = (await by_codes(connection, ["220722000000"]))["220722000000"]
        table = await scores_table(connection, scores, county, indicators)

    assert "class" in [column.key for column in table.columns]
    ranked = [row for row in table.rows if row.rank is not None]
    classes = [row.village_class for row in ranked]
    starts = [place for place, one in enumerate(classes) if place == 0 or one != classes[place - 1]]
    assert len(starts) == len(set(classes)) > 1
    assert [ranked[place].rank for place in starts] == [1] * len(starts)
    assert table.not_ranked > 0
    assert all(
        "低于 100%" in row.not_ranked.zh or "没有" in row.not_ranked.zh
        for row in table.rows
        if row.not_ranked
    )


async def test_titles_are_in_the_language_asked_for(rank: Rank) -> None:
    table = await rank("sanhua", limit=1)

    assert scores_csv(table, "en").startswith("rank,code,name,township,score,grade,passed,verdict,")
    assert scores_csv(table, "zh").startswith("名次,区划代码,名称,乡镇,得分,等次,达标,结论,")
