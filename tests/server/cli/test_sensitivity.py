"""`liangcun sensitivity` and `liangcun inspect-first` as an administrator uses them."""

from __future__ import annotations

import json

from tests.server.cli.conftest import Liangcun


def test_how_firm_a_ranking_is_in_words(liangcun: Liangcun) -> None:
    answer = liangcun("sensitivity", "jiuyou-liuwu", "--within", "220722", "--draws", "100", "--near", "2")
    assert answer.code == 0, answer.err
    for told in ("抽取 100 次，种子 1", "名次变动出自：权重", "临界的村", "名次反转：不会有", "达标的比例"):
        assert told in answer.out
    assert "模拟" in answer.err


def test_figures_are_written_for_a_program_and_are_the_same_again(liangcun: Liangcun) -> None:
    asked = ("sensitivity", "sanhua", "--draws", "60", "--seed", "5", "--format", "json")
    one, other = liangcun(*asked), liangcun(*asked)
    assert one.code == 0, one.err
    assert one.out_bytes == other.out_bytes
    rows = json.loads(one.out)
    assert len(rows) == 255
    assert all(row["rankLow"] <= row["rankMedian"] <= row["rankHigh"] for row in rows)


def test_what_is_varied_can_be_chosen(liangcun: Liangcun) -> None:
    answer = liangcun(
        *("sensitivity", "village-obstacles", "--draws", "50", "--fixed-weights", "--as-reported"),
        *("--normalisation", "rules", "--aggregation", "own", "--aggregation", "entropy"),
    )
    assert answer.code == 0, answer.err
    for told in ("权重未变动", "按目前的办法计分", "评分程序", "对颠倒"):
        assert told in answer.out


def test_what_can_not_be_analysed_is_explained(liangcun: Liangcun) -> None:
    for arguments, told in (
        (("--draws", "10000000"), "100,000"),
        (("--concentration", "-1"), "集中度"),
        (("--aggregation", "magic"), "可选"),
        (("--within", "220722201204"), "至少 3 个"),
        (("--margin", "-1"), "界线"),
    ):
        answer = liangcun("sensitivity", "jiuyou-liuwu", *arguments)
        assert (answer.code, told in answer.err) == (2, True), answer.err


def test_what_to_find_out_first_is_listed(liangcun: Liangcun) -> None:
    answer = liangcun("inspect-first", "jiuyou-liuwu", "--limit", "3")
    assert answer.code == 0, answer.err
    assert "查清后能缩小" in answer.out
    assert "缺报或存疑" in answer.out
    rows = json.loads(liangcun("inspect-first", "jiuyou-liuwu", "--order", "score", "-f", "json").out)
    narrows = [row["narrows"] for row in rows]
    assert len(rows) == 50
    assert narrows == sorted(narrows, reverse=True)
    assert liangcun("inspect-first", "jiuyou-liuwu", "--order", "luck").code == 2
