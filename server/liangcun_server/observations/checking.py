"""Checking values before they are recorded: every fault of a batch at once, each with its place and field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from liangcun_server.observations.model import NewObservation, ObservationKey
from liangcun_server.regions.region import Region
from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import Indicator, IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.table import LARGEST_VALUE
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import IndicatorKind, Qualifier, RegionLevel

# A reader mends the first few and tries again; the rest are in `errors`.
_SHOWN = 5
_TEXT_FIELDS = ("source", "original_text", "scope_note", "note")
_EXACT = Qualifier.EXACT
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
    checker = _Checker(catalogue, regions)
    errors: list[ObservationFault] = []
    accepted: dict[ObservationKey, NewObservation] = {}
    first: dict[ObservationKey, int] = {}
    for index, observation in enumerate(observations):
        faults = checker.faults(index, observation)
        if faults:
            errors += faults
            continue
        key = checker.key(observation)
        before = first.setdefault(key, index)
        if before != index:
            earlier = place_of(before, observations[before])
            message = Text(f"与 {earlier} 重复", f"{earlier} is about the same value")
            place = place_of(index, observation)
            errors.append(ObservationFault(message, index=index, place=place, field="indicator"))
            continue
        value = observation.value
        # A float is as it will be kept; copying a batch takes as long as checking it.
        as_kept = value is None or type(value) is float
        accepted[key] = observation if as_kept else replace(observation, value=checker.number(observation))
    if errors:
        raise InvalidObservations(errors)
    return accepted


def faults_of(
    catalogue: IndicatorCatalogue, regions: Mapping[str, Region], observations: Iterable[NewObservation]
) -> Iterator[ObservationFault]:
    """Every fault that values have by themselves; whether two are about the same isn't asked."""
    checker = _Checker(catalogue, regions)
    for index, observation in enumerate(observations):
        yield from checker.faults(index, observation)


def place_of(index: int, observation: NewObservation) -> str:
    """Where a value stands, for a reader."""
    return observation.place or f"observations[{index}]"


def _is_storable(text: str | None) -> bool:
    """PostgreSQL keeps no NUL, and neither database a lone surrogate."""
    if text is None:
        return True
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


class _Limits(NamedTuple):
    """What values of an indicator that is measured may be."""

    level: RegionLevel
    low: float
    high: float
    whole: bool
    boundable: bool

    def takes(self, value: object) -> bool:
        """Whether the value is a float that is kept as it stands."""
        return (
            type(value) is float
            and self.low <= value <= self.high
            and -LARGEST_VALUE <= value <= LARGEST_VALUE
            and (not self.whole or value.is_integer())
        )


class _Checker:
    """Checks one value after the other; what is known of indicators and periods is kept."""

    def __init__(self, catalogue: IndicatorCatalogue, regions: Mapping[str, Region]) -> None:
        self.catalogue = catalogue
        self.regions = regions
        self._periods: dict[str, Period] = {}
        self._limits: dict[str, _Limits] = {}

    def faults(self, index: int, observation: NewObservation) -> Sequence[ObservationFault]:
        """Every fault of a value."""
        return () if self._is_sound(observation) else self._every_fault(index, observation)

    def key(self, observation: NewObservation) -> ObservationKey:
        """What a value without faults is about."""
        period = observation.period
        return ObservationKey(
            observation.region_code,
            observation.indicator,
            period if isinstance(period, Period) else self._periods[period],
            observation.assessor_level,
        )

    def number(self, observation: NewObservation) -> float:
        """The figure of a value without faults, as it is kept."""
        return self.catalogue[observation.indicator].check(observation.value)

    def _is_sound(self, observation: NewObservation) -> bool:
        """Whether a value is of the usual kind, and has no fault."""
        limits = self._limits.get(observation.indicator) or self._limits_of(observation.indicator)
        region = self.regions.get(observation.region_code)
        qualifier = observation.qualifier
        return (
            limits is not None
            and limits.takes(observation.value)
            and (qualifier is _EXACT or limits.boundable or qualifier is Qualifier.SUSPECT)
            and region is not None
            and region.level is limits.level
            and isinstance(observation.period, Period)
            and _is_storable(observation.source)
            and _is_storable(observation.original_text)
            and _is_storable(observation.scope_note)
            and _is_storable(observation.note)
        )

    def _limits_of(self, code: str) -> _Limits | None:
        indicator = self.catalogue.get(code)
        if indicator is None or indicator.formula is not None:
            return None
        boundable = indicator.kind in _BOUNDABLE
        limits = _Limits(indicator.level, *indicator.range, indicator.whole, boundable)
        return self._limits.setdefault(code, limits)

    def _every_fault(self, index: int, observation: NewObservation) -> list[ObservationFault]:
        errors: list[ObservationFault] = []
        place = place_of(index, observation)

        def fault(field: str, message: Text) -> None:
            errors.append(ObservationFault(message, index=index, place=place, field=field))

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
            self._value(indicator, observation, fault)
        self._region(indicator, observation, fault)
        self._period(observation, fault)
        for field in _TEXT_FIELDS:
            if not _is_storable(getattr(observation, field)):
                fault(field, Text("含有无法保存的字符", "it has characters that can't be kept"))
        return errors

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

    def _period(self, observation: NewObservation, fault: _Fault) -> None:
        period = observation.period
        if isinstance(period, Period) or period in self._periods:
            return
        try:
            self._periods[period] = Period.parse(period)
        except LiangcunError as error:
            fault("period", error.message)

    @staticmethod
    def _value(indicator: Indicator, observation: NewObservation, fault: _Fault) -> None:
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
            return
        try:
            indicator.check(observation.value)
        except LiangcunError as error:
            fault("value", error.message)
