"""The shipped divisions of China."""

from __future__ import annotations

from collections import Counter
from importlib.resources import as_file, files

import pyarrow.parquet as pq
import pytest

from liangcun_server.regions.divisions import divisions_within
from liangcun_server.regions.region import UnknownRegion
from liangcun_standards.errors import InvalidRegionCode
from liangcun_standards.vocabulary import RegionLevel


@pytest.mark.parametrize("place", ["220722", "220722000000", " 220722 "])
def test_a_county_comes_with_what_lies_above_and_within_it(place: str) -> None:
    rows = divisions_within(place)

    assert Counter(row.level for row in rows) == {
        RegionLevel.PROVINCE: 1,
        RegionLevel.PREFECTURE: 1,
        RegionLevel.COUNTY: 1,
        RegionLevel.TOWNSHIP: 33,
        RegionLevel.VILLAGE: 255,
    }
    assert [row.name for row in rows[:3]] == ["吉林省", "松原市", "长岭县"]
    assert [row.code for row in rows] == sorted(row.code for row in rows)


def test_every_parent_of_a_place_is_among_its_rows() -> None:
    rows = divisions_within("2207")

    assert {row.parent_code for row in rows} - {row.code for row in rows} == {None}


def test_the_shipped_file_has_as_many_rows_as_its_provenance_says() -> None:
    data = files("liangcun_server") / "data"
    with as_file(data / "regions-cn-2023.parquet") as path:
        levels = Counter(pq.read_table(path, columns=["level"]).column("level").to_pylist())
    provenance = (data / "PROVENANCE.md").read_text(encoding="utf-8")

    assert f"{sum(levels.values()):,}" in provenance
    assert all(f"{count:,} " in provenance for count in levels.values())


def test_a_prefecture_without_counties_has_its_townships() -> None:
    rows = divisions_within("441900")

    assert rows[1].name == "东莞市"
    assert rows[2].parent_code == rows[1].code
    assert rows[2].level is RegionLevel.TOWNSHIP


def test_a_village_comes_with_its_chain_alone() -> None:
    assert [row.name for row in divisions_within("220722201204")] == [
        "吉林省",
        "松原市",
        "长岭县",
        "光明乡",
        "蒙古屯村委会",
    ]


@pytest.mark.parametrize(
    ("place", "suggested"),
    [("220729", "220723 乾安县"), ("220722250", "220722209 三十号乡"), ("99", "65 新疆维吾尔自治区")],
)
def test_an_unknown_code_is_answered_with_its_nearest_neighbours(place: str, suggested: str) -> None:
    with pytest.raises(UnknownRegion) as caught:
        divisions_within(place)

    assert caught.value.code == "UNKNOWN_REGION"
    assert suggested in caught.value.message.zh
    assert suggested in caught.value.message.en


def test_a_name_is_answered_with_its_code() -> None:
    with pytest.raises(UnknownRegion, match="did you mean: 220722 长岭县"):
        divisions_within("长岭")


@pytest.mark.parametrize("place", ["22072220120", "", "nowhere", "０２"])
def test_what_is_no_code_and_no_name_is_refused(place: str) -> None:
    with pytest.raises(InvalidRegionCode):
        divisions_within(place)
