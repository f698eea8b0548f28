"""Cost tables in GraphQL: what is kept for a place, and what one question puts in its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import strawberry
from pydantic import ValidationError

from liangcun_server.application import Application
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.graphql.refusals import InputRefused
from liangcun_server.graphql.writing import done
from liangcun_server.observations.types import IndicatorType, indicator_type
from liangcun_server.planning.stored_costs import Costs, costs_at, save_costs
from liangcun_server.regions.types import RegionType, known_region, regions_named
from liangcun_standards.errors import Problem
from liangcun_standards.indicators import Indicator
from liangcun_standards.planning import Cost, InvalidCosts
from liangcun_standards.regions import full_code
from liangcun_standards.text import Text


@strawberry.type(description="What reaching an answer of a choice costs.")
class AnswerCost:
    answer: strawberry.ID
    cost: float


@strawberry.type(
    name="Cost", description="What changing one indicator costs, in yuan, and how far it may go."
)
class CostType:
    cost: strawberry.Private[Cost]

    @strawberry.field(description="The indicator's code.")
    def code(self) -> strawberry.ID:
        return strawberry.ID(self.cost.indicator)

    @strawberry.field
    def indicator(self, info: LiangcunInfo) -> IndicatorType | None:
        return indicator_type(info, self.cost.indicator)

    @strawberry.field(description="Of one unit (a rate: a percentage point); null for a choice.")
    def unit_cost(self) -> float | None:
        return self.cost.unit_cost

    @strawberry.field(description="Paid once, however far the change goes.")
    def fixed_cost(self) -> float:
        return self.cost.fixed_cost

    @strawberry.field(description="The count that the cost is multiplied by, such as households.")
    def per(self) -> strawberry.ID | None:
        return None if self.cost.per is None else strawberry.ID(self.cost.per)

    @strawberry.field
    def answers(self) -> list[AnswerCost]:
        return [AnswerCost(answer=strawberry.ID(code), cost=cost) for code, cost in self.cost.answers.items()]

    @strawberry.field(description="up, down or both; null where the indicator's own direction counts.")
    def direction(self) -> str | None:
        return self.cost.direction

    @strawberry.field
    def minimum(self) -> float | None:
        return self.cost.minimum

    @strawberry.field
    def maximum(self) -> float | None:
        return self.cost.maximum

    @strawberry.field
    def max_change(self) -> float | None:
        return self.cost.max_change

    @strawberry.field
    def step(self) -> float | None:
        return self.cost.step

    @strawberry.field(description="What a value that isn't on record is taken to be.")
    def assumed(self) -> float | None:
        return self.cost.assumed

    @strawberry.field(description="The most that it may be changed in all villages together under a budget.")
    def total_change(self) -> float | None:
        return self.cost.total_change

    @strawberry.field
    def note(self, info: LiangcunInfo) -> str | None:
        return (
            Text(self.cost.note or "", self.cost.note_en or self.cost.note or "").pick(info.context.locale)
            or None
        )


@strawberry.type(name="CostTable", description="成本表: what changes cost at a place.")
class CostTableType:
    costs_: strawberry.Private[Costs]

    @strawberry.field
    def title(self, info: LiangcunInfo) -> str:
        return self.costs_.table.label.pick(info.context.locale)

    @strawberry.field(description="Whether the figures are a made-up example and no actual prices.")
    def illustrative(self) -> bool:
        return self.costs_.table.illustrative

    @strawberry.field
    def source(self) -> str:
        return self.costs_.table.source

    @strawberry.field(description="What must stand beside every figure that comes of it.")
    def note(self, info: LiangcunInfo) -> str:
        return self.costs_.table.note.pick(info.context.locale)

    @strawberry.field(description="Whose it is; null for the example that ships.")
    async def region(self, info: LiangcunInfo) -> RegionType | None:
        [found] = await regions_named(info, [self.costs_.region])
        return found

    @strawberry.field(description="The YAML text, to be changed and saved.")
    def document(self) -> str:
        return self.costs_.text

    @strawberry.field
    def costs(self) -> list[CostType]:
        return [CostType(cost=one) for one in self.costs_.table.costs]


async def cost_table_at(info: LiangcunInfo, region: str | None) -> CostTableType:
    """The costs that count at a region, or at the database's place."""
    place = await info.context.place() if region is None else (await known_region(info, region)).code
    await info.context.standards()
    async with info.context.reading() as connection:
        return CostTableType(costs_=await costs_at(connection, place))


@strawberry.input(description="What reaching an answer of a choice costs.")
class AnswerCostInput:
    answer: strawberry.ID
    cost: float


@strawberry.input(description="A cost in place of the one in the table, for this question alone; in yuan.")
class CostInput:
    indicator: strawberry.ID
    unit_cost: float | None = None
    fixed_cost: float | None = None
    per: strawberry.ID | None = None
    answers: list[AnswerCostInput] | None = None
    direction: str | None = strawberry.field(default=None, description="up, down or both.")
    minimum: float | None = None
    maximum: float | None = None
    max_change: float | None = None
    step: float | None = None
    assumed: float | None = None
    total_change: float | None = None


async def costs_asked(
    info: LiangcunInfo, place: str, given: Sequence[CostInput] | None, own: Sequence[Indicator] = ()
) -> Costs:
    """The costs of a place (a full code), with those that a question brings in their place.

    Raises InvalidCosts.
    """
    async with info.context.reading() as connection:
        found = await costs_at(connection, place)
    if not given:
        return found
    known = {**info.context.indicators, **{one.code: one for one in own}}
    return found.with_changes([_cost(one) for one in given], known)


def _cost(given: CostInput) -> Cost:
    fields: dict[str, Any] = {
        name: value for name, value in vars(given).items() if value is not None and name != "answers"
    }
    if given.answers is not None:
        fields["answers"] = {one.answer: one.cost for one in given.answers}
    try:
        return Cost.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        problem = first.get("ctx", {}).get("error")
        place = ".".join(map(str, first["loc"]))
        words = (
            problem.text
            if isinstance(problem, Problem)
            else Text(
                "值不能用（不能为负，要在范围内）", "the value can't be used (not negative, within range)"
            )
        )
        where = f"costs, {given.indicator[:64]}" + (f", {place}" if place else "")
        raise InvalidCosts(words, where=where) from None


@strawberry.input(description="A cost table to keep for a region and all in it.")
class SaveCostTableInput:
    region: strawberry.ID
    document: str = strawberry.field(description="The YAML text.")
    author: str = strawberry.field(description="Who does it, as it goes on record.")
    reason: str = strawberry.field(description="Why, as it goes on record.")
    file: str | None = strawberry.field(default=None, description="The file's name, for places in errors.")


@strawberry.type(description="The cost table counts from now on; the one before stays on record.")
class CostTableSaved:
    cost_table: CostTableType


SaveCostTableResult = Annotated[CostTableSaved | InputRefused, strawberry.union("SaveCostTableResult")]


@strawberry.type
class CostMutations:
    @strawberry.mutation(description="Keep a cost table for a region and all in it. For the operator.")
    async def save_cost_table(self, info: LiangcunInfo, input: SaveCostTableInput) -> SaveCostTableResult:
        known = (await info.context.standards()).indicators

        async def work(application: Application) -> CostTableSaved:
            saved = await save_costs(
                application.database,
                known,
                input.document,
                region=full_code(input.region),
                file=input.file or "costs.yaml",
                author=input.author,
                reason=input.reason,
            )
            return CostTableSaved(cost_table=CostTableType(costs_=saved))

        return await done(info, work)
