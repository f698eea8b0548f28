"""Ways of giving points, in the words that counties use: what each comes to, and what isn't guessed."""

from __future__ import annotations

from typing import Any

import pytest

from liangcun_server.scoring_tables.wording import Unclear, read_words
from liangcun_standards.vocabulary import Direction


def _rule(scoring: str, words: str = "绿化覆盖率", points: float = 5) -> dict[str, Any]:
    return read_words(scoring, words, points).rule("x")


def _missing(scoring: str, words: str = "绿化覆盖率", points: float = 5) -> str:
    with pytest.raises(Unclear) as unclear:
        read_words(scoring, words, points)
    return unclear.value.text.zh


_SHORTFALL = {"kind": "shortfall", "indicator": "x", "target": 80.0, "step": 1.0, "deduct": 0.5}
_DEDUCTION = {"kind": "deduction", "occurrences": [{"indicator": "x", "deduct": 1.0}]}
_PRESENCE = {"kind": "presence", "indicator": "x"}


@pytest.mark.parametrize(
    ("scoring", "rule"),
    [
        pytest.param("达到80%以上得5分，每降低1个百分点扣0.5分", _SHORTFALL, id="a target and steps"),
        pytest.param("达到８０％以上得５分,每降低一个百分点扣０.５分。", _SHORTFALL, id="full width"),
        pytest.param("1. 达到80%得满分；每低1%扣0.5分，扣完为止", _SHORTFALL, id="numbered, to zero"),
        pytest.param(
            "达到80%得满分，每低1%扣0.5分，最多扣3分", {**_SHORTFALL, "floor": 2.0}, id="at most 3 off"
        ),
        pytest.param(
            "达到80%以上得满分，否则不得分",
            {"kind": "threshold", "when": {"indicator": "x", "at_least": 80.0}},
            id="all or nothing",
        ),
        pytest.param(
            "达到80%得满分，不足的按比例得分",
            {"kind": "linear", "indicator": "x", "from": 0, "to": 80.0},
            id="in proportion below",
        ),
        pytest.param(
            "按比例得分", {"kind": "linear", "indicator": "x", "from": 0, "to": 100}, id="in proportion"
        ),
        pytest.param("每发现一处扣1分，扣完为止", _DEDUCTION, id="each found"),
        pytest.param("发现1处扣1分", _DEDUCTION, id="one found"),
        pytest.param("每户不合格扣1分，最多扣2分", {**_DEDUCTION, "floor": 3.0}, id="households"),
        pytest.param("有得5分，没有不得分", _PRESENCE, id="there or not"),
        pytest.param("完成得满分，未完成不得分", _PRESENCE, id="done or not"),
        pytest.param("建有文化广场得5分，否则不得分", _PRESENCE, id="built or not"),
        pytest.param("未建立制度扣5分", _PRESENCE, id="all lost without"),
        pytest.param(
            "未建立制度扣3分",
            {"kind": "states", "states": [{"when": {"indicator": "x", "is": "absent"}, "deduct": 3.0}]},
            id="some lost without",
        ),
        pytest.param(
            "每建1个得2分，最高5分",
            {"kind": "per_unit", "indicator": "x", "first": 2.0, "each": 2.0},
            id="each built",
        ),
        pytest.param(
            "由考核组根据现场情况酌情打分",
            {"kind": "judged", "parts": [{"indicator": "x", "most": 5}]},
            id="judged",
        ),
        pytest.param(
            "按０—５分酌情给分", {"kind": "judged", "parts": [{"indicator": "x", "most": 5}]}, id="judged 0-5"
        ),
    ],
)
def test_words_that_can_be_read_in_one_way_become_a_rule(scoring: str, rule: dict[str, Any]) -> None:
    assert _rule(scoring) == rule


def test_a_figure_shared_by_two_bands_belongs_to_the_one_written_first() -> None:
    falling = read_words("85%以上得10分，70%-85%得6分，70%以下不得分", "普及率", 10)
    rising = read_words("5处以下得10分，5～10处得6分，10处以上不得分", "乱堆", 10)

    assert falling.rule("x")["bands"] == [
        {"below": 70.0, "points": 0.0},
        {"below": 85.0, "points": 6.0},
        {"points": 10.0},
    ]
    assert rising.rule("x")["bands"] == [
        {"upto": 5.0, "points": 10.0},
        {"upto": 10.0, "points": 6.0},
        {"points": 0.0},
    ]
    assert (falling.better, rising.better) == (Direction.HIGHER, Direction.LOWER)
    assert falling.note is not None
    assert "先写的一档" in falling.note.zh


def test_each_one_lacking_counts_down_from_what_the_item_asks_for() -> None:
    asked = read_words("每少1个扣2分", "垃圾收集点不少于3个", 6)
    unsaid = read_words("每少1个扣2分", "垃圾收集点", 6)

    assert asked.rule("x") == {
        "kind": "shortfall",
        "indicator": "x",
        "target": 3.0,
        "step": 1.0,
        "deduct": 2.0,
    }
    assert asked.note is not None
    # What is counted then is what lacks: no indicator of what there is may be taken.
    assert unsaid.rule("x")["kind"] == "deduction"
    with pytest.raises(Unclear, match="for each of something"):
        read_words("每少1次扣1分", "每季度召开会议不少于1次", 6)
    assert not unsaid.known


@pytest.mark.parametrize(
    ("scoring", "missing"),
    [
        pytest.param("", "没有写计分办法", id="nothing"),
        pytest.param("扣完为止", "没有说扣多少", id="no figure"),
        pytest.param("查看资料", "不是认得的写法", id="unknown words"),
        pytest.param("根据资料打分", "不是认得的写法", id="not said to be judged"),
        pytest.param("达到80%以上得6分，每降低1个百分点扣0.5分", "说得6分，分值是 5 分", id="other points"),
        pytest.param("80%以上得4分，80%以下不得分", "各档最高分与分值不同", id="other points in bands"),
        pytest.param("90%以上得5分，80%-89%得3分，80%以下不得分", "空当", id="a gap between bands"),
        pytest.param("90%以上得5分，80%-90%得3分", "没有从头到尾", id="bands without an end"),
        pytest.param("90%（不含）以上得5分，90%以下不得分", "不是认得的写法", id="an end left out"),
        pytest.param("每发现一处扣1分；露天焚烧不得分", "不是认得的写法", id="two rules at once"),
        pytest.param("一项不达标扣2分", "不是认得的写法", id="each of several"),
        pytest.param("每项未达标扣2分，发现造假不得分", "不是认得的写法", id="each, and zeroing"),
        pytest.param("有专人负责得5分，没有扣1分", "倒扣", id="below zero or not"),
        pytest.param("未建立制度扣8分", "多于分值", id="more than there is"),
        pytest.param("每少2个扣1分", "从多少算起", id="two lacking, of how many"),
        pytest.param("每低1个百分点扣1分", "从多少算起", id="below which figure"),
        pytest.param("每发现2处扣1分", "不足的怎么算", id="a part of two"),
        pytest.param("达到80%得满分，每少1个扣1分", "单位不同", id="two units"),
        pytest.param("按比例得分", "按什么的比例", id="in proportion to what"),
        pytest.param("没有垃圾得5分，有不得分", "不是认得的写法", id="good without"),
        pytest.param("有规划得5分，未公示不得分", "不是认得的写法", id="two questions"),
        pytest.param("未整改到位得5分，否则不得分", "不是认得的写法", id="good when not done"),
        pytest.param("有规划或有图纸得5分，否则不得分", "不是认得的写法", id="this or that"),
        pytest.param("发现一处扣1分以上未整改扣2分", "不是认得的写法", id="a second thing"),
        pytest.param("未达到80%得5分，否则不得分", "不是认得的写法", id="a target not reached"),
        pytest.param("有垃圾乱堆不得分", "不是认得的写法", id="bad when there"),
        pytest.param("每增加1个得2分，最高5分", "不是认得的写法", id="beyond what"),
    ],
)
def test_what_can_be_read_in_more_than_one_way_is_left_to_a_person(scoring: str, missing: str) -> None:
    assert missing in _missing(scoring, "垃圾收集点" if "按比例" in scoring else "环境")


@pytest.mark.parametrize("points", [5.0, 0.5, 12.5])
def test_a_full_mark_is_what_the_item_is_worth(points: float) -> None:
    assert _rule("有得满分，没有不得分", "保洁制度", points) == _PRESENCE
