"""The workbook that counties hand around: 打分表, 排名通报, 红黑榜, 方案比较 and what to know of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import xlsxwriter

from liangcun_server.comparison.comparing import Compared
from liangcun_server.exports.scores_table import Cell, ScoreRow, problem_texts
from liangcun_server.exports.xlsx_file import WORKBOOK, about, write_cell
from liangcun_server.reports.material import Report
from liangcun_server.scorecards import evidence
from liangcun_standards.document import Group
from liangcun_standards.text import Locale, Text, format_number

_TITLE = {"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}
_SUBTITLE = {"align": "center", "valign": "vcenter", "font_color": "#555555"}
_HEAD = {
    "bold": True,
    "align": "center",
    "valign": "vcenter",
    "text_wrap": True,
    "border": 1,
    "bg_color": "#E8EEF4",
}
_BODY = {"border": 1, "valign": "vcenter"}
_RED, _BLACK = {"bg_color": "#FBE3E1"}, {"bg_color": "#E3E3E3"}


def report_xlsx(report: Report, locale: Locale, compared: Compared | None = None) -> bytes:
    """The workbook; with `compared` also the sheet of schemes side by side. Texts are never formulas."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, WORKBOOK) as workbook:
        title = report.table.title.pick(locale)
        workbook.set_properties({"title": title, "comments": report.table.digest})
        book = _Book(workbook, report, locale)
        _scoring_sheet(book)
        _ranking_sheet(book)
        _roll_sheet(book)
        if compared is not None:
            _comparison_sheet(book, compared)
        _notes_sheet(book)
    return file.getvalue()


class _Book:
    """A workbook with its looks."""

    def __init__(self, workbook: Any, report: Report, locale: Locale) -> None:
        self.report = report
        self.locale: Locale = locale
        self._workbook = workbook
        decimals = report.scores.result.standard.decimals
        points = {"num_format": "0" if decimals == 0 else f"0.{'0' * decimals}", "align": "right"}
        looks = {
            "title": _TITLE,
            "subtitle": _SUBTITLE,
            "head": _HEAD,
            "text": {**_BODY, "text_wrap": True},
            "code": {**_BODY, "num_format": "@"},
            "whole": {**_BODY, "num_format": "0", "align": "right"},
            "points": {**_BODY, **points},
            "share": {**_BODY, "num_format": "0%", "align": "right"},
            "figure": {**_BODY, "num_format": "0.000", "align": "right"},
            "red": {**_BODY, **_RED, "text_wrap": True},
            "black": {**_BODY, **_BLACK, "text_wrap": True},
            "label": {"bold": True, "valign": "top"},
            "words": {"text_wrap": True, "valign": "top"},
        }
        self.looks = {name: workbook.add_format(look) for name, look in looks.items()}

    def words(self, zh: str, en: str) -> str:
        """In the reader's language."""
        return Text(zh, en).pick(self.locale)

    def sheet(self, zh: str, en: str, widths: Sequence[float], title: str, subtitle: str) -> Any:
        """A sheet for A4 across, under a title and a subtitle over all its columns."""
        sheet = self._workbook.add_worksheet(self.words(zh, en))
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        self.merged(sheet, 0, 0, 0, len(widths) - 1, title, "title")
        self.merged(sheet, 1, 0, 1, len(widths) - 1, subtitle, "subtitle")
        sheet.set_row(0, 28)
        sheet.set_paper(9)  # A4
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C&P / &N")
        return sheet

    def plain(self, zh: str, en: str) -> Any:
        """A sheet without a title."""
        return self._workbook.add_worksheet(self.words(zh, en))

    def merged(self, sheet: Any, top: int, left: int, bottom: int, right: int, text: str, look: str) -> None:
        """One text over several cells; over one it is plain."""
        if (top, left) == (bottom, right):
            sheet.write_string(top, left, text, self.looks[look])
        else:
            sheet.merge_range(top, left, bottom, right, "", self.looks[look])
            sheet.write_string(top, left, text, self.looks[look])

    def line(self, sheet: Any, row: int, cells: Iterable[tuple[Cell, str]]) -> None:
        """A row of cells with their looks."""
        for place, (cell, look) in enumerate(cells):
            write_cell(sheet, row, place, cell, self.looks[look])

    def about_place(self, zh: str, en: str) -> str:
        """A title that names the place."""
        place = self.report.table.within.name
        return self.words(f"{place} {zh}", f"{place}: {en}")

    @property
    def subtitle(self) -> str:
        """The standard, its version and the period."""
        question = self.report.table.question
        resolved = question.resolved
        worth = format_number(resolved.standard.worth)
        return self.words(
            f"标准 {resolved.name}　满分 {worth}　时期 {question.period}",
            f"{resolved.name}, {worth} points, {question.period}",
        )


@dataclass(frozen=True)
class _Block:
    """A top-level group with its criteria, by their places in the document."""

    group: Group
    places: range


def _blocks(groups: Iterable[Group]) -> list[_Block]:
    blocks, start = [], 0
    for group in groups:
        count = sum(len(inner.criteria) for inner in group.walk())
        blocks.append(_Block(group, range(start, start + count)))
        start += count
    return blocks


def _scoring_sheet(book: _Book) -> None:
    """打分表: a row a village, a column a criterion, groups over their criteria, full marks below."""
    result = book.report.scores.result
    standard = result.standard
    blocks = _blocks(standard.groups)
    widths = [6, 14, 14, *(8 for block in blocks for _ in (*block.places, 0)), 9, 9, 10, 8, 6]
    title = book.about_place("打分表", "scores")
    sheet = book.sheet("打分表", "Scores", widths, title, book.subtitle)
    _scoring_head(book, sheet, blocks)
    for number, row in enumerate(sorted(book.report.table.rows, key=lambda one: one.region.code), start=1):
        at = result.table.row_of[row.region.code]
        cells: list[tuple[Cell, str]] = [
            (number, "whole"),
            (row.parent.name if row.parent else None, "text"),
            (row.region.name, "text"),
        ]
        for block in blocks:
            cells += [(result.criterion(at, place).score, "points") for place in block.places]
            cells.append((_known(result.groups[block.group.code][at]), "points"))
        adjusted = sum(float(result.adjustments[one.code][at]) for one in standard.adjustments)
        cells += [
            (adjusted if standard.adjustments else None, "points"),
            (row.score, "points"),
            (None if row.grade is None else row.grade.label.pick(book.locale), "text"),
            (row.verdict.label.pick(book.locale), "text"),
            (row.rank, "whole"),
        ]
        book.line(sheet, 4 + number, cells)
    sheet.freeze_panes(5, 3)
    sheet.repeat_rows(0, 4)


def _scoring_head(book: _Book, sheet: Any, blocks: Sequence[_Block]) -> None:
    standard = book.report.scores.result.standard
    leading = [
        book.words("序号", "no."),
        book.words("乡镇", "township"),
        book.words("村", "village"),
    ]
    for place, text in enumerate(leading):
        book.merged(sheet, 2, place, 4, place, text, "head")
    column = len(leading)
    for block in blocks:
        label = block.group.label.pick(book.locale)
        book.merged(sheet, 2, column, 2, column + len(block.places), label, "head")
        for place in block.places:
            criterion = standard.criteria[place]
            text = criterion.label.pick(book.locale) + (
                book.words("（否决）", " (veto)") if criterion.veto else ""
            )
            sheet.write_string(3, column, text, book.looks["head"])
            sheet.write_number(4, column, criterion.max_score, book.looks["head"])
            column += 1
        sheet.write_string(3, column, book.words("小计", "subtotal"), book.looks["head"])
        sheet.write_number(4, column, block.group.worth, book.looks["head"])
        column += 1
    following = [
        book.words("加减分", "bonus, penalty"),
        book.words("总分", "total"),
        book.words("等次", "grade"),
        book.words("结论", "verdict"),
        book.words("名次", "rank"),
    ]
    for place, text in enumerate(following):
        book.merged(sheet, 2, column + place, 4, column + place, text, "head")
    sheet.set_row(3, 48)


def _ranking_sheet(book: _Book) -> None:
    """排名通报: places with ties, and what each village lost most by."""
    report = book.report
    title = report.table.title.pick(book.locale)
    sheet = book.sheet("排名通报", "Ranking", [7, 16, 14, 9, 10, 7, 60], title, book.subtitle)
    heads = [("名次", "rank"), ("村", "village"), ("乡镇", "township"), ("得分", "score"), ("等次", "grade")]
    heads += [("达标", "passed"), ("主要问题", "main problems")]
    book.line(sheet, 2, [(book.words(*one), "head") for one in heads])
    for line, row in enumerate(report.table.rows, start=3):
        problems = book.words("；", "; ").join(problem_texts(row, book.locale))
        if row.rank is None and row.not_ranked is not None:
            problems = book.words("未排名：", "not ranked: ") + row.not_ranked.pick(book.locale)
        cells: list[tuple[Cell, str]] = [
            (row.rank, "whole"),
            (row.region.name, "text"),
            (row.parent.name if row.parent else None, "text"),
            (row.score, "points"),
            (None if row.grade is None else row.grade.label.pick(book.locale), "text"),
            (book.words("是", "yes") if row.passed else book.words("否", "no"), "text"),
            (problems, "text"),
        ]
        book.line(sheet, line, cells)
    sheet.freeze_panes(3, 2)
    sheet.repeat_rows(0, 2)


def _roll_sheet(book: _Book) -> None:
    """红黑榜: of the place, then township by township."""
    title = book.words(
        f"{book.report.table.within.name} 红黑榜", f"{book.report.table.within.name}: honour roll"
    )
    widths = [16, 9, 9, 10, 40, 40]
    sheet = book.sheet("红黑榜", "Honour roll", widths, title, book.subtitle)
    heads = [("地方", "place"), ("参加排名", "ranked"), ("达标", "pass"), ("平均分", "mean")]
    heads += [("红榜", "first"), ("黑榜", "last")]
    book.line(sheet, 2, [(book.words(*one), "head") for one in heads])
    for line, roll in enumerate(book.report.rolls, start=3):
        book.line(
            sheet,
            line,
            [
                (roll.place.name, "text"),
                (roll.ranked, "whole"),
                (roll.passed, "whole"),
                (roll.mean, "points"),
                (_names(book, roll.red), "red"),
                (_names(book, roll.black), "black"),
            ],
        )
    sheet.freeze_panes(3, 1)
    sheet.repeat_rows(0, 2)


def _names(book: _Book, rows: Sequence[ScoreRow]) -> str:
    return "\n".join(f"{row.rank} {row.region.name} {format_number(row.score or 0.0)}" for row in rows)


def _comparison_sheet(book: _Book, compared: Compared) -> None:
    """方案比较: every region under every scheme, and how far they agree."""
    names = [one.question.resolved.standard.label.pick(book.locale) for one in compared.scores]
    widths = [16, *(8 for _ in names for _ in range(3)), 9]
    title = book.words(
        f"{book.report.table.within.name} 方案比较", f"{book.report.table.within.name}: schemes"
    )
    told = book.words("；", "; ").join(_agreement(book, compared))
    sheet = book.sheet("方案比较", "Schemes", widths, title, told)
    book.merged(sheet, 2, 0, 3, 0, book.words("村", "village"), "head")
    for place, name in enumerate(names):
        left = 1 + 3 * place
        book.merged(sheet, 2, left, 2, left + 2, name, "head")
        heads = [("得分", "score"), ("名次", "rank"), ("达标", "passed")]
        for more, head in enumerate(heads):
            sheet.write_string(3, left + more, book.words(*head), book.looks["head"])
    last = 1 + 3 * len(names)
    book.merged(sheet, 2, last, 3, last, book.words("名次变动", "shift"), "head")
    for line, row in enumerate(book.report.table.rows, start=4):
        book.line(sheet, line, _standings(book, compared, row))
    sheet.freeze_panes(4, 1)
    sheet.repeat_rows(0, 3)


def _agreement(book: _Book, compared: Compared) -> list[str]:
    told = []
    for pair in compared.pairs.values():
        names = " ↔ ".join(one.standard.label.pick(book.locale) for one in (pair.a, pair.b))
        figures = (pair.agreement.spearman, pair.agreement.kendall_tau_b, pair.agreement.cohen_kappa)
        shown = ["—" if one is None else f"{one:.3f}" for one in figures]
        told.append(f"{names}: Spearman {shown[0]}, Kendall τ-b {shown[1]}, Cohen κ {shown[2]}")
    return told


def _standings(book: _Book, compared: Compared, row: ScoreRow) -> list[tuple[Cell, str]]:
    cells: list[tuple[Cell, str]] = [(row.region.name, "text")]
    ranks: list[int | None] = []
    for one in compared.scores:
        at = one.result.table.row_of.get(row.region.code)
        if at is None:
            cells += [(None, "points"), (None, "whole"), (None, "text")]
            ranks.append(None)
            continue
        rank = int(evidence.ranks(one, compared.scope)[at]) or None
        ranks.append(rank)
        cells += [
            (_known(one.result.total[at]), "points"),
            (rank, "whole"),
            (book.words("是", "yes") if one.result.passed[at] else book.words("否", "no"), "text"),
        ]
    first, last = ranks[0], ranks[-1]
    cells.append((None if first is None or last is None else last - first, "whole"))
    return cells


def _notes_sheet(book: _Book) -> None:
    sheet = book.plain("说明", "Notes")
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 90)
    for line, (label, value) in enumerate(about(book.report.table)):
        sheet.write_string(line, 0, label.pick(book.locale), book.looks["label"])
        sheet.write_string(line, 1, value.pick(book.locale), book.looks["words"])


def _known(value: Any) -> float | None:
    number = float(value)
    return None if number != number else number
