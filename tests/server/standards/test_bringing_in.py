"""A county's own standard: saved, published, bound, on both databases."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select
from tests.conftest import installed_plugins
from tests.server.standards.tailorings import BY, NAME, OWN

from liangcun_server.regions.region import UnknownRegion
from liangcun_server.standards.at_hand import Standards, StandardsAtHand, load_standards
from liangcun_server.standards.bringing_in import (
    BroughtIn,
    InvalidBinding,
    StandardConflict,
    bind,
    publish,
    save_draft,
)
from liangcun_server.standards.stored import Binding, DocumentStatus
from liangcun_server.storage.database import Database
from liangcun_server.storage.kept import DatabaseReading
from liangcun_server.storage.tables import revision, standard_document
from liangcun_standards.errors import InvalidDocument, LiangcunError, UnknownStandard
from liangcun_standards.periods import Period
from liangcun_standards.plugins import PluginRegistry, load_plugins

_PLUGINS = installed_plugins()
COUNTY, TOWNSHIP, ELSEWHERE = "220722000000", "220722201000", "220722202000"


async def _save(database: Database, text: str = OWN) -> BroughtIn:
    return await save_draft(database, _PLUGINS, text, file="own.yaml", **BY)


async def _publish(database: Database, name: str = NAME) -> BroughtIn:
    return await publish(database, _PLUGINS, name, **BY)


async def _bind(database: Database, region: str, from_: date, name: str = NAME, **options: bool) -> Binding:
    return await bind(database, _PLUGINS, name, region=region, effective_from=from_, **options, **BY)


async def _standards(database: Database, plugins: PluginRegistry = _PLUGINS) -> Standards:
    async with database.read() as connection:
        return await load_standards(connection, plugins)


async def _rows(database: Database) -> tuple[int, int]:
    async with database.read() as connection:
        counts = [
            int(await connection.scalar(select(func.count()).select_from(table)) or 0)
            for table in (standard_document, revision)
        ]
    return counts[0], counts[1]


def _in_force(standards: Standards, region: str, period: str) -> str:
    return standards.in_force("jiuyou-liuwu", region, Period.parse(period)).name


async def test_a_draft_is_kept_and_counts_nowhere(changling: Database) -> None:
    saved = await _save(changling)

    standards = await _standards(changling)
    assert saved.status is DocumentStatus.DRAFT
    assert [one.name for one in standards.drafts] == [NAME]
    assert standards.drafts[0].author == "王敏"
    assert _in_force(standards, COUNTY, "2024") == "220722/jiuyou-liuwu@2023"


async def test_saving_the_same_again_writes_nothing(changling: Database) -> None:
    await _save(changling)
    before = await _rows(changling)

    assert not (await _save(changling)).changed
    assert await _rows(changling) == before


async def test_a_draft_is_saved_over_and_its_earlier_text_stays_on_record(changling: Database) -> None:
    await _save(changling)
    changed = await _save(changling, OWN.replace("max_score: 20", "max_score: 12"))

    assert changed.changed
    assert (await _rows(changling))[0] == 2
    assert "max_score: 12" in (await _standards(changling)).drafts[0].text


async def test_a_published_version_is_in_force_by_its_dates(changling: Database) -> None:
    await _save(changling)
    assert (await _publish(changling)).changed

    standards = await _standards(changling)
    assert standards.drafts == []
    assert _in_force(standards, COUNTY, "2024") == NAME
    assert _in_force(standards, COUNTY, "2023") == "220722/jiuyou-liuwu@2023"


async def test_publishing_twice_writes_once(changling: Database) -> None:
    await _save(changling)
    await _publish(changling)
    before = await _rows(changling)

    assert not (await _publish(changling)).changed
    assert await _rows(changling) == before


async def test_what_was_published_stays_as_it_is(changling: Database) -> None:
    await _save(changling)
    await _publish(changling)
    before = await _rows(changling)

    with pytest.raises(StandardConflict, match="under another version"):
        await _save(changling, OWN.replace("max_score: 20", "max_score: 12"))
    assert await _rows(changling) == before
    assert not (await _save(changling)).changed


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        pytest.param(("version: 2024", "version: 2023"), StandardConflict, "jiuyou-liuwu", id="of a plugin"),
        pytest.param(("target: greening", "target: gone"), InvalidDocument, "own.yaml:10", id="no target"),
        pytest.param(("jiuyou-liuwu@2023", "none@2023"), InvalidDocument, "own.yaml:7", id="no base"),
        pytest.param(("extends: 220722", "extends: [220722"), InvalidDocument, "own.yaml:8", id="no YAML"),
        pytest.param(
            ("extends: 220722/jiuyou-liuwu@2023", f"extends: {NAME}"), InvalidDocument, "circle", id="a cycle"
        ),
        pytest.param(("source:", "title: 又一个\nsource:"), InvalidDocument, "own.yaml:6", id="a key twice"),
    ],
)
async def test_what_is_wrong_is_refused_and_leaves_nothing(
    changling: Database, change: tuple[str, str], error: type[LiangcunError], words: str
) -> None:
    before = await _rows(changling)
    assert change[0] in OWN

    with pytest.raises(error) as refused:
        await _save(changling, OWN.replace(*change))

    assert words in refused.value.text("en")
    assert await _rows(changling) == before


async def test_a_document_of_a_hundred_thousand_criteria_is_refused_at_once(changling: Database) -> None:
    criteria = "".join(f"  - {{change: remove, target: c{number}, reason: x}}\n" for number in range(100_000))

    with pytest.raises(InvalidDocument, match="larger than 1 MB"):
        await _save(changling, OWN + criteria)


async def test_no_draft_of_that_name_is_an_error_that_lists_them(changling: Database) -> None:
    await _save(changling)

    with pytest.raises(UnknownStandard, match=NAME):
        await _publish(changling, "220722/jiuyou-liuwu@2030")
    with pytest.raises(UnknownStandard, match="in full"):
        await _publish(changling, "jiuyou-liuwu")


async def test_a_tailoring_of_a_tailoring_of_a_tailoring_works(changling: Database) -> None:
    await _save(changling)
    await _publish(changling)
    third = OWN.replace("version: 2024", "version: 2025").replace("@2023", "@2024")
    third = third.replace("{change: remove, target: greening", "{change: remove, target: drainage")

    saved = await _save(changling, third.replace("max_score: 20", "max_score: 30"))

    codes = {one.code for one in saved.resolved.standard.criteria}
    assert not codes & {"greening", "drainage"}
    assert saved.resolved.extends is not None
    assert saved.resolved.extends.name == NAME


async def test_a_bound_version_holds_there_and_nowhere_else(changling: Database) -> None:
    await _save(changling)
    await _publish(changling)
    made = await _bind(changling, "220722201", date(2023, 1, 1))

    standards = await _standards(changling)
    assert (made.region_code, made.version) == (TOWNSHIP, "2024")
    assert _in_force(standards, TOWNSHIP, "2023") == NAME
    assert _in_force(standards, "220722201204", "2023") == NAME
    assert _in_force(standards, ELSEWHERE, "2023") == "220722/jiuyou-liuwu@2023"
    assert _in_force(standards, TOWNSHIP, "2022") == "220000/jiuyou-liuwu@2021"


async def test_the_nearest_region_wins_then_the_later_day(changling: Database) -> None:
    await _save(changling)
    await _publish(changling)
    await _bind(changling, COUNTY, date(2023, 1, 1), "220000/jiuyou-liuwu@2021")
    await _bind(changling, TOWNSHIP, date(2022, 1, 1))
    await _bind(changling, TOWNSHIP, date(2024, 1, 1), "220722/jiuyou-liuwu@2023")

    standards = await _standards(changling)
    assert _in_force(standards, ELSEWHERE, "2023") == "220000/jiuyou-liuwu@2021"
    assert _in_force(standards, TOWNSHIP, "2023") == NAME
    assert _in_force(standards, TOWNSHIP, "2024") == "220722/jiuyou-liuwu@2023"
    # Who names a version gets it, whatever is bound.
    named = standards.in_force("220722/jiuyou-liuwu@2023", TOWNSHIP, Period.parse("2023"))
    assert named.name == "220722/jiuyou-liuwu@2023"


async def test_a_released_binding_gives_way_to_what_is_around(changling: Database) -> None:
    await _save(changling)
    await _publish(changling)
    await _bind(changling, TOWNSHIP, date(2023, 1, 1))
    await _bind(changling, TOWNSHIP, date(2023, 1, 1), "220722/jiuyou-liuwu", release=True)

    standards = await _standards(changling)
    assert _in_force(standards, TOWNSHIP, "2023") == "220722/jiuyou-liuwu@2023"
    assert [one.version for one in standards.bindings] == ["2024", None]


async def test_a_binding_that_cannot_hold_is_refused(changling: Database) -> None:
    await _save(changling)
    before = await _rows(changling)

    with pytest.raises(UnknownStandard):
        await _bind(changling, COUNTY, date(2023, 1, 1))  # a draft counts nowhere
    with pytest.raises(UnknownRegion):
        await _bind(changling, "370783", date(2023, 1, 1), "220000/jiuyou-liuwu@2021")
    with pytest.raises(InvalidBinding, match="no binding"):
        await _bind(changling, COUNTY, date(2023, 1, 1), "220722/jiuyou-liuwu", release=True)
    with pytest.raises(InvalidBinding, match="in full"):
        await _bind(changling, COUNTY, date(2023, 1, 1), "jiuyou-liuwu", release=True)
    assert await _rows(changling) == before


async def test_what_another_process_publishes_is_seen_at_the_next_question(changling: Database) -> None:
    at_hand = StandardsAtHand(_PLUGINS)
    reading = DatabaseReading(changling)
    before = await at_hand.now(reading)

    async with Database(changling.url) as another:
        await _save(another)
        await _publish(another)

    after = await at_hand.now(reading)
    assert _in_force(before, COUNTY, "2024") == "220722/jiuyou-liuwu@2023"
    assert _in_force(after, COUNTY, "2024") == NAME
    assert await at_hand.now(reading) is after


async def test_a_document_whose_base_is_gone_is_left_out_and_says_why(changling: Database) -> None:
    await _save(changling)
    await _publish(changling)
    without = [point for point in _points() if point.name != "jiuyou-liuwu"]

    standards = await _standards(changling, load_plugins(without))

    assert set(standards.faults) == {NAME}
    assert "220722/jiuyou-liuwu" in standards.faults[NAME].en
    assert "220000/sanhua" in [one.id for one in standards.listed()]


async def test_a_base_that_leaves_others_behind_says_whom_and_holds_nothing_up(changling: Database) -> None:
    before = await _standards(changling)
    text = before.catalogue.find("220000/jiuyou-liuwu@2021").publication.text
    for old, new in (
        ("version: 2021", "version: 2025"),
        ("from: 2021-01-01", "from: 2025-01-01"),
        ("code: hardened-road", "code: good-road"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)

    saved = await _save(changling, text)
    published = await _publish(changling, "220000/jiuyou-liuwu@2025")

    assert set(saved.breaks) == set(published.breaks) == {"220722/jiuyou-liuwu@2023"}
    standards = await _standards(changling)
    assert "hardened-road" in standards.faults["220722/jiuyou-liuwu@2023"].en
    assert [one.id for one in standards.listed()] == [one.id for one in before.listed()]
    assert _in_force(standards, COUNTY, "2024") == "220722/jiuyou-liuwu@2023"
    with pytest.raises(InvalidDocument, match="hardened-road"):
        _in_force(standards, COUNTY, "2025")


async def test_a_published_tailoring_goes_on_for_the_days_that_it_fits(changling: Database) -> None:
    base = OWN.replace("code: jiuyou-liuwu", "code: own", 1)
    county = base.replace("extends: 220722/jiuyou-liuwu@2023", "extends: 220722/own")
    county = county.replace("code: own", "code: own-further").replace("target: greening", "target: drainage")
    await _save(changling, base)
    await _publish(changling, "220722/own@2024")
    await _save(changling, county)
    await _publish(changling, "220722/own-further@2024")
    later = base.replace("version: 2024", "version: 2025").replace("from: 2024", "from: 2025")
    await _save(changling, later.replace("target: greening", "target: drainage"))

    await _publish(changling, "220722/own@2025")

    standards = await _standards(changling)
    assert "drainage" in standards.faults["220722/own-further@2024"].en
    found = standards.in_force("own-further", COUNTY, Period.parse("2024"))
    assert found.name == "220722/own-further@2024"


def _points():  # type: ignore[no-untyped-def]
    from importlib.metadata import entry_points

    return entry_points(group="liangcun")
