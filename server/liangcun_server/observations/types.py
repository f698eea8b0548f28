"""Indicators and observations in GraphQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import strawberry

from liangcun_server.evidence.types import EvidenceType, load_evidence
from liangcun_server.graphql.batching import batched
from liangcun_server.graphql.connections import Connection
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.observations import repository
from liangcun_server.observations.errors import unknown_indicator
from liangcun_server.observations.model import Observation
from liangcun_server.regions.repository import by_codes
from liangcun_server.regions.types import AssessorLevelEnum, RegionLevelEnum, RegionType
from liangcun_standards.indicators import Indicator, IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.vocabulary import Method, Qualifier, SourceStatus

QualifierEnum = strawberry.enum(
    Qualifier,
    name="Qualifier",
    description="What a figure says of the true value. 85%以上 is AT_LEAST 85, never plain 85.",
)
MethodEnum = strawberry.enum(Method, name="Method", description="测评方法")
SourceStatusEnum = strawberry.enum(
    SourceStatus, name="SourceStatus", description="How much a statement may claim."
)

RegionLazy = Annotated["RegionType", strawberry.lazy("liangcun_server.regions.types")]


@strawberry.type(description="One answer of a choice indicator; its value is its place, from 0.")
class IndicatorChoice:
    code: strawberry.ID
    value: int
    title: str


@strawberry.type(name="Indicator", description="指标：测什么、单位、范围、定义、出处")
class IndicatorType:
    indicator: strawberry.Private[Indicator]
    plugin: str | None = strawberry.field(description="The plugin that defines it.")
    standard: strawberry.ID | None = strawberry.field(
        default=None, description="The standard (JURISDICTION/CODE@VERSION) whose document defines it."
    )

    @strawberry.field
    def code(self) -> strawberry.ID:
        return strawberry.ID(self.indicator.code)

    @strawberry.field
    def name(self, info: LiangcunInfo) -> str:
        return self.indicator.label.pick(info.context.locale)

    @strawberry.field
    def unit(self) -> str | None:
        return self.indicator.unit

    @strawberry.field(description="boolean, count, quantity, rate or choice.")
    def kind(self) -> str:
        return self.indicator.kind.value

    @strawberry.field(description="higher, lower or neutral: whether more of it is better.")
    def direction(self) -> str | None:
        return self.indicator.direction.value

    @strawberry.field
    def description(self, info: LiangcunInfo) -> str | None:
        if info.context.locale == "zh":
            return self.indicator.definition
        return self.indicator.definition_en

    @strawberry.field(description="The lowest value that it can take; null when open.")
    def minimum(self) -> float | None:
        return _finite(self.indicator.range[0])

    @strawberry.field(description="The highest value that it can take; null when open.")
    def maximum(self) -> float | None:
        return _finite(self.indicator.range[1])

    @strawberry.field(description="How it is worked out from others; null for one that is measured.")
    def formula(self) -> str | None:
        return self.indicator.formula

    @strawberry.field(description="The answers of a choice indicator.")
    def choices(self, info: LiangcunInfo) -> list[IndicatorChoice]:
        zh = info.context.locale == "zh"
        return [
            IndicatorChoice(
                code=strawberry.ID(one.code), value=place, title=one.title if zh else one.title_en
            )
            for place, one in enumerate(self.indicator.choices)
        ]

    @strawberry.field(description="The level of the regions that it is measured of.")
    def level(self) -> RegionLevelEnum:  # type: ignore[valid-type]
        return self.indicator.level

    @strawberry.field(description="Where the definition is from.")
    def source(self) -> str:
        return self.indicator.source

    @strawberry.field
    def source_status(self) -> SourceStatusEnum:  # type: ignore[valid-type]
        return self.indicator.source_status


IndicatorConnection = Connection[IndicatorType]


def indicator_type(info: LiangcunInfo, code: str) -> IndicatorType | None:
    """The indicator as GraphQL shows it; None for an unknown code."""
    catalogue = info.context.indicators
    return indicator_of(catalogue, code) if code in catalogue else None


def indicator_of(catalogue: IndicatorCatalogue, code: str) -> IndicatorType:
    """The indicator of a code in the catalogue as GraphQL shows it."""
    standard = catalogue.standard(code)
    return IndicatorType(
        indicator=catalogue[code],
        plugin=catalogue.plugin(code),
        standard=None if standard is None else strawberry.ID(standard),
    )


async def load_regions(parents: Sequence[ObservationType], info: LiangcunInfo) -> list[RegionType]:
    """The region of each."""
    async with info.context.reading() as connection:
        found = await by_codes(connection, {one.observation.region_code for one in parents})
    return [RegionType.of(found[one.observation.region_code]) for one in parents]


async def load_history(parents: Sequence[ObservationType], info: LiangcunInfo) -> list[list[ObservationType]]:
    """What each superseded, newest first."""
    async with info.context.reading() as connection:
        found = await repository.history(connection, [one.observation.key for one in parents])
    return [
        [
            ObservationType(observation=old)
            for old in found[one.observation.key]
            if old.revision < one.observation.revision
        ]
        for one in parents
    ]


@strawberry.type(name="Observation", description="填报值：一个地方、一个时期、一项指标的值，从不覆盖")
class ObservationType:
    observation: strawberry.Private[Observation]

    region: RegionLazy = batched(load_regions)

    @strawberry.field
    def indicator(self, info: LiangcunInfo) -> IndicatorType:
        known = indicator_type(info, self.observation.indicator)
        if known is None:
            raise unknown_indicator(self.observation.indicator, info.context.indicators)
        return known

    @strawberry.field
    def period(self) -> Period:
        return self.observation.period

    @strawberry.field(description="The figure; for AT_LEAST and AT_MOST only an end of what is known.")
    def value(self) -> float | None:
        return self.observation.value

    @strawberry.field(description="The figure for a reader, with qualifier and unit: 不少于 85%.")
    def text(self, info: LiangcunInfo) -> str | None:
        known = indicator_type(info, self.observation.indicator)
        if known is None or self.observation.value is None:
            return None
        locale = info.context.locale
        label = self.observation.qualifier.label.pick(locale)
        shown = known.indicator.show(self.observation.value).pick(locale)
        return f"{label} {shown}".strip()

    @strawberry.field(description="The words of the source, where they were kept.")
    def original_text(self) -> str | None:
        return self.observation.original_text

    @strawberry.field(description="What exactly the figure covers, where the source says so.")
    def scope_note(self) -> str | None:
        return self.observation.scope_note

    @strawberry.field
    def qualifier(self) -> QualifierEnum:  # type: ignore[valid-type]
        return self.observation.qualifier

    @strawberry.field
    def assessor_level(self) -> AssessorLevelEnum:  # type: ignore[valid-type]
        return self.observation.assessor_level

    @strawberry.field
    def source_status(self) -> SourceStatusEnum:  # type: ignore[valid-type]
        return self.observation.source_status

    @strawberry.field
    def source(self) -> str | None:
        return self.observation.source

    @strawberry.field(description="How it was measured (测评方法).")
    def method(self, info: LiangcunInfo) -> str | None:
        method = self.observation.method
        return None if method is None else method.label.pick(info.context.locale)

    @strawberry.field(description="A note, such as why a suspect figure was confirmed.")
    def note(self) -> str | None:
        return self.observation.note

    @strawberry.field
    def recorded_at(self) -> datetime:
        return self.observation.recorded_at

    @strawberry.field
    def recorded_by(self) -> str:
        return self.observation.recorded_by

    @strawberry.field
    def revision(self) -> int:
        return self.observation.revision

    evidence: list[EvidenceType] = batched(
        load_evidence, description="The photos and documents behind it, as they came."
    )
    history: list[ObservationType] = batched(
        load_history, description="Every superseded value, newest first."
    )


def _finite(value: float) -> float | None:
    return value if abs(value) != float("inf") else None
