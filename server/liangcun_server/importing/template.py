"""Workbooks for filling in: a sheet a standard, a row a village, a column an indicator that is measured."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import xlsxwriter
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.exports.xlsx_file import WORKBOOK
from liangcun_server.importing.workbooks import INSTRUCTIONS, PERIOD_LABEL
from liangcun_server.observations import repository
from liangcun_server.observations.model import Observation
from liangcun_server.regions.region import Region
from liangcun_server.regions.repository import by_codes, codes_within
from liangcun_standards.catalogue import ResolvedStandard
from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import Indicator, IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.scoring.derivation import measured
from liangcun_standards.text import Text, format_number
from liangcun_standards.units import with_unit
from liangcun_standards.vocabulary import AssessorLevel, IndicatorKind, Qualifier, RegionLevel

_HEADER = {"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True, "valign": "vcenter"}
_FIXED = ("区划代码\nregion", "村名\nname", "乡镇\ntownship")
_UNNAMEABLE = re.compile(r"[\[\]:*?/\\']")
_LONGEST_NAME = 31
_LONGEST_NOTE = 1_500
# Excel shows no more than this in the list of a drop-down.
_LONGEST_LIST = 255
_PASSING = {Qualifier.AT_LEAST: "≥", Qualifier.AT_MOST: "≤"}


class NothingToFillIn(LiangcunError):
    """A standard without regions of its kind in the place, or that reads nothing that is measured."""

    code = "NOTHING_TO_FILL_IN"


@dataclass(frozen=True)
class Sheet:
    """One sheet: the regions in its rows, the indicators in its columns."""

    title: str
    regions: Sequence[Region]
    parents: Mapping[str, Region]
    indicators: Sequence[Indicator]


@dataclass(frozen=True)
class Template:
    """What a workbook is made of; `standing` are the values that it comes with, by region and indicator."""

    place: Region
    period: Period
    level: AssessorLevel
    sheets: Sequence[Sheet]
    standing: Mapping[tuple[str, str], Observation]


async def lay_out(
    connection: AsyncConnection,
    catalogue: IndicatorCatalogue,
    standards: Iterable[ResolvedStandard],
    place: Region,
    *,
    period: Period,
    level: AssessorLevel,
    filled: bool = False,
) -> Template:
    """The sheets for standards in a place. An indicator of another level of regions gets a sheet of its own.

    Raises NothingToFillIn.
    """
    sheets: list[Sheet] = []
    for one in standards:
        read = dict.fromkeys(source.indicator for source in measured(one.standard, catalogue))
        known = one.standard.known(catalogue)
        by_level: dict[RegionLevel, list[Indicator]] = {}
        for code in read:
            by_level.setdefault(known[code].level, []).append(known[code])
        for kind, indicators in by_level.items():
            codes = await codes_within(connection, place.code, kind)
            if codes:
                regions = await by_codes(connection, codes)
                above = await by_codes(connection, {str(found.parent_code) for found in regions.values()})
                title = one.standard.label.zh + ("" if kind is one.standard.level else f"（{kind.label.zh}）")
                sheets.append(Sheet(title, [regions[code] for code in codes], above, indicators))
    if not sheets:
        raise NothingToFillIn(
            Text(
                f"{place.name}没有可填报的区划或指标", f"{place.name} has no regions or indicators to fill in"
            )
        )
    standing = await _standing(connection, sheets, period, level) if filled else {}
    return Template(place, period, level, sheets, standing)


async def _standing(
    connection: AsyncConnection, sheets: Sequence[Sheet], period: Period, level: AssessorLevel
) -> dict[tuple[str, str], Observation]:
    found = await repository.current(
        connection,
        {region.code for sheet in sheets for region in sheet.regions},
        periods=[period],
        indicators={indicator.code for sheet in sheets for indicator in sheet.indicators},
        assessor_level=level,
    )
    return {
        (code, one.indicator): one
        for code, several in found.items()
        for one in several
        if one.value is not None
    }


def template_xlsx(template: Template) -> bytes:
    """The workbook. Its texts are texts even where they look like formulas."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, WORKBOOK) as workbook:
        workbook.set_properties({"title": f"填报表 {template.place.name} {template.period}"})
        _instructions(workbook, template)
        names = {INSTRUCTIONS.lower()}
        for sheet in template.sheets:
            _write(workbook, _sheet_name(sheet.title, names), sheet, template)
        workbook.worksheets()[1].activate()
    return file.getvalue()


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name that Excel takes, and no other sheet has."""
    plain = _UNNAMEABLE.sub(" ", title).strip() or "填报表"
    number, name = 1, plain[:_LONGEST_NAME]
    while name.lower() in taken:
        number += 1
        ending = f" {number}"
        name = plain[: _LONGEST_NAME - len(ending)] + ending
    taken.add(name.lower())
    return name


def _instructions(workbook: Any, template: Template) -> None:
    sheet = workbook.add_worksheet(INSTRUCTIONS)
    bold, wrapped = workbook.add_format({"bold": True}), workbook.add_format({"text_wrap": True})
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 100)
    rows = (
        ("地区", f"{template.place.name}（{template.place.code}）"),
        (PERIOD_LABEL, str(template.period)),
        ("考评层级", f"{template.level.label.zh}（{template.level.value}）"),
        ("怎样填", "每村一行，每个指标一列；没有数据的留空，空格不算 0，也不会改动已有的值。"),
        ("有无", "“有/无”类、选项类从下拉列表中选。"),
        ("比率", "百分数填 85，不填 0.85；表头带单位，只填数字。"),
        ("界限", "只知道下限或上限的，可填“85以上”“不少于85”“不足60”。"),
        ("不要改", "不要改区划代码、表头；可以隐藏列、排序、筛选。批注里有定义和出处。"),
        (
            "How to",
            "A row a village, a column an indicator. Leave empty what isn't known: it changes nothing.",
        ),
        ("导入", "liangcun import 本文件.xlsx --source-status official --source … --reason … --dry-run"),
    )
    for line, (label, text) in enumerate(rows):
        sheet.write_string(line, 0, label, bold)
        sheet.write_string(line, 1, text, wrapped)


def _write(workbook: Any, name: str, sheet: Sheet, template: Template) -> None:
    page = workbook.add_worksheet(name)
    header, fixed = workbook.add_format(_HEADER), workbook.add_format({"num_format": "@"})
    figures, texts = workbook.add_format({"num_format": "General"}), workbook.add_format({"num_format": "@"})
    last = len(sheet.regions)
    for column, title in enumerate(_FIXED):
        page.write_string(0, column, title, header)
    for line, region in enumerate(sheet.regions, start=1):
        above = sheet.parents.get(str(region.parent_code))
        for column, text in enumerate((region.code, region.name, "" if above is None else above.name)):
            page.write_string(line, column, text, fixed)
    for column, indicator in enumerate(sheet.indicators, start=len(_FIXED)):
        page.write_string(0, column, _heading(indicator), header)
        page.write_comment(0, column, _note(indicator), {"x_scale": 3, "y_scale": 2})
        page.data_validation(1, column, last, column, _validation(indicator))
        for line, region in enumerate(sheet.regions, start=1):
            found = template.standing.get((region.code, indicator.code))
            if found is not None:
                _prefill(page, line, column, found, indicator, figures, texts)
    page.set_row(0, 60)
    page.set_column(0, 0, 15)
    page.set_column(1, 2, 18)
    page.set_column(len(_FIXED), len(_FIXED) + len(sheet.indicators) - 1, 16)
    page.freeze_panes(1, 2)
    page.autofilter(0, 0, last, len(_FIXED) + len(sheet.indicators) - 1)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(9)  # A4


def _heading(indicator: Indicator) -> str:
    unit = _unit(indicator)
    return f"{indicator.name}{f'（{unit}）' if unit else ''}\n{indicator.code}"


def _unit(indicator: Indicator) -> str:
    if indicator.kind is IndicatorKind.BOOLEAN:
        return "有/无"
    return "" if indicator.unit is None else with_unit(2, indicator.unit).zh.removeprefix("2").strip()


def _note(indicator: Indicator) -> str:
    lines = [
        indicator.definition,
        f"出处：{indicator.source}（{indicator.source_status.label.zh}）",
        indicator.definition_en,
    ]
    return "\n".join(lines)[:_LONGEST_NOTE]


def _validation(indicator: Indicator) -> dict[str, Any]:
    """What Excel lets be entered without asking. It only warns: “85以上” may be written too."""
    words = _words(indicator)
    if words:
        told = {"error_title": "请从列表中选", "error_message": "、".join(words)[:_LONGEST_LIST]}
        if len(",".join(words)) <= _LONGEST_LIST and not any("," in word for word in words):
            return {"validate": "list", "source": words, **told}
        return {"validate": "any"}
    low, high = indicator.range
    most = 1e15
    low, high = max(low, -most), min(high, most)
    return {
        "validate": "integer" if indicator.whole and high <= 2**31 - 1 else "decimal",
        "criteria": "between",
        "minimum": low,
        "maximum": high,
        "error_type": "warning",
        "error_title": indicator.name[:_LONGEST_NAME],
        "error_message": f"应为 {format_number(low)} 到 {format_number(high)} 之间的"
        f"{'整数' if indicator.whole else '数'}；只知界限的可写“85以上”。",
    }


def _words(indicator: Indicator) -> list[str]:
    if indicator.kind is IndicatorKind.BOOLEAN:
        return ["有", "无"]
    return [choice.title for choice in indicator.choices]


def _prefill(
    page: Any, line: int, column: int, found: Observation, indicator: Indicator, figures: Any, texts: Any
) -> None:
    assert found.value is not None
    if _words(indicator):
        page.write_string(line, column, indicator.show(found.value).zh, texts)
    elif found.qualifier in _PASSING:
        page.write_string(line, column, f"{_PASSING[found.qualifier]}{found.value:.15g}", texts)
    else:
        page.write_number(line, column, found.value, figures)
    if found.qualifier is Qualifier.SUSPECT:
        page.write_comment(line, column, f"存疑，确认前不计分。{found.note or found.original_text or ''}")
