"""The schema put together from the rooms of the domain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import strawberry
from graphql import GraphQLError
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from liangcun_server.assessments.mutations import AssessmentMutations
from liangcun_server.assessments.subscription import Subscription
from liangcun_server.assessments.types import (
    AssessmentConnection,
    AssessmentType,
    AssessmentVerificationType,
    assessment_of,
    assessments_page,
    verification_of,
)
from liangcun_server.comparison.types import CompareStandardsInput, ComparisonType, comparison_of
from liangcun_server.evidence.types import EvidenceMutations
from liangcun_server.graphql.connections import Edge, check_first, decode_cursor, encode_cursor, page_info
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.graphql.errors import ExplainErrors
from liangcun_server.graphql.operations import RequireOperationName
from liangcun_server.graphql.scalars import SCALARS
from liangcun_server.history.types import (
    RankingChangesType,
    ValueChangeConnection,
    ranking_changes,
    span_of,
    value_changes,
)
from liangcun_server.ladder.types import LadderLevelType, LadderMutations, ladder_of
from liangcun_server.limits.bounds import DEFAULTS, Limits
from liangcun_server.limits.guarding import Guard, KeepWithinLimits
from liangcun_server.observability.operations import ObservedExecutor
from liangcun_server.observations.mutations import ObservationMutations
from liangcun_server.observations.types import (
    IndicatorConnection,
    IndicatorType,
    indicator_of,
    indicator_type,
)
from liangcun_server.operators.requiring import require_operator
from liangcun_server.planning.cost_types import CostMutations
from liangcun_server.planning.queries import PlanningQueries
from liangcun_server.plugins.mutations import PluginMutations
from liangcun_server.plugins.query_fields import with_queries
from liangcun_server.plugins.types import PluginType
from liangcun_server.regions.types import (
    AssessorLevelEnum,
    Listing,
    RegionConnection,
    RegionLevelEnum,
    RegionType,
    VillageFilter,
    as_type,
    known_region,
    region_cursor,
    region_of_code,
)
from liangcun_server.scorecards.loaders import ranking_of, scorecards_of
from liangcun_server.scorecards.types import RankingConnection, ScorecardType
from liangcun_server.sensitivity.inspection_types import InspectFirstInput, InspectionWorth, inspected_first
from liangcun_server.sensitivity.types import SensitivityInput, SensitivityType, sensitivity_of
from liangcun_server.standards.mutations import StandardMutations
from liangcun_server.standards.preview_types import PreviewStandardInput, PreviewStandardResult, previewed
from liangcun_server.standards.stored_types import BindingType, DraftType
from liangcun_server.standards.types import StandardType
from liangcun_server.whatif.types import WhatIfInput, WhatIfResult, tried_out
from liangcun_standards.errors import LiangcunError
from liangcun_standards.periods import Period
from liangcun_standards.query_fields import QueryField
from liangcun_standards.regions import contains, full_code
from liangcun_standards.vocabulary import RegionLevel


@strawberry.type
class Query(PlanningQueries):
    @strawberry.field(description="A region by its code; null when there is none.")
    async def region(self, info: LiangcunInfo, code: strawberry.ID) -> RegionType | None:
        return as_type(await region_of_code(info, code))

    @strawberry.field(description="Regions by code, of one level and within a region where asked.")
    async def regions(
        self,
        info: LiangcunInfo,
        level: RegionLevelEnum | None = None,  # type: ignore[valid-type]
        within: strawberry.ID | None = None,
        first: int | None = 50,
        after: str | None = None,
    ) -> RegionConnection:
        return await _region_page(info, Listing(within=within, level=level), first, after)

    @strawberry.field(description="A village by its code; null when there is none.")
    async def village(self, info: LiangcunInfo, code: strawberry.ID) -> RegionType | None:
        found = await region_of_code(info, code)
        return as_type(found) if found is not None and found.level is RegionLevel.VILLAGE else None

    @strawberry.field(description="Villages by code.")
    async def villages(
        self,
        info: LiangcunInfo,
        within: strawberry.ID | None = None,
        filter: VillageFilter | None = None,
        first: int | None = 50,
        after: str | None = None,
    ) -> RegionConnection:
        name = None if filter is None else filter.name_contains
        listing = Listing(within=within, level=RegionLevel.VILLAGE, name_contains=name)
        return await _region_page(info, listing, first, after)

    @strawberry.field(description="An indicator by its code; null when there is none.")
    async def indicator(self, info: LiangcunInfo, code: strawberry.ID) -> IndicatorType | None:
        await info.context.standards()
        return indicator_type(info, code)

    @strawberry.field(description="Indicators by code.")
    async def indicators(
        self, info: LiangcunInfo, first: int | None = 100, after: str | None = None
    ) -> IndicatorConnection:
        start = "" if after is None else str(decode_cursor(after, str)[0])
        catalogue = (await info.context.standards()).indicators
        codes = [code for code in sorted(catalogue) if code > start]
        page = codes[: check_first(first)]
        edges = [Edge(node=indicator_of(catalogue, code), cursor=encode_cursor(code)) for code in page]
        cursors = [edge.cursor for edge in edges]
        return IndicatorConnection(
            edges=edges, page_info=page_info(cursors, has_next=len(codes) > len(page), after=after)
        )

    @strawberry.field(
        description="The newest version of every standard; with region those of the jurisdictions around it."
    )
    async def standards(
        self,
        info: LiangcunInfo,
        region: strawberry.ID | None = None,
        level: RegionLevelEnum | None = None,  # type: ignore[valid-type]
    ) -> list[StandardType]:
        place = None if region is None else full_code(region)
        found = (await info.context.standards()).listed(place, level)
        return [StandardType(resolved=one) for one in found]

    @strawberry.field(
        description="A standard by id (220722/jiuyou-liuwu) or by code, which means the one nearest to this "
        "database's place; the newest version unless one is named. null when there is none."
    )
    async def standard(
        self,
        info: LiangcunInfo,
        id: strawberry.ID,
        version: str | None = None,
    ) -> StandardType | None:
        found = (await info.context.standards()).named(id, version, await info.context.place())
        return None if found is None else StandardType(resolved=found)

    @strawberry.field(description="Standards that were saved and have not been published. For the operator.")
    async def standard_drafts(self, info: LiangcunInfo) -> list[DraftType]:
        await require_operator(info)
        return [DraftType(stored=one) for one in (await info.context.standards()).drafts]

    @strawberry.field(
        description="Which versions of standards are bound, in the order in which that was decided; with "
        "region those that bear on it."
    )
    async def standard_bindings(
        self, info: LiangcunInfo, region: strawberry.ID | None = None
    ) -> list[BindingType]:
        place = None if region is None else full_code(region)
        return [
            BindingType(binding=one)
            for one in (await info.context.standards()).bindings
            if place is None or contains(one.region_code, place)
        ]

    @strawberry.field(
        description="What a document would change in place of what is in force. For the operator."
    )
    async def preview_standard(
        self, info: LiangcunInfo, input: PreviewStandardInput
    ) -> PreviewStandardResult:
        return await previewed(info, input)

    @strawberry.field(
        description="One village's scorecard under the version of the standard in force in the period. "
        "asOf asks what it was at that time."
    )
    async def scorecard(
        self,
        info: LiangcunInfo,
        region: strawberry.ID,
        standard: strawberry.ID,
        period: Period,
        assessor_level: AssessorLevelEnum | None = None,  # type: ignore[valid-type]
        as_of: datetime | None = None,
    ) -> ScorecardType | None:
        asked = await known_region(info, region)
        cards = await scorecards_of([asked], info, standard, period, assessor_level, as_of)
        if isinstance(cards[0], LiangcunError):
            raise cards[0]
        return cards[0]

    @strawberry.field(
        description="Villages in order of their scores. Ties share a place; classes are ranked apart."
    )
    async def ranking(
        self,
        info: LiangcunInfo,
        standard: strawberry.ID,
        within: strawberry.ID,
        period: Period,
        assessor_level: AssessorLevelEnum | None = None,  # type: ignore[valid-type]
        as_of: datetime | None = None,
        first: int | None = 50,
        after: str | None = None,
    ) -> RankingConnection:
        scope = await known_region(info, within)
        return await ranking_of(
            info, standard, scope.code, period, assessor_level, as_of, first=first, after=after
        )

    @strawberry.field(
        description="Two to six schemes side by side: how far they agree, who moves, and what is behind it."
    )
    async def compare_standards(self, info: LiangcunInfo, input: CompareStandardsInput) -> ComparisonType:
        return await comparison_of(info, input)

    @strawberry.field(description="How firm a ranking is when weights, methods and unknown values vary.")
    async def sensitivity(self, info: LiangcunInfo, input: SensitivityInput) -> SensitivityType:
        return await sensitivity_of(info, input)

    @strawberry.field(
        description="Of what is missing or bounded, the observations that narrow scores, places and verdicts "
        "most, the most so first."
    )
    async def inspect_first(
        self, info: LiangcunInfo, input: InspectFirstInput, first: int | None = 50
    ) -> list[InspectionWorth]:
        return await inspected_first(info, input, first)

    @strawberry.field(
        description="What changes to a standard in force would come to, at once. For the operator."
    )
    async def what_if(self, info: LiangcunInfo, input: WhatIfInput) -> WhatIfResult:
        return await tried_out(info, input)

    @strawberry.field(description="An assessment by its number; null when there is none.")
    async def assessment(self, info: LiangcunInfo, id: strawberry.ID) -> AssessmentType | None:
        return await assessment_of(info, id)

    @strawberry.field(description="Assessments of places within a region, the newest first.")
    async def assessments(
        self,
        info: LiangcunInfo,
        within: strawberry.ID,
        first: int | None = 50,
        after: str | None = None,
    ) -> AssessmentConnection:
        return await assessments_page(info, within, first, after)

    @strawberry.field(
        description="Work an assessment out again from what it rests upon, and compare with what is kept."
    )
    async def assessment_verification(
        self, info: LiangcunInfo, id: strawberry.ID
    ) -> AssessmentVerificationType:
        return await verification_of(info, id)

    @strawberry.field(
        description="The assessor levels of a place side by side, from the village itself up: where each "
        "stands, and what the place comes to by its values alone."
    )
    async def assessment_ladder(
        self, info: LiangcunInfo, region: strawberry.ID, standard: strawberry.ID, period: Period
    ) -> list[LadderLevelType]:
        return await ladder_of(info, region, standard, period)

    @strawberry.field(
        description="The values of a region and all in it that changed between two moments: what stood "
        "before, what stands after, by whom and why."
    )
    async def value_changes(
        self,
        info: LiangcunInfo,
        within: strawberry.ID,
        since: datetime,
        until: datetime | None = None,
        indicators: list[strawberry.ID] | None = None,
        first: int | None = 50,
        after: str | None = None,
    ) -> ValueChangeConnection:
        span = await span_of(info, since, until)
        return await value_changes(info, within, span, indicators, first, after)

    @strawberry.field(description="What changes of data between two moments did to a ranking.")
    async def ranking_changes(
        self,
        info: LiangcunInfo,
        standard: strawberry.ID,
        within: strawberry.ID,
        period: Period,
        since: datetime,
        until: datetime | None = None,
    ) -> RankingChangesType:
        span = await span_of(info, since, until)
        return await ranking_changes(info, standard, within, period, span)

    @strawberry.field(description="Every plugin installed, broken ones with what is wrong.")
    async def plugins(self, info: LiangcunInfo) -> list[PluginType]:
        await info.context.standards()  # which brings the plugins up to date with it
        return [PluginType(plugin=one) for one in info.context.application.plugins.plugins]


@strawberry.type
class Mutation(
    ObservationMutations,
    EvidenceMutations,
    StandardMutations,
    PluginMutations,
    AssessmentMutations,
    LadderMutations,
    CostMutations,
):
    """What changes something: one `input` each, answered by a payload or by why it was refused."""


async def _region_page(
    info: LiangcunInfo, listing: Listing, first: int | None, after: str | None
) -> RegionConnection:
    page = await info.context.application.known_regions.page(
        info.context,
        within=listing.within,
        level=listing.level,
        name_contains=listing.name_contains,
        first=check_first(first),
        after=region_cursor(after),
    )
    return RegionConnection.of(page, after, listing)


Extension = Callable[[], SchemaExtension]


class LiangcunSchema(strawberry.Schema):
    """The schema; ExplainErrors has logged what is worth it by the time Strawberry would."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Log nothing more: a client's mistakes are no news for the operator."""


def build_schema(
    *,
    suggestions: bool = False,
    limits: Limits = DEFAULTS,
    watching: Sequence[Extension] = (),
    checking: Sequence[Extension] = (),
    queries: Mapping[str, QueryField] | None = None,
) -> strawberry.Schema:
    """The schema; `suggestions` lets errors name fields that the client may have meant.

    What requests to it may ask for is bounded by `limits`; it counts what each client has spent. The
    extensions `watching` stand around all others, those `checking` before a document is read. `queries` are
    the fields that plugins add, by PLUGIN.NAME.
    """
    guards: list[Guard] = []
    schema = LiangcunSchema(
        query=with_queries(Query, queries or {}),
        mutation=Mutation,
        subscription=Subscription,
        extensions=[
            *watching,
            ExplainErrors,
            *checking,
            lambda: KeepWithinLimits(guards[0]),
            RequireOperationName,
        ],
        execution_context_class=ObservedExecutor,
        config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=not suggestions),
    )
    # The documents are validated against the schema, whose extensions need them.
    guards.append(Guard.of(schema._schema, limits, suggestions=suggestions))
    return schema
