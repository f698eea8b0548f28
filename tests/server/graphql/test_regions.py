"""Regions through the API."""

from __future__ import annotations

from tests.server.conftest import Ask


async def test_a_county_knows_its_ancestors_and_its_townships(ask: Ask) -> None:
    reply = await ask(
        """{ region(code: "220722") { code name level ancestors { name } parent { name }
               children(first: 2) { totalCount pageInfo { hasNextPage } nodes { name level } } } }"""
    )
    county = reply["region"]
    assert county["code"] == "220722000000"
    assert (county["name"], county["level"]) == ("长岭县", "COUNTY")
    assert [one["name"] for one in county["ancestors"]] == ["吉林省", "松原市"]
    assert county["parent"] == {"name": "松原市"}
    assert county["children"]["totalCount"] == 33
    assert county["children"]["pageInfo"] == {"hasNextPage": True}
    assert county["children"]["nodes"] == [
        {"name": "长盛街道", "level": "TOWNSHIP"},
        {"name": "长治街道", "level": "TOWNSHIP"},
    ]


async def test_a_province_has_no_parent(ask: Ask) -> None:
    reply = await ask('{ region(code: "22") { name parent { name } ancestors { name } } }')
    assert reply["region"] == {"name": "吉林省", "parent": None, "ancestors": []}


async def test_pages_of_villages_hold_every_village_once(ask: Ask) -> None:
    query = """query Page($after: String) { villages(within: "220722", first: 100, after: $after) {
        totalCount edges { cursor node { code } } pageInfo { hasNextPage endCursor } } }"""
    codes: list[str] = []
    after = None
    for _ in range(3):
        page = (await ask(query, after=after))["villages"]
        assert page["totalCount"] == 255
        codes += [edge["node"]["code"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
    assert page["pageInfo"]["hasNextPage"] is False
    assert len(codes) == len(set(codes)) == 255
    assert codes == sorted(codes)


async def test_villages_are_found_by_a_part_of_their_name(ask: Ask) -> None:
    reply = await ask('{ villages(filter: {nameContains: "蒙古屯"}) { totalCount nodes { code } } }')
    assert {"code": "220722201204"} in reply["villages"]["nodes"]


async def test_village_gives_null_for_a_county_and_for_a_code_nobody_has(ask: Ask) -> None:
    reply = await ask(
        '{ county: village(code: "220722") { name } none: village(code: "999999999999") { name } }'
    )
    assert reply["county"] is None
    assert reply["none"] is None


async def test_levels_are_asked_for_by_name(ask: Ask) -> None:
    reply = await ask(
        '{ regions(level: TOWNSHIP, within: "220722", first: 1000) { nodes { level } totalCount } }'
    )
    assert reply["regions"]["totalCount"] == len(reply["regions"]["nodes"]) == 33
    unknown = await ask("{ regions(level: HAMLET) { totalCount } }")
    assert unknown.codes == ["GRAPHQL_VALIDATION_FAILED"]


async def test_a_code_of_eleven_digits_is_an_error_that_says_how_codes_are_written(ask: Ask) -> None:
    reply = await ask('{ region(code: "22072220120") { name } }')
    assert reply.data == {"region": None}
    assert reply.codes == ["INVALID_REGION_CODE"]
    assert "11 位" in reply.errors[0]["message"]
    english = await ask('{ region(code: "22072220120") { name } }', "en")
    assert "11 digits" in english.errors[0]["message"]
