"""Reading a scoring table: its header, merged cells, banners, totals, and what is wrong with figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook
from tests.server.scoring_tables.workbooks import HEADER, ROWS, county_table, table_of, workbook

from liangcun_server.scoring_tables.errors import InvalidScoringTable


def _told(file: Path) -> str:
    return "\n".join(one.zh for one in table_of(file).told)


def _refusal(file: Path, sheet: str | None = None) -> str:
    with pytest.raises(InvalidScoringTable) as refused:
        table_of(file, sheet)
    return refused.value.text("zh")


def test_a_countys_table_is_read_with_its_merged_cells_carried_down(tmp_path: Path) -> None:
    table = table_of(county_table(tmp_path / "打分表.xlsx"))

    assert table.title == "长岭县2024年农村人居环境考核打分表"
    assert [one.title for one in table.groups] == ["村庄绿化和改厕", "环境整治", "长效管护"]
    assert [(one.group, one.number, one.points) for one in table.items] == [
        (0, "1", 20.0),
        (0, "2", 10.0),
        (1, "1", 15.0),
        (1, "2", 6.0),
        (1, "3", 9.0),
        (2, "1", 20.0),
        (2, "2", 20.0),
    ]
    assert [one.department for one in table.items[:3]] == ["林业局", "卫健局", ""]
    assert table.items[0].place == "打分表!C3"


def test_a_table_whose_sums_agree_has_only_what_was_passed_over_to_tell(tmp_path: Path) -> None:
    told = [one.zh for one in table_of(county_table(tmp_path / "打分表.xlsx")).told]

    assert told == [
        "隐藏的工作表没有读：旧表（要读就用 --sheet 指明）",
        "打分表!C12：没有读入“注：本表由县农业农村局负责解释”",
    ]


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(("考核项目", "编号", "考核内容", "分数", "评分办法"), id="other names"),
        pytest.param(("类别", "序号", "评分标准", "满分", "扣分办法"), id="评分标准 beside 扣分办法"),
        pytest.param(("类别", "序号", "指标", "分值（分）", "评分细则"), id="brackets"),
        pytest.param(("项　目", "序 号", "标\n准", "分　值", "计分 办法"), id="spaced"),
        pytest.param(("项目", "序号", "考核内容", "分值", "评分标准"), id="评分标准 beside 考核内容"),
    ],
)
def test_the_usual_names_of_the_columns_are_known(tmp_path: Path, header: tuple[str, ...]) -> None:
    table = table_of(workbook(tmp_path / "a.xlsx", [("标题",), header, *ROWS]))

    assert [one.words for one in table.items] == ["无垃圾乱堆", "村庄绿化"]
    assert table.items[0].scoring == "每发现一处扣1分，扣完为止"
    assert [one.title for one in table.groups] == ["环境整治"]


def test_content_standard_and_way_of_scoring_side_by_side(tmp_path: Path) -> None:
    header = ("项目", "考核内容", "标准", "分值", "计分办法")
    row = ("环境", "庭院", "庭院整洁有序", 10, "酌情给分")
    [item] = table_of(workbook(tmp_path / "a.xlsx", [header, row])).items

    assert (item.name, item.words, item.scoring) == ("庭院", "庭院整洁有序", "酌情给分")


def test_what_numbers_the_paper_is_no_title(tmp_path: Path) -> None:
    rows = [("附件2",), ("石桥乡2024年考核评分表",), ("单位：分",), HEADER, *ROWS]

    assert table_of(workbook(tmp_path / "a.xlsx", rows)).title == "石桥乡2024年考核评分表"


def test_a_header_of_two_rows(tmp_path: Path) -> None:
    rows = [(), (None, None, None, "分值", "得分"), *ROWS]
    merged = {"A1:A2": "项目", "B1:B2": "序号", "C1:C2": "标准", "D1:E1": "评分"}
    table = table_of(workbook(tmp_path / "a.xlsx", rows, merged))

    assert [one.points for one in table.items] == [60.0, 40.0]


def test_a_banner_across_the_table_begins_a_group(tmp_path: Path) -> None:
    rows = [HEADER, (), (None, *ROWS[0][1:]), (), (None, *ROWS[1][1:])]
    merged = {"A2:E2": "一、环境整治（50分）", "A4:E4": "二、绿化（40分）"}
    file = workbook(tmp_path / "a.xlsx", rows, merged)

    assert [one.title for one in table_of(file).groups] == ["一、环境整治", "二、绿化"]
    assert "写的是 50 分，“一、环境整治”各条加起来是 60 分" in _told(file)


def test_several_rows_may_say_how_one_item_is_scored(tmp_path: Path) -> None:
    rows = [HEADER, (None, None, None, None, "达到80%得10分"), (None, None, None, None, "每低1%扣1分")]
    merged = {"A2:A3": "绿化", "B2:B3": 1, "C2:C3": "绿化覆盖率", "D2:D3": 10}
    [item] = table_of(workbook(tmp_path / "a.xlsx", rows, merged)).items

    assert item.scoring == "达到80%得10分\n每低1%扣1分"


def test_a_subtotal_is_checked_against_its_group(tmp_path: Path) -> None:
    rows = [HEADER, *ROWS, ("长效管护", 1, "村容村貌", 5, "酌情给分"), ("小计", None, None, 6)]

    assert _told(workbook(tmp_path / "a.xlsx", rows)).startswith(
        "考核!D5：写的是 6 分，上面各条加起来是 5 分"
    )


@pytest.mark.parametrize(
    ("row", "told"),
    [
        pytest.param(("合计", None, None, 90), "考核!D4：写的是 90 分，上面各条加起来是 100 分", id="a sum"),
        pytest.param(("合计", None, None, "100分"), "", id="that agrees"),
        pytest.param((None, None, "总 分", "９９"), "写的是 99 分", id="in another column, full width"),
    ],
)
def test_a_total_is_checked_against_the_sum(tmp_path: Path, row: tuple[Any, ...], told: str) -> None:
    file = workbook(tmp_path / "a.xlsx", [HEADER, *ROWS, row])

    assert told in _told(file)
    assert bool(told) == bool(_told(file))


@pytest.mark.parametrize(
    ("row", "cell", "problem"),
    [
        pytest.param(("环境", 3, "庭院", "若干", "酌情给分"), "考核!D4", "“若干”不是数字", id="no number"),
        pytest.param(("环境", 3, "庭院", None, "酌情给分"), "考核!D4", "没有写分值", id="none"),
        pytest.param(("环境", 3, "庭院", 0, "酌情给分"), "考核!D4", "应大于 0", id="zero"),
        pytest.param(("环境", 3, "庭院", -5, "酌情给分"), "考核!D4", "应大于 0", id="negative"),
        pytest.param(("环境", 3, "庭院", 10**7, "酌情给分"), "考核!D4", "最多 10000", id="too many"),
        pytest.param(("环境", 3, None, 5, "酌情给分"), "考核!C4", "有分值而没有标准", id="no words"),
        pytest.param(("环境", 3, "庭" * 3001, 5, "酌情给分"), "考核!C4", "3001 个字", id="long words"),
        pytest.param(("环境", 3, "庭院", 5, "查" * 3001), "考核!E4", "3001 个字", id="long scoring"),
        pytest.param(("环境整治", "２", "庭院", 5, "酌情给分"), "考核!B4", "考核!B3 重复", id="a twin"),
    ],
)
def test_what_is_wrong_is_told_with_its_cell(
    tmp_path: Path, row: tuple[Any, ...], cell: str, problem: str
) -> None:
    told = _refusal(workbook(tmp_path / "a.xlsx", [HEADER, *ROWS, row]))

    assert told.startswith(f"a.xlsx, {cell}: ")
    assert problem in told


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    bad = [("环境", number, "庭院", "若干", "酌情给分") for number in range(3, 28)]
    told = _refusal(workbook(tmp_path / "a.xlsx", [HEADER, *ROWS, *bad])).splitlines()

    assert len(told) == 21
    assert told[-1] == "……还有 5 处"


def test_points_merged_over_several_items_are_nobodys(tmp_path: Path) -> None:
    rows = [HEADER, (*ROWS[0][:3], None, ROWS[0][4]), (*ROWS[1][:3], None, ROWS[1][4])]
    told = _refusal(workbook(tmp_path / "a.xlsx", rows, {"D2:D3": 100}))

    assert told.startswith("a.xlsx, 考核!D2: 分值的合并单元格跨了几条")


def test_numbers_begin_again_in_each_group(tmp_path: Path) -> None:
    again = ("长效管护", 1, "村容村貌", 5, "酌情给分")

    assert len(table_of(workbook(tmp_path / "a.xlsx", [HEADER, *ROWS, again])).items) == 3


def test_without_a_header_it_says_what_it_saw_and_what_it_wants(tmp_path: Path) -> None:
    told = _refusal(workbook(tmp_path / "a.xlsx", [("村名", "得分"), ("临江村", 90)]))

    assert "A1 村名、B1 得分" in told
    assert "需要“标准”" in told
    assert "“分值”" in told


def test_two_columns_of_one_meaning_are_told_apart_by_nobody(tmp_path: Path) -> None:
    told = _refusal(workbook(tmp_path / "a.xlsx", [(*HEADER, "满分"), *ROWS]))

    assert told.startswith("a.xlsx, 考核!F1: D1“分值”和 F1“满分”都像“分值”一列")


def test_a_header_alone_is_no_table(tmp_path: Path) -> None:
    assert "表头下面没有条目" in _refusal(workbook(tmp_path / "a.xlsx", [HEADER]))


def test_the_stored_value_of_a_formula_is_used(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("考核")
        for column, text in enumerate(HEADER):
            sheet.write(0, column, text)
        sheet.write(1, 2, "村容村貌")
        sheet.write_formula(1, 3, "=5*2", None, 10)
        sheet.write(1, 4, "酌情给分")

    assert table_of(tmp_path / "a.xlsx").items[0].points == 10.0


@pytest.mark.parametrize("row", ["item", "total"])
def test_a_formula_that_was_never_worked_out_is_told_with_its_cell(tmp_path: Path, row: str) -> None:
    book = Workbook()
    book.active.title = "考核"
    book.active.append(HEADER)
    book.active.append(("环境", 1, "村容村貌", "=5*2" if row == "item" else 10, "酌情给分"))
    book.active.append(("合计", None, None, "=SUM(D2:D2)" if row == "total" else 10))
    book.save(tmp_path / "a.xlsx")
    told = _refusal(tmp_path / "a.xlsx")

    assert told.startswith(f"a.xlsx, 考核!{'D2' if row == 'item' else 'D3'}: 公式没有存下结果")


def test_a_formula_that_came_to_an_error_is_told_with_its_cell(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet("考核")
        for column, text in enumerate(HEADER):
            sheet.write(0, column, text)
        sheet.write(1, 2, "村容村貌")
        sheet.write_formula(1, 3, "=1/0", None, "#DIV/0!")

    assert _refusal(tmp_path / "a.xlsx").startswith("a.xlsx, 考核!D2: 公式结果是错误值")


def test_a_table_of_too_many_items_is_refused(tmp_path: Path) -> None:
    rows = [("环境", number, f"第{number}条", 1, "酌情给分") for number in range(1, 302)]

    assert "超过 300 条" in _refusal(workbook(tmp_path / "a.xlsx", [HEADER, *rows]))
