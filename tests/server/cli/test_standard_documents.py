"""A county's own standard on the command line: saved, looked at, published, bound, released."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from openpyxl import load_workbook
from tests.server.standards.tailorings import NAME, OWN


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """The county's document as a file."""
    file = tmp_path / "own.yaml"
    file.write_text(OWN, encoding="utf-8")
    return file


def _version(liangcun, within: str) -> str:
    ranking = liangcun("score", "-s", "jiuyou-liuwu", "--within", within, "--period", "2023")
    return ranking.lines[1].split()[0]


def test_from_a_file_to_the_ranking_that_goes_by_it(own_liangcun, document: Path) -> None:
    saved = own_liangcun("standards", "save", str(document), "--reason", "讨论稿")
    assert saved.lines == [f"已存为草稿：{NAME}"]
    assert NAME in own_liangcun("standards", "drafts").out
    assert NAME not in own_liangcun("standards", "list").out

    assert own_liangcun("standards", "publish", NAME, "--reason", "定稿").lines == [f"已发布：{NAME}"]
    assert own_liangcun("standards", "drafts", "--format", "json").out.strip() == "[]"
    assert "长岭县九有六无（2024）" in own_liangcun("standards", "show", "jiuyou-liuwu").lines[0]

    bind = ("standards", "bind", NAME, "--region", "220722201", "--from", "2023", "--reason", "先行先试")
    assert own_liangcun(*bind).code == 0
    assert _version(own_liangcun, "220722201") == NAME
    assert _version(own_liangcun, "220722202") == "220722/jiuyou-liuwu@2023"

    let_go = ("--region", "220722201", "--from", "2023", "--reason", "试点结束")
    assert own_liangcun("standards", "release", "220722/jiuyou-liuwu", *let_go).code == 0
    assert _version(own_liangcun, "220722201") == "220722/jiuyou-liuwu@2023"
    assert len(json.loads(own_liangcun("standards", "bindings", "--format", "json").out)) == 2


def test_the_effect_of_a_file_is_shown_and_nothing_is_kept(own_liangcun, document: Path) -> None:
    shown = own_liangcun("standard", "preview", str(document), "--period", "2023")

    assert shown.code == 0
    assert shown.lines[0] == f"220722/jiuyou-liuwu@2023 → {NAME}，2023，255 个村；不保存结果"
    assert "分值由 8 改为 20" in shown.out
    assert own_liangcun("standards", "drafts", "--format", "json").out.strip() == "[]"


def test_the_effect_is_written_as_csv_with_a_line_for_each_village_that_changes(
    own_liangcun, document: Path
) -> None:
    done = own_liangcun("standards", "preview", str(document), "--within", "220722201", "--format", "csv")

    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert rows
    assert {row["代码"][:9] for row in rows} == {"220722201"}
    assert all(" → " in row["等次"] or " → " in row["结论"] for row in rows)
    assert "不保存结果" in done.err


def test_the_effect_is_written_as_a_workbook(own_liangcun, document: Path, tmp_path: Path) -> None:
    book = tmp_path / "影响.xlsx"
    done = own_liangcun("standards", "preview", str(document), "--within", "220722201", "-o", str(book))

    assert done.code == 0
    sheet = load_workbook(book).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["代码", "村", "名次", "得分", "等次", "结论", "为什么"]
    assert {row[0][:9] for row in rows[1:]} == {"220722201"}


def test_the_version_may_stand_by_itself(own_liangcun, document: Path) -> None:
    own_liangcun("standards", "save", str(document), "--reason", "讨论稿")
    named = ("220722/jiuyou-liuwu", "--version", "2024", "--reason", "定稿")

    assert own_liangcun("standard", "publish", *named).lines == [f"已发布：{NAME}"]
    bound = own_liangcun("standard", "bind", *named, "--region", "220722201", "--from", "2024-07")
    assert bound.lines == [f"220722201000 自 2024-07-01 起用 {NAME}"]


def test_settings_that_are_changed_are_shown_before_and_after(own_liangcun, document: Path) -> None:
    text = OWN + "  - {change: set, missing: bound, reason: 未报的不急着定}\n"
    document.write_text(text, encoding="utf-8")

    diff = own_liangcun("standards", "diff", "220722/jiuyou-liuwu@2023", str(document), "--format", "json")
    assert json.loads(diff.out)[-1] == {
        "code": "missing",
        "what": "缺报",
        "before": "按最低分计",
        "after": "只计已证实的部分",
    }
    own_liangcun("standards", "save", str(document), "--reason", "讨论稿")
    own_liangcun("standards", "publish", NAME, "--reason", "定稿")
    shown = own_liangcun("standards", "show", NAME).lines
    start = shown.index("  设置 missing  未报的不急着定")
    assert shown[start + 1 : start + 3] == ["      原：按最低分计", "      现：只计已证实的部分"]


def test_the_difference_of_two_standards_is_listed_by_criterion(own_liangcun, document: Path) -> None:
    found = own_liangcun("standards", "diff", "220722/jiuyou-liuwu@2023", str(document), "--format", "json")

    assert [(one["code"], one["what"]) for one in json.loads(found.out)] == [
        ("hardened-road", "分值"),
        ("greening", "只有一方有"),
        ("nine-haves", "类的分值和最低分"),
    ]
    same = own_liangcun("standards", "diff", "220722/jiuyou-liuwu", "220722/jiuyou-liuwu@2023")
    assert same.lines == ["条目和等次都相同"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(("save", "{file}.gone.yaml", "--reason", "x"), "无法读取文件", id="no file"),
        pytest.param(("publish", "220722/none@1", "--reason", "x"), "没有草稿 220722/none@1", id="no draft"),
        pytest.param(
            ("bind", "220722/jiuyou-liuwu@2023", "--region", "1", "--from", "2023", "--reason", "x"),
            "区划代码",
            id="no region code",
        ),
        pytest.param(
            ("bind", "220722/jiuyou-liuwu@2023", "--region", "220722", "--from", "soon", "--reason", "x"),
            "soon",
            id="no period",
        ),
        pytest.param(("preview", "220722/none@1"), "没有标准", id="no standard"),
        pytest.param(("diff", "jiuyou-liuwu", "none"), "没有标准", id="no other standard"),
    ],
)
def test_what_cannot_be_done_is_said_with_exit_code_2(
    own_liangcun, document: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = own_liangcun("standards", *(one.format(file=document) for one in arguments))

    assert done.code == 2
    assert words in done.err


def test_a_document_in_gbk_is_refused_with_what_to_do(own_liangcun, document: Path) -> None:
    document.write_bytes(OWN.encode("gbk"))

    done = own_liangcun("standards", "save", str(document), "--reason", "x")

    assert done.code == 2
    assert "另存为 UTF-8" in done.err


def test_a_tailoring_is_shown_with_what_each_change_does(own_liangcun, document: Path) -> None:
    own_liangcun("standards", "save", str(document), "--reason", "讨论稿")
    own_liangcun("standards", "publish", NAME, "--reason", "定稿")

    shown = own_liangcun("standards", "show", NAME).lines

    start = shown.index("  调分 hardened-road  2024 年把硬化路放在首位")
    assert shown[start + 1 : start + 3] == ["      原：分值：8", "      现：分值：20"]
    assert "  删除 greening  绿化改由三化考核" in shown
