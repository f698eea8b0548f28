"""The county's indicators: one for each figure of the article, and none to be made up."""

from __future__ import annotations

from liangcun_standards.vocabulary import RegionLevel, SourceStatus
from liangcun_wuge_daowei import liangcun_indicators

INDICATORS = {indicator.code: indicator for indicator in liangcun_indicators()}


def test_the_article_gives_38_figures() -> None:
    assert len(INDICATORS) == 38


def test_every_figure_is_the_countys_and_published() -> None:
    for indicator in INDICATORS.values():
        assert indicator.level is RegionLevel.COUNTY
        assert indicator.source_status is SourceStatus.PUBLISHED
        assert "中国乡村振兴网，2023-07-20" in indicator.source


def test_a_countys_figure_is_never_simulated() -> None:
    assert {indicator.simulation for indicator in INDICATORS.values()} == {None}
