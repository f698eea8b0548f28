"""The document that a table makes: rules beside their words, indicators by exact name, what is unfinished."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from tests.conftest import installed_plugins
from tests.server.scoring_tables.workbooks import HEADER, ROWS, county_table, imported, workbook

from liangcun_server.scoring_tables.importing import Imported
from liangcun_standards.document import Standard, read_standard
from liangcun_standards.errors import InvalidDocument
from liangcun_standards.indicators import Definition, Indicator, IndicatorCatalogue
from liangcun_standards.vocabulary import Direction, IndicatorKind, SourceStatus

_KNOWN = installed_plugins().indicators


def _document(made: Imported) -> Standard:
    document = read_standard(made.text, "打分表.yaml")
    assert isinstance(document, Standard)
    return document


def _one(tmp_path: Path, words: str, scoring: str, points: float = 10) -> Imported:
    rows = [HEADER, ("环境", 1, words, points, scoring)]
    return imported(workbook(tmp_path / "a.xlsx", rows), _KNOWN)


def test_a_table_that_is_read_in_full_makes_a_document_that_fits_the_indicators(tmp_path: Path) -> None:
    made = imported(county_table(tmp_path / "打分表.xlsx"), _KNOWN)

    document = _document(made)
    document.check(_KNOWN)
    assert made.unfinished == []
    assert document.worth == 100.0
    assert (document.title, document.version) == ("长岭县2024年农村人居环境考核打分表", "2024")
    assert [one.rule.kind for one in document.criteria] == [
        "shortfall", "bands", "deduction", "shortfall", "presence", "presence", "judged",
    ]  # fmt: skip
    assert {one.code for one in document.indicators} == {
        f"village_assessment_2024_{number}" for number in (3, 4, 5, 6, 7)
    }


def test_a_criterion_keeps_the_words_that_it_came_from(tmp_path: Path) -> None:
    criterion = _document(imported(county_table(tmp_path / "打分表.xlsx"), _KNOWN)).criteria[0]

    assert criterion.source.status is SourceStatus.INTERPRETATION
    assert criterion.source.text == (
        "标准：绿化覆盖率；计分办法：达到30%以上得20分，每降低1个百分点扣1分（打分表!C3）"
    )
    assert criterion.department == "林业局"


def test_it_claims_to_be_official_only_where_the_paper_is_named(tmp_path: Path) -> None:
    file = county_table(tmp_path / "打分表.xlsx")
    document = _document(imported(file, _KNOWN, document="长农发〔2024〕5号"))

    assert document.source.status is SourceStatus.OFFICIAL
    assert document.criteria[0].source.document == "长农发〔2024〕5号"


def test_what_is_not_said_is_taken_from_the_table_and_told(tmp_path: Path) -> None:
    told = "\n".join(one.zh for one in imported(county_table(tmp_path / "打分表.xlsx"), _KNOWN).told)

    for words in ("版本取为 2024", "代码取为 village-assessment", "名称取自表", "生效日期写为 2024-01-01"):
        assert words in told


def test_an_indicator_of_exactly_that_name_is_taken(tmp_path: Path) -> None:
    [one] = _one(tmp_path, "绿化 覆盖率", "达到30%得满分，否则不得分").items

    assert one.found is not None
    assert (one.found.indicator.code, one.found.own) == ("greening_rate", False)


@pytest.mark.parametrize(
    ("words", "scoring", "near"),
    [
        pytest.param("绿化覆盖率情况", "达到30%得满分，否则不得分", "greening_rate", id="a near name"),
        pytest.param("路灯", "每发现一处扣1分", "street_lamps", id="the name, of something good"),
        pytest.param("绿化覆盖率", "有得10分，没有不得分", "greening_rate", id="the name, of another kind"),
    ],
)
def test_a_near_one_is_shown_and_never_taken(tmp_path: Path, words: str, scoring: str, near: str) -> None:
    made = _one(tmp_path, words, scoring)
    [one] = made.items

    assert one.found is not None
    assert one.found.own
    assert near in {known.code for known in one.suggestions}
    assert near not in {source.indicator for source in _document(made).inputs}
    assert "另有名称相近的指标：" in made.text


def test_an_indicator_of_another_county_document_is_said_again_as_it_is_there(tmp_path: Path) -> None:
    theirs = Indicator(
        code="tidy_courtyards_rate",
        name="整洁庭院率",
        name_en="Tidy courtyards",
        unit="percent",
        kind=IndicatorKind.RATE,
        direction=Direction.HIGHER,
        definition="整洁庭院的比例",
        definition_en="整洁庭院的比例",
        source="2023 年细则",
    )
    known = _KNOWN.with_definitions([Definition(theirs, "220722/clean@2023", None)])
    rows = [HEADER, ("环境", 1, "整洁庭院率", 10, "按比例得分")]
    document = _document(imported(workbook(tmp_path / "a.xlsx", rows), known))

    assert document.indicators == (theirs,)


def test_what_the_words_call_it_names_an_indicator_too(tmp_path: Path) -> None:
    [one] = _one(tmp_path, "村庄环境", "每发现一处垃圾乱堆扣1分，扣完为止").items

    assert one.found is not None
    assert one.found.indicator.code == "garbage_piles_found"


def test_of_two_of_one_name_none_is_taken(tmp_path: Path) -> None:
    one = _KNOWN["greening_rate"]
    twin = one.model_copy(update={"code": "greening_rate_by_satellite"})
    known = IndicatorCatalogue([("a", one), ("b", twin)])
    rows = [HEADER, ("环境", 1, one.name, 10, "按比例得分")]

    [item] = imported(workbook(tmp_path / "a.xlsx", rows), known).items
    assert item.found is not None
    assert item.found.own


def test_two_items_of_one_name_define_two_indicators(tmp_path: Path) -> None:
    rows = [HEADER, *(("环境", number, "村容村貌", 5, "酌情给分") for number in (1, 2))]
    document = _document(imported(workbook(tmp_path / "a.xlsx", rows), _KNOWN))

    assert [one.name for one in document.indicators] == ["村容村貌评分", "村容村貌评分（2）"]


def test_what_cannot_be_read_keeps_the_document_from_being_saved_at_its_line(tmp_path: Path) -> None:
    rows = [HEADER, *ROWS, ("长效", 1, "户厕\n管护到位", 5, "查看资料，走访农户")]
    made = imported(workbook(tmp_path / "a.xlsx", rows), _KNOWN)
    with pytest.raises(InvalidDocument) as refused:
        read_standard(made.text, "a.yaml")

    line = 1 + made.text[: made.text.index("code: item-3")].count("\n")
    assert refused.value.text("zh") == f"a.yaml:{line}:9: groups.1.criteria.0.rule: 缺少必填项"
    assert "# 未完成（考核!C4）：计分办法不是认得的写法" in made.text
    assert "# 标准：户厕 管护到位" in made.text
    assert "# 计分办法：查看资料，走访农户" in made.text
    assert [one.code for one in made.unfinished] == ["item-3"]


def test_finishing_the_rule_is_all_that_is_left_to_do(tmp_path: Path) -> None:
    made = _one(tmp_path, "村庄规划", "查看资料")
    finished = made.text.replace(
        "        max_score: 10\n",
        "        max_score: 10\n        rule: {kind: presence, indicator: village_plan}\n",
    )

    document = read_standard(finished, "a.yaml")
    assert isinstance(document, Standard)
    document.check(_KNOWN)


@pytest.mark.parametrize(
    ("words", "title", "kind"),
    [
        pytest.param("绿化覆盖率达到80%以上得10分，每降低1%扣0.5分", "绿化覆盖率", "shortfall", id="a rate"),
        pytest.param("整洁，无垃圾乱堆；每发现一处扣1分", "整洁，无垃圾乱堆", "deduction", id="found"),
    ],
)
def test_a_table_without_a_column_for_it_says_in_its_standard_how_points_are_given(
    tmp_path: Path, words: str, title: str, kind: str
) -> None:
    file = workbook(tmp_path / "a.xlsx", [("项目", "序号", "评分标准", "分值"), ("环境", 1, words, 10)])
    [criterion] = _document(imported(file, _KNOWN)).criteria

    assert (criterion.title, criterion.rule.kind) == (title, kind)
    assert criterion.definition == words


def test_a_name_over_several_items_is_no_title_of_theirs(tmp_path: Path) -> None:
    header = ("一级指标", "二级指标", "考核内容", "分值", "评分标准")
    rows = [
        header,
        ("环境", None, "庭院整洁", 10, "酌情给分"),
        ("环境", None, "道路干净", 10, "酌情给分"),
        ("环境", "厕所", "卫生厕所普及情况", 10, "酌情给分"),
    ]
    made = imported(workbook(tmp_path / "a.xlsx", rows, {"B2:B3": "村容"}), _KNOWN)

    assert [one.title for one in made.items] == ["庭院整洁", "道路干净", "厕所"]


def test_bonuses_are_left_to_a_person(tmp_path: Path) -> None:
    rows = [HEADER, *ROWS, ("加分项", 1, "获市级以上表彰", 5, "有得5分，没有不得分")]
    made = imported(workbook(tmp_path / "a.xlsx", rows), _KNOWN)

    [left] = made.unfinished
    assert left.missing is not None
    assert "adjustments" in left.missing.zh


@pytest.mark.parametrize(
    "words",
    [
        pytest.param('写着"引号"、\\反斜杠和: # 号', id="quotes"),
        pytest.param("{a: b}, [c], *d, &e, !f", id="YAML"),
        pytest.param("第一行\n- 第二行\n# 第三行", id="lines"),
        pytest.param("=1+1", id="like a formula"),
        pytest.param("长" * 500, id="long"),
        pytest.param("村\u0085容\u2028貌\u202e", id="unseen characters"),
    ],
)
@pytest.mark.parametrize("scoring", ["酌情给分", "看情况"], ids=["a rule", "no rule"])
def test_whatever_a_cell_says_the_document_can_be_read(tmp_path: Path, words: str, scoring: str) -> None:
    file = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("考核")
        for row, values in enumerate([HEADER, (words, 1, words, 5, scoring)]):
            for column, value in enumerate(values):
                sheet.write(row, column, value)
    made = imported(file, _KNOWN, title=words[:200])

    if scoring == "酌情给分":
        assert _document(made).criteria[0].max_score == 5.0
    else:
        with pytest.raises(InvalidDocument, match=r"criteria\.0\.rule: is missing"):
            read_standard(made.text, "a.yaml")


def test_the_largest_table_makes_a_document_that_can_be_read(tmp_path: Path) -> None:
    rows = [("环境", number, f"第{number}条", 1, "每发现一处扣0.5分") for number in range(1, 301)]
    made = imported(workbook(tmp_path / "a.xlsx", [HEADER, *rows]), _KNOWN)

    assert len(_document(made).criteria) == 300


def test_the_longest_code_and_version_still_make_codes_of_indicators(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", [HEADER, *ROWS])
    document = _document(imported(file, _KNOWN, code="a" + "-b" * 31, version="2024." + "1" * 26))

    assert len({one.code for one in document.indicators}) == 2
