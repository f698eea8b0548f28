"""One observed value, as it is written and as it is read back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import AssessorLevel, Method, Qualifier, SourceStatus


class ObservationKey(NamedTuple):
    """What a value is about; the newest revision under a key is the current value."""

    region_code: str
    indicator: str
    period: Period
    assessor_level: AssessorLevel


def periods_of(keys: Iterable[ObservationKey]) -> set[Period]:
    """The periods of keys. A batch mostly shares one object, which is seen sooner than that two are equal."""
    return set({id(key.period): key.period for key in keys}.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class NewObservation:
    """A value to record.

    `value` is any number (it is checked when recorded), or None to withdraw what stands under the key.
    `period` may be text, read when recorded. `place` says where the value was read ("values.csv, line 12"),
    for errors and warnings; it isn't stored.
    """

    region_code: str
    indicator: str
    period: Period | str
    value: Any
    qualifier: Qualifier = Qualifier.EXACT
    assessor_level: AssessorLevel = AssessorLevel.COUNTY
    source_status: SourceStatus
    source: str | None = None
    original_text: str | None = None
    scope_note: str | None = None
    method: Method | None = None
    note: str | None = None
    place: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A recorded value. `value` is None when it was withdrawn; `revision` says in which write it came."""

    region_code: str
    indicator: str
    period: Period
    value: float | None
    qualifier: Qualifier
    assessor_level: AssessorLevel
    source_status: SourceStatus
    source: str | None
    original_text: str | None
    scope_note: str | None
    method: Method | None
    note: str | None
    revision: int
    recorded_at: datetime
    recorded_by: str

    @property
    def key(self) -> ObservationKey:
        """What the value is about."""
        return ObservationKey(self.region_code, self.indicator, self.period, self.assessor_level)
