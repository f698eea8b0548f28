"""What changing an indicator costs and how far it may go: the table that an administrator keeps.

    title: 长岭县 2024 年单价
    status: own                    # illustrative: a made-up example, said wherever a figure of it shows
    source: 县财政评审中心，2024 年 1 月
    costs:
      - {indicator: village_plan, unit_cost: 60000}
      - {indicator: lit_lanes_rate, unit_cost: 30, per: households, step: 1, max_change: 30}
      - {indicator: award_review_state, answers: {announced: 2000}}

Costs are in yuan. What isn't in the table isn't changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import Field, model_validator

from liangcun_standards.document.reading import read_model
from liangcun_standards.errors import InvalidValue, LiangcunError, Problem
from liangcun_standards.indicators import Indicator
from liangcun_standards.rules import DocumentPart
from liangcun_standards.text import Text, format_number
from liangcun_standards.vocabulary import Direction, IndicatorKind

# No village spends more; sums of costs stay exact to far below a cent.
LARGEST_COST = 1e9

Way = Literal["up", "down", "both"]


class InvalidCosts(LiangcunError):
    """A cost table that doesn't fit the indicators it speaks of."""

    code = "INVALID_COSTS"


class Cost(DocumentPart):
    """What it costs to change one indicator, and the limits of the change.

    A change costs `fixed_cost` once, and `unit_cost` for each unit of the indicator (a rate: a percentage
    point). With `per`, a count such as households, it costs that much for each of these: for a rate, for each
    of the share of them that a percentage point makes up. A choice has the cost of reaching an answer in
    `answers`. `direction` is the indicator's own unless given. `assumed` is what a value that isn't on record
    is taken to be when its cost is reckoned; without it, the worst that it can be. `total_change` limits the
    sum of the changes of all villages under one budget.
    """

    indicator: str
    unit_cost: float | None = Field(default=None, ge=0, le=LARGEST_COST)
    fixed_cost: float = Field(default=0.0, ge=0, le=LARGEST_COST)
    per: str | None = None
    answers: dict[str, float] = Field(default_factory=dict)
    direction: Way | None = None
    minimum: float | None = None
    maximum: float | None = None
    max_change: float | None = Field(default=None, gt=0)
    step: float | None = Field(default=None, ge=1e-6)
    assumed: float | None = None
    total_change: float | None = Field(default=None, ge=0)
    note: str | None = None
    note_en: str | None = None

    @model_validator(mode="after")
    def _one_price(self) -> Cost:
        if (self.unit_cost is None) == (not self.answers):
            raise Problem(
                "unit_cost（单价）和 answers（选项的费用）要写且只写一个",
                "needs either unit_cost or answers, the costs of a choice",
            )
        for answer, cost in self.answers.items():
            if not 0 <= cost <= LARGEST_COST:
                raise Problem("费用不能是负数", "a cost can't be negative", at=("answers", answer))
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise Problem("minimum 大于 maximum", "minimum is above maximum", at=("minimum",))
        return self

    def check(self, indicators: Mapping[str, Indicator]) -> None:
        """Raise InvalidCosts where it doesn't fit its indicator."""
        indicator = self._known(indicators, self.indicator)
        if indicator.formula is not None:
            bases = "、".join(indicator.comes_of)
            raise self._wrong(
                f"它由 {bases} 算出，请给 {bases} 定价", f"it is worked out from {bases}: give these a cost"
            )
        if (indicator.kind is IndicatorKind.CHOICE) != bool(self.answers):
            raise self._wrong(
                "选项类指标要写 answers，其他类写 unit_cost", "a choice takes answers, all others unit_cost"
            )
        for answer in self.answers:
            try:
                indicator.choice_value(answer)
            except InvalidValue as error:
                raise self._wrong(error.message.zh, error.message.en) from None
        if not self.answers:
            self._check_amounts(indicator)
        if self.per is not None and self._known(indicators, self.per).kind is not IndicatorKind.COUNT:
            raise self._wrong(f"per 的 {self.per} 不是计数类指标", f"{self.per} after per is no count")

    def _check_amounts(self, indicator: Indicator) -> None:
        if self.direction is None and indicator.direction is Direction.NEUTRAL:
            raise self._wrong(
                "它没有好坏方向，请写 direction: up、down 或 both",
                "it has no direction of its own: write direction: up, down or both",
            )
        low, high = indicator.range
        for name in ("minimum", "maximum", "assumed"):
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                shown = f"{format_number(low)} – {format_number(high)}"
                raise self._wrong(
                    f"{name} 超出指标的范围 {shown}", f"{name} is outside the indicator's range, {shown}"
                )
        if indicator.whole and self.step is not None and self.step != int(self.step):
            raise self._wrong("只能取整数，step 也要是整数", "it takes whole numbers, so step must be one")

    def _known(self, indicators: Mapping[str, Indicator], code: str) -> Indicator:
        if code not in indicators:
            from difflib import get_close_matches  # only on the way to an error

            near = get_close_matches(code, list(indicators), n=3)
            hint = "" if not near else f"；是否指 {'、'.join(near)}？"
            hint_en = "" if not near else f"; did you mean {', '.join(near)}?"
            raise self._wrong(f"没有指标“{code[:64]}”{hint}", f"there is no indicator '{code[:64]}'{hint_en}")
        return indicators[code]

    def _wrong(self, zh: str, en: str) -> InvalidCosts:
        return InvalidCosts(Text(zh, en), where=f"costs, {self.indicator[:64]}")

    def way(self, indicator: Indicator) -> Way:
        """Which way it may be changed."""
        if self.direction is not None:
            return self.direction
        return "down" if indicator.direction is Direction.LOWER else "up"

    def spacing(self, indicator: Indicator) -> float:
        """The steps in which it is changed: those given, else tenths of a percentage point, else ones."""
        if self.step is not None:
            return self.step
        return 0.1 if indicator.kind is IndicatorKind.RATE else 1.0


class CostTable(DocumentPart):
    """Costs of changes, each indicator once, and where they are from."""

    format: Literal["liangcun-costs/1"] = "liangcun-costs/1"
    title: str = Field(min_length=1, max_length=200)
    title_en: str | None = None
    status: Literal["own", "illustrative"] = "own"
    source: str = Field(min_length=1)
    source_en: str | None = None
    costs: tuple[Cost, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once(self) -> CostTable:
        seen: set[str] = set()
        for place, one in enumerate(self.costs):
            if one.indicator in seen:
                raise Problem(
                    f"指标“{one.indicator}”出现两次",
                    f"the indicator '{one.indicator}' stands twice",
                    at=("costs", place, "indicator"),
                )
            seen.add(one.indicator)
        return self

    @property
    def label(self) -> Text:
        """The title for a reader."""
        return Text(self.title, self.title_en or self.title)

    @property
    def illustrative(self) -> bool:
        """Whether the figures are a made-up example."""
        return self.status == "illustrative"

    @property
    def note(self) -> Text:
        """What must stand beside every figure that comes of it."""
        if self.illustrative:
            return Text(
                f"单价出自“{self.title}”，只是示例，不是实际造价；"
                "请先用 liangcun costs import 换成本县的单价",
                f"costs are those of '{self.label.en}', made up as an example, no actual prices; put your "
                "county's own in their place with liangcun costs import",
            )
        return Text(
            f"单价出自“{self.title}”（{self.source}）",
            f"costs are those of '{self.label.en}' ({self.source_en or self.source})",
        )

    def check(self, indicators: Mapping[str, Indicator]) -> None:
        """Raise InvalidCosts for the first cost that doesn't fit."""
        for one in self.costs:
            one.check(indicators)

    def changed(self, others: Sequence[Cost]) -> CostTable:
        """The table with some costs in place of its own, or beside them."""
        merged = {one.indicator: one for one in (*self.costs, *others)}
        return self.model_copy(update={"costs": tuple(merged.values())})


def read_costs(text: str, file: str) -> CostTable:
    """The cost table in a file's text. Raises InvalidDocument, each problem with its line and field."""
    return read_model(text, file, CostTable)
