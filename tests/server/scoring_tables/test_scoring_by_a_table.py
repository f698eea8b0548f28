"""From a county's workbook to scored villages: imported, saved, published, bound, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import installed_plugins
from tests.server.scoring_tables.workbooks import HEADER, ROWS, county_table, imported, workbook
from tests.server.standards.tailorings import BY

from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import record_observations
from liangcun_server.scorecards.service import Question, ScoringService
from liangcun_server.standards.at_hand import load_standards
from liangcun_server.standards.bringing_in import bind, publish, save_draft
from liangcun_server.storage.database import Database
from liangcun_standards.errors import InvalidDocument
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import AssessorLevel, SourceStatus

_PLUGINS = installed_plugins()
_PERIOD = Period.parse("2024")
_NAME = "220722/village-assessment@2024"
_VILLAGE = "220722201201"
_OWN = "village_assessment_2024"

# What an inspector found in one village, and what each criterion of the table makes of it.
_FOUND = {
    "greening_rate": (28.0, 18.0),
    "sanitary_toilets_rate": (85.0, 10.0),
    f"{_OWN}_3": (4.0, 11.0),
    f"{_OWN}_4": (2.0, 4.0),
    f"{_OWN}_5": (1.0, 9.0),
    f"{_OWN}_6": (0.0, 0.0),
    f"{_OWN}_7": (16.0, 16.0),
}


def _value(indicator: str, figure: float) -> NewObservation:
    return NewObservation(
        region_code=_VILLAGE,
        indicator=indicator,
        period=_PERIOD,
        assessor_level=AssessorLevel.COUNTY,
        value=figure,
        source_status=SourceStatus.SIMULATED,
    )


async def test_villages_are_scored_by_the_table(changling: Database, tmp_path: Path) -> None:
    made = imported(county_table(tmp_path / "打分表.xlsx"), _PLUGINS.indicators)
    await save_draft(changling, _PLUGINS, made.text, file="打分表.yaml", **BY)
    await publish(changling, _PLUGINS, _NAME, **BY)
    await bind(changling, _PLUGINS, _NAME, region="220722", effective_from=_PERIOD.start, **BY)
    async with changling.read() as connection:
        standards = await load_standards(connection, _PLUGINS)
    values = [_value(code, figure) for code, (figure, _) in _FOUND.items()]
    await record_observations(changling, standards.indicators, values, author="王敏", reason="检查")

    resolved = standards.in_force("village-assessment", _VILLAGE, _PERIOD)
    service = ScoringService(_PLUGINS, changling)
    scores = await service.scores(Question(resolved, "220722000000", _PERIOD))
    await service.close()

    row = scores.result.table.row_of[_VILLAGE]
    assert resolved.name == _NAME
    assert scores.result.points[:, row].tolist() == [points for _, points in _FOUND.values()]
    assert float(scores.result.total[row]) == 68.0


async def test_an_unfinished_table_is_not_saved(changling: Database, tmp_path: Path) -> None:
    rows = [HEADER, *ROWS, ("长效", 1, "户厕管护", 5, "查看资料")]
    made = imported(workbook(tmp_path / "a.xlsx", rows), _PLUGINS.indicators, version="2024")

    with pytest.raises(InvalidDocument, match=r"criteria\.0\.rule: is missing"):
        await save_draft(changling, _PLUGINS, made.text, file="a.yaml", **BY)

    async with changling.read() as connection:
        assert (await load_standards(connection, _PLUGINS)).drafts == []


async def test_next_years_table_goes_on_with_this_years_indicators(
    changling: Database, tmp_path: Path
) -> None:
    file = county_table(tmp_path / "打分表.xlsx")
    made = imported(file, _PLUGINS.indicators)
    await save_draft(changling, _PLUGINS, made.text, **BY)
    await publish(changling, _PLUGINS, _NAME, **BY)
    async with changling.read() as connection:
        known = (await load_standards(connection, _PLUGINS)).indicators

    again = imported(file, known, version="2025")

    codes = [one.found.indicator.code for one in again.items if one.found is not None]
    assert {f"{_OWN}_4", f"{_OWN}_5", f"{_OWN}_6"} <= set(codes)
    saved = await save_draft(changling, _PLUGINS, again.text, **BY)
    assert saved.resolved.standard.version == "2025"
