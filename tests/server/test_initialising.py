"""Making a database ready for a place, on both kinds of database."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from liangcun_server.cli.app import app
from liangcun_server.demonstration.loading import DEFAULT_SEED
from liangcun_server.initialising import Demonstration, OtherPlace, initialise, place_of
from liangcun_server.regions.region import UnknownRegion
from liangcun_server.regions.repository import by_codes, count_within
from liangcun_server.settings import load_settings
from liangcun_server.storage.database import Database
from liangcun_server.storage.errors import DatabaseNotInitialised
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.plugins import load_plugins

_NO_INDICATORS = IndicatorCatalogue()


async def test_tables_divisions_and_demonstration_data_are_loaded_once(address: str) -> None:
    wanted = Demonstration(Period.parse("2023"), DEFAULT_SEED)
    indicators = load_plugins().indicators
    stages = []

    async with Database(address) as database:
        first = await initialise(
            database,
            indicators,
            within="220722",
            default="220722",
            demonstration=wanted,
            progress=lambda *step: stages.append(step),
        )
        revision = await database.latest_revision()
        again = await initialise(
            database, indicators, within="220722", default="220722", demonstration=wanted
        )

        assert (first.place.name, first.was, first.tables) == ("长岭县", None, True)
        assert first.regions is not None
        assert first.regions.added == 291
        assert first.demonstration is not None
        assert first.demonstration.published == 40
        assert again.was == again.place == first.place
        assert (again.tables, again.regions, again.widened) == (False, None, False)
        assert again.demonstration is not None
        assert (again.demonstration.published, again.demonstration.simulated) == (0, 0)
        assert await database.latest_revision() == revision
    assert list(dict.fromkeys(stage for stage, _, _ in stages)) == ["tables", "regions", "demonstration"]
    assert all(0 <= done <= total for _, done, total in stages)


async def test_the_place_can_grow_but_not_move(address: str) -> None:
    async with Database(address) as database:

        async def go_to(place: str | None) -> str:
            done = await initialise(database, _NO_INDICATORS, within=place, default="220722")
            return done.place.code

        assert await go_to("220722201") == "220722201000"
        assert await go_to("220722") == "220722000000"
        assert await go_to("220722202") == "220722000000"
        assert await go_to(None) == "220722000000"
        with pytest.raises(OtherPlace):
            await go_to("220182")
        async with database.read() as connection:
            assert await place_of(connection) == "220722000000"
            assert await count_within(connection) == 291


async def test_an_unknown_place_creates_nothing(address: str) -> None:
    async with Database(address) as database:
        with pytest.raises(UnknownRegion):
            await initialise(database, _NO_INDICATORS, within="220799", default="220722")

        with pytest.raises(DatabaseNotInitialised):
            await database.check()


async def test_regions_loaded_before_are_kept(changling: Database) -> None:
    done = await initialise(changling, _NO_INDICATORS, within=None, default="2207")

    assert done.was is None
    assert done.regions is not None
    assert (done.regions.added, done.regions.unchanged) == (1176, 291)


async def test_the_way_out_names_what_holds_both_places(changling: Database) -> None:
    await initialise(changling, _NO_INDICATORS, within="220722", default="220722")

    with pytest.raises(OtherPlace) as beside:
        await initialise(changling, _NO_INDICATORS, within="220723", default="220722")
    with pytest.raises(OtherPlace) as elsewhere:
        await initialise(changling, _NO_INDICATORS, within="330523", default="220722")

    assert "--within 2207 " in beside.value.message.zh
    assert "220722 长岭县" in elsewhere.value.message.zh
    assert "330523 安吉县" in elsewhere.value.message.zh
    assert "--within" not in elsewhere.value.message.zh


async def test_nothing_is_known_of_a_place_that_was_never_initialised(changling: Database) -> None:
    async with changling.read() as connection:
        assert await place_of(connection) is None
        assert "220722000000" in await by_codes(connection, ["220722000000"])


def test_the_seed_set_by_default_is_the_one_that_fits_the_article() -> None:
    assert load_settings().demo_seed == DEFAULT_SEED


def test_the_command_line_initialises_and_scores_on_either_database(address: str) -> None:
    def liangcun(*arguments: str) -> str:
        answer = CliRunner().invoke(app, [*arguments, "--database-url", address])
        assert answer.exit_code == 0, answer.stderr
        return answer.stdout

    assert "模拟 25" in liangcun("init", "--demo", "--within", "220722")
    assert "蒙古屯" in liangcun("score", "--standard", "sanhua", "--within", "220722201")
