"""`liangcun plan` and `liangcun costs` as an administrator uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.server.cli.conftest import Liangcun

VILLAGE = "220722201202"


def test_a_village_s_plan_is_told_in_words(liangcun: Liangcun) -> None:
    answer = liangcun("plan", VILLAGE, "--standard", "jiuyou-liuwu")
    assert answer.code == 0, answer.err
    for told in ("欧力岗村委会", "到达标最少要", "有村庄规划", "自然资源部门", "改后（重新评分）", "达标"):
        assert told in answer.out
    assert "只是示例" in answer.err
    assert "模拟" in answer.err


def test_a_plan_is_written_for_a_program_and_for_a_grade_by_name(liangcun: Liangcun) -> None:
    answer = liangcun("plan", VILLAGE, "-s", "jiuyou-liuwu", "--target", "优秀", "-f", "json")
    assert answer.code == 0, answer.err
    rows = json.loads(answer.out)
    assert {"indicator", "before", "after", "cost", "criteria", "department", "name", "costs"} == set(rows[0])
    # A file goes around by itself.
    assert all("不是实际造价" in row["costs"] for row in rows)
    assert [row["cost"] for row in rows] == sorted((row["cost"] for row in rows), reverse=True)


def test_a_village_that_is_there_has_nothing_to_do(liangcun: Liangcun) -> None:
    answer = liangcun("plan", "220722201204", "-s", "jiuyou-liuwu")
    assert (answer.code, "已经达标，不用花钱" in answer.out) == (0, True)


def test_a_budget_is_spent_on_the_cheapest_first(liangcun: Liangcun, tmp_path: Path) -> None:
    answer = liangcun("plan", "-s", "jiuyou-liuwu", "--within", "220722201", "--budget", "50000")
    assert answer.code == 0, answer.err
    for told in ("预算 50,000 元：新增", "再加 10,000 元", "累计（元）", "做什么"):
        assert told in answer.out
    file = tmp_path / "方案.xlsx"
    written = liangcun("plan", "-s", "jiuyou-liuwu", "--within", "220722201", "-b", "50000", "-o", str(file))
    assert (written.code, written.out) == (0, "")
    assert file.stat().st_size > 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-s", "jiuyou-liuwu"], "两样写一样"),
        ([VILLAGE, "-s", "jiuyou-liuwu", "--budget", "5"], "两样写一样"),
        (["-s", "jiuyou-liuwu", "--budget", "much"], "不是数字"),
        (["-s", "jiuyou-liuwu", "--budget", "-5"], "预算应为"),
        (["-s", "jiuyou-liuwu", "--budget", "nan"], "预算应为"),
        ([VILLAGE, "-s", "jiuyou-liuwu", "--target", "最好"], "没有等次“最好”，可选：excellent"),
        (["220722201", "-s", "jiuyou-liuwu"], "评的是村级"),
        ([VILLAGE, "-s", "village-obstacles"], "不能规划"),
        ([VILLAGE, "-s", "nix"], "没有标准“nix”"),
        ([VILLAGE, "-s", "jiuyou-liuwu", "--costs", "nowhere.yaml"], "无法读取文件"),
    ],
)
def test_what_can_not_be_planned_is_explained(liangcun: Liangcun, arguments: list[str], words: str) -> None:
    answer = liangcun("plan", *arguments)
    assert (answer.code, words in answer.err) == (2, True), answer.err


def test_costs_are_shown_changed_and_put_in_place(own_liangcun: Liangcun, tmp_path: Path) -> None:
    shown = own_liangcun("costs", "show")
    assert (shown.code, "户数的 1% × 3,500 元" in shown.out, "只是示例" in shown.err) == (0, True, True)
    file = tmp_path / "单价.yaml"
    assert own_liangcun("costs", "show", "--document", "--output", str(file)).code == 0
    text = file.read_text(encoding="utf-8").replace("status: illustrative", "status: own")
    file.write_text(
        text.replace("title: 成本表示例（数字为演示而编）", "title: 长岭县单价"), encoding="utf-8"
    )
    done = own_liangcun("costs", "import", str(file), "--reason", "年度调价", "--by", "王敏")
    assert (done.code, "长岭县现用这份成本表，40 个指标" in done.out) == (0, True), done.err + done.out
    plan = own_liangcun("plan", VILLAGE, "-s", "jiuyou-liuwu")
    assert "单价出自“长岭县单价”" in plan.err
    assert "只是示例" not in plan.err
    listed = json.loads(own_liangcun("costs", "show", "-f", "json").out)
    assert {"indicator", "name", "cost", "step", "limits", "note"} == set(listed[0])


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("{indicator: village_plan, unit_cost: -1}", "costs.yaml:4:"),
        ("{indicator: village_plan, unit_cost: .nan}", "costs.yaml:4:"),
        ("{indicator: village_plam, unit_cost: 1}", "是否指 village_plan"),
        ("{indicator: terrain_class, unit_cost: 1}", "选项类指标要写 answers"),
    ],
)
def test_a_table_with_a_slip_is_not_kept(
    own_liangcun: Liangcun, tmp_path: Path, entry: str, words: str
) -> None:
    file = tmp_path / "costs.yaml"
    file.write_text(f"title: 单价\nsource: 测试\ncosts:\n  - {entry}\n", encoding="utf-8")
    answer = own_liangcun("costs", "import", str(file), "--reason", "调价")
    assert (answer.code, words in answer.err) == (2, True), answer.err
    plan = own_liangcun("plan", VILLAGE, "-s", "jiuyou-liuwu", "--costs", str(file))
    assert (plan.code, words in plan.err) == (2, True), plan.err
