"""Standards in GraphQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import strawberry

from liangcun_server.graphql.batching import batched
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.observations.types import IndicatorType, SourceStatusEnum, indicator_type
from liangcun_server.regions.types import RegionLevelEnum, RegionType, regions_named
from liangcun_server.standards.differences import ChangeInWords, changes_in_words
from liangcun_standards.catalogue import ResolvedStandard
from liangcun_standards.document import Criterion, Grade, Group, Tier
from liangcun_standards.explanation import rule_text

StandardLazy = Annotated["StandardType", strawberry.lazy("liangcun_server.standards.types")]


async def load_jurisdictions(
    parents: Sequence[StandardType], info: LiangcunInfo
) -> Sequence[RegionType | None]:
    """The place that issued each; null when it isn't among the regions loaded."""
    return await regions_named(info, [one.resolved.standard.jurisdiction for one in parents])


@strawberry.type(name="Grade", description="等次")
class GradeType:
    grade: strawberry.Private[Grade]

    @strawberry.field
    def code(self) -> strawberry.ID:
        return strawberry.ID(self.grade.code)

    @strawberry.field
    def title(self, info: LiangcunInfo) -> str:
        return self.grade.label.pick(info.context.locale)

    @strawberry.field
    def min_score(self) -> float:
        return self.grade.min_score


@strawberry.type(name="Tier", description="档：逐档累进")
class TierType:
    tier: strawberry.Private[Tier]

    @strawberry.field
    def code(self) -> strawberry.ID:
        return strawberry.ID(self.tier.code)

    @strawberry.field
    def title(self, info: LiangcunInfo) -> str:
        return self.tier.label.pick(info.context.locale)

    @strawberry.field(description="The criteria or groups that it asks for, besides every tier before.")
    def requires(self) -> list[strawberry.ID]:
        return [strawberry.ID(code) for code in self.tier.requires]


@strawberry.type(name="Criterion", description="条目：按规则把指标换成分数")
class CriterionType:
    criterion: strawberry.Private[Criterion]
    group_code: strawberry.Private[str]
    resolved: strawberry.Private[ResolvedStandard]

    @strawberry.field
    def code(self) -> strawberry.ID:
        return strawberry.ID(self.criterion.code)

    @strawberry.field
    def title(self, info: LiangcunInfo) -> str:
        return self.criterion.label.pick(info.context.locale)

    @strawberry.field(description="The code of its group.")
    def group(self) -> str | None:
        return self.group_code

    @strawberry.field
    def max_score(self) -> float:
        return self.criterion.max_score

    @strawberry.field(description="The kind of rule, such as threshold or deduction.")
    def rule(self) -> str:
        return self.criterion.rule.kind

    @strawberry.field(description="The rule in words.")
    def rule_text(self, info: LiangcunInfo) -> str:
        known = self.resolved.standard.known(info.context.application.plugins.indicators)
        return rule_text(self.criterion, known).pick(info.context.locale)

    @strawberry.field(description="一票否决: failing it fails the village whatever the total.")
    def veto(self) -> bool:
        return self.criterion.veto

    @strawberry.field
    def indicators(self, info: LiangcunInfo) -> list[IndicatorType]:
        codes = dict.fromkeys(source.indicator for source in self.criterion.inputs)
        # A draft's own are known to nobody else.
        found = (indicator_type(info, code) or _own_indicator(self.resolved, code) for code in codes)
        return [one for one in found if one is not None]

    @strawberry.field
    def source_status(self) -> SourceStatusEnum:  # type: ignore[valid-type]
        return self.criterion.source.status

    @strawberry.field(description="What the criterion rests on.")
    def source(self, info: LiangcunInfo) -> str | None:
        return self.criterion.source.label.pick(info.context.locale)

    @strawberry.field(description="测评方法")
    def methods(self, info: LiangcunInfo) -> list[str]:
        return [method.label.pick(info.context.locale) for method in self.criterion.methods]

    @strawberry.field(description="责任部门")
    def department(self) -> str | None:
        return self.criterion.department

    @strawberry.field(description="指标解释及计算方法")
    def definition(self) -> str | None:
        return self.criterion.definition

    @strawberry.field(description="数据来源")
    def data_source(self) -> str | None:
        return self.criterion.data_source


@strawberry.type(name="CriterionGroup", description="类")
class GroupType:
    group: strawberry.Private[Group]
    resolved: strawberry.Private[ResolvedStandard]
    parent: str | None = strawberry.field(description="The code of the group that it stands in.")

    @strawberry.field
    def code(self) -> strawberry.ID:
        return strawberry.ID(self.group.code)

    @strawberry.field
    def title(self, info: LiangcunInfo) -> str:
        return self.group.label.pick(info.context.locale)

    @strawberry.field
    def max_score(self) -> float:
        return self.group.worth

    @strawberry.field(description="The group minimum: below it a village doesn't pass.")
    def min_score(self) -> float | None:
        return self.group.min_score

    @strawberry.field(description="How its parts are put together, such as sum or weighted_mean.")
    def aggregation(self) -> str:
        return self.group.aggregation.method

    @strawberry.field
    def criteria(self) -> list[CriterionType]:
        return [
            CriterionType(criterion=one, group_code=self.group.code, resolved=self.resolved)
            for one in self.group.criteria
        ]


@strawberry.type(name="TailoringChange", description="调整：对所依据标准的一处改动及其理由")
class ChangeType:
    words: strawberry.Private[ChangeInWords]

    @strawberry.field(description="The code of what is changed: a criterion, a group, a grade or a setting.")
    def criterion(self) -> strawberry.ID:
        return strawberry.ID(self.words.applied.target)

    @strawberry.field(description="add, remove, replace, reweigh, retitle or set.")
    def change(self) -> str:
        return self.words.applied.change

    @strawberry.field(description="What stood there, in words; null for what is added.")
    def before(self, info: LiangcunInfo) -> str | None:
        return None if self.words.before is None else self.words.before.pick(info.context.locale)

    @strawberry.field(description="What stands there now, in words; null for what is removed.")
    def after(self, info: LiangcunInfo) -> str | None:
        return None if self.words.after is None else self.words.after.pick(info.context.locale)

    @strawberry.field
    def reason(self) -> str:
        return self.words.applied.reason

    @strawberry.field(description="文号")
    def document_number(self) -> str | None:
        return self.words.applied.document_number


@strawberry.type(name="Standard", description="标准：有版本、有生效日期、属于一个地方")
class StandardType:
    resolved: strawberry.Private[ResolvedStandard]
    draft: strawberry.Private[bool] = False

    jurisdiction: RegionType | None = batched(
        load_jurisdictions, description="The place that issued it; null when it isn't loaded here."
    )

    @strawberry.field(description="JURISDICTION/CODE, such as 220722/jiuyou-liuwu.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.resolved.id)

    @strawberry.field
    def code(self) -> str:
        return self.resolved.standard.code

    @strawberry.field
    def version(self) -> str:
        return self.resolved.standard.version

    @strawberry.field
    def title(self, info: LiangcunInfo) -> str:
        return self.resolved.standard.label.pick(info.context.locale)

    @strawberry.field
    def description(self, info: LiangcunInfo) -> str | None:
        standard = self.resolved.standard
        return standard.description if info.context.locale == "zh" else standard.description_en

    @strawberry.field(description="The level of the regions that it scores.")
    def level(self) -> RegionLevelEnum:  # type: ignore[valid-type]
        return self.resolved.standard.level

    @strawberry.field
    def effective_from(self) -> str | None:
        return self.resolved.standard.effective.from_.isoformat()

    @strawberry.field
    def effective_to(self) -> str | None:
        end = self.resolved.standard.effective.to
        return None if end is None else end.isoformat()

    @strawberry.field
    def max_score(self) -> float:
        return self.resolved.standard.worth

    @strawberry.field(description="PLUGIN.NAME of the scorer that puts all criteria together; null for none.")
    def scorer(self) -> str | None:
        return self.resolved.standard.scorer

    @strawberry.field(description="SHA-256 of the resolved standard.")
    def digest(self) -> str:
        return self.resolved.standard.digest

    @strawberry.field(description="The plugin that carries it.")
    def plugin(self) -> str | None:
        return self.resolved.publication.plugin

    @strawberry.field(description="published, or draft: saved, and counting nowhere yet.")
    def status(self) -> str:
        return "draft" if self.draft else "published"

    @strawberry.field(description="How much the standard as a whole may claim.")
    def source_status(self) -> SourceStatusEnum:  # type: ignore[valid-type]
        return self.resolved.standard.source.status

    @strawberry.field(description="What the standard rests on.")
    def source(self, info: LiangcunInfo) -> str:
        return self.resolved.standard.source.label.pick(info.context.locale)

    @strawberry.field(description="Every group, a group before those inside it.")
    def groups(self) -> list[GroupType]:
        return groups_of(self.resolved)

    @strawberry.field
    def criteria(self) -> list[CriterionType]:
        return criteria_of(self.resolved)

    @strawberry.field(description="From the best down.")
    def grades(self) -> list[GradeType]:
        return [GradeType(grade=grade) for grade in self.resolved.standard.grades]

    @strawberry.field(description="Cumulative tiers, the first first.")
    def tiers(self) -> list[TierType]:
        return [TierType(tier=tier) for tier in self.resolved.standard.tiers]

    @strawberry.field(description="The standard that this one tailors.")
    def extends(self) -> StandardLazy | None:
        base = self.resolved.extends
        return None if base is None else StandardType(resolved=base)

    @strawberry.field(description="What it changes in the standard that it extends.")
    def tailoring(self, info: LiangcunInfo) -> list[ChangeType]:
        indicators = info.context.application.plugins.indicators
        return [ChangeType(words=change) for change in changes_in_words(self.resolved, indicators)]

    @strawberry.field(description="The document as it was written.")
    def document(self) -> str:
        return self.resolved.publication.text


def criteria_of(resolved: ResolvedStandard) -> list[CriterionType]:
    """The criteria in the order of the document."""
    standard = resolved.standard
    return [
        CriterionType(criterion=one, group_code=standard.group_of[one.code].code, resolved=resolved)
        for one in standard.criteria
    ]


def groups_of(resolved: ResolvedStandard) -> list[GroupType]:
    """Every group, a group before those inside it."""
    groups = resolved.standard.all_groups
    parent = {inner.code: group.code for group in groups for inner in group.groups}
    return [GroupType(group=group, resolved=resolved, parent=parent.get(group.code)) for group in groups]


def _own_indicator(resolved: ResolvedStandard, code: str) -> IndicatorType | None:
    """One that the standard's document defines, or that of a standard that it extends."""
    at: ResolvedStandard | None = resolved
    while at is not None:
        for one in at.publication.document.indicators:
            if one.code == code:
                return IndicatorType(
                    indicator=one, plugin=at.publication.plugin, standard=strawberry.ID(at.name)
                )
        at = at.extends
    return None
