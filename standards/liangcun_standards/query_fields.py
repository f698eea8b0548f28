"""Questions of their own that plugins answer in the API: `ext { plugin { field(within, period) } }`.

A field is about one standard. The server scores it over the place asked about and hands the result to the
field's Python, which gives rows; the columns that it declares are what a client can ask of a row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

from liangcun_standards.errors import PluginFailed
from liangcun_standards.table import Floats
from liangcun_standards.text import Text

ColumnType = Literal["number", "whole", "text", "truth", "region"]

_PYTHON: Mapping[str, tuple[type, ...]] = {
    "number": (int, float),
    "whole": (int,),
    "text": (str,),
    "truth": (bool,),
    "region": (str,),
}
# What a place may come to; nobody reads more, and the whole of it is held in memory.
MOST_ROWS = 100_000


class QueryColumn(NamedTuple):
    """What can be asked of a row: a name in small letters, digits and underscores, and what it means.

    A `region` is a twelve-digit code, which the client sees as the region itself.
    """

    name: str
    type: ColumnType
    description: Text


@dataclass(frozen=True)
class ScoredRegions:
    """The scored regions of a place: n regions by m criteria of the standard, in the document's order.

    `points`: (m, n), NaN where a criterion doesn't count. `max_scores`: (m,). `total`: (n,), NaN where
    nothing counts. `figures`: (m, n) for each that the standard's scorer tells.
    """

    regions: tuple[str, ...]
    criteria: tuple[str, ...]
    titles: tuple[Text, ...]
    max_scores: Floats
    points: Floats
    total: Floats
    figures: Mapping[str, Floats]


class RowsFunction(Protocol):
    """The work of a field."""

    def __call__(self, scored: ScoredRegions, /) -> Sequence[Mapping[str, Any]]:
        """The rows, each with a value or None for every column."""


@dataclass(frozen=True)
class QueryField:
    """A field as a plugin contributes it.

    `name`: small letters, digits and underscores; the API shows it in its own style (`countyObstacles`).
    `standard`: the id of the standard that it is about.
    """

    name: str
    description: Text
    standard: str
    columns: tuple[QueryColumn, ...]
    function: RowsFunction

    def rows(self, scored: ScoredRegions) -> list[dict[str, Any]]:
        """The rows, looked at. Raises PluginFailed for what the function raises, and for what are no rows."""
        try:
            given = self.function(scored)
        except PluginFailed:
            raise
        except Exception as error:
            raise PluginFailed.at(self.name, "function", error) from error
        if isinstance(given, str | Mapping) or not isinstance(given, Sequence):
            raise self._wrong("a sequence of rows", type(given).__name__)
        if len(given) > MOST_ROWS:
            raise self._wrong(f"{MOST_ROWS} rows at the most", str(len(given)))
        return [self._row(one) for one in given]

    def _row(self, row: Any) -> dict[str, Any]:
        if not isinstance(row, Mapping) or set(row) != {one.name for one in self.columns}:
            wanted = ", ".join(one.name for one in self.columns)
            raise self._wrong(
                wanted, ", ".join(map(str, row)) if isinstance(row, Mapping) else repr(row)[:80]
            )
        return {one.name: self._value(one, row[one.name]) for one in self.columns}

    def _value(self, column: QueryColumn, value: Any) -> Any:
        value = value.item() if hasattr(value, "item") else value
        if value is None or value != value:
            return None
        fits = isinstance(value, _PYTHON[column.type]) and isinstance(value, bool) == (column.type == "truth")
        if not fits or value in (float("inf"), float("-inf")):
            raise self._wrong(f"{column.name}: {column.type}", repr(value)[:80])
        return float(value) if column.type == "number" else value

    def _wrong(self, wanted: str, got: str) -> PluginFailed:
        return PluginFailed(
            self.name.partition(".")[0],
            Text(
                f"插件的查询 {self.name} 应给出 {wanted}，实际是 {got}",
                f"the plugin's field {self.name} should give {wanted}, not {got}",
            ),
        )
