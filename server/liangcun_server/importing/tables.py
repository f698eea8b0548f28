"""A file's rows under their headings, long (a value a row) or wide (an indicator a column), as entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from liangcun_server.importing.headings import Headings
from liangcun_server.importing.model import Entry, FileRead, InvalidImport, Problem, Row
from liangcun_server.scoring_tables.cells import reference
from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text

# What a long file says of each value besides what it is about.
VALUE_FIELDS = (
    "assessor_level",
    "qualifier",
    "source_status",
    "source",
    "original_text",
    "scope_note",
    "method",
    "note",
    "unit",
)
# What a row of a wide file says of all its values.
_ROW_FIELDS = tuple(name for name in VALUE_FIELDS if name not in ("qualifier", "unit"))
_SHOWN = 120
# `place(row number, column)`: where a cell stands, for a reader.
Place = Callable[[int, int], str]


@dataclass(frozen=True)
class Layout:
    """Which column says what: `fields` by name, `indicators` by column, whose `titles` stand in one line."""

    fields: Mapping[str, int]
    indicators: Mapping[int, str]
    titles: Mapping[int, str]

    @property
    def is_long(self) -> bool:
        """Whether each row holds one value."""
        return "indicator" in self.fields and "value" in self.fields

    @cached_property
    def about(self) -> tuple[int | None, int | None, int | None]:
        """The columns of the region, its name and the period."""
        return self.fields.get("region"), self.fields.get("name"), self.fields.get("period")

    @cached_property
    def said(self) -> Sequence[tuple[str, int]]:
        """What rows say of their values besides, and in which column."""
        names = VALUE_FIELDS if self.is_long else _ROW_FIELDS
        return [(name, self.fields[name]) for name in names if name in self.fields]


class Table:
    """Reads the rows of one sheet or file. `form`: a survey's answers, with questions that aren't ours."""

    def __init__(
        self,
        read: FileRead,
        headings: Headings,
        *,
        form: bool = False,
        named: Mapping[str, str] | None = None,
    ) -> None:
        self._read = read
        self._headings = headings
        self._form = form
        self._named = named or {}
        self._codes: dict[str, str] = {}

    def read(
        self, titles: Sequence[str], rows: Iterable[tuple[int, Sequence[Any]]], where: str, place: Place
    ) -> None:
        """Take in `rows`, each with its number. Raises InvalidImport when a column is missing."""
        layout = self.layout(titles, where)
        taking = self._long if layout.is_long else self._wide
        for number, cells in rows:
            taking(layout, titles, number, cells, place)

    def layout(self, titles: Sequence[str], where: str) -> Layout:
        """What each column is about; headings that can't be read are problems."""
        fields: dict[str, int] = {}
        indicators: dict[int, str] = {}
        unread: list[tuple[int, Problem]] = []
        for column, title in enumerate(titles):
            told = self._named.get(title.strip(), self._last_part(title))
            name = self._headings.field(told)
            if not told.strip() or (self._form and told.startswith("_")):
                continue
            if name is not None:
                self._only_once(name, name in fields, where)
                fields[name] = column
                continue
            try:
                code = self._headings.indicator(told)
                self._only_once(code, code in indicators.values(), where)
                indicators[column] = code
            except InvalidImport:
                raise
            except LiangcunError as error:
                unread.append((column, Problem(f"{where}, {reference(0, column)}", title, error.message)))
        in_line = {column: titles[column].replace("\n", " ") for column in indicators}
        layout = Layout(fields, indicators, in_line)
        self._require(layout, titles, where, unread)
        if self._form or layout.is_long:
            self._read.ignored.extend(titles[column] for column, _ in unread)
        else:
            self._read.problems.extend(problem for _, problem in unread)
        return layout

    def _last_part(self, title: str) -> str:
        # `group/question` in KoboToolbox, `group-question` in ODK.
        return title.strip().replace("-", "/").rpartition("/")[2] if self._form else title

    @staticmethod
    def _only_once(name: str, again: bool, where: str) -> None:
        if again:
            raise InvalidImport(
                Text(f"表头中 {name} 出现两次", f"the column {name} stands twice in the headings"),
                where=where,
            )

    @staticmethod
    def _require(
        layout: Layout, titles: Sequence[str], where: str, unread: Sequence[tuple[int, Problem]]
    ) -> None:
        missing = [] if {"region", "name"} & set(layout.fields) else ["region（区划代码）"]
        if not layout.is_long and not layout.indicators:
            missing.append("indicator、value（指标、值；或每个指标一列）")
        if missing:
            found = "、".join(title.strip().replace("\n", " ") for title in titles)[:_SHOWN]
            hints = [problem.message for _, problem in unread[:3]]
            zh, en = "；".join(one.zh for one in hints), "; ".join(one.en for one in hints)
            listed = "、".join(missing)
            raise InvalidImport(
                Text(
                    f"缺少列 {listed}；实际为：{found}" + (f"（{zh}）" if zh else ""),
                    f"missing the columns {listed}; this one has: {found}" + (f" ({en})" if en else ""),
                ),
                where=where,
            )

    def _long(
        self, layout: Layout, titles: Sequence[str], number: int, cells: Sequence[Any], place: Place
    ) -> None:
        at = layout.fields["value"]
        value = cells[at] if at < len(cells) else None
        if is_empty(value):
            return
        where = place(number, at)
        said = layout.fields["indicator"]
        try:
            code = self._indicator(str((cells[said] if said < len(cells) else None) or ""))
        except LiangcunError as error:
            self._read.problems.append(Problem(where, titles[said], error.message))
            return
        row = _row(layout, cells)
        self._read.entries.append(Entry(where, titles[at], row, code, value))

    def _indicator(self, written: str) -> str:
        """What a heading names, looked up once. Raises LiangcunError."""
        known = self._codes.get(written)
        if known is None:
            known = self._codes[written] = self._headings.indicator(written)
        return known

    def _wide(
        self, layout: Layout, titles: Sequence[str], number: int, cells: Sequence[Any], place: Place
    ) -> None:
        row = None
        take = self._read.entries.append
        for column, code in layout.indicators.items():
            value = cells[column] if column < len(cells) else None
            if is_empty(value):
                continue
            if row is None:
                row = _row(layout, cells)
            take(Entry(place(number, column), layout.titles[column], row, code, value))


def _row(layout: Layout, cells: Sequence[Any]) -> Row:
    width = len(cells)
    region, name, period = (None if at is None or at >= width else cells[at] for at in layout.about)
    fields = {one: cells[at] for one, at in layout.said if at < width and not is_empty(cells[at])}
    return Row(region, name, period, fields)


def is_empty(cell: Any) -> bool:
    """Whether nothing stands in a cell; NaN is how tables of figures leave one empty."""
    return cell is None or cell != cell or (isinstance(cell, str) and not cell.strip())
