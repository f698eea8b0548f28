"""通报 as a Word document, made from a template that the county may replace.

A template is somebody's file: it is rendered in a process of its own, with limits on time and memory, by
Jinja's sandbox, which lets it at nothing but the values given.
"""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from datetime import date
from typing import Any

import orjson

from liangcun_server.exports.scores_table import ScoreRow, problem_texts
from liangcun_server.reports.material import HonourRoll, Report
from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Locale, Text, format_number

_SECONDS = 120
_MOST_BYTES = 20_000_000
_MOST_UNPACKED = 100_000_000
_MOST_PARTS = 1_000
# What a document has room for; the workbook has all.
MOST_VILLAGES = 3_000
_PROBLEMS = 10


class InvalidTemplate(LiangcunError):
    """A template that is no Word document, or can't be filled in."""

    code = "INVALID_TEMPLATE"


def circular(
    report: Report,
    template: bytes,
    locale: Locale,
    *,
    document_number: str | None = None,
    day: date | None = None,
) -> bytes:
    """The document: the template with the report filled in. Raises InvalidTemplate."""
    check_template(template)
    values = context(report, locale, document_number=document_number, day=day)
    return rendered(template, values)


def context(
    report: Report, locale: Locale, *, document_number: str | None = None, day: date | None = None
) -> dict[str, Any]:
    """What a template may use; `VARIABLES` says what each is."""
    table, ranked = report.table, report.ranked
    question, day = table.question, day or date.today()
    standard = question.resolved.standard
    whole = report.rolls[0]
    return {
        "title": table.title.pick(locale),
        "document_number": document_number or "",
        "date": f"{day.year}年{day.month}月{day.day}日" if locale == "zh" else day.isoformat(),
        "place": table.within.name,
        "period": str(question.period),
        "standard": standard.label.pick(locale),
        "standard_name": question.resolved.name,
        "max_score": format_number(standard.worth),
        "count": table.ranked + table.not_ranked,
        "ranked": table.ranked,
        "not_ranked": table.not_ranked,
        "passed": whole.passed,
        "mean": "" if whole.mean is None else f"{whole.mean:.2f}",
        "ranking": [_village(row, locale) for row in ranked[:MOST_VILLAGES]],
        "shown": min(len(ranked), MOST_VILLAGES),
        "red": [_village(row, locale) for row in whole.red],
        "black": [_village(row, locale) for row in whole.black],
        "townships": [_township(roll, locale) for roll in report.rolls[1:]],
        "problems": [
            {"title": criterion.label.pick(locale), "count": count}
            for criterion, count in report.problems[:_PROBLEMS]
        ],
        "notes": [note.pick(locale) for note in table.notes],
        "digest": table.digest,
    }


VARIABLES: dict[str, Text] = {
    "title": Text("标题", "the title"),
    "document_number": Text("文号", "the document's number"),
    "date": Text("日期", "the day"),
    "place": Text("地方", "the place"),
    "period": Text("时期", "the period"),
    "standard": Text("标准的名称", "the standard's title"),
    "standard_name": Text("标准的代码和版本", "its code and version"),
    "max_score": Text("满分", "the most points"),
    "count": Text("共有几个村", "how many villages there are"),
    "ranked": Text("几个参加排名", "how many are ranked"),
    "not_ranked": Text("几个没有排名", "how many aren't"),
    "passed": Text("几个达标", "how many pass"),
    "mean": Text("平均分", "the mean score"),
    "ranking": Text(
        "各村：rank name township score grade passed problems", "each village: rank name township …"
    ),
    "shown": Text(f"列出几个（最多 {MOST_VILLAGES}）", f"how many are listed, {MOST_VILLAGES} at most"),
    "red": Text("红榜，同 ranking", "the first, as in ranking"),
    "black": Text("黑榜，同 ranking", "the last, as in ranking"),
    "townships": Text(
        "各乡镇：name ranked passed mean red black（红黑榜为村名）", "each township; red and black are names"
    ),
    "problems": Text("失分最多的条目：title count", "what most villages lose by: title count"),
    "notes": Text("须知：模拟数据、工作释义等", "what is simulated or an interpretation"),
    "digest": Text("结果摘要", "the digest of the result"),
}


def _village(row: ScoreRow, locale: Locale) -> dict[str, Any]:
    return {
        "rank": row.rank,
        "name": row.region.name,
        "township": "" if row.parent is None else row.parent.name,
        "score": "" if row.score is None else format_number(row.score),
        "grade": "" if row.grade is None else row.grade.label.pick(locale),
        "passed": row.passed,
        "problems": "；".join(problem_texts(row, locale)),
    }


def _township(roll: HonourRoll, locale: Locale) -> dict[str, Any]:
    def names(rows: Sequence[ScoreRow]) -> str:
        return ("、" if locale == "zh" else ", ").join(row.region.name for row in rows)

    return {
        "name": roll.place.name,
        "ranked": roll.ranked,
        "passed": roll.passed,
        "mean": "" if roll.mean is None else f"{roll.mean:.2f}",
        "red": names(roll.red),
        "black": names(roll.black),
    }


def check_template(template: bytes) -> None:
    """Raises InvalidTemplate for what is no Word document, or unpacks to too much."""
    if len(template) > _MOST_BYTES:
        raise _invalid("文件太大", "the file is too large")
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise _invalid("不是 Word 文档（.docx）", "it is no Word document (.docx)") from None
    if not any(one.filename == "word/document.xml" for one in entries):
        raise _invalid("不是 Word 文档（.docx）", "it is no Word document (.docx)")
    if len(entries) > _MOST_PARTS or sum(one.file_size for one in entries) > _MOST_UNPACKED:
        raise _invalid("解开后太大", "it unpacks to too much")


def rendered(template: bytes, values: dict[str, Any]) -> bytes:
    """The template filled in, by a process of its own. Raises InvalidTemplate."""
    head = orjson.dumps(values)
    asked = len(head).to_bytes(8, "big") + head + template
    command = [sys.executable, "-I", "-m", "liangcun_server.reports.rendering"]
    try:
        done = subprocess.run(  # noqa: S603 - this very Python, and a module of the product
            command, input=asked, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise _invalid(
            "填写超过两分钟，已停止", "filling it in took over two minutes and was stopped"
        ) from None
    if done.returncode == 0 and done.stdout[:1] == b"=":
        return done.stdout[1:]
    if done.stdout[:1] == b"!":
        told = orjson.loads(done.stdout[1:])
        raise _invalid(str(told[0]), str(told[1]))
    raise _invalid(
        "填写时超出时间或内存，或意外结束", "filling it in went past its time or memory, or broke off"
    )


def _invalid(zh: str, en: str) -> InvalidTemplate:
    listed = " ".join(VARIABLES)
    return InvalidTemplate(
        Text(
            f"模板用不了：{zh}。可用的变量：{listed}；liangcun report --write-template 写出一份可改的",
            f"the template can't be used: {en}. It may use: {listed}; liangcun report --write-template "
            "writes one to start from",
        )
    )
