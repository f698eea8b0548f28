"""九有六无: fifteen checks, and what 长岭县 changes about them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from liangcun_standards import IndicatorTable, Period, UnknownStandard, explain, load_plugins, score
from liangcun_standards.catalogue import ResolvedStandard
from liangcun_standards.table import Column
from liangcun_standards.vocabulary import IndicatorKind, RegionLevel, SourceStatus
from liangcun_standards.worked_examples import WorkedExample, check_example, load_examples

REGISTRY = load_plugins()
CHANGLING = "220722000000"
NONGAN = "220122000000"
ARTICLE = "《长岭县聚焦“五强化”确保“五到位” 推进“千村示范”创建提质增效》（中国乡村振兴网，2023-07-20）"


def named(reference: str, day: date | None = None, region: str | None = None) -> ResolvedStandard:
    return REGISTRY.standards.find(reference, region=region, day=day)


PROVINCE = named("220000/jiuyou-liuwu@2021")
COUNTY = named("220722/jiuyou-liuwu@2023")


def random_villages(number: int) -> IndicatorTable:
    """Villages with any value that each indicator can take, a tenth of them missing."""
    random = np.random.default_rng(20210101)
    columns = {}
    for source in COUNTY.standard.inputs:
        indicator = REGISTRY.indicators[source.indicator]
        low, high = indicator.range
        top = 12.0 if high > 100 else high
        values = random.choice([low, top, np.nan], number, p=[0.2, 0.7, 0.1])
        between = random.random(number) < 0.2
        values[between] = random.uniform(low, top, int(between.sum()))
        if indicator.kind is not IndicatorKind.RATE:
            values = np.round(values)
        columns[source] = Column(values, low, high)
    codes = [f"220722{village:06d}" for village in range(number)]
    return IndicatorTable(Period.parse("2023"), codes, columns)


def test_the_plugin_is_found_by_its_entry_point() -> None:
    plugin = REGISTRY.plugin("jiuyou-liuwu")
    assert plugin is not None
    assert plugin.error is None
    assert [one.name for one in plugin.publications] == [
        "220000/jiuyou-liuwu@2021",
        "220722/jiuyou-liuwu@2023",
    ]


@pytest.mark.parametrize("example", load_examples("liangcun_jiuyou_liuwu"), ids=lambda one: one.title)
def test_a_worked_example_comes_out_as_written(example: WorkedExample) -> None:
    assert check_example(example, REGISTRY.standards, REGISTRY.indicators) == []


@pytest.mark.parametrize("resolved", [PROVINCE, COUNTY], ids=lambda one: one.id)
def test_there_are_nine_haves_and_six_have_nots(resolved: ResolvedStandard) -> None:
    haves, have_nots = resolved.standard.groups
    assert (haves.title, len(haves.criteria), haves.worth) == ("九有", 9, 60)
    assert (have_nots.title, len(have_nots.criteria), have_nots.worth) == ("六无", 6, 40)
    assert all(criterion.title.startswith("有") for criterion in haves.criteria)
    assert all(criterion.title.startswith("无") for criterion in have_nots.criteria)
    assert resolved.standard.level is RegionLevel.VILLAGE


def test_the_fifteen_checks_are_those_of_the_working_reading() -> None:
    assert [criterion.title for criterion in PROVINCE.standard.criteria] == [
        "有村庄规划",
        "有主导产业",
        "有硬化路",
        "有排水沟",
        "有绿化",
        "有路灯",
        "有安全饮水与卫生厕所",
        "有保洁收运",
        "有文化广场",
        "无垃圾乱堆",
        "无污水横流",
        "无粪污",
        "无残垣断壁",
        "无柴草乱垛",
        "无私搭乱建",
    ]


@pytest.mark.parametrize("resolved", [PROVINCE, COUNTY], ids=lambda one: one.id)
def test_a_check_is_passed_in_full_or_not_at_all(resolved: ResolvedStandard) -> None:
    result = score(resolved.standard, random_villages(500), REGISTRY.indicators)
    for criterion, points in zip(resolved.standard.criteria, result.points, strict=True):
        assert set(points) == {0.0, criterion.max_score}, criterion.code


@pytest.mark.parametrize("resolved", [PROVINCE, COUNTY], ids=lambda one: one.id)
def test_every_check_says_what_it_means_and_none_claims_to_be_official(resolved: ResolvedStandard) -> None:
    for criterion in resolved.standard.criteria:
        assert criterion.title_en
        assert criterion.methods
        assert criterion.definition
        assert criterion.data_source
        assert criterion.department
        assert criterion.source.text_en
        assert criterion.source.status is not SourceStatus.OFFICIAL


def test_the_province_s_checks_are_all_a_working_interpretation() -> None:
    assert {one.source.status for one in PROVINCE.standard.criteria} == {SourceStatus.INTERPRETATION}
    assert PROVINCE.standard.source.status is SourceStatus.INTERPRETATION
    result = score(PROVINCE.standard, random_villages(1), REGISTRY.indicators)
    for place in range(15):
        assert "工作释义（非官方）" in explain(result, REGISTRY.indicators, 0, place).zh
        assert "not official" in explain(result, REGISTRY.indicators, 0, place).en


def test_changling_changes_the_two_checks_for_which_figures_were_published() -> None:
    assert [(one.change, one.target) for one in COUNTY.tailoring] == [
        ("replace", "hardened-road"),
        ("replace", "no-manure"),
    ]
    before = {one.code: one for one in PROVINCE.standard.criteria}
    changed = [one.code for one in COUNTY.standard.criteria if one != before[one.code]]
    assert changed == ["hardened-road", "no-manure"]
    assert COUNTY.standard.grades == PROVINCE.standard.grades
    assert COUNTY.standard.adjustments == PROVINCE.standard.adjustments
    assert COUNTY.extends is PROVINCE


def test_changling_s_changes_cite_the_article_and_the_rest_claims_no_more_than_before() -> None:
    published = [one for one in COUNTY.standard.criteria if one.source.status is SourceStatus.PUBLISHED]
    assert [one.code for one in published] == ["hardened-road", "no-manure"]
    assert {one.source.document for one in published} == {ARTICLE}
    assert all("工作释义" in one.source.text for one in published)


def test_each_change_gives_its_reason_with_the_published_words() -> None:
    road, manure = COUNTY.tailoring
    assert "100%" in road.reason
    assert "85%以上" in road.reason
    assert "日产日清" in manure.reason


def test_changling_asks_for_all_tuns_and_85_percent_of_main_lanes() -> None:
    road = next(one for one in COUNTY.standard.criteria if one.code == "hardened-road")
    words = road.rule.describe(REGISTRY.indicators, road.scale).zh
    assert "自然屯通硬化路率 ≥ 100%" in words
    assert "屯内主巷路硬化率 ≥ 85%" in words


@pytest.mark.parametrize(
    ("region", "day", "name"),
    [
        (CHANGLING, date(2023, 12, 31), "220722/jiuyou-liuwu@2023"),
        (CHANGLING, date(2023, 1, 1), "220722/jiuyou-liuwu@2023"),
        (CHANGLING, date(2022, 12, 31), "220000/jiuyou-liuwu@2021"),
        (NONGAN, date(2023, 12, 31), "220000/jiuyou-liuwu@2021"),
        ("220722201204", date(2023, 12, 31), "220722/jiuyou-liuwu@2023"),
    ],
)
def test_place_and_period_pick_the_version(region: str, day: date, name: str) -> None:
    assert named("jiuyou-liuwu", day, region).name == name


def test_before_2021_there_is_no_such_standard() -> None:
    with pytest.raises(UnknownStandard) as caught:
        named("jiuyou-liuwu", date(2020, 12, 31), CHANGLING)
    assert "2021-01-01" in caught.value.message.en


def test_without_a_village_plan_no_village_passes() -> None:
    vetoes = [one.code for one in PROVINCE.standard.criteria if one.veto]
    assert vetoes == ["village-plan"]
