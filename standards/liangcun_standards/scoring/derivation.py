"""Derived indicators: worked out from measured ones by a formula, before any rule reads them.

Nobody observes a derived indicator. Where one of the figures that it comes of is missing or only bounded,
it is known as far as they allow; where the formula has no value (a division by zero), or one beyond the
indicator's range, it counts as missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from liangcun_standards.document.standard import Standard
from liangcun_standards.indicators import Indicator
from liangcun_standards.scoring.views import ExactRows, SpanRows
from liangcun_standards.table import Bounds, Column, IndicatorTable, Input


def measured(standard: Standard, indicators: Mapping[str, Indicator]) -> tuple[Input, ...]:
    """The columns of observations that scoring rests on: what the standard reads, derived ones unfolded.

    `indicators` are those of plugins.
    """
    known = standard.known(indicators)
    found: dict[Input, None] = {}
    for source in standard.inputs:
        found.update(dict.fromkeys(_bases(source, known)))
    return tuple(found)


def unfolded(sources: Iterable[Input], indicators: Mapping[str, Indicator]) -> tuple[Input, ...]:
    """The columns themselves and, after each derived one, those that it comes of."""
    found: dict[Input, None] = {}
    for source in sources:
        found[source] = None
        found.update(dict.fromkeys(_bases(source, indicators)))
    return tuple(found)


def derived(
    table: IndicatorTable, sources: Iterable[Input], indicators: Mapping[str, Indicator]
) -> IndicatorTable:
    """The table with a column for each derived indicator among `sources`; itself where there is none.

    A column that is there already stays as it is.
    """
    wanted = [one for one in sources if _is_derived(one, indicators) and one not in table.columns]
    if not wanted:
        return table
    columns = {one: _column(table, one, indicators) for one in wanted}
    return IndicatorTable(table.period, table.regions, {**table.columns, **columns}, table.peers)


def _is_derived(source: Input, indicators: Mapping[str, Indicator]) -> bool:
    indicator = indicators.get(source.indicator)
    return indicator is not None and indicator.formula is not None


def _bases(source: Input, indicators: Mapping[str, Indicator]) -> Iterable[Input]:
    if not _is_derived(source, indicators):
        return (source,)
    return tuple(Input(one, source.lag) for one in indicators[source.indicator].comes_of)


def _column(table: IndicatorTable, source: Input, indicators: Mapping[str, Indicator]) -> Column:
    indicator, lag = indicators[source.indicator], source.lag
    formula = indicator.parsed
    assert formula is not None
    low, high = indicator.range
    view = ExactRows(table, slice(0, len(table)), indicators)
    values = formula.exact(lambda one: view.read(Input(one.indicator, lag)))
    values[(values < low) | (values > high)] = np.nan
    unknown = view.unknown(_inputs(indicator, lag))
    if unknown is None:
        return Column(values, low, high)
    rows = np.flatnonzero(unknown)
    ends = formula.span(lambda one: SpanRows(table, rows, indicators).read(Input(one.indicator, lag)))
    least, most = np.maximum(ends.low, low), np.minimum(ends.high, high)
    # What can be anything is missing; what can be nothing at all in the range is as well.
    told = ((least > low) | (most < high)) & (least <= most)
    if not told.any():
        return Column(values, low, high)
    return Column(values, low, high, Bounds(rows[told], least[told], most[told]))


def _inputs(indicator: Indicator, lag: int) -> tuple[Input, ...]:
    return tuple(Input(one, lag) for one in indicator.comes_of)
