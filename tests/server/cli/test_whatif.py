"""`liangcun whatif` as an administrator uses it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.server.cli.conftest import Liangcun


def test_a_change_is_seen_at_once_and_not_kept(liangcun: Liangcun) -> None:
    answer = liangcun("whatif", "jiuyou-liuwu", "--set", "hardened-road.max_score=12", "-n", "2")
    assert answer.code == 0, answer.err
    for told in (
        "220722/jiuyou-liuwu@2023 → 220722/jiuyou-liuwu@whatif",
        "新达标",
        "名次变动最大的",
        "没有保存",
    ):
        assert told in answer.out
    assert "模拟" in answer.err
    assert "没有符合条件的" in liangcun("standards", "drafts").err


def test_every_village_is_written_for_a_program(liangcun: Liangcun) -> None:
    answer = liangcun("whatif", "sanhua", "--set", "lit.weight=0.5", "--all", "--format", "json")
    assert answer.code == 0, answer.err
    rows = json.loads(answer.out)
    assert len(rows) == 255
    assert any(row["rankBefore"] != row["rankAfter"] for row in rows)


def test_a_change_is_kept_as_a_draft_when_asked_for(own_liangcun: Liangcun, tmp_path: Path) -> None:
    fragment = tmp_path / "改.yaml"
    fragment.write_text(
        "changes:\n  - {change: reweigh, target: lit, weight: 0.5, reason: 亮化要紧}\n", "utf-8"
    )
    asked = ("whatif", "sanhua", "--changes", str(fragment), "--save-as", "2024")
    refused = own_liangcun(*asked)
    assert (refused.code, "理由" in refused.err) == (2, True)
    kept = own_liangcun(*asked, "--reason", "亮化要紧", "--from", "2024", "--by", "王敏")
    assert kept.code == 0, kept.err
    assert "已存为草稿：220722/sanhua@2024" in kept.err
    drafts = own_liangcun("standards", "drafts")
    assert "220722/sanhua@2024" in drafts.out
    published = own_liangcun("standards", "publish", "220722/sanhua@2024", "--reason", "定了")
    assert published.code == 0, published.err
    # The county's own applies from then on; the year before stays as it was.
    assert "220000/sanhua@2021" in own_liangcun("score", "-s", "220000/sanhua", "--period", "2023").out


def test_what_is_wrong_is_told_with_the_change(liangcun: Liangcun, tmp_path: Path) -> None:
    wrong = liangcun("whatif", "jiuyou-liuwu", "--set", "drainage.max_score=viele")
    assert (wrong.code, "drainage.max_score=viele" in wrong.err) == (2, True)
    fragment = tmp_path / "改.yaml"
    fragment.write_text("changes:\n  - {change: remove, target: nowhere, reason: x}\n", "utf-8")
    placed = liangcun("whatif", "jiuyou-liuwu", "--changes", str(fragment))
    assert (placed.code, "whatif.yaml:2" in placed.err) == (2, True)
    nothing = liangcun("whatif", "jiuyou-liuwu")
    assert (nothing.code, "二者取一" in nothing.err) == (2, True)
