"""Indicators of a county's own document, from the draft to the ranking, on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from sqlalchemy import select
from tests.conftest import installed_plugins
from tests.server.conftest import SCHEMA, Ask
from tests.server.standards.tailorings import BY

from liangcun_server.application import Application
from liangcun_server.demonstration.loading import load_demonstration
from liangcun_server.graphql.context import RequestContext
from liangcun_server.observations.checking import InvalidObservations
from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import record_observations
from liangcun_server.operators.tokens import issue_token
from liangcun_server.scorecards.service import Question, ScoringService
from liangcun_server.settings import Settings
from liangcun_server.standards.at_hand import Standards, load_standards, read_publication
from liangcun_server.standards.bringing_in import publish, save_draft
from liangcun_server.standards.preview import preview
from liangcun_server.storage.database import Database
from liangcun_server.storage.kept import DatabaseReading
from liangcun_server.storage.tables import indicator
from liangcun_standards.errors import InvalidDocument
from liangcun_standards.indicators import Definition
from liangcun_standards.periods import Period
from liangcun_standards.plugins import load_plugins
from liangcun_standards.vocabulary import AssessorLevel, SourceStatus

_PLUGINS = installed_plugins()
_PERIOD = Period.parse("2023")
VILLAGE = "220722201201"

OWN = """\
jurisdiction: 220722
code: clean-courtyards
version: 2023
title: 庭院整洁考核
effective: {from: 2023-01-01}
source: {status: interpretation, text: 县考核细则}
level: village
indicators:
  - code: tidy_courtyards_rate
    name: 整洁庭院率
    unit: percent
    kind: rate
    direction: higher
    definition: 整洁庭院占全部庭院的比例
    source: 县考核细则
    simulation: {follows: tidiness, typical: 70, spread: 15}
groups:
  - code: courtyards
    title: 庭院
    criteria:
      - code: tidy
        title: 庭院整洁
        max_score: 100
        rule: {kind: linear, indicator: tidy_courtyards_rate, from: 0, to: 80}
        source: {status: interpretation, text: 县考核细则}
"""
NAME = "220722/clean-courtyards@2023"


async def _save(database: Database, text: str = OWN) -> None:
    await save_draft(database, _PLUGINS, text, file="own.yaml", **BY)


async def _published(database: Database, text: str = OWN) -> None:
    await _save(database, text)
    await publish(database, _PLUGINS, NAME, **BY)


async def _standards(database: Database) -> Standards:
    async with database.read() as connection:
        return await load_standards(connection, _PLUGINS)


def _value(figure: float) -> NewObservation:
    return NewObservation(
        region_code=VILLAGE,
        indicator="tidy_courtyards_rate",
        period=_PERIOD,
        assessor_level=AssessorLevel.COUNTY,
        value=figure,
        source_status=SourceStatus.SIMULATED,
    )


async def test_a_drafts_indicators_are_known_once_it_is_published(changling: Database) -> None:
    await _save(changling)
    assert "tidy_courtyards_rate" not in (await _standards(changling)).indicators

    await publish(changling, _PLUGINS, NAME, **BY)
    known = (await _standards(changling)).indicators
    assert known.standard("tidy_courtyards_rate") == NAME


async def test_values_are_checked_by_the_definition_and_scored(changling: Database) -> None:
    await _published(changling)
    known = (await _standards(changling)).indicators

    with pytest.raises(InvalidObservations, match="outside the range"):
        await record_observations(changling, known, [_value(101)], author="王敏", reason="填报")
    await record_observations(changling, known, [_value(60)], author="王敏", reason="填报")

    application = _application(changling)
    resolved = (await _standards(changling)).in_force("clean-courtyards", VILLAGE, _PERIOD)
    scores = await application.scoring.scores(Question(resolved, "220722000000", _PERIOD))
    assert float(scores.result.total[scores.result.table.row_of[VILLAGE]]) == 75.0


def _application(database: Database) -> Application:
    return Application(Settings(), database, _PLUGINS, ScoringService(_PLUGINS, database))


async def test_demonstration_data_imitates_them(changling: Database) -> None:
    await _published(changling)
    known = (await _standards(changling)).indicators

    await load_demonstration(changling, known, within="220722", period=_PERIOD)

    async with changling.read() as connection:
        codes = set(await connection.scalars(select(indicator.c.code)))
    assert "tidy_courtyards_rate" in codes


async def test_a_draft_is_previewed_by_its_own_indicators(changling: Database) -> None:
    known = (await _standards(changling)).indicators
    await _published(changling)
    await record_observations(
        changling, (await _standards(changling)).indicators, [_value(60)], author="王敏", reason="填报"
    )
    text = OWN.replace("version: 2023", "version: 2024").replace("to: 80", "to: 60")
    found = await preview(
        await _standards(changling),
        _application(changling).scoring,
        known,
        read_publication(text, "own.yaml", _PLUGINS),
        scope="220722000000",
        period=_PERIOD,
        reading=DatabaseReading(changling),
        against=NAME,
    )

    assert found.other_score == 1


async def test_two_drafts_may_differ_and_the_second_is_refused_once_the_first_is_published(
    changling: Database,
) -> None:
    other = OWN.replace("code: clean-courtyards", "code: tidy-lanes").replace("unit: percent", "unit: 户")
    await _save(changling, other)
    await _published(changling)

    with pytest.raises(InvalidDocument) as refused:
        await publish(changling, _PLUGINS, "220722/tidy-lanes@2023", **BY)
    assert "own.yaml:9:11: indicators.0.code" in refused.value.text("zh")
    assert f"标准 {NAME}" in refused.value.text("zh")
    with pytest.raises(InvalidDocument):
        await _save(changling, other.replace("version: 2023", "version: 2024"))


async def test_a_plugin_that_comes_to_define_it_otherwise_leaves_the_document_out(
    changling: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _published(changling)
    theirs = _PLUGINS.indicators["village_plan"].model_copy(update={"code": "tidy_courtyards_rate"})
    plugins = load_plugins()
    catalogue = plugins.standards
    monkeypatch.setattr(
        catalogue,
        "_indicators",
        catalogue.indicators.with_definitions([Definition(theirs, "x/y@1", "others")]),
    )

    async with changling.read() as connection:
        standards = await load_standards(connection, plugins)

    assert "插件 others" in standards.faults[NAME].zh
    assert standards.catalogue.ids() == plugins.standards.ids()


_INDICATOR = """query ($code: ID!) {
  indicator(code: $code) { code name unit plugin standard }
  indicators(first: 500) { edges { node { code standard } } }
}"""


async def test_the_api_shows_them_with_their_standard(application: Application, ask: Ask) -> None:
    before = await ask(_INDICATOR, code="tidy_courtyards_rate")
    assert before["indicator"] is None

    await _published(application.database)

    shown = await ask(_INDICATOR, code="tidy_courtyards_rate")
    assert shown["indicator"] == {
        "code": "tidy_courtyards_rate",
        "name": "整洁庭院率",
        "unit": "percent",
        "plugin": None,
        "standard": NAME,
    }
    listed: Mapping[str, str | None] = {
        edge["node"]["code"]: edge["node"]["standard"] for edge in shown["indicators"]["edges"]
    }
    assert listed["tidy_courtyards_rate"] == NAME
    assert listed["village_plan"] is None


_OBSERVED = """query ($code: ID!, $indicator: ID!) {
  region(code: $code) {
    observations(period: "2023", indicators: [$indicator]) { text indicator { name standard } }
    scorecard(standard: "clean-courtyards", period: "2023") {
      score criteria { explanation criterion { ruleText indicators { code standard } } }
    }
  }
}"""


async def test_a_scorecard_explains_itself_by_them(application: Application, ask: Ask) -> None:
    await _published(application.database)
    known = (await _standards(application.database)).indicators
    await record_observations(application.database, known, [_value(60)], author="王敏", reason="填报")

    region = (await ask(_OBSERVED, code=VILLAGE, indicator="tidy_courtyards_rate"))["region"]

    assert region["observations"] == [{"text": "60%", "indicator": {"name": "整洁庭院率", "standard": NAME}}]
    [shown] = region["scorecard"]["criteria"]
    assert shown["explanation"].startswith("整洁庭院率：60%")
    assert shown["criterion"]["indicators"] == [{"code": "tidy_courtyards_rate", "standard": NAME}]
    assert shown["criterion"]["ruleText"].startswith("整洁庭院率从 0%")


_DRAFT = """query ($document: String) {
  previewStandard(input: {document: $document, within: "220722", period: "2023", against: "jiuyou-liuwu"}) {
    ... on StandardPreview {
      regionCount
      after { criteria { ruleText indicators { code name plugin standard } } }
    }
    ... on InputRefused { code message }
  }
}"""


async def test_a_draft_shows_its_indicators_before_anybody_else_knows_them(application: Application) -> None:
    token = await issue_token(application.database, author="王敏", reason="令牌")
    async with RequestContext(application, token=token) as context:
        answer = await SCHEMA.execute(_DRAFT, variable_values={"document": OWN}, context_value=context)

    found = answer.data["previewStandard"]
    assert found["regionCount"] == 255
    [criterion] = found["after"]["criteria"]
    assert criterion["ruleText"].startswith("整洁庭院率从 0%")
    assert criterion["indicators"] == [
        {"code": "tidy_courtyards_rate", "name": "整洁庭院率", "plugin": None, "standard": NAME}
    ]


async def test_a_derived_indicator_is_scored_by_what_it_comes_of_and_takes_no_values(
    changling: Database,
) -> None:
    await _published(
        changling,
        OWN.replace(
            "    simulation: {follows: tidiness, typical: 70, spread: 15}\n",
            "    formula: min(lane_hardened_rate, lit_lanes_rate)\n",
        ),
    )
    known = (await _standards(changling)).indicators
    with pytest.raises(InvalidObservations, match="record lane_hardened_rate, lit_lanes_rate instead"):
        await record_observations(changling, known, [_value(50)], author="王敏", reason="填报")
    values = [
        replace(_value(figure), indicator=code)
        for code, figure in (("lane_hardened_rate", 60), ("lit_lanes_rate", 40))
    ]
    await record_observations(changling, known, values, author="王敏", reason="填报")

    async with RequestContext(_application(changling), "en") as context:
        result = await SCHEMA.execute(
            """{ scorecard(region: "220722201201", standard: "clean-courtyards", period: "2023") {
                 score criteria { explanation values { value indicator { code formula } } } }
                 indicator(code: "tidy_courtyards_rate") { formula } }""",
            context_value=context,
        )
    assert result.errors is None
    assert result.data is not None
    card = result.data["scorecard"]
    assert card["score"] == 50
    assert [one["value"] for one in card["criteria"][0]["values"]] == [60, 40]
    assert "40%" in card["criteria"][0]["explanation"]
    assert result.data["indicator"] == {"formula": "min(lane_hardened_rate, lit_lanes_rate)"}
