"""A file's rows under their headings, long (a value a row) or wide (an indicator a column), as entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from liangcun_server.importing.headings import Headings
from liangcun_server.importing.model import Entry, FileRead, InvalidImport, Problem
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
_OF_ROWS = frozenset({"region", "name", "township", "period"})
_SHOWN = 120
# `place(row number, column)`: where a cell stands, for a reader.
Place = Callable[[int, int], str]


@dataclass(frozen=True)
class Layout:
    """Which column says what: `fields` by name, `indicators` by column."""

    fields: Mapping[str, int]
    indicators: Mapping[int, str]

    @property
    def is_long(self) -> bool:
        """Whether each row holds one value."""
        return "indicator" in self.fields and "value" in self.fields


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
        layout = Layout(fields, indicators)
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
        of = {name: cells[at] if at < len(cells) else None for name, at in layout.fields.items()}
        value = of["value"]
        if is_empty(value):
            return
        at = layout.fields["value"]
        where = place(number, at)
        try:
            code = self._headings.indicator(str(of["indicator"] or ""))
        except LiangcunError as error:
            column = titles[layout.fields["indicator"]]
            self._read.problems.append(Problem(where, column, error.message))
            return
        fields = {name: of[name] for name in VALUE_FIELDS if not is_empty(of.get(name))}
        self._read.entries.append(
            Entry(where, titles[at], of.get("region"), of.get("name"), code, value, of.get("period"), fields)
        )

    def _wide(
        self, layout: Layout, titles: Sequence[str], number: int, cells: Sequence[Any], place: Place
    ) -> None:
        of = {name: cells[at] if at < len(cells) else None for name, at in layout.fields.items()}
        fields = {
            name: of[name]
            for name in VALUE_FIELDS
            if name not in _OF_ROWS and name not in ("qualifier", "unit") and not is_empty(of.get(name))
        }
        for column, code in layout.indicators.items():
            value = cells[column] if column < len(cells) else None
            if is_empty(value):
                continue
            self._read.entries.append(
                Entry(
                    place(number, column),
                    titles[column].replace("\n", " "),
                    of.get("region"),
                    of.get("name"),
                    code,
                    value,
                    of.get("period"),
                    fields,
                )
            )


def is_empty(cell: Any) -> bool:
    """Whether nothing stands in a cell; NaN is how tables of figures leave one empty."""
    return cell is None or cell != cell or (isinstance(cell, str) and not cell.strip())
