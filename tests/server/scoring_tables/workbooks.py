"""Workbooks as counties keep them, written for a test: merged cells, a title above, totals below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from liangcun_server.scoring_tables.importing import Imported, Wanted, import_table
from liangcun_server.scoring_tables.table import ScoringTable, read_table
from liangcun_server.scoring_tables.workbook import read_sheet
from liangcun_standards.indicators import IndicatorCatalogue

HEADER = ("项目", "序号", "标准", "分值", "计分办法")
# Two rows of a table that has nothing wrong with it.
ROWS = (
    ("环境整治", 1, "无垃圾乱堆", 60, "每发现一处扣1分，扣完为止"),
    ("环境整治", 2, "村庄绿化", 40, "完成得满分，未完成不得分"),
)


def write_sheet(sheet: Any, rows: Sequence[Sequence[Any]], merged: Mapping[str, Any] | None = None) -> None:
    """Write rows from A1, None for nothing; `merged` are ranges with what stands in them."""
    for place, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None:
                sheet.write(place, column, value)
    for cells, value in (merged or {}).items():
        sheet.merge_range(cells, value)


def workbook(
    file: Path, rows: Sequence[Sequence[Any]], merged: Mapping[str, Any] | None = None, sheet: str = "考核"
) -> Path:
    """A workbook with one sheet."""
    with xlsxwriter.Workbook(file) as book:
        write_sheet(book.add_worksheet(sheet), rows, merged)
    return file


def table_of(file: Path, sheet: str | None = None) -> ScoringTable:
    """The scoring table of a workbook."""
    return read_table(read_sheet(file, sheet), file.name)


def imported(file: Path, known: IndicatorCatalogue | None = None, **wanted: Any) -> Imported:
    """The document of a workbook's table, over the indicators known."""
    catalogue = known or IndicatorCatalogue()
    of_plugins = {code for code in catalogue if catalogue.standard(code) is None}
    return import_table(file, Wanted("220722", **wanted), catalogue, of_plugins)


def county_table(file: Path) -> Path:
    """A table like a real county's: title, banner of groups, merged cells, full-width figures, a formula."""
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("打分表")
        write_sheet(
            sheet,
            [
                (),
                ("考核 项目", "编号", "考核内容", "分　值", "评分\n细则", "责任单位"),
                (None, "1", "绿化覆盖率", "２０", "达到30%以上得20分，每降低1个百分点扣1分", "林业局"),
                (None, "2", "卫生厕所普及率", 10, "85%以上得10分，70%-85%得6分，70%以下不得分", "卫健局"),
                (None, "1", "无垃圾乱堆乱放", "15分", "每发现一处扣1分，扣完为止"),
                (None, "2", "垃圾收集点不少于3个", 6, "每少1个扣2分"),
                (None, "3", "设有保洁制度", 9, "有得9分，没有不得分"),
                ("小计", None, None, 30),
                (None, 1, "完成年度改厕任务", 20, "完成得满分，未完成不得分"),
                (None, 2, "村容村貌", 20, "由考核组酌情打分"),
                ("合计",),
                ("注：本表由县农业农村局负责解释",),
            ],
            {
                "A1:F1": "长岭县2024年农村人居环境考核打分表",
                "A3:A4": "村庄绿化和改厕（30分）",
                "A5:A7": "环境整治",
                "A9:A10": "长效管护",
            },
        )
        sheet.write_formula("D11", "=SUM(D3:D10)-30", None, 100)
        book.add_worksheet("旧表").hide()
    return file
