"""`liangcun obstacles` and `liangcun assessor-gap` as an administrator uses them."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest
from tests.conftest import installed_plugins
from tests.server.cli.conftest import Liangcun

from liangcun_server.observations.model import NewObservation
from liangcun_server.observations.recording import record_observations
from liangcun_server.regions.repository import codes_within
from liangcun_server.storage.database import Database
from liangcun_standards.vocabulary import AssessorLevel, RegionLevel, SourceStatus


def test_what_holds_a_county_back_is_listed(liangcun: Liangcun) -> None:
    answer = liangcun("obstacles", "-s", "jiuyou-liuwu")
    assert answer.code == 0, answer.err
    for told in ("障碍度%", "列首位的村", "有硬化路", "交通运输部门"):
        assert told in answer.out
    assert "模拟" in answer.err
    rows = json.loads(liangcun("obstacles", "-s", "sanhua", "--weights", "entropy", "-f", "json").out)
    assert sum(row["degree"] for row in rows) == pytest.approx(100, abs=1)


def test_each_township_s_greatest_obstacles_are_listed(liangcun: Liangcun) -> None:
    answer = liangcun("obstacles", "-s", "jiuyou-liuwu", "--by-township", "--first", "2", "-f", "json")
    assert answer.code == 0, answer.err
    rows = json.loads(answer.out)
    assert len(rows) == 2 * len({row["township"] for row in rows})
    assert {"光明乡"} <= {row["name"] for row in rows}


def test_a_village_s_three_lists_are_told(liangcun: Liangcun, tmp_path: Path) -> None:
    answer = liangcun("obstacles", "220722201202", "-s", "jiuyou-liuwu")
    assert answer.code == 0, answer.err
    for told in (
        "【短板弱项】",
        "【创建项目】",
        "【责任落实】",
        "到达标最少要",
        "要做的",
        "屯内主巷路硬化率：77.1%",
    ):
        assert told in answer.out
    assert "四级包保的责任人还没有登记" in answer.err
    for name in ("weak", "projects", "departments"):
        file = tmp_path / f"{name}.xlsx"
        written = liangcun("obstacles", "220722201202", "-s", "jiuyou-liuwu", "--list", name, "-o", str(file))
        assert (written.code, written.out, file.stat().st_size > 0) == (0, "", True), written.err


def test_where_nothing_can_be_planned_the_reason_stands_there(liangcun: Liangcun) -> None:
    answer = liangcun("obstacles", "220722201202", "-s", "village-obstacles")
    assert (answer.code, "不能规划" in answer.out) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["obstacles", "-s", "jiuyou-liuwu", "--weights", "own"], "可选：given、entropy"),
        (["obstacles", "-s", "jiuyou-liuwu", "--list", "all"], "可选：weak、projects、departments"),
        (["obstacles", "-s", "nix"], "没有标准“nix”"),
        (["assessor-gap", "-s", "jiuyou-liuwu", "--levels", "self,boss"], "“boss”不在可选范围内"),
        (["assessor-gap", "-s", "jiuyou-liuwu", "--by", "house"], "可选：criterion、township、village"),
    ],
)
def test_what_can_not_be_listed_is_explained(liangcun: Liangcun, arguments: list[str], words: str) -> None:
    answer = liangcun(*arguments)
    assert (answer.code, words in answer.err) == (2, True), answer.err


def test_without_other_levels_the_answer_says_so(liangcun: Liangcun) -> None:
    answer = liangcun("assessor-gap", "-s", "jiuyou-liuwu")
    assert (answer.code, "村自评没有数据，不比" in answer.err) == (0, True)
    assert "至少要有两个考评层级" in answer.err


@pytest.fixture
def self_assessed(
    run: Liangcun, demonstration: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Liangcun:
    """A county whose villages all say that they have a plan."""
    copy = tmp_path / "own.db"
    shutil.copyfile(demonstration, copy)
    monkeypatch.setenv("LIANGCUN_DATABASE_URL", f"sqlite:///{copy}")
    asyncio.run(_assess_themselves(f"sqlite:///{copy}"))
    return run


async def _assess_themselves(address: str) -> None:
    async with Database(address) as database:
        async with database.read() as connection:
            villages = await codes_within(connection, "220722000000", RegionLevel.VILLAGE)
        values = [
            NewObservation(
                region_code=code,
                indicator="village_plan",
                period="2023",
                value=1,
                assessor_level=AssessorLevel.SELF,
                source_status=SourceStatus.SIMULATED,
            )
            for code in villages
        ]
        indicators = installed_plugins().indicators
        await record_observations(database, indicators, values, author="各村", reason="自评")


def test_the_gap_is_told_by_criterion_township_and_village(self_assessed: Liangcun) -> None:
    answer = self_assessed("assessor-gap", "-s", "jiuyou-liuwu", "--levels", "self,county")
    assert answer.code == 0, answer.err
    for told in ("村自评比县考核平均高", "系统性偏高（p<0.001）", "村自评 − 县考核", "有村庄规划"):
        assert told in answer.out
    townships = json.loads(
        self_assessed("assessor-gap", "-s", "jiuyou-liuwu", "--by", "township", "-f", "json").out
    )
    assert townships[0]["mean"] == max(row["mean"] for row in townships)
    villages = self_assessed("assessor-gap", "-s", "jiuyou-liuwu", "--by", "village", "-n", "3")
    assert villages.out.count("有村庄规划 6 → 0") == 3
