"""`liangcun report` and `liangcun rescore` as an administrator uses them."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document
from tests.server.cli.conftest import Liangcun

ABOUT = ("--standard", "jiuyou-liuwu", "--within", "220722")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def made(liangcun: Liangcun, *options: str) -> None:
    answer = liangcun("report", *options)
    assert answer.code == 0, answer.err


def test_the_workbook_is_what_counties_hand_around(liangcun: Liangcun, tmp_path: Path) -> None:
    made(liangcun, *ABOUT, "-o", "a.xlsx", "--compare-with", "sanhua", "--first", "3", "--last", "2")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["打分表", "排名通报", "红黑榜", "方案比较", "说明"]
    scores = book["打分表"]
    merged = {str(one) for one in scores.merged_cells.ranges}
    # Nine haves and their subtotal, six have-nots and theirs, each under its group.
    assert {"D3:M3", "N3:T3", "A3:A5", "A1:Y1"} <= merged
    rows = [[cell.value for cell in row] for row in scores.iter_rows(min_row=6)]
    assert len(rows) == 255
    for row in rows[:20]:
        assert sum(row[3:12]) == row[12]
        assert sum(row[13:19]) == row[19]
        assert row[12] + row[19] + row[20] == row[21]
    ranking = [[cell.value for cell in row] for row in book["排名通报"].iter_rows(min_row=4)]
    by_score = Counter(row[3] for row in ranking)
    for row in ranking:
        better = sum(count for score, count in by_score.items() if score > row[3])
        assert row[0] == better + 1
    rolls = [[cell.value for cell in row] for row in book["红黑榜"].iter_rows(min_row=4)]
    assert (rolls[0][0], rolls[0][1]) == ("长岭县", 255)
    for roll in rolls:
        red, black = str(roll[4] or "").splitlines(), str(roll[5] or "").splitlines()
        assert not set(red) & set(black)
        assert len(red) >= min(3, (roll[1] + 1) // 2)
    schemes = book["方案比较"]
    assert "Spearman" in schemes["A2"].value
    assert any("模拟" in str(row[1].value) for row in book["说明"].iter_rows())


def test_text_is_never_a_formula(own_liangcun: Liangcun, tmp_path: Path) -> None:
    villages = tmp_path / "新村.csv"
    villages.write_text(
        "code,name,parent_code,level\n220722201999,=cmd|'/c calc'!A1,220722201000,village\n", encoding="utf-8"
    )
    assert own_liangcun("regions", "load", str(villages), "--reason", "试").code == 0
    made(own_liangcun, *ABOUT[:2], "--within", "220722201", "-o", "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row if "calc" in str(cell.value)]
    assert found
    assert all(cell.data_type == "s" for cell in found)


def test_the_circular_says_what_the_ranking_says(liangcun: Liangcun, tmp_path: Path) -> None:
    made(liangcun, *ABOUT, "-o", "通报.docx", "--document", "长乡振发〔2024〕3号")
    document = Document(str(tmp_path / "通报.docx"))
    text = "\n".join(one.text for one in document.paragraphs)
    for told in ("长乡振发〔2024〕3号", "255 个村进行了考评", "一、红榜", "第 1 名", "模拟数据", "工作释义"):
        assert told in text
    assert "{" not in text
    townships, ranking = document.tables
    assert len(ranking.rows) == 256
    assert [cell.text for cell in ranking.rows[1].cells][3] == "100"
    assert len(townships.rows) > 20


def template_of(words: str) -> bytes:
    document = Document()
    document.add_paragraph(words)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def test_a_county_s_own_template_takes_its_place(liangcun: Liangcun, tmp_path: Path) -> None:
    made(liangcun, "--write-template", "own.docx")
    assert "{{ title }}" in Document(str(tmp_path / "own.docx")).paragraphs[0].text
    (tmp_path / "own.docx").write_bytes(template_of("{{ place }}：{{ passed }}/{{ count }} & <好>"))
    made(liangcun, *ABOUT, "--template", "own.docx", "-o", "b.docx")
    (only,) = Document(str(tmp_path / "b.docx")).paragraphs
    assert only.text == "长岭县：107/255 & <好>"


def bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 200_000_000)
    return target.getvalue()


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "no Word": (lambda: b"plain", "不是 Word 文档"),
    "another zip": (lambda: _zip("a.txt"), "不是 Word 文档"),
    "too much": (bomb, "解开后太大"),
    "syntax": (lambda: template_of("{{ title "), "模板用不了"),
    "unknown": (lambda: template_of("{{ titel }}"), "titel"),
    "escape": (lambda: template_of("{{ ''.__class__.__mro__ }}"), "__class__"),
    "grows": (lambda: template_of("{{ 'a' * 1000000000 }}"), "refused"),
    "powers": (lambda: template_of("{{ 9 ** 9 ** 9 }}"), "refused"),
    "ranges": (lambda: template_of("{% for i in range(10000000) %}a{% endfor %}"), "range"),
}


def _zip(name: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(name, b"a")
    return target.getvalue()


@pytest.mark.parametrize("kind", BAD)
def test_a_template_that_is_none_is_said(liangcun: Liangcun, tmp_path: Path, kind: str) -> None:
    write, told = BAD[kind]
    (tmp_path / "bad.docx").write_bytes(write())
    answer = liangcun("report", *ABOUT, "--template", "bad.docx", "-o", "out.docx")
    assert (answer.code, told in answer.err) == (2, True), answer.err
    assert not (tmp_path / "out.docx").exists()


def result(liangcun: Liangcun, standard: str = "jiuyou-liuwu", within: str = "220722201") -> Any:
    made(liangcun, "-s", standard, "--within", within, "-o", "a.json")
    return json.loads(Path("a.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("standard", ["jiuyou-liuwu", "sanhua", "village-obstacles"])
def test_an_exported_result_comes_out_the_same_anywhere(liangcun: Liangcun, standard: str) -> None:
    kept = result(liangcun, standard)
    answer = liangcun("rescore", "a.json")
    assert (answer.code, kept["digest"] in answer.out) == (0, True), answer.out + answer.err


def _observation(values: Any) -> None:
    place = values["observation_columns"].index("value")
    row = next(one for one in values["observations"] if one[place] in ("0.0", "1.0"))
    row[place] = "1.0" if row[place] == "0.0" else "0.0"


def _score(values: Any) -> None:
    values["results"][0]["score"] += 1


def _pass_mark(values: Any) -> None:
    values["frozen"]["standard"]["grades"][0]["min_score"] = 95


def _digest(values: Any) -> None:
    values["digest"] = "f" * 64


@pytest.mark.parametrize("tamper", [_observation, _score, _pass_mark, _digest])
def test_whatever_is_changed_in_it_is_named(liangcun: Liangcun, tamper: Callable[[Any], None]) -> None:
    values = result(liangcun, within="220722")
    tamper(values)
    Path("b.json").write_text(json.dumps(values), encoding="utf-8")
    answer = liangcun("rescore", "b.json")
    assert (answer.code, "不一致" in answer.out) == (1, True), answer.out + answer.err


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": "liangcun-result/9"}', "x" * 1000, '{"format": "liangcun-result/1"}']
)
def test_a_file_without_a_result_is_said(liangcun: Liangcun, text: str) -> None:
    Path("x.json").write_text(text, encoding="utf-8")
    answer = liangcun("rescore", "x.json")
    assert answer.code == 2
    assert "Traceback" not in answer.err
    assert "x.json" not in answer.out


def test_what_lacks_is_said(liangcun: Liangcun) -> None:
    assert "--output" in liangcun("report", *ABOUT).err
    assert "--standard" in liangcun("report", "-o", "a.xlsx").err
    assert liangcun("report", *ABOUT, "-o", "a.pdf").code == 2
    assert liangcun("rescore", "nothing.json").code == 2
