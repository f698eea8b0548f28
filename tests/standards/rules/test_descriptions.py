"""What each rule says of itself to a reader, in Chinese and in English."""

from __future__ import annotations

import pytest
from tests.standards.rules import test_real_tables as tables
from tests.standards.rules.tables import Document, words

from liangcun_standards.text import Text

BURNING: Document = {"indicator": "burning", "is": "present"}
CASES: list[tuple[Document, float, str, str]] = [
    (
        tables.PRESENCE,
        5,
        "有村庄规划 得 5 分，否则不得分",
        "5 points if Village plan: yes, otherwise none",
    ),
    (
        {"kind": "presence", "indicator": "heaps", "want": "absent"},
        5,
        "无垃圾堆 得 5 分，否则不得分",
        "5 points if Heaps of garbage: none, otherwise none",
    ),
    (
        tables.POVERTY,
        20,
        "贫困发生率 < 3% 得 20 分，否则不得分",
        "20 points if Poverty rate < 3%, otherwise none",
    ),
    (
        tables.GROWTH,
        60,
        "收入增幅从 0%（0 分）到 15%（60 分）按比例得分",
        "Growth of income: in proportion from 0% (0 points) to 15% (60 points)",
    ),
    (
        tables.ARRIVAL,
        0.5,
        "到场时间：≤ 15 得 0.5 分，≤ 30 得 0.3 分，其余 得 0 分",
        "Minutes to arrive: ≤ 15: 0.5 points, ≤ 30: 0.3 points, beyond: 0 points",
    ),
    (
        tables.REACHED_OR_GROWN,
        0.5,
        "（污水处理率 ≥ 70% 或 较上期变化(污水处理率) ≥ 10） 得 0.5 分，否则不得分",
        "0.5 points if (Sewage treated ≥ 70% or the change since the previous period in (Sewage treated) "
        "≥ 10), otherwise none",
    ),
    (
        {"kind": "all_of", "conditions": tables.THREE_THINGS},
        3,
        "（有村庄规划 且 有农家书屋 且 有文化广场） 得 3 分，否则不得分",
        "3 points if (Village plan: yes and Library: yes and Square: yes), otherwise none",
    ),
    (
        tables.COVERAGE,
        10,
        "硬化路率 100% 得满分，每低 0.1 个百分点扣 1 分（不足的按一档计），扣完为止",
        "Paved lanes: full points at 100%, each 0.1 percentage points below costs 1 (a part of it as the "
        "whole), down to none",
    ),
    (
        tables.HEAPS,
        10,
        "满分 10 分，垃圾堆每 1 处扣 1 分，扣完为止",
        "10 points, 1 off for each: Heaps of garbage, down to none",
    ),
    (
        tables.VISITS,
        20,
        "满分 20 分，不合格户每户扣 2 分，最多扣 10 分，未走访不得分",
        "20 points, 2 off for each household (Households that failed), at the most 10; none where nobody was "
        "visited",
    ),
    (
        {"kind": "zeroing", "when": [BURNING], "rule": tables.HEAPS},
        10,
        "有露天焚烧 则此项不得分；否则 满分 10 分，垃圾堆每 1 处扣 1 分，扣完为止",
        "nothing if Open burning: yes; otherwise 10 points, 1 off for each: Heaps of garbage, down to none",
    ),
    (
        tables.STATES,
        10,
        "无评比制度扣 5 分；无按时评比扣 4 分；无评比公示扣 3 分；其余得 10 分",
        "Rules for the contest: none: 5 off; Contest held in time: none: 4 off; Results published: none: "
        "3 off; otherwise 10 points",
    ),
    (
        {"kind": "checklist", "items": tables.THREE_THINGS, "deduct": 3},
        10,
        "3 项（有村庄规划、有农家书屋、有文化广场）每一项不达标扣 3 分，扣完为止",
        "of 3 items (Village plan: yes, Library: yes, Square: yes) each one not met costs 3, down to none",
    ),
    (
        {"kind": "checklist", "items": tables.THREE_THINGS},
        9,
        "3 项（有村庄规划、有农家书屋、有文化广场）按达标比例得分，满分 9 分",
        "points for the share met of 3 items (Village plan: yes, Library: yes, Square: yes), up to 9 points",
    ),
    (
        tables.TOILETS,
        20,
        "公厕：首个得 10 分，每增加一个加 5 分，最高 20 分",
        "Public toilets: 10 for the first, 5 for each more, up to 20 points",
    ),
    (
        tables.TOILETS_NEEDED,
        10,
        "公厕：人口每 2500 人应有 1，按达到的比例得分，最高 10 分",
        "Public toilets: 1 for every 2500 people (People); points for the share reached, up to 10 points",
    ),
    (
        tables.JUDGED,
        14,
        "酌情给分：道路 0–7 分，供水 0–7 分",
        "judged by the assessor: Roads 0–7, Water supply 0–7",
    ),
    (
        tables.AGAINST_THE_MEAN,
        4,
        "污水处理率等于同组平均值得 2.4 分，每高 1 个百分点 加 0.1 分，反之减分，最低 1.5 分，最高 4 分",
        "Sewage treated: 2.4 at the peers' mean, 0.1 more for each 1 percentage point above it, between 1.5 "
        "and 4",
    ),
    (
        {"kind": "relative", "indicator": "heaps", "at_mean": 2},
        10,
        "垃圾堆等于同组平均值得 2 分，按与平均值之比得分，最低 0 分，最高 10 分",
        "Heaps of garbage: 2 at the peers' mean, in proportion to the mean, between 0 and 10",
    ),
    (
        tables.RANK,
        5,
        "污水处理率从高到低排名，第 1 名 100 分，每降 1 名减 10 分，最低 0 分，再折算为满分 5 分",
        "Sewage treated ranked highest first: 100 for the first, 10 less for each place, 0 at the least, "
        "converted to 5 points",
    ),
    (
        tables.SURVEY,
        100,
        "问卷得分 = （满意×1 + 基本满意×0.6）×40 + 问卷均分×0.5，最高 100 分",
        "survey score = (Satisfied × 1 + Fairly satisfied × 0.6) × 40 + Mean of questionnaires × 0.5, "
        "up to 100 points",
    ),
    (
        {"kind": "threshold", "when": tables.BIG_ENOUGH["conditions"][0]},
        3,
        "户数：平原 ≥ 300 户，山区 ≥ 150 户，其他不达标 得 3 分，否则不得分",
        "3 points if Households: plain ≥ 300 households, hills ≥ 150 households, other: not met, otherwise "
        "none",
    ),
    (
        {"kind": "by_class", "class": "terrain", "cases": {"plain": tables.POVERTY, "hill": tables.GROWTH}},
        10,
        "平原：贫困发生率 < 3% 得 10 分，否则不得分；山区：收入增幅从 0%（0 分）到 15%（10 分）按比例得分；"
        "其他：不得分",
        "plain: 10 points if Poverty rate < 3%, otherwise none; hills: Growth of income: in proportion from "
        "0% (0 points) to 15% (10 points); other: none",
    ),
    (
        {"kind": "formula", "formula": "20 * toilets / (people / 1000)"},
        10,
        "得分 = 20 × 公厕 ÷ (人口 ÷ 1000)，限于 0 至 10 分",
        "points = 20 × Public toilets ÷ (People ÷ 1000), between 0 and 10 points",
    ),
    (
        {"kind": "threshold", "when": {"not": {"any": [BURNING, {"indicator": "terrain", "is": "hill"}]}}},
        4,
        "非（有露天焚烧 或 地形为“山区”） 得 4 分，否则不得分",
        "4 points if not (Open burning: yes or Terrain is 'hills'), otherwise none",
    ),
    (
        {"kind": "threshold", "when": {"not": BURNING}},
        4,
        "非（有露天焚烧） 得 4 分，否则不得分",
        "4 points if not (Open burning: yes), otherwise none",
    ),
]


@pytest.mark.parametrize(("document", "most", "zh", "en"), CASES, ids=[case[2][:20] for case in CASES])
def test_a_rule_says_what_it_asks_in_both_languages(
    document: Document, most: float, zh: str, en: str
) -> None:
    assert words(document, most) == Text(zh, en)
