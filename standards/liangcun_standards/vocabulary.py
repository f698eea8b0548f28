"""The closed word lists of the domain, with their Chinese labels."""

from __future__ import annotations

from enum import StrEnum

from liangcun_standards.text import Text


class RegionLevel(StrEnum):
    """行政区划层级, from the top down."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"
    TUN = "tun"

    @property
    def label(self) -> Text:
        """The level's name for a reader."""
        return _REGION_LEVEL_LABELS[self]


class AssessorLevel(StrEnum):
    """考评层级, from the village itself up; a later member speaks with more authority."""

    SELF = "self"
    TOWNSHIP = "township"
    COUNTY = "county"
    PREFECTURE = "prefecture"
    PROVINCE = "province"

    @property
    def label(self) -> Text:
        """The level's name for a reader."""
        return _ASSESSOR_LEVEL_LABELS[self]

    @property
    def authority(self) -> int:
        """0 for the village itself up to 4 for the province."""
        return list(AssessorLevel).index(self)


class SourceStatus(StrEnum):
    """How much a statement may claim."""

    OFFICIAL = "official"
    PUBLISHED = "published"
    INTERPRETATION = "interpretation"
    SIMULATED = "simulated"

    @property
    def label(self) -> Text:
        """The status for a reader."""
        return _SOURCE_STATUS_LABELS[self]


class Qualifier(StrEnum):
    """What a figure says about the true value."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    SUSPECT = "suspect"

    @property
    def label(self) -> Text:
        """The qualifier for a reader; empty for exact."""
        return _QUALIFIER_LABELS[self]


class IndicatorKind(StrEnum):
    """What kind of value an indicator takes."""

    BOOLEAN = "boolean"
    COUNT = "count"
    QUANTITY = "quantity"
    RATE = "rate"
    CHOICE = "choice"


class Direction(StrEnum):
    """Whether more of it is better."""

    HIGHER = "higher"
    LOWER = "lower"
    NEUTRAL = "neutral"


class Method(StrEnum):
    """测评方法."""

    RECORDS_REVIEW = "records_review"
    ON_SITE = "on_site"
    INTERVIEW = "interview"
    SAMPLED_HOUSEHOLDS = "sampled_households"
    UNANNOUNCED = "unannounced"

    @property
    def label(self) -> Text:
        """The method for a reader."""
        return _METHOD_LABELS[self]


class ResultStatus(StrEnum):
    """How a criterion came out."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    PARTIAL = "partial"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    WAIVED = "waived"
    UNSCORED = "unscored"

    @property
    def label(self) -> Text:
        """The status for a reader."""
        return _RESULT_STATUS_LABELS[self]


class Verdict(StrEnum):
    """Whether a village passes whatever the missing and bounded values turn out to be."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNDECIDED = "undecided"

    @property
    def label(self) -> Text:
        """The verdict for a reader."""
        return _VERDICT_LABELS[self]


_REGION_LEVEL_LABELS = {
    RegionLevel.PROVINCE: Text("省级", "province"),
    RegionLevel.PREFECTURE: Text("地级", "prefecture"),
    RegionLevel.COUNTY: Text("县级", "county"),
    RegionLevel.TOWNSHIP: Text("乡级", "township"),
    RegionLevel.VILLAGE: Text("村级", "village"),
    RegionLevel.TUN: Text("自然屯", "tun"),
}
_ASSESSOR_LEVEL_LABELS = {
    AssessorLevel.SELF: Text("村自评", "self-assessment"),
    AssessorLevel.TOWNSHIP: Text("乡镇复核", "township review"),
    AssessorLevel.COUNTY: Text("县考核", "county assessment"),
    AssessorLevel.PREFECTURE: Text("市考核", "prefecture assessment"),
    AssessorLevel.PROVINCE: Text("省抽查", "provincial check"),
}
_SOURCE_STATUS_LABELS = {
    SourceStatus.OFFICIAL: Text("官方文件", "official"),
    SourceStatus.PUBLISHED: Text("公开报道", "published"),
    SourceStatus.INTERPRETATION: Text("工作释义（非官方）", "working interpretation, not official"),
    SourceStatus.SIMULATED: Text("模拟数据", "simulated"),
}
_QUALIFIER_LABELS = {
    Qualifier.EXACT: Text("", ""),
    Qualifier.AT_LEAST: Text("不少于", "at least"),
    Qualifier.AT_MOST: Text("不多于", "at most"),
    Qualifier.SUSPECT: Text("存疑", "suspect"),
}
_METHOD_LABELS = {
    Method.RECORDS_REVIEW: Text("材料审核", "records review"),
    Method.ON_SITE: Text("实地查看", "on site"),
    Method.INTERVIEW: Text("访问", "interview"),
    Method.SAMPLED_HOUSEHOLDS: Text("入户抽查", "sampled households"),
    Method.UNANNOUNCED: Text("暗检", "unannounced check"),
}
_RESULT_STATUS_LABELS = {
    ResultStatus.PASS: Text("达标", "pass"),
    ResultStatus.FAIL: Text("不达标", "fail"),
    ResultStatus.PARTIAL: Text("部分得分", "partial"),
    ResultStatus.UNKNOWN: Text("未定", "unknown"),
    ResultStatus.NOT_APPLICABLE: Text("不适用", "not applicable"),
    ResultStatus.WAIVED: Text("豁免", "waived"),
    ResultStatus.UNSCORED: Text("不计分", "unscored"),
}
_VERDICT_LABELS = {
    Verdict.PASS: Text("达标", "pass"),
    Verdict.FAIL: Text("不达标", "fail"),
    Verdict.UNDECIDED: Text("未定", "undecided"),
}
