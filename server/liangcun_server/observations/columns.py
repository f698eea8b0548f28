"""Observations and indicators as columns, for breadth-first execution."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter, methodcaller
from typing import TYPE_CHECKING, Any

from liangcun_server.breadth_first.columns import HeldRows, Picked
from liangcun_server.observations.model import Observation
from liangcun_server.observations.types import IndicatorType, ObservationType, indicator_of

if TYPE_CHECKING:
    from liangcun_server.graphql.context import RequestContext

_OF_OBSERVATIONS: dict[str, Callable[[Observation], Any]] = {
    "value": attrgetter("value"),
    "qualifier": attrgetter("qualifier"),
    "period": attrgetter("period"),
    "assessorLevel": attrgetter("assessor_level"),
    "sourceStatus": attrgetter("source_status"),
    "source": attrgetter("source"),
    "originalText": attrgetter("original_text"),
    "scopeNote": attrgetter("scope_note"),
    "note": attrgetter("note"),
    "recordedAt": attrgetter("recorded_at"),
    "recordedBy": attrgetter("recorded_by"),
    "revision": attrgetter("revision"),
}
_OF_INDICATORS: dict[str, Callable[[IndicatorType], Any]] = {
    "code": methodcaller("code"),
    "plugin": attrgetter("plugin"),
    "standard": attrgetter("standard"),
    "unit": methodcaller("unit"),
    "kind": methodcaller("kind"),
    "direction": methodcaller("direction"),
    "minimum": methodcaller("minimum"),
    "maximum": methodcaller("maximum"),
    "level": methodcaller("level"),
    "source": methodcaller("source"),
    "sourceStatus": methodcaller("source_status"),
}


class ObservationRows(HeldRows[Observation]):
    """Observations of indicators that are known."""

    of = ObservationType

    def column(self, name: str, context: RequestContext) -> Any:
        """Most fields; not what depends on language."""
        if name == "indicator":
            return self._indicators(context)
        read = _OF_OBSERVATIONS.get(name)
        return None if read is None else list(map(read, self.items))

    def make(self) -> list[Any]:
        """As GraphQL shows them."""
        return [ObservationType(observation=one) for one in self.items]

    def _indicators(self, context: RequestContext) -> Picked:
        codes = [one.indicator for one in self.items]
        place = {code: number for number, code in enumerate(dict.fromkeys(codes))}
        catalogue = context.indicators
        return Picked(
            IndicatorRows([indicator_of(catalogue, code) for code in place]), [place[code] for code in codes]
        )


class IndicatorRows(HeldRows[IndicatorType]):
    """Indicators."""

    of = IndicatorType

    def column(self, name: str, context: RequestContext) -> Any:
        """What doesn't depend on language, and the name."""
        if name == "name":
            return [one.indicator.label.pick(context.locale) for one in self.items]
        read = _OF_INDICATORS.get(name)
        return None if read is None else list(map(read, self.items))
