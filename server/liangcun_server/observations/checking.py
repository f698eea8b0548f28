"""Checking values before they are recorded: every fault of a batch at once, each with its place and field."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from liangcun_server.observations.model import NewObservation, ObservationKey
from liangcun_server.regions.region import Region
from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import Indicator, IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import IndicatorKind, Qualifier

# A reader mends the first few and tries again; the rest are in `errors`.
_SHOWN = 5
_TEXT_FIELDS = ("source", "original_text", "scope_note", "note")
_BOUNDABLE = frozenset({IndicatorKind.COUNT, IndicatorKind.QUANTITY, IndicatorKind.RATE})


_Fault = Callable[[str, Text], None]


class ObservationFault(LiangcunError):
    """One fault of one value; `index` counts the values of the batch from 0."""

    code = "INVALID_OBSERVATION"

    def __init__(self, message: Text, *, index: int, place: str, field: str) -> None:
        super().__init__(message, where=f"{place}, {field}")
        self.index = index
        self.field = field


class InvalidObservations(LiangcunError):
    """A batch of which nothing was recorded; `errors` holds every fault."""

    code = "INVALID_OBSERVATIONS"

    def __init__(self, errors: Sequence[ObservationFault]) -> None:
        shown = errors[:_SHOWN]
        zh = "；".join(error.text("zh") for error in shown)
        en = "; ".join(error.text("en") for error in shown)
        hidden = len(errors) - len(shown)
        if hidden:
            zh += f"；另有 {hidden} 处"
            en += f"; and {hidden} more"
        super().__init__(Text(f"未写入任何数据。{zh}", f"nothing was recorded. {en}"))
        self.errors = tuple(errors)


def check_observations(
    catalogue: IndicatorCatalogue, regions: Mapping[str, Region], observations: Sequence[NewObservation]
) -> dict[ObservationKey, NewObservation]:
    """The values by what they are about, in their order, each with `value` as a float.

    `regions` holds the regions that exist among those named. Raises InvalidObservations with every fault.
    """
    batch = _Batch(catalogue, regions)
    for index, observation in enumerate(observations):
        batch.add(index, observation)
    if batch.errors:
        raise InvalidObservations(batch.errors)
    return batch.accepted


def place_of(index: int, observation: NewObservation) -> str:
    """Where a value stands, for a reader."""
    return observation.place or f"observations[{index}]"


def _storable(text: str) -> bool:
    """PostgreSQL keeps no NUL, and neither database a lone surrogate."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


class _Batch:
    def __init__(self, catalogue: IndicatorCatalogue, regions: Mapping[str, Region]) -> None:
        self.catalogue = catalogue
        self.regions = regions
        self.errors: list[ObservationFault] = []
        self.accepted: dict[ObservationKey, NewObservation] = {}
        self._first: dict[ObservationKey, str] = {}
        self._periods: dict[str, Period] = {}

    def add(self, index: int, observation: NewObservation) -> None:
        faults = len(self.errors)
        place = place_of(index, observation)

        def fault(field: str, message: Text) -> None:
            self.errors.append(ObservationFault(message, index=index, place=place, field=field))

        value: float | None = None
        indicator = self.catalogue.get(observation.indicator)
        if indicator is None:
            name = str(observation.indicator)[:64]
            fault("indicator", Text(f"没有指标“{name}”", f"there is no indicator '{name}'"))
        elif indicator.formula is not None:
            bases = indicator.comes_of
            fault(
                "indicator",
                Text(
                    f"指标 {indicator.code} 是算出来的，请填报 {'、'.join(bases)}",
                    f"{indicator.code} is worked out; record {', '.join(bases)} instead",
                ),
            )
        else:
            value = self._value(indicator, observation, fault)
        self._region(indicator, observation, fault)
        period = self._period(observation, fault)
        for field in _TEXT_FIELDS:
            text = getattr(observation, field)
            if text is not None and not _storable(text):
                fault(field, Text("含有无法保存的字符", "it has characters that can't be kept"))
        if len(self.errors) > faults or period is None:
            return
        key = ObservationKey(
            observation.region_code, observation.indicator, period, observation.assessor_level
        )
        if key in self._first:
            earlier = self._first[key]
            fault("indicator", Text(f"与 {earlier} 重复", f"{earlier} is about the same value"))
            return
        self._first[key] = place
        # A float is as it will be kept; copying a batch takes as long as checking it.
        as_kept = type(observation.value) is float
        self.accepted[key] = observation if as_kept else replace(observation, value=value)

    def _region(self, indicator: Indicator | None, observation: NewObservation, fault: _Fault) -> None:
        region = self.regions.get(observation.region_code)
        if region is None:
            code = str(observation.region_code)[:40]
            fault("region_code", Text(f"没有行政区划“{code}”", f"there is no region '{code}'"))
        elif indicator is not None and region.level is not indicator.level:
            wanted, found = indicator.level.label, region.level.label
            fault(
                "region_code",
                Text(
                    f"指标 {indicator.code} 属{wanted.zh}，而 {region.name} 是{found.zh}",
                    f"{indicator.code} is about a {wanted.en}, and {region.name} is a {found.en}",
                ),
            )

    def _period(self, observation: NewObservation, fault: _Fault) -> Period | None:
        if isinstance(observation.period, Period):
            return observation.period
        known = self._periods.get(observation.period)
        if known is None:
            try:
                known = self._periods[observation.period] = Period.parse(observation.period)
            except LiangcunError as error:
                fault("period", error.message)
        return known

    @staticmethod
    def _value(indicator: Indicator, observation: NewObservation, fault: _Fault) -> float | None:
        exact = observation.qualifier is Qualifier.EXACT
        if not exact and observation.value is None:
            fault("qualifier", Text("撤回的值不带限定词", "a value that is withdrawn has no qualifier"))
        bounded = observation.qualifier in (Qualifier.AT_LEAST, Qualifier.AT_MOST)
        if bounded and indicator.kind not in _BOUNDABLE:
            fault(
                "qualifier",
                Text(
                    f"指标 {indicator.code} 只有选项，不能写“不少于”或“不多于”",
                    f"{indicator.code} has answers, not amounts: it can't be at least or at most one",
                ),
            )
        if observation.value is None:
            return None
        try:
            return indicator.check(observation.value)
        except LiangcunError as error:
            fault("value", error.message)
            return math.nan
