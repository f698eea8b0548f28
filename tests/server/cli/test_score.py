"""`liangcun score`: rankings on the screen and as files, and every way to ask wrongly."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

Liangcun = Callable[..., Any]


def test_the_ranking_of_a_county_is_printed_best_first(liangcun: Liangcun) -> None:
    answer = liangcun("score", "--standard", "jiuyou-liuwu", "--within", "220722", "--period", "2023")

    assert answer.code == 0
    assert answer.lines[0] == "长岭县 2023 长岭县九有六无得分排名"
    assert answer.lines[2].split()[:4] == ["名次", "区划代码", "名称", "乡镇"]
    rows = [line.split() for line in answer.lines[3:] if line.strip()[0].isdigit()]
    assert len(rows) == 255
    assert [int(row[0]) for row in rows] == sorted(int(row[0]) for row in rows)
    assert [float(row[4]) for row in rows] == sorted((float(row[4]) for row in rows), reverse=True)


def test_villages_with_the_same_score_share_a_place(liangcun: Liangcun) -> None:
    rows = json.loads(liangcun("score", "-s", "jiuyou-liuwu", "--format", "json").out)["rows"]

    by_rank: dict[int, set[float]] = {}
    for row in rows:
        by_rank.setdefault(row["rank"], set()).add(row["score"])
    assert all(len(scores) == 1 for scores in by_rank.values())
    assert max(sum(row["rank"] == rank for row in rows) for rank in by_rank) > 1


def test_simulated_data_and_interpretations_are_told_under_the_table(liangcun: Liangcun) -> None:
    answer = liangcun("score", "-s", "jiuyou-liuwu")

    assert "个村的填报值里有模拟数据，不是实测：得分和名次只供演示" in answer.out
    assert "15 个条目中有 13 个是工作释义，不是官方条文" in answer.out


def test_a_county_scored_on_published_figures_is_not_called_simulated(liangcun: Liangcun) -> None:
    answer = liangcun("score", "-s", "wuge-daowei", "--format", "json")

    found = json.loads(answer.out)
    assert [row["source_statuses"] for row in found["rows"]] == [["published"]]
    assert not any("模拟" in note for note in found["notes"])


def test_a_region_wider_than_the_database_is_told_to_be_so(liangcun: Liangcun) -> None:
    prefecture = json.loads(liangcun("score", "-s", "sanhua", "--within", "2207", "-f", "json").out)
    county = json.loads(liangcun("score", "-s", "sanhua", "-f", "json").out)

    said = "本库只有长岭县的数据：在松原市的名次只是长岭县范围内的"
    assert said in prefecture["notes"]
    assert said not in county["notes"]
    assert f"注：{said}" in liangcun("explain", "220722", "-s", "wuge-daowei").lines


def test_without_a_period_the_newest_with_data_is_taken_and_said(liangcun: Liangcun) -> None:
    assert "时期 2023（最新有数据的时期）" in liangcun("score", "-s", "sanhua").lines[1]


def test_a_period_without_data_says_which_have_some(liangcun: Liangcun) -> None:
    answer = liangcun("score", "-s", "sanhua", "--within", "220722201", "--period", "2024")

    assert answer.code == 0
    assert "这一时期没有数据；有数据的时期：2022、2023" in answer.lines[1]
    assert "未排名 7 个" in answer.out
    assert "220722201204 蒙古屯村委会 光明乡  没有可计分的条目" in answer.out


def test_a_township_is_ranked_by_itself(liangcun: Liangcun) -> None:
    rows = json.loads(liangcun("score", "-s", "sanhua", "--within", "220722201", "-f", "json").out)["rows"]

    assert len(rows) == 7
    assert [row["rank"] for row in rows] == list(range(1, 8))
    assert {row["parent"]["name"] for row in rows} == {"光明乡"}


def test_a_limit_keeps_the_first_and_says_how_many_there_are(liangcun: Liangcun) -> None:
    answer = liangcun("score", "-s", "jiuyou-liuwu", "--limit", "3")

    assert len([line for line in answer.lines if line.startswith("   1  220722")]) == 3
    assert "只列前 3 名，共 255" in answer.out


def test_csv_on_the_way_to_a_pipe_is_the_table_alone(liangcun: Liangcun) -> None:
    answer = liangcun("score", "-s", "sanhua", "--format", "csv")

    rows = list(csv.DictReader(io.StringIO(answer.out)))
    assert len(rows) == 255
    assert rows[0]["名次"] == "1"
    assert {row["数据来源"] for row in rows} == {"模拟数据"}
    assert not answer.out.startswith("\ufeff")
    assert "模拟数据" in answer.err


def test_a_csv_file_opens_in_chinese_excel(liangcun: Liangcun, tmp_path: Path) -> None:
    file = tmp_path / "排名.csv"

    answer = liangcun("score", "-s", "sanhua", "--output", str(file))

    assert answer.code == 0
    assert answer.out == ""
    assert f"已写入 {file}" in answer.err
    assert file.read_bytes().startswith("\ufeff名次,区划代码".encode())
    assert [one.name for one in tmp_path.iterdir() if one.suffix == ".csv"] == ["排名.csv"]


def test_a_workbook_has_the_ranking_and_its_notes(liangcun: Liangcun, tmp_path: Path) -> None:
    file = tmp_path / "ranking.xlsx"

    assert liangcun("score", "-s", "jiuyou-liuwu", "--output", str(file)).code == 0

    workbook = openpyxl.load_workbook(file)
    ranking, notes = workbook.worksheets
    assert (ranking.title, notes.title) == ("排名", "说明")
    assert ranking.max_row == 256
    assert ranking.freeze_panes == "D2"
    assert ranking["B2"].value.startswith("220722")
    assert isinstance(ranking["E2"].value, int | float)
    said = "\n".join(str(cell.value) for row in notes.iter_rows() for cell in row)
    assert "220722/jiuyou-liuwu@2023" in said
    assert "不是实测" in said


def test_json_is_the_same_for_the_same_data(liangcun: Liangcun) -> None:
    first = liangcun("score", "-s", "sanhua", "-f", "json").out_bytes

    assert liangcun("score", "-s", "sanhua", "-f", "json").out_bytes == first
    found = json.loads(first)
    assert found["standard"]["id"] == "220000/sanhua"
    assert len(found["digest"]) == 64
    assert list(found) == sorted(found)


def test_english_is_written_when_asked_for(liangcun: Liangcun) -> None:
    answer = liangcun("score", "-s", "sanhua", "--within", "220722201", "--language", "en")

    assert answer.lines[2].split("  ")[0] == "rank"
    assert "simulated" in answer.out
    assert "注：" not in answer.out


def test_an_assessor_level_without_values_leaves_everyone_unranked(liangcun: Liangcun) -> None:
    found = json.loads(liangcun("score", "-s", "jiuyou-liuwu", "--level", "SELF", "-f", "json").out)

    assert (found["ranked_count"], found["not_ranked_count"]) == (0, 255)
    assert found["assessor_level"] == "self"


def test_the_ranking_can_be_asked_as_it_was(own_liangcun: Liangcun) -> None:
    ask = ("score", "-s", "wuge-daowei", "-f", "json")
    before = json.loads(own_liangcun(*ask).out)
    own_liangcun(
        "observations", "confirm", "220722", "drainage_ditch_built", "--period", "2023", "--reason", "核实"
    )

    after = json.loads(own_liangcun(*ask).out)
    long_ago = json.loads(own_liangcun(*ask, "--as-of", "2020-01-01T00:00:00+08:00").out)

    assert after["digest"] != before["digest"]
    assert long_ago["rows"][0]["rank"] is None
    assert long_ago["as_of"] == "2020-01-01T00:00:00+08:00"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-s", "nix"), "没有标准“nix”，现有：140000/wuge-quanfugai、220000/jiuyou-liuwu"),
        (("-s", "Nix!"), "标准“Nix!”的写法无法识别"),
        (("-s", "jiuyou-liuwu@1999"), "没有对应的版本，现有：220000/jiuyou-liuwu@2021"),
        (("-s", "sanhua", "--within", "110000"), "数据库（长岭县）里没有区划 110000"),
        (("-s", "sanhua", "--within", "22072220120"), "区划代码“22072220120”有 11 位"),
        (("-s", "sanhua", "--within", "长岭县"), "应全为数字"),
        (("-s", "sanhua", "--period", "2023-13"), "时期“2023-13”无法识别"),
        (("-s", "sanhua", "--period", "1950"), "没有对应的版本"),
        (("-s", "sanhua", "--level", "boss"), "--level: “boss”不在可选范围内，可选：self、township、county"),
        (("-s", "sanhua", "--as-of", "yesterday"), "--as-of: 时间“yesterday”无法识别"),
        (("-s", "sanhua", "--as-of", "2026-01-31T12:00:00"), "2026-01-31T12:00:00+08:00"),
        (("-s", "sanhua", "--format", "pdf"), "--format: 没有格式“pdf”，可选：table, csv, json, xlsx"),
        (("-s", "sanhua", "--limit", "0"), "不能小于 1"),
        (("-s", "sanhua", "--limit", "many"), "应为整数"),
        (("-s", "sanhua", "--output", "no/such/directory/a.csv"), "no/such/directory/a.csv: 文件无法写入"),
        (("-s", "wuge-daowei", "--within", "220722201"), "评的是县级，220722201000 是乡级"),
        ((), "缺少选项"),
    ],
)
def test_what_can_not_be_asked_is_explained(
    liangcun: Liangcun, arguments: tuple[str, ...], said: str
) -> None:
    failed = liangcun("score", *arguments)

    assert failed.code == 2
    assert said in failed.err
    assert failed.out == ""
