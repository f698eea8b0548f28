"""Looking regions up in a database that holds 长岭县."""

from __future__ import annotations

import pytest

from liangcun_server.regions import repository
from liangcun_server.storage.database import Database
from liangcun_server.storage.statements import count_statements
from liangcun_standards.errors import InvalidRegionCode
from liangcun_standards.vocabulary import RegionLevel

COUNTY = "220722000000"
VILLAGE = "220722201204"


async def test_regions_are_found_by_code_and_unknown_codes_are_left_out(changling: Database) -> None:
    async with changling.read() as connection:
        found = await repository.by_codes(connection, [VILLAGE, "220722201299", "x\0y", COUNTY])

    assert {code: region.name for code, region in found.items()} == {
        VILLAGE: "蒙古屯村委会",
        COUNTY: "长岭县",
    }
