"""The template of a 通报 that comes with the product, made here so that every word of it can be read."""

from __future__ import annotations

import io
from typing import Any

from liangcun_standards.text import Locale, Text

# In the tables of a document a row with {%tr … %} stands for the loop itself.
_RANKING = ("rank", "name", "township", "score", "grade", "problems")
_TOWNSHIPS = ("name", "ranked", "passed", "mean", "red", "black")


def shipped_template(locale: Locale) -> bytes:
    """The document, with its places to fill in."""
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    document = Document()
    document.core_properties.author = "liangcun"
    document.core_properties.title = "liangcun"
    document.styles["Normal"].font.size = Pt(12)
    words = _Words(document, locale)
    head = document.add_heading("{{ title }}", level=0)
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    number = document.add_paragraph("{{ document_number }}")
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    words.paragraph(
        "按照《{{ standard }}》（{{ standard_name }}，满分 {{ max_score }} 分），"
        "对{{ place }}的 {{ count }} 个村进行了考评（{{ period }}）。参加排名 {{ ranked }} 个，"
        "达标 {{ passed }} 个，平均 {{ mean }} 分；未参加排名 {{ not_ranked }} 个。现将结果通报如下。",
        "By {{ standard }} ({{ standard_name }}, {{ max_score }} points), {{ count }} villages of "
        "{{ place }} were assessed for {{ period }}: {{ ranked }} are ranked, {{ passed }} pass, the mean "
        "is {{ mean }}; {{ not_ranked }} aren't ranked.",
    )
    words.heading("一、红榜", "The first")
    words.bullets(
        "red",
        "第 {{ one.rank }} 名 {{ one.township }}{{ one.name }}，{{ one.score }} 分",
        "{{ one.rank }}. {{ one.name }}, {{ one.township }}: {{ one.score }}",
    )
    words.heading("二、黑榜", "The last")
    words.bullets(
        "black",
        "第 {{ one.rank }} 名 {{ one.township }}{{ one.name }}，{{ one.score }} 分：{{ one.problems }}",
        "{{ one.rank }}. {{ one.name }}, {{ one.township }}: {{ one.score }}; {{ one.problems }}",
    )
    words.heading("三、主要问题", "Main problems")
    words.bullets(
        "problems", "{{ one.title }}：{{ one.count }} 个村", "{{ one.title }}: {{ one.count }} villages"
    )
    words.heading("四、各乡镇", "Township by township")
    words.table(
        "townships",
        _TOWNSHIPS,
        ["乡镇", "参加排名", "达标", "平均分", "红榜", "黑榜"],
        ["township", "ranked", "pass", "mean", "first", "last"],
    )
    words.heading("五、各村排名（列出 {{ shown }} 个）", "The ranking ({{ shown }} listed)")
    words.table(
        "ranking",
        _RANKING,
        ["名次", "村", "乡镇", "得分", "等次", "主要问题"],
        ["rank", "village", "township", "score", "grade", "main problems"],
    )
    words.heading("说明", "Notes")
    words.bullets("notes", "{{ one }}", "{{ one }}")
    words.paragraph("结果摘要：{{ digest }}", "Digest of the result: {{ digest }}")
    closing = document.add_paragraph("{{ date }}")
    closing.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


class _Words:
    """Writes into a document, in one language."""

    def __init__(self, document: Any, locale: Locale) -> None:
        self._document = document
        self._locale: Locale = locale

    def paragraph(self, zh: str, en: str) -> None:
        self._document.add_paragraph(Text(zh, en).pick(self._locale))

    def heading(self, zh: str, en: str) -> None:
        self._document.add_heading(Text(zh, en).pick(self._locale), level=1)

    def bullets(self, variable: str, zh: str, en: str) -> None:
        """A paragraph for each of the variable's items, which is `one`."""
        self._document.add_paragraph(f"{{%p for one in {variable} %}}")
        self._document.add_paragraph(Text(zh, en).pick(self._locale))
        self._document.add_paragraph("{%p endfor %}")

    def table(self, variable: str, fields: tuple[str, ...], zh: list[str], en: list[str]) -> None:
        """A table with a row for each of the variable's items."""
        table = self._document.add_table(rows=4, cols=len(fields))
        table.style = "Table Grid"
        for place, title in enumerate(zh if self._locale == "zh" else en):
            table.cell(0, place).text = title
            table.cell(2, place).text = f"{{{{ one.{fields[place]} }}}}"
        table.cell(1, 0).text = f"{{%tr for one in {variable} %}}"
        table.cell(3, 0).text = "{%tr endfor %}"
