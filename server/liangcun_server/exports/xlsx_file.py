"""Excel workbooks: a ranking with what to know of it on a second sheet, and plain lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from liangcun_server.exports.scores_table import Cell, Column, ScoresTable
from liangcun_standards.text import Locale, Text
from liangcun_standards.vocabulary import RegionLevel

# Its texts are texts even where they look like formulas, addresses or numbers.
WORKBOOK = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# Rows go to a temporary file as they are written: a province has ten thousand villages and more.
_BY_ROWS = {**WORKBOOK, "constant_memory": True}
_HEADER = {"bold": True, "bg_color": "#E8EEF4", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
_LABEL_WIDTH, _VALUE_WIDTH = 16, 90


def scores_xlsx(table: ScoresTable, locale: Locale) -> bytes:
    """The workbook. Its texts are texts even where they look like formulas."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, _BY_ROWS) as workbook:
        workbook.set_properties({"title": table.title.pick(locale), "comments": table.digest})
        _write_ranking(workbook, table, locale)
        _write_notes(workbook, table, locale)
    return file.getvalue()


def list_xlsx(titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A workbook of one sheet with a line for each row. Its texts are texts, as in `scores_xlsx`."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, _BY_ROWS) as workbook:
        sheet = workbook.add_worksheet()
        header = workbook.add_format(_HEADER)
        look = workbook.add_format({"text_wrap": True, "valign": "top"})
        for place, title in enumerate(titles):
            sheet.set_column(place, place, _LABEL_WIDTH)
            sheet.write_string(0, place, title, header)
        for line, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                write_cell(sheet, line, place, cell, look)
        sheet.freeze_panes(1, 0)
    return file.getvalue()


def _write_ranking(workbook: Any, table: ScoresTable, locale: Locale) -> None:
    sheet = workbook.add_worksheet(Text("排名", "Ranking").pick(locale))
    decimals = table.question.resolved.standard.decimals
    points = "0" if decimals == 0 else f"0.{'0' * decimals}"
    formats = {
        "whole": workbook.add_format({"num_format": "0"}),
        "points": workbook.add_format({"num_format": points}),
        "share": workbook.add_format({"num_format": "0%"}),
        "code": workbook.add_format({"num_format": "@"}),
        "text": workbook.add_format({"text_wrap": True, "valign": "top"}),
    }
    header = workbook.add_format(_HEADER)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.title.pick(locale), header)
    for line, row in enumerate(table.rows, start=1):
        for place, column in enumerate(table.columns):
            write_cell(sheet, line, place, column.value(row, locale), formats[column.kind])
    sheet.freeze_panes(1, _after_name(table.columns))
    sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)


def _after_name(columns: tuple[Column, ...]) -> int:
    return next(place for place, column in enumerate(columns, start=1) if column.key == "name")


def write_cell(sheet: Any, line: int, place: int, cell: Cell, look: Any) -> None:
    """Write a cell: numbers as numbers, everything else as text."""
    if cell is None:
        sheet.write_blank(line, place, None, look)
    elif isinstance(cell, str):
        sheet.write_string(line, place, cell, look)
    else:
        sheet.write_number(line, place, cell, look)


def _write_notes(workbook: Any, table: ScoresTable, locale: Locale) -> None:
    sheet = workbook.add_worksheet(Text("说明", "Notes").pick(locale))
    sheet.set_column(0, 0, _LABEL_WIDTH)
    sheet.set_column(1, 1, _VALUE_WIDTH)
    bold = workbook.add_format({"bold": True, "valign": "top"})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    for line, (label, value) in enumerate(about(table)):
        sheet.write_string(line, 0, label.pick(locale), bold)
        sheet.write_string(line, 1, value.pick(locale), wrapped)


def about(table: ScoresTable) -> list[tuple[Text, Text]]:
    """What the table is, and what a reader must know of it, line by line."""
    question, standard = table.question, table.question.resolved.standard
    level = question.assessor_level
    villages = standard.level is RegionLevel.VILLAGE
    counted = Text("个村", "villages") if villages else Text("个", "regions")
    source = standard.source.label
    lines = [
        (Text("标题", "title"), table.title),
        (Text("标准", "standard"), Text(*(f"{question.resolved.name}  {one}" for one in standard.label))),
        (Text("标准依据", "rests on"), source),
        (Text("时期", "period"), Text(str(question.period), str(question.period))),
        (
            Text("考评层级", "assessor level"),
            Text("取层级最高的填报值", "the highest that has a value") if level is None else level.label,
        ),
        (
            Text("名次", "ranking"),
            Text(
                f"参加排名 {table.ranked} {counted.zh}，未排名 {table.not_ranked} {counted.zh}",
                f"{table.ranked} {counted.en} ranked, {table.not_ranked} not ranked",
            ),
        ),
    ]
    if table.as_of is not None:
        moment = table.as_of.isoformat()
        lines.append((Text("数据截至", "data as of"), Text(moment, moment)))
    lines += [(Text("注意", "note"), note) for note in table.notes]
    lines.append((Text("结果摘要", "result digest"), Text(table.digest, table.digest)))
    return lines
