"""`liangcun compare` as an administrator uses it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.server.cli.conftest import Liangcun

import liangcun_sanhua

SANHUA = Path(liangcun_sanhua.__file__).parent / "standards" / "sanhua-2021.yaml"


def test_two_standards_are_compared_in_words(liangcun: Liangcun) -> None:
    answer = liangcun("compare", "jiuyou-liuwu", "sanhua", "-n", "3")
    assert answer.code == 0, answer.err
    assert "九有六无 220722/jiuyou-liuwu@2023 ↔ 三化" in answer.out
    for told in ("Spearman 0.", "Kendall τ-b 0.", "Cohen κ", "都参加排名的 255 个", "主要原因"):
        assert told in answer.out
    assert "模拟" in answer.err


def test_movers_are_written_for_a_program(liangcun: Liangcun) -> None:
    answer = liangcun("compare", "jiuyou-liuwu", "sanhua", "wuge-quanfugai", "-n", "2", "--format", "json")
    assert answer.code == 0, answer.err
    rows = json.loads(answer.out)
    assert len(rows) == 6
    assert {row["pair"] for row in rows} == {
        "jiuyou-liuwu → sanhua",
        "jiuyou-liuwu → wuge-quanfugai",
        "sanhua → wuge-quanfugai",
    }
    assert all(row["shift"] == row["rankB"] - row["rankA"] for row in rows)


def test_a_document_that_is_not_published_is_compared_with_what_is_in_force(
    liangcun: Liangcun, tmp_path: Path
) -> None:
    draft = tmp_path / "draft.yaml"
    text = SANHUA.read_text(encoding="utf-8").replace("version: 2021", "version: 2024")
    draft.write_text(text, encoding="utf-8")
    answer = liangcun("compare", "sanhua", str(draft))
    assert answer.code == 0, answer.err
    assert "220000/sanhua@2021 ↔" in answer.out
    assert "220000/sanhua@2024" in answer.out
    assert "Spearman 1.000" in answer.out


def test_what_can_not_be_compared_is_explained(liangcun: Liangcun) -> None:
    alone = liangcun("compare", "sanhua")
    assert (alone.code, "2 到 6 个" in alone.err) == (2, True)
    levels = liangcun("compare", "sanhua", "wuge-daowei")
    assert (levels.code, "评分对象不同" in levels.err) == (2, True)
    unknown = liangcun("compare", "sanhua", "nix")
    assert (unknown.code, "没有标准“nix”" in unknown.err) == (2, True)
