"""The tree of a standard: groups (类) and criteria (条目), how they are put together, what they cite."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal

from pydantic import (
    Field,
    PlainSerializer,
    PrivateAttr,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)

from liangcun_standards.aggregation import ahp_weights, parse_pairwise
from liangcun_standards.aggregation.own import AggregationMethod
from liangcun_standards.errors import LiangcunError, Problem
from liangcun_standards.rules import AnyRule, Condition, DocumentPart
from liangcun_standards.rules.base import unique_inputs
from liangcun_standards.rules.own import is_own, unknown_own
from liangcun_standards.table import Input
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import Method, SourceStatus

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
Title = Annotated[str, Field(min_length=1, max_length=200)]
Missing = Literal["fail", "leave_out", "bound"]

LARGEST_SCORE = 1e6


class Source(DocumentPart):
    """Where a statement comes from, and how much it may claim."""

    status: Literal[SourceStatus.OFFICIAL, SourceStatus.PUBLISHED, SourceStatus.INTERPRETATION]
    text: str = Field(min_length=1)
    text_en: str | None = None
    document: str | None = Field(default=None, description="the number or the title of the document cited")

    @model_validator(mode="after")
    def _official_cites(self) -> Source:
        if self.status is SourceStatus.OFFICIAL and not self.document:
            raise Problem(
                "official 来源必须写明文件（document）", "an official source must cite its document"
            )
        return self

    @property
    def label(self) -> Text:
        """The status and the source in one line."""
        cited = "" if self.document is None else f"，{self.document}"
        cited_en = "" if self.document is None else f", {self.document}"
        status = self.status.label
        return Text(f"{status.zh}：{self.text}{cited}", f"{status.en}: {self.text_en or self.text}{cited_en}")


class AhpWeights(DocumentPart):
    """Weights by the analytic hierarchy process: a pairwise matrix, fractions written as 1/3."""

    ahp: tuple[tuple[float | str, ...], ...]

    @cached_property
    def weights(self) -> tuple[float, ...]:
        """One weight a child, summing to 1."""
        return tuple(float(w) for w in ahp_weights(parse_pairwise([list(row) for row in self.ahp])).weights)

    @model_validator(mode="after")
    def _consistent(self) -> AhpWeights:
        try:
            assert self.weights
        except LiangcunError as error:
            raise Problem(error.text("zh"), error.text("en")) from error
        return self


def _shipped_or_own(value: object, shipped: ValidatorFunctionWrapHandler) -> object:
    return value if is_own(value) else shipped(value)


class Aggregation(DocumentPart):
    """How the children of a group, or the groups of a standard, are put together.

    `weights: given` takes each child's weight (its max_score where it has none); `entropy` computes them from
    the villages (熵权法); `ahp` from a pairwise matrix (层次分析法). A plugin's own method goes by
    PLUGIN.NAME.
    """

    method: Annotated[
        Literal["sum", "weighted_mean", "geometric_mean", "minimum", "pass_count", "topsis"],
        WrapValidator(_shipped_or_own),
        PlainSerializer(str),
    ] = "sum"
    weights: Literal["given", "entropy"] | AhpWeights = "given"
    _own: AggregationMethod | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _find_own(self, info: ValidationInfo) -> Aggregation:
        if is_own(self.method):
            known = {} if info.context is None else info.context.aggregations
            if self.method not in known:
                raise unknown_own(Text("汇总方法", "aggregation"), self.method, known, at="method")
            if self.weights == "entropy":
                raise Problem(
                    "插件的汇总方法不能用 entropy 权重",
                    "a plugin's aggregation takes no entropy weights",
                    at=("weights",),
                )
            self._own = known[self.method]
        return self

    @property
    def own(self) -> AggregationMethod | None:
        """The plugin's method; None for one that ships."""
        return self._own

    @classmethod
    def of(cls, method: AggregationMethod) -> Aggregation:
        """Putting together by a plugin's method, given weights."""
        aggregation = cls()
        aggregation = aggregation.model_copy(update={"method": method.name})
        aggregation._own = method
        return aggregation

    @model_validator(mode="after")
    def _weights_are_used(self) -> Aggregation:
        if self.method in ("sum", "minimum", "pass_count") and self.weights != "given":
            raise Problem(
                f"{self.method} 不使用权重；请删去 weights 或改用 weighted_mean",
                f"{self.method} uses no weights; drop them or choose weighted_mean",
            )
        return self

    @property
    def peer_relative(self) -> bool:
        """Whether the result depends on other villages."""
        if self._own is not None:
            return self._own.peer_relative
        return self.method == "topsis" or self.weights == "entropy"


class Criterion(DocumentPart):
    """条目: maps indicators to points by a rule.

    `pass_share` is the share of max_score from which the criterion counts as passed. A criterion with
    max_score 0 is a pure check: it earns nothing, but may be a veto.
    """

    code: Code
    title: Title
    title_en: Title | None = None
    max_score: float = Field(ge=0, le=LARGEST_SCORE)
    weight: float | None = Field(default=None, ge=0, le=LARGEST_SCORE)
    rule: AnyRule
    missing: Missing | None = None
    applies_when: Condition | None = None
    veto: bool = False
    pass_share: float = Field(default=1.0, gt=0, le=1)
    source: Source
    methods: tuple[Method, ...] = ()
    department: str | None = None
    definition: str | None = None
    data_source: str | None = None

    @property
    def label(self) -> Text:
        """The title for a reader."""
        return Text(self.title, self.title_en or self.title)

    @property
    def scale(self) -> float:
        """What the rule works with: max_score, or 1 for a pure check."""
        return self.max_score or 1.0

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """The columns that the rule and its condition read."""
        condition = () if self.applies_when is None else self.applies_when.inputs()
        return unique_inputs(self.rule.inputs(), condition)


# Less than the last decimal that a document gives.
_SAME = 1e-9


class Group(DocumentPart):
    """类: criteria or further groups, put together by an aggregation.

    Without max_score of its own the group is worth the sum of its children's. `min_score` is the group
    minimum: a village below it doesn't pass.
    """

    code: Code
    title: Title
    title_en: Title | None = None
    max_score: float | None = Field(default=None, gt=0, le=LARGEST_SCORE)
    weight: float | None = Field(default=None, ge=0, le=LARGEST_SCORE)
    min_score: float | None = Field(default=None, ge=0)
    aggregation: Aggregation = Aggregation()
    groups: tuple[Group, ...] = ()
    criteria: tuple[Criterion, ...] = ()

    @model_validator(mode="after")
    def _has_children(self) -> Group:
        if not self.children:
            raise Problem(
                f"组 {self.code} 里既没有条目也没有下级组",
                f"the group {self.code} has neither criteria nor groups",
            )
        if self.aggregation.method == "pass_count" and self.groups:
            raise Problem(
                f"组 {self.code}：pass_count 只数条目，不数下级组",
                f"the group {self.code}: pass_count counts criteria, not groups",
            )
        check_weights(self.aggregation, self.children)
        if self.min_score is not None and self.min_score > self.worth + _SAME:
            raise Problem(
                f"组 {self.code} 的最低分 {self.min_score:g} 高于它的满分 {self.worth:g}，谁也达不到",
                f"the group {self.code} asks for {self.min_score:g} of the {self.worth:g} points that it is "
                "worth: nobody could pass",
                at=("min_score",),
            )
        return self

    @property
    def label(self) -> Text:
        """The title for a reader."""
        return Text(self.title, self.title_en or self.title)

    @property
    def children(self) -> tuple[Group | Criterion, ...]:
        """The criteria, then the groups."""
        return (*self.criteria, *self.groups)

    @property
    def worth(self) -> float:
        """The group's maximum."""
        return sum(worth(child) for child in self.children) if self.max_score is None else self.max_score

    def walk(self) -> Iterator[Group]:
        """This group and all below it, top down."""
        yield self
        for group in self.groups:
            yield from group.walk()


def worth(child: Group | Criterion) -> float:
    """The maximum of a group or a criterion."""
    return child.worth if isinstance(child, Group) else child.max_score


def child_weights(aggregation: Aggregation, children: tuple[Group | Criterion, ...]) -> tuple[float, ...]:
    """The given or the AHP weight of each child; the sum's weights are the children's maxima."""
    if isinstance(aggregation.weights, AhpWeights):
        return aggregation.weights.weights
    if aggregation.method == "sum":
        return tuple(worth(child) for child in children)
    return tuple(worth(child) if child.weight is None else child.weight for child in children)


def check_weights(aggregation: Aggregation, children: tuple[Group | Criterion, ...]) -> None:
    """Raise Problem for weights that don't fit the children, or that sum to zero."""
    weights = child_weights(aggregation, children)
    if len(weights) != len(children):
        raise Problem(
            f"判断矩阵是 {len(weights)} 项的，实际有 {len(children)} 项",
            f"the pairwise matrix is for {len(weights)} children, not {len(children)}",
            at=("aggregation",),
        )
    # Children worth nothing take no part, whatever they weigh.
    counted = [weight for child, weight in zip(children, weights, strict=True) if worth(child) > 0]
    if counted and sum(counted) <= 0:
        raise Problem("权重之和为零", "the weights sum to zero", at=("aggregation",))
