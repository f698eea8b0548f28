"""`liangcun standards import`: from an officer's workbook to the ranking, and what is said on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.server.scoring_tables.workbooks import HEADER, ROWS, county_table, workbook

_NAME = "220722/village-assessment@2024"


def test_from_a_workbook_to_a_ranking(own_liangcun, tmp_path: Path) -> None:
    table = county_table(tmp_path / "打分表.xlsx")
    done = own_liangcun("standards", "import", str(table))
    document = tmp_path / "打分表.yaml"

    assert done.code == 0
    assert "打分表!E3" in done.out
    assert "达到30%以上得20分，每降低1个百分点扣1分" in done.out
    assert "greening_rate 绿化覆盖率" in done.out
    assert "village_assessment_2024_7 村容村貌评分，本标准自定" in done.out
    assert "没有读成规则" not in done.out
    assert "隐藏的工作表没有读：旧表" in done.err
    assert f"liangcun standards save {document}" in done.err

    for command in (("save", str(document)), ("publish", _NAME), ("bind", _NAME, "--region", "220722")):
        more = ("--from", "2024") if command[0] == "bind" else ()
        assert own_liangcun("standards", *command, *more, "--reason", "定稿").code == 0
    listed = own_liangcun("indicators", "list", "--format", "csv").out
    assert f",{_NAME}" in next(line for line in listed.splitlines() if "村容村貌评分" in line)
    ranking = own_liangcun("score", "-s", "village-assessment", "--within", "220722201", "--period", "2024")
    assert ranking.code == 0
    assert ranking.lines[1].startswith(_NAME)


def test_what_is_left_to_finish_is_listed_with_its_cell(own_liangcun, tmp_path: Path) -> None:
    rows = [HEADER, *ROWS, ("规划", 1, "村庄规划", 5, "查看资料")]
    table = workbook(tmp_path / "a.xlsx", rows)
    done = own_liangcun("standard", "import", str(table), "--version", "2024")
    refused = own_liangcun("standards", "save", str(tmp_path / "a.yaml"), "--reason", "试试")

    assert done.code == 0
    [line] = [one for one in done.lines if one.startswith("考核!E4")]
    assert "查看资料" in line
    assert "计分办法不是认得的写法" in line
    assert "village_plan 有村庄规划" in line
    assert "搜索“未完成”" in done.err
    assert refused.code == 2
    assert "a.yaml:" in refused.err
    assert "groups.1.criteria.0.rule: 缺少必填项" in refused.err


def test_a_total_that_does_not_agree_is_told(own_liangcun, tmp_path: Path) -> None:
    table = workbook(tmp_path / "a.xlsx", [HEADER, *ROWS, ("合计", None, None, 90)])

    assert "考核!D4：写的是 90 分" in own_liangcun("standards", "import", str(table)).err


def test_english_is_spoken_to_who_asks_for_it(own_liangcun, tmp_path: Path) -> None:
    table = workbook(tmp_path / "a.xlsx", [HEADER, *ROWS, ("规划", 1, "村庄规划", 5, "查看资料")])
    done = own_liangcun("standards", "import", str(table), "--language", "en")

    assert done.lines[0] == "read as rules (please check):"
    assert "1 without a rule; write it in the document:" in done.out


def test_a_file_that_is_there_is_written_over_only_by_force(own_liangcun, tmp_path: Path) -> None:
    table = workbook(tmp_path / "a.xlsx", [HEADER, *ROWS])
    document = tmp_path / "a.yaml"
    document.write_text("mine", encoding="utf-8")

    refused = own_liangcun("standards", "import", str(table))
    assert refused.code != 0
    assert "--force" in refused.err
    assert document.read_text(encoding="utf-8") == "mine"

    assert own_liangcun("standards", "import", str(table), "--force").code == 0
    assert "jurisdiction" in document.read_text(encoding="utf-8")


def test_the_table_itself_is_never_written_over(own_liangcun, tmp_path: Path) -> None:
    table = workbook(tmp_path / "a.xlsx", [HEADER, *ROWS])
    before = table.read_bytes()

    assert own_liangcun("standards", "import", str(table), "-o", str(table), "--force").code != 0
    assert table.read_bytes() == before


def test_nothing_is_written_of_a_table_with_faults(own_liangcun, tmp_path: Path) -> None:
    table = workbook(tmp_path / "a.xlsx", [HEADER, *ROWS, ("规划", 1, "村庄规划", "若干", "查看资料")])
    done = own_liangcun("standards", "import", str(table))

    assert done.code == 2
    assert "a.xlsx, 考核!D4: 分值“若干”不是数字" in done.err
    assert not (tmp_path / "a.yaml").exists()


@pytest.mark.parametrize(
    ("option", "value"),
    [("--code", "打分表"), ("--version", "二零二四"), ("--title", "长" * 201)],
    ids=["code", "version", "title"],
)
def test_an_option_that_no_document_takes_is_refused_by_name(
    own_liangcun, tmp_path: Path, option: str, value: str
) -> None:
    table = workbook(tmp_path / "a.xlsx", [HEADER, *ROWS])
    done = own_liangcun("standards", "import", str(table), option, value)

    assert done.code == 2
    assert option in done.err


def test_the_options_are_what_the_document_says(own_liangcun, tmp_path: Path) -> None:
    table = workbook(tmp_path / "a.xlsx", [HEADER, *ROWS])
    options = (
        "--code",
        "tidy",
        "--version",
        "2025",
        "--title",
        "整洁村庄",
        "--document",
        "长农发〔2025〕1号",
    )
    own_liangcun("standards", "import", str(table), *options, "-o", str(tmp_path / "b.yaml"))
    saved = own_liangcun("standards", "save", str(tmp_path / "b.yaml"), "--reason", "试试")

    assert saved.lines == ["已存为草稿：220722/tidy@2025"]
    assert "status: official" in (tmp_path / "b.yaml").read_text(encoding="utf-8")
