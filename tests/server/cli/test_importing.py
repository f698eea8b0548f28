"""`liangcun template` and `liangcun import` as a county's clerk uses them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from tests.server.cli.conftest import Answer, Liangcun

MENGGU, ERSHIHAO = "220722201204", "220722207201"
SAID = ("--source-status", "official", "--source", "台账", "--reason", "月报", "--by", "县农业农村局")


def bring(liangcun: Liangcun, file: Path, *options: str, period: str = "2024") -> Answer:
    return liangcun("import", str(file), "--period", period, *SAID, *options)


def written(folder: Path, text: str, *, name: str = "values.csv", encoding: str = "utf-8") -> Path:
    file = folder / name
    file.write_bytes(text.encode(encoding))
    return file


def long_csv(folder: Path, *rows: str, **options: Any) -> Path:
    return written(folder, "\n".join(["region,indicator,value", *rows, ""]), **options)


def stands(liangcun: Liangcun, indicator: str, region: str = MENGGU, period: str = "2024") -> Any:
    asked = ("--period", period, "--indicator", indicator, "--format", "json")
    answer = liangcun("observations", "list", region, *asked)
    assert answer.code == 0, answer.err
    return next(iter(json.loads(answer.out)), None)


def filled_in(file: Path, rows: list[list[Any]], sheet: str = "表") -> Path:
    with xlsxwriter.Workbook(file) as workbook:
        page = workbook.add_worksheet(sheet)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return file


def test_a_template_comes_back_filled_in(own_liangcun: Liangcun, tmp_path: Path) -> None:
    file = tmp_path / "表.xlsx"
    made = own_liangcun("template", "jiuyou-liuwu", "sanhua", "--period", "2024", "-o", str(file))
    assert made.code == 0, made.err
    workbook = CalamineWorkbook.from_path(str(file))
    assert workbook.sheet_names[0] == "填表说明"
    rows = workbook.get_sheet_by_name(workbook.sheet_names[1]).to_python()
    assert [str(one).split("\n")[-1] for one in rows[0][:3]] == ["region", "name", "township"]
    column = next(
        at for at, title in enumerate(rows[0]) if "lit_lanes_rate" in str(title) or "亮化率" in str(title)
    )
    village = next(row for row in rows if row[0] == MENGGU)
    back = filled_in(tmp_path / "back.xlsx", [rows[0], [*village[:column], 88.5]])
    code = str(rows[0][column]).split("\n")[-1]
    answer = bring(own_liangcun, back)
    assert answer.code == 0, answer.err
    assert "新增 1" in answer.out
    assert stands(own_liangcun, code)["value"] == 88.5


def test_a_template_with_its_values_changes_nothing(own_liangcun: Liangcun, tmp_path: Path) -> None:
    file = tmp_path / "filled.xlsx"
    made = own_liangcun("template", "jiuyou-liuwu", "wuge-daowei", "-p", "2023", "--filled", "-o", str(file))
    assert made.code == 0, made.err
    # The period is the template's own.
    answer = own_liangcun("import", str(file), *SAID)
    assert answer.code == 0, answer.err
    assert "没有变化" in answer.out
    # What was simulated didn't become official on the way.
    assert stands(own_liangcun, "cleaners", period="2023")["source_status"] == "simulated"


def test_a_standard_nobody_knows_makes_no_template(liangcun: Liangcun, tmp_path: Path) -> None:
    assert liangcun("template", "nosuch", "-p", "2023", "-o", str(tmp_path / "a.xlsx")).code == 2


def test_a_dry_run_tells_what_an_import_then_does(own_liangcun: Liangcun, tmp_path: Path) -> None:
    first = long_csv(tmp_path, f"{MENGGU},cleaners,5", f"{ERSHIHAO},cleaners,6")
    assert "新增 2" in bring(own_liangcun, first, "--dry-run").out
    assert stands(own_liangcun, "cleaners") is None
    assert "新增 2，更正 0，不变 0" in bring(own_liangcun, first).out
    again = bring(own_liangcun, first)
    assert (again.code, "没有变化" in again.out, "不变 2" in again.out) == (0, True, True)
    second = long_csv(tmp_path, f"{MENGGU},cleaners,7", f"{ERSHIHAO},cleaners,6")
    tried = bring(own_liangcun, second, "--dry-run")
    assert "更正 1，不变 1" in tried.out
    assert "5 人" in tried.out
    assert "7 人" in tried.out
    assert stands(own_liangcun, "cleaners")["value"] == 5


def test_with_a_problem_nothing_is_written_unless_the_rest_is_wanted(
    own_liangcun: Liangcun, tmp_path: Path
) -> None:
    file = long_csv(tmp_path, f"{MENGGU},cleaners,5", f"{ERSHIHAO},cleaners,-1")
    refused = bring(own_liangcun, file)
    assert refused.code == 2
    assert "values.csv:3" in refused.err
    assert "超出范围" in refused.err
    assert stands(own_liangcun, "cleaners") is None
    taken = bring(own_liangcun, file, "--valid-only")
    assert (taken.code, "新增 1" in taken.out, "问题 1" in taken.out) == (0, True, True)
    assert stands(own_liangcun, "cleaners")["value"] == 5


@pytest.mark.parametrize(
    ("cell", "value", "qualifier"),
    [
        ("８５％以上", 85, "at_least"),
        ("不足60%", 60, "at_most"),
        ("≥85", 85, "at_least"),
        ("70.5%", 70.5, "exact"),
    ],
)
def test_rates_as_people_write_them(
    own_liangcun: Liangcun, tmp_path: Path, cell: str, value: float, qualifier: str
) -> None:
    answer = bring(own_liangcun, long_csv(tmp_path, f"{MENGGU},sanitary_toilets_rate,{cell}"))
    assert answer.code == 0, answer.err
    found = stands(own_liangcun, "sanitary_toilets_rate")
    assert (found["value"], found["qualifier"]) == (value, qualifier)


def test_ten_thousands_are_taken_only_when_accepted(own_liangcun: Liangcun, tmp_path: Path) -> None:
    file = long_csv(tmp_path, f"{MENGGU},collective_income,1.2万元", f'{ERSHIHAO},collective_income,"12,500"')
    refused = bring(own_liangcun, file)
    assert refused.code == 2
    assert "12000" in refused.err
    assert bring(own_liangcun, file, "--accept-units").code == 0
    found = stands(own_liangcun, "collective_income")
    assert (found["value"], found["original_text"]) == (12000, "1.2万元")
    assert stands(own_liangcun, "collective_income", ERSHIHAO)["value"] == 12500


def test_another_unit_is_a_problem(own_liangcun: Liangcun, tmp_path: Path) -> None:
    answer = bring(own_liangcun, long_csv(tmp_path, f"{MENGGU},collective_income,12亩"))
    assert (answer.code, "单位" in answer.err) == (2, True)


def test_wide_csv_in_gbk_with_chinese_headings(own_liangcun: Liangcun, tmp_path: Path) -> None:
    text = f"区划代码,村名,有文化广场,保洁员\n{MENGGU},,√,5\n{ERSHIHAO},,无,\n"
    answer = bring(own_liangcun, written(tmp_path, text, encoding="gbk"))
    assert (answer.code, "新增 3" in answer.out) == (0, True), answer.err
    assert stands(own_liangcun, "cultural_square")["value"] == 1
    assert stands(own_liangcun, "cultural_square", ERSHIHAO)["value"] == 0
    assert stands(own_liangcun, "cleaners", ERSHIHAO) is None


def test_rows_may_say_their_period_and_level(own_liangcun: Liangcun, tmp_path: Path) -> None:
    text = (
        "区划代码,指标,值,时期,层级,备注\n"
        f"{MENGGU},cleaners,5,45120,村自评,查看\n{MENGGU},cleaners,6,2023年下半年,self,\n"
    )
    answer = bring(own_liangcun, written(tmp_path, text))
    assert answer.code == 0, answer.err
    assert stands(own_liangcun, "cleaners", period="2023-07")["assessor_level"] == "self"
    assert stands(own_liangcun, "cleaners", period="2023-H2")["value"] == 6


def test_names_and_codes_that_disagree_are_told_with_what_may_be_meant(
    own_liangcun: Liangcun, tmp_path: Path
) -> None:
    shown = json.loads(own_liangcun("regions", "list", "--within", MENGGU, "--format", "json").out)[0]["name"]
    text = f"代码,村名,保洁员\n{ERSHIHAO},{shown},5\n220722999999,{shown},6\n,{shown},7\n2.20722E+11,,8\n"
    answer = bring(own_liangcun, written(tmp_path, text), "--valid-only")
    assert answer.code == 0
    assert answer.err.count(MENGGU) == 3
    assert "科学记数" in answer.err
    assert stands(own_liangcun, "cleaners") is None


def test_duplicates_that_disagree_are_both_left_out(own_liangcun: Liangcun, tmp_path: Path) -> None:
    rows = (
        f"{MENGGU},cleaners,5",
        f"{MENGGU},cleaners,6",
        f"{ERSHIHAO},cleaners,4",
        f"{ERSHIHAO},cleaners,4",
    )
    answer = bring(own_liangcun, long_csv(tmp_path, *rows), "--valid-only")
    assert (answer.code, "values.csv:2" in answer.err, "values.csv:3" in answer.err) == (0, True, True)
    assert stands(own_liangcun, "cleaners") is None
    assert stands(own_liangcun, "cleaners", ERSHIHAO)["value"] == 4


def test_ten_times_the_year_before_waits_for_a_confirmation(own_liangcun: Liangcun, tmp_path: Path) -> None:
    bring(own_liangcun, long_csv(tmp_path, f"{MENGGU},cleaners,5"))
    file = long_csv(tmp_path, f"{MENGGU},cleaners,50")
    answer = bring(own_liangcun, file, period="2025")
    assert (answer.code, "存疑 1" in answer.out) == (0, True)
    assert stands(own_liangcun, "cleaners", period="2025")["qualifier"] == "suspect"
    done = own_liangcun(
        *("observations", "confirm", MENGGU, "cleaners", "--period", "2025", "--reason", "已核实")
    )
    assert done.code == 0, done.err
    again = bring(own_liangcun, file, period="2025")
    assert "没有变化" in again.out
    assert stands(own_liangcun, "cleaners", period="2025")["qualifier"] == "exact"


def test_a_rate_written_as_a_fraction_is_held(own_liangcun: Liangcun, tmp_path: Path) -> None:
    rows = [[MENGGU, 0.85], [ERSHIHAO, 0.9]]
    file = filled_in(tmp_path / "a.xlsx", [["代码", "sanitary_toilets_rate"], *rows])
    answer = bring(own_liangcun, file, period="2023")
    assert (answer.code, "存疑 2" in answer.out) == (0, True), answer.err
    off = bring(own_liangcun, file, "--suspect-ratio", "0", period="2024")
    assert "存疑 0" in off.out


def test_parquet(own_liangcun: Liangcun, tmp_path: Path) -> None:
    table = pa.table({"region": [MENGGU, ERSHIHAO], "indicator": ["cleaners"] * 2, "value": [5.0, None]})
    pq.write_table(table, tmp_path / "a.parquet")
    assert "新增 1" in bring(own_liangcun, tmp_path / "a.parquet").out


def test_answers_of_a_form(own_liangcun: Liangcun, tmp_path: Path) -> None:
    text = (
        "start;place/village_code;a/cleaners;a/q2;_id;_uuid;_submission_time\n"
        f"2024-01-01;{MENGGU};5;yes;1;abc;2024-01-02T10:00:00\n"
    )
    named = written(tmp_path, "cultural_square: a/q2\n", name="map.yaml")
    answer = bring(own_liangcun, written(tmp_path, text), "--map", str(named))
    assert (answer.code, "新增 2" in answer.out, "start" in answer.err) == (0, True, True), answer.err
    assert stands(own_liangcun, "cultural_square")["value"] == 1


def test_an_unknown_indicator_is_told_with_the_nearest(own_liangcun: Liangcun, tmp_path: Path) -> None:
    answer = bring(own_liangcun, long_csv(tmp_path, f"{MENGGU},cleanrs,5"))
    assert (answer.code, "是否指 cleaners" in answer.err) == (2, True)
    wide = bring(own_liangcun, written(tmp_path, f"代码,cleaners,sanitary_toilets_rte\n{MENGGU},5,\n"))
    assert (wide.code, "sanitary_toilets_rate" in wide.err) == (2, True)


def test_a_hundred_thousand_problems_are_counted_and_few_told(own_liangcun: Liangcun, tmp_path: Path) -> None:
    rows = [f"{MENGGU},cleaners,=cmd{number}" for number in range(100_000)]
    report = tmp_path / "report.csv"
    answer = bring(own_liangcun, long_csv(tmp_path, *rows), "--report", str(report))
    assert (answer.code, len(answer.err) < 10_000, "问题 100000" in answer.out) == (2, True, True)
    assert report.read_text(encoding="utf-8-sig").count("\n") == 100_001


def _bomb(file: Path) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 80_000_000)


def _formatted_rows(file: Path) -> None:
    filled_in(file, [["代码", "cleaners"], [MENGGU, 5]])
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    rows = "".join(f'<row r="{number}" s="1"/>' for number in range(3, 1_000_003))
    parts["xl/worksheets/sheet1.xml"] = sheet.replace("</sheetData>", f"{rows}</sheetData>").encode()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)


def _cut_short(file: Path) -> None:
    filled_in(file, [["代码", "cleaners"], [MENGGU, 5]])
    file.write_bytes(file.read_bytes()[:-200])


@pytest.mark.parametrize("make", [_bomb, _formatted_rows, _cut_short, lambda file: file.write_text("<html>")])
def test_workbooks_that_are_none_are_refused(liangcun: Liangcun, tmp_path: Path, make: Any) -> None:
    make(tmp_path / "a.xlsx")
    answer = bring(liangcun, tmp_path / "a.xlsx")
    assert (answer.code, answer.out, "a.xlsx" in answer.err) == (2, "", True)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"region,name\n220722201204,x\n"),
        ("a.csv", b"cleaners,value\n5,5\n"),
        ("a.csv", b"region,cleaners,cleaners\n220722201204,5,6\n"),
        ("a.csv", b"region,cleaners\n220722201204\n"),
        ("a.csv", b'region,cleaners\n220722201204,"5\n'),
        ("a.csv", b"region,cleaners\n220722201204,\n"),
        ("a.csv", b"\x00\x01"),
        ("a.parquet", b"PAR1broken"),
    ],
)
def test_files_that_cannot_be_read_are_refused(
    liangcun: Liangcun, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    answer = bring(liangcun, tmp_path / name)
    assert (answer.code, name in answer.err) == (2, True)


def test_a_formula_with_an_error_is_a_problem(liangcun: Liangcun, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as workbook:
        page = workbook.add_worksheet()
        page.write_row(0, 0, ["代码", "cleaners"])
        page.write_row(1, 0, [MENGGU])
        page.write_formula(1, 1, "=1/0", None, "#DIV/0!")
    answer = bring(liangcun, tmp_path / "a.xlsx")
    assert (answer.code, "Sheet1!B2" in answer.err, "公式" in answer.err) == (2, True, True)


def test_two_periods_or_no_file_are_refused(own_liangcun: Liangcun, tmp_path: Path) -> None:
    file = tmp_path / "t.xlsx"
    own_liangcun("template", "sanhua", "-p", "2023", "--filled", "-o", str(file))
    assert bring(own_liangcun, file, period="2024").code == 2
    assert bring(own_liangcun, tmp_path / "none.csv").code == 2
    values = long_csv(tmp_path, f"{MENGGU},cleaners,5")
    assert own_liangcun("import", str(values), *SAID).code == 2
    assert bring(own_liangcun, values, "--format", "odt").code == 2


def test_values_of_an_accepted_level_are_left_out(own_liangcun: Liangcun, tmp_path: Path) -> None:
    about = (
        "220722201",
        "-s",
        "jiuyou-liuwu",
        "--level",
        "county",
        "--period",
        "2023",
        "--reason",
        "年度考核",
    )
    own_liangcun("ladder", "submit", *about)
    assert "锁定" in own_liangcun("ladder", "accept", *about).out
    before = stands(own_liangcun, "cleaners", period="2023")["value"]
    file = long_csv(tmp_path, f"{MENGGU},cleaners,{before + 1}", f"{ERSHIHAO},cleaners,4")
    refused = bring(own_liangcun, file, period="2023")
    assert (refused.code, "ladder unlock" in refused.err) == (2, True)
    assert bring(own_liangcun, file, "--valid-only", period="2023").code == 0
    assert stands(own_liangcun, "cleaners", period="2023")["value"] == before
    assert stands(own_liangcun, "cleaners", ERSHIHAO, period="2023")["value"] == 4


def test_the_same_figure_keeps_its_source_unless_it_is_to_be_stated_anew(
    own_liangcun: Liangcun, tmp_path: Path
) -> None:
    before = stands(own_liangcun, "cleaners", period="2023")
    file = long_csv(tmp_path, f"{MENGGU},cleaners,{before['value']}")
    kept = bring(own_liangcun, file, period="2023")
    assert ("没有变化" in kept.out, "--restate" in kept.err) == (True, True)
    assert "更正 1" in bring(own_liangcun, file, "--restate", period="2023").out
    assert stands(own_liangcun, "cleaners", period="2023")["source_status"] == "official"


def test_a_terminal_is_told_how_many_rows_are_done(
    own_liangcun: Liangcun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = long_csv(tmp_path, f"{MENGGU},cleaners,5", f"{ERSHIHAO},cleaners,6")
    silent = bring(own_liangcun, file, "--dry-run")
    # What rich takes for a terminal.
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    told = bring(own_liangcun, file)
    assert (told.code, silent.err) == (0, "")
    assert all(one in told.err for one in ("写入", "2/2", "100%", "秒"))


def test_a_large_file_is_written_some_values_at_a_time(own_liangcun: Liangcun, tmp_path: Path) -> None:
    asked = ("regions", "list", "--within", "220722", "--level", "village", "--format", "json")
    codes = [one["code"] for one in json.loads(own_liangcun(*asked).out)]
    file = tmp_path / "large.csv"
    years = range(2041, 2081)
    lines = [f"{code},lit_lanes_rate,50,{year}" for year in years for code in codes]
    file.write_text("\n".join(["region,indicator,value,period", *lines]))
    done = bring(own_liangcun, file, "--values-at-once", "5000")
    assert done.code == 0, done.err
    assert f"新增 {len(lines)}" in done.out
    assert "个修订" in done.out
    again = bring(own_liangcun, file, "--values-at-once", "5000")
    assert f"不变 {len(lines)}" in again.out
    small = tmp_path / "small.csv"
    small.write_text(f"region,indicator,value,period\n{codes[0]},lit_lanes_rate,51,2041\n")
    assert "一个修订" in bring(own_liangcun, small, "--values-at-once", "5000").err
