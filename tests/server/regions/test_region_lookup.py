"""Looking regions up in a database that holds 长岭县, every lookup in one statement."""

from __future__ import annotations

import pytest

from liangcun_server.regions import repository
from liangcun_server.storage.database import Database
from liangcun_server.storage.statements import count_statements
from liangcun_standards.errors import InvalidRegionCode
from liangcun_standards.vocabulary import RegionLevel

PROVINCE = "220000000000"
PREFECTURE = "220700000000"
COUNTY = "220722000000"
TOWNSHIP = "220722201000"
VILLAGE = "220722201204"


async def test_regions_are_found_by_code_and_unknown_codes_are_left_out(changling: Database) -> None:
    async with changling.read() as connection:
        found = await repository.by_codes(connection, [VILLAGE, "220722201299", "x\0y", COUNTY, COUNTY])

    assert {code: region.name for code, region in found.items()} == {
        VILLAGE: "蒙古屯村委会",
        COUNTY: "长岭县",
    }


async def test_forty_thousand_codes_are_one_statement(changling: Database) -> None:
    codes = [str(number) for number in range(220722200000, 220722240000)]
    async with changling.read() as connection:
        with count_statements(changling) as statements:
            found = await repository.by_codes(connection, codes)

    assert len(statements) == 1
    assert VILLAGE in found


async def test_ancestors_come_from_the_top_down(changling: Database) -> None:
    async with changling.read() as connection:
        with count_statements(changling) as statements:
            found = await repository.ancestors(connection, [VILLAGE, TOWNSHIP, PROVINCE])

    assert len(statements) == 1
    assert [region.code for region in found[VILLAGE]] == [PROVINCE, PREFECTURE, COUNTY, TOWNSHIP]
    assert [region.code for region in found[TOWNSHIP]] == [PROVINCE, PREFECTURE, COUNTY]
    assert found[PROVINCE] == ()


async def test_children_are_paged_for_each_parent_in_one_statement(changling: Database) -> None:
    async with changling.read() as connection:
        with count_statements(changling) as statements:
            pages = await repository.children_page(connection, [COUNTY, PREFECTURE, VILLAGE], first=2)

    assert len(statements) == 1
    assert [region.name for region in pages[COUNTY].items] == ["长盛街道", "长治街道"]
    assert pages[COUNTY].has_next
    assert [region.code for region in pages[PREFECTURE].items] == [COUNTY]
    assert not pages[PREFECTURE].has_next
    assert pages[VILLAGE].items == ()


async def test_children_go_on_after_the_last_code_of_a_page(changling: Database) -> None:
    async with changling.read() as connection:
        pages = [(await repository.children_page(connection, [COUNTY], first=20))[COUNTY]]
        after = pages[0].items[-1].code
        pages.append((await repository.children_page(connection, [COUNTY], first=20, after=after))[COUNTY])

    assert [page.has_next for page in pages] == [True, False]
    codes = [region.code for page in pages for region in page.items]
    assert len(codes) == 33
    assert codes == sorted(set(codes))


async def test_children_are_counted_for_all_parents_in_one_statement(changling: Database) -> None:
    async with changling.read() as connection:
        with count_statements(changling) as statements:
            counts = await repository.child_counts(connection, [COUNTY, PREFECTURE, VILLAGE])

    assert len(statements) == 1
    assert counts == {COUNTY: 33, PREFECTURE: 1, VILLAGE: 0}


async def test_nothing_is_asked_for_no_codes(changling: Database) -> None:
    async with changling.read() as connection:
        with count_statements(changling) as statements:
            assert await repository.by_codes(connection, []) == {}
            assert await repository.children_page(connection, [], first=5) == {}
            assert await repository.child_counts(connection, []) == {}

    assert statements == []


@pytest.mark.parametrize("within", ["220722", COUNTY])
async def test_the_villages_of_a_county_are_walked_page_by_page(changling: Database, within: str) -> None:
    codes: list[str] = []
    async with changling.read() as connection:
        has_next, after = True, None
        while has_next:
            page = await repository.within_page(
                connection, within=within, level=RegionLevel.VILLAGE, first=100, after=after
            )
            codes += [region.code for region in page.items]
            has_next, after = page.has_next, codes[-1]
        listed = await repository.codes_within(connection, within, RegionLevel.VILLAGE)
        counted = await repository.count_within(connection, within=within, level=RegionLevel.VILLAGE)

    assert len(codes) == counted == 255
    assert codes == listed


async def test_a_full_last_page_says_that_nothing_follows(changling: Database) -> None:
    async with changling.read() as connection:
        page = await repository.within_page(connection, within=COUNTY, level=RegionLevel.TOWNSHIP, first=33)

    assert len(page.items) == 33
    assert not page.has_next


async def test_within_holds_the_region_itself_and_nothing_above(changling: Database) -> None:
    async with changling.read() as connection:
        page = await repository.within_page(connection, within=TOWNSHIP, first=1)
        everything = await repository.count_within(connection)
        county = await repository.count_within(connection, within=COUNTY)

    assert page.items[0].code == TOWNSHIP
    assert (everything, county) == (291, 289)


async def test_names_are_searched_for_their_text_alone(changling: Database) -> None:
    async with changling.read() as connection:
        found = await repository.within_page(connection, name_contains="蒙古屯", first=10)
        wildcards = [
            await repository.count_within(connection, name_contains=text)
            for text in ("%", "_", "\0", "\ud800")
        ]

    assert VILLAGE in [region.code for region in found.items]
    assert all("蒙古屯" in region.name for region in found.items)
    assert wildcards == [0, 0, 0, 0]


async def test_a_code_of_eleven_digits_is_refused_as_a_place(changling: Database) -> None:
    async with changling.read() as connection:
        with pytest.raises(InvalidRegionCode, match="11 digits"):
            await repository.within_page(connection, within="22072220120", first=1)


async def test_a_place_that_is_not_there_has_no_regions(changling: Database) -> None:
    async with changling.read() as connection:
        page = await repository.within_page(connection, within="110101", first=5)

    assert page.items == ()
    assert not page.has_next
