"""Indicators and observations through the API."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.server.conftest import Ask

from liangcun_server.application import Application
from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import record_observations
from liangcun_standards.vocabulary import SourceStatus

_FIGURES = """query Figures($indicators: [ID!]) { region(code: "220722") {
    observations(period: "2023", indicators: $indicators) {
        value text qualifier sourceStatus originalText scopeNote assessorLevel revision
        indicator { code unit kind } region { code } } } }"""


async def test_the_38_published_figures_stand_at_the_county_with_the_words_of_the_source(ask: Ask) -> None:
    found = (await ask(_FIGURES, indicators=None))["region"]["observations"]
    assert len(found) == 38
    assert {one["sourceStatus"] for one in found} == {"PUBLISHED"}
    assert {one["region"]["code"] for one in found} == {"220722000000"}
    assert all(one["originalText"] for one in found)


async def test_85_and_above_is_shown_as_at_least_85_never_as_85(ask: Ask) -> None:
    found = (await ask(_FIGURES, indicators=["main_lane_hardened_rate"]))["region"]["observations"]
    assert [(one["qualifier"], one["text"]) for one in found] == [("AT_LEAST", "不少于 85%")]
    assert found[0]["originalText"] == "屯内主巷路通硬化路率达到 85%以上"


async def test_the_drainage_figure_is_suspect_and_kept_as_it_was_published(ask: Ask) -> None:
    found = (await ask(_FIGURES, indicators=["drainage_ditch_built"]))["region"]["observations"]
    assert [(one["qualifier"], one["value"]) for one in found] == [("SUSPECT", 3010000.0)]


async def test_every_village_value_says_that_it_is_simulated(ask: Ask) -> None:
    reply = await ask(
        """{ villages(within: "220722", first: 300) {
               nodes { code observations(period: "2023") { sourceStatus indicator { code } } } } }"""
    )
    named = {"220722201204", "220722207201"}
    for village in reply["villages"]["nodes"]:
        for one in village["observations"]:
            published = one["indicator"]["code"] == "demonstration_village" and village["code"] in named
            assert one["sourceStatus"] == ("PUBLISHED" if published else "SIMULATED")


async def test_a_correction_supersedes_and_the_history_keeps_what_was(
    ask: Ask, application: Application
) -> None:
    query = """{ village(code: "220722201204") { observations(period: "2023", indicators: ["street_lamps"]) {
        value history { value revision } revision recordedBy } } }"""
    before = (await ask(query))["village"]["observations"][0]
    correction = NewObservation(
        region_code="220722201204",
        indicator="street_lamps",
        period="2023",
        value=before["value"] + 7,
        source_status=SourceStatus.SIMULATED,
    )
    await record_observations(
        application.database, application.plugins.indicators, [correction], author="李考评", reason="复核更正"
    )
    after = (await ask(query))["village"]["observations"][0]
    assert after["value"] == before["value"] + 7
    assert after["recordedBy"] == "李考评"
    assert after["history"] == [{"value": before["value"], "revision": before["revision"]}]


async def test_indicators_come_in_pages_with_definition_and_source(ask: Ask) -> None:
    query = """query Page($after: String) { indicators(first: 40, after: $after) {
        nodes { code name unit kind direction description plugin source sourceStatus }
        pageInfo { hasNextPage endCursor } } }"""
    found, after, more = [], None, True
    while more:
        page = (await ask(query, after=after))["indicators"]
        found += page["nodes"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    codes = [one["code"] for one in found]
    assert codes == sorted(set(codes))
    assert all(one["description"] and one["source"] and one["plugin"] for one in found)
    assert {"main_lane_hardened_rate", "street_lamps"} <= set(codes)


async def test_labels_follow_the_readers_language(ask: Ask) -> None:
    query = '{ indicator(code: "street_lamps") { name } }'
    assert (await ask(query))["indicator"] == {"name": "路灯"}
    assert (await ask(query, "en"))["indicator"] == {"name": "Street lamps"}


async def test_an_unknown_indicator_is_an_error_with_the_nearest_ones(ask: Ask) -> None:
    reply = await ask(
        '{ village(code: "220722201204") { observations(indicators: ["street_lamp"]) { value } } }'
    )
    assert reply.codes == ["UNKNOWN_INDICATOR"]
    assert "street_lamps" in reply.errors[0]["message"]
    assert (await ask('{ indicator(code: "nothing") { name } }'))["indicator"] is None


async def test_recorded_at_is_a_time_with_its_zone(ask: Ask) -> None:
    reply = await ask(
        """{ region(code: "220722") {
               observations(period: "2023", indicators: ["trees_planted"]) { recordedAt } } }"""
    )
    recorded = datetime.fromisoformat(reply["region"]["observations"][0]["recordedAt"])
    assert recorded.tzinfo is not None
    assert recorded < datetime.now(UTC)
