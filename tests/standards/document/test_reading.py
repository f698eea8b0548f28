"""Reading a document: what is wrong is told in both languages, with file, line, column and field."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.standards.document.documents import LAMPS, TAILORING, changed, refusal, standard, tailoring

from liangcun_standards.document import read_standard_file
from liangcun_standards.errors import InvalidDocument

LINEAR = "rule: {kind: linear, indicator: lit_lanes_rate, from: 0, to: 90}"
THRESHOLD = "rule: {kind: threshold, when: {indicator: lamps_working_rate, at_least: 95}}"
LIT = "groups.0.criteria.0"


def test_a_valid_document_is_a_standard() -> None:
    lamps = standard(LAMPS)
    assert lamps.jurisdiction == "220722000000"
    assert lamps.version == "2023"
    assert [criterion.code for criterion in lamps.criteria] == ["lit-lanes", "lamps-working"]
    assert lamps.worth == 100


def test_a_document_that_extends_another_is_a_tailoring() -> None:
    assert tailoring(TAILORING).extends == "220000/lamps"


@pytest.mark.parametrize(
    ("formula", "column", "en", "zh"),
    [
        ("60 * lit_lanes_rate / 0", 23, "division by zero", "不能除以零"),
        ("60 * lit_lanes_rate +", 22, "a value is missing here", "后面还缺一个值"),
        ("lit_lanes_rate ** 2", 16, "there is no power here", "没有乘方"),
        ("__import__(lit_lanes_rate)", 1, "__import__", "__import__"),
        ("lit_lanes_rate.real", 15, "", ""),
    ],
)
def test_a_formula_is_refused_at_the_column_of_its_fault(formula: str, column: int, en: str, zh: str) -> None:
    error = refusal(changed(LINEAR, f"rule: {{kind: formula, formula: '{formula}'}}"))
    assert str(error).startswith(f"lamps.yaml:18:40: {LIT}.rule.formula: column {column}: ")
    assert en in str(error)
    assert zh in error.text("zh")


def test_a_condition_s_formula_must_compare_something() -> None:
    error = refusal(changed(THRESHOLD, "rule: {kind: threshold, when: {formula: lamps_working_rate * 2}}"))
    assert "groups.0.criteria.1.rule.when.formula: a condition's formula must compare something" in str(error)


def test_every_problem_is_told_at_once() -> None:
    text = changed("max_score: 60", "max_score: sixty", changed("max_score: 40", "max_score: forty"))
    assert [line.split(": ")[0] for line in str(refusal(text)).split("\n")] == [
        "lamps.yaml:17:20",
        "lamps.yaml:23:20",
    ]


def test_more_problems_than_one_reads_are_counted() -> None:
    criterion = "      - {code: x, title: x}\n"
    error = refusal(changed("grades:\n", criterion * 30 + "grades:\n"))
    assert len(str(error).split("\n")) == 21
    assert str(error).endswith("… and 70 more")
    assert error.text("zh").endswith("……还有 70 处")


@pytest.mark.parametrize(
    ("old", "new", "en", "zh"),
    [
        (
            "code: lamps-working",
            "code: lit-lanes",
            "20:15: groups.0.criteria.1.code: the code 'lit-lanes' stands twice",
            "code“lit-lanes”重复出现",
        ),
        (
            "code: lamps-working",
            "code: lit",
            "20:15: groups.0.criteria.1.code: the code 'lit' stands twice",
            "重复出现",
        ),
        ("code: fail", "code: pass", "28:12: grades.1.code: the grade 'pass' stands twice", "重复出现"),
        (
            "min_score: 0}",
            "min_score: 80}",
            "28:63: grades.1.min_score: grades must stand from the highest",
            "从高到低",
        ),
        ("{grade: pass}", "{grade: good}", "29:18: passing.grade: passing names the grade 'good'", "不存在"),
        (
            "level: village\n",
            "level: village\ntiers: [{code: one, title: 一, title_en: One, requires: [lit, dark]}]\n",
            "9:62: tiers.0.requires.1: the tier 'one' requires 'dark'",
            "要求的“dark”不存在",
        ),
        (
            "min_score: 60}",
            "min_score: 60, tier: top}",
            "grades.0.tier: the grade 'pass' names the tier 'top'",
            "不存在",
        ),
        (
            "level: village\n",
            "level: village\naggregation: {method: pass_count}\n",
            "9:14: aggregation: pass_count belongs to a group",
            "pass_count 只能用在组里",
        ),
        (
            "level: village\n",
            "level: village\naggregation: {method: sum, weights: entropy}\n",
            "9:14: aggregation: sum uses no weights",
            "sum 不使用权重",
        ),
    ],
)
def test_parts_that_do_not_fit_one_another_are_told_where_they_stand(
    old: str, new: str, en: str, zh: str
) -> None:
    error = refusal(changed(old, new))
    assert en in str(error)
    assert zh in error.text("zh")
    assert str(error).startswith("lamps.yaml:")


def test_no_points_at_all_are_weights_that_sum_to_zero() -> None:
    text = changed("max_score: 60", "max_score: 0", changed("max_score: 40", "max_score: 0"))
    error = refusal(text)
    assert str(error) == "lamps.yaml:10:3: groups: the weights sum to zero: no criterion earns any points"
    assert error.text("zh") == "lamps.yaml:10:3: groups: 权重之和为零：没有任何条目能得分"


def test_weights_that_sum_to_zero_are_refused() -> None:
    text = changed("title_en: Lit\n", "title_en: Lit\n    aggregation: {method: weighted_mean}\n")
    text = changed("max_score: 60", "max_score: 60\n        weight: 0", text)
    text = changed("max_score: 40", "max_score: 40\n        weight: 0", text)
    error = refusal(text)
    assert str(error) == "lamps.yaml:13:18: groups.0.aggregation: the weights sum to zero"
    assert error.text("zh") == "lamps.yaml:13:18: groups.0.aggregation: 权重之和为零"


def test_weight_on_what_earns_nothing_is_no_weight() -> None:
    text = changed("title_en: Lit\n", "title_en: Lit\n    aggregation: {method: weighted_mean}\n")
    text = changed("max_score: 60", "max_score: 60\n        weight: 0", text)
    text = changed("max_score: 40", "max_score: 0\n        weight: 1", text)
    assert "the weights sum to zero" in str(refusal(text))


def test_a_pairwise_matrix_must_fit_the_children() -> None:
    matrix = (
        "    aggregation: {method: weighted_mean, weights: {ahp: [[1, 2, 4], [1/2, 1, 2], [1/4, 1/2, 1]]}}\n"
    )
    error = refusal(changed("title_en: Lit\n", f"title_en: Lit\n{matrix}"))
    assert str(error).endswith("groups.0.aggregation: the pairwise matrix is for 3 children, not 2")


def test_a_group_needs_children() -> None:
    text = LAMPS[: LAMPS.index("    criteria:")] + LAMPS[LAMPS.index("grades:") :]
    assert "groups.0: the group lit has neither criteria nor groups" in str(refusal(text))


@pytest.mark.parametrize("text", ["[1, 2]", "路灯", "5"])
def test_a_document_starts_with_keys(text: str) -> None:
    assert str(refusal(text)) == "lamps.yaml: a document starts with keys (jurisdiction:, code: …)"


def test_a_file_is_read_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    plain, marked = tmp_path / "plain.yaml", tmp_path / "marked.yaml"
    plain.write_bytes(LAMPS.encode())
    marked.write_bytes(LAMPS.encode("utf-8-sig"))
    assert read_standard_file(plain) == read_standard_file(marked) == standard(LAMPS)


def test_a_file_in_gbk_is_refused_where_it_stops_being_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "lamps.yaml"
    path.write_bytes(LAMPS.encode("gbk"))
    with pytest.raises(InvalidDocument) as caught:
        read_standard_file(path)
    assert str(caught.value) == "lamps.yaml:4:9: the file is not UTF-8 (GBK perhaps); save it as UTF-8"
    assert caught.value.text("zh").endswith("文件不是 UTF-8 编码（可能是 GBK），请另存为 UTF-8")


def test_a_file_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(InvalidDocument) as caught:
        read_standard_file(tmp_path / "gone.yaml")
    assert str(caught.value).startswith("gone.yaml: the file can't be read (")


def test_the_digest_says_whether_two_documents_mean_the_same() -> None:
    same = changed("{from: 2023-01-01}", "\n  from: 2023-01-01")
    assert standard(same).digest == standard(LAMPS).digest
    assert standard(changed("at_least: 95", "at_least: 96")).digest != standard(LAMPS).digest
