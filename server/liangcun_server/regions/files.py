"""Region files: from what stands in a CSV or Parquet file to regions that fit together, or all its faults."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from liangcun_server.regions.problems import InvalidRegionFile, Problem
from liangcun_server.regions.region import Region
from liangcun_server.regions.rows import RawRow, read_rows
from liangcun_standards.errors import InvalidRegionCode
from liangcun_standards.regions import contains, full_code, implied_level
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import RegionLevel

_LEVELS = {
    **{level.value: level for level in RegionLevel if level is not RegionLevel.TUN},
    **dict.fromkeys(("省", "省级"), RegionLevel.PROVINCE),
    **dict.fromkeys(("市", "市级", "地级"), RegionLevel.PREFECTURE),
    **dict.fromkeys(("县", "县级"), RegionLevel.COUNTY),
    **dict.fromkeys(("乡", "乡级", "乡镇级", "镇"), RegionLevel.TOWNSHIP),
    **dict.fromkeys(("村", "村级"), RegionLevel.VILLAGE),
}
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class RegionFile:
    """A file whose rows have each been read; what they say of one another is checked by `regions`."""

    where: str
    rows: tuple[tuple[int, Region], ...]
    problems: tuple[Problem, ...]
    # Codes of the rows with a problem, so that their children aren't blamed for it too.
    faulty: frozenset[str]

    @property
    def outside_parents(self) -> set[str]:
        """The parents that the file names without having them."""
        own = {region.code for _, region in self.rows}
        return {region.parent_code for _, region in self.rows if region.parent_code is not None} - own

    def regions(self, known: Mapping[str, Region] | None = None) -> list[Region]:
        """The regions, in the order of the file; `known` has the outside parents that exist elsewhere.

        Raises InvalidRegionFile with every problem of the file.
        """
        problems = list(self.problems)
        own: dict[str, Region] = {}
        for line, region in self.rows:
            if region.code in own:
                problems.append(Problem(line, "code", _twice(region.code)))
            own.setdefault(region.code, region)
        everyone = {**(known or {}), **own}
        for line, region in self.rows:
            reason = None if region.parent_code in self.faulty else _fault_of_parent(region, everyone)
            if reason is not None:
                problems.append(Problem(line, "parent_code", reason))
        if problems:
            raise InvalidRegionFile.because(problems, where=self.where)
        return [region for _, region in self.rows]


def open_region_file(path: Path) -> RegionFile:
    """Read a region file: CSV (UTF-8 or GBK) or Parquet, with the columns code, name, parent_code and level.

    Raises InvalidRegionFile when the file as a whole can't be read; faults of single rows are kept in it.
    """
    raw_rows, problems = read_rows(path)
    rows: list[tuple[int, Region]] = []
    faulty: set[str] = set()
    for raw in raw_rows:
        region, found = _parsed(raw)
        problems.extend(found)
        if region is not None and not found:
            rows.append((raw.line, region))
        elif region is not None:
            faulty.add(region.code)
    return RegionFile(str(path), tuple(rows), tuple(problems), frozenset(faulty))


def read_region_file(path: Path, known: Mapping[str, Region] | None = None) -> list[Region]:
    """The regions of a file whose outside parents are `known`. Raises InvalidRegionFile with all faults."""
    return open_region_file(path).regions(known)


def _parsed(raw: RawRow) -> tuple[Region | None, list[Problem]]:
    """The region of a row, None when not even its code can be read, and what is wrong with it."""
    problems: list[Problem] = []

    def code_of(field: str, text: str) -> str | None:
        try:
            return full_code(text)
        except InvalidRegionCode as error:
            problems.append(Problem(raw.line, field, error.message))
            return None

    code = code_of("code", raw.code)
    parent_code = code_of("parent_code", raw.parent_code) if raw.parent_code else None
    reason = _fault_of_name(raw.name)
    if reason is not None:
        problems.append(Problem(raw.line, "name", reason))
    level = _LEVELS.get(raw.level.lower())
    if level is None:
        problems.append(Problem(raw.line, "level", _unknown_level(raw.level)))
    if code is None:
        return None, problems
    implied = implied_level(code)
    if level is not None and level is not implied:
        problems.append(Problem(raw.line, "level", _other_level(code, level, implied)))
    return Region(code, raw.name, level or implied, parent_code), problems


def _fault_of_name(name: str) -> Text | None:
    if not name:
        return Text("名称为空", "the name is empty")
    if len(name) > _LONGEST_NAME:
        return Text(f"名称超过 {_LONGEST_NAME} 个字", f"the name is longer than {_LONGEST_NAME} characters")
    if any(unicodedata.category(mark) in {"Cc", "Cs"} or mark == "\ufffd" for mark in name):
        return Text("名称含有控制字符或乱码", "the name has control characters or broken ones")
    return None


def _fault_of_parent(region: Region, everyone: Mapping[str, Region]) -> Text | None:
    parent_code = region.parent_code
    if parent_code is None:
        if region.level is RegionLevel.PROVINCE:
            return None
        return Text("上级代码为空，只有省级可以没有上级", "it is empty, and only a province has no parent")
    if not contains(parent_code, region.code):
        return Text(
            f"上级 {parent_code} 的前缀不包含 {region.code}",
            f"{region.code} doesn't lie within {parent_code}, judged by their digits",
        )
    parent = everyone.get(parent_code)
    if parent is None:
        return Text(
            f"上级 {parent_code} 既不在文件中，也不在数据库中",
            f"the parent {parent_code} is neither in the file nor in the database",
        )
    levels = list(RegionLevel)
    if levels.index(parent.level) >= levels.index(region.level):
        return Text(
            f"{region.level.label.zh}的上级不能是{parent.level.label.zh}（{parent_code}）",
            f"a {region.level.label.en} can't lie under a {parent.level.label.en} ({parent_code})",
        )
    return None


def _twice(code: str) -> Text:
    return Text(f"代码 {code} 重复", f"the code {code} stands twice in the file")


def _unknown_level(text: str) -> Text:
    return Text(
        f"级别“{text[:40]}”无法识别，可用：省、市、县、乡、村",
        f"the level '{text[:40]}' is none of province, prefecture, county, township, village",
    )


def _other_level(code: str, level: RegionLevel, implied: RegionLevel) -> Text:
    return Text(
        f"代码 {code} 的位数属于{implied.label.zh}，而不是{level.label.zh}",
        f"the digits of {code} are those of a {implied.label.en}, not of a {level.label.en}",
    )
