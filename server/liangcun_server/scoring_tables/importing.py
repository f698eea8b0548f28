"""From a workbook to a standard's document: reads, maps, writes; nothing is kept of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from liangcun_server.scoring_tables.document import Head, write_document
from liangcun_server.scoring_tables.indicators import Indicators
from liangcun_server.scoring_tables.mapping import Mapped, map_items
from liangcun_server.scoring_tables.table import ScoringTable, read_table
from liangcun_server.scoring_tables.workbook import read_sheet
from liangcun_standards.indicators import Indicator
from liangcun_standards.text import Text

DEFAULT_CODE = "village-assessment"


@dataclass(frozen=True)
class Wanted:
    """What the document is to be called, as far as it was said."""

    jurisdiction: str
    code: str | None = None
    version: str | None = None
    title: str | None = None
    document: str | None = None


@dataclass(frozen=True)
class Imported:
    """The document's text, how each item was read, and what a person should know besides."""

    text: str
    head: Head
    table: ScoringTable
    items: Sequence[Mapped]
    told: Sequence[Text]

    @property
    def unfinished(self) -> list[Mapped]:
        """The items that have no rule yet."""
        return [one for one in self.items if one.rule is None]


def import_table(
    path: Path,
    wanted: Wanted,
    known: Mapping[str, Indicator],
    of_plugins: Collection[str],
    *,
    sheet: str | None = None,
    today: date | None = None,
) -> Imported:
    """The document that a workbook's scoring table makes.

    `known` are the indicators there are, `of_plugins` the codes of those that every document may use.
    Raises UnreadableWorkbook and InvalidScoringTable.
    """
    table = read_table(read_sheet(path, sheet), path.name)
    head, chosen = _head(table, wanted, today or date.today())
    source = f"{table.file}，{table.sheet}"
    items = map_items(table, Indicators(known, of_plugins, f"{head.code}_{head.version}"), source)
    return Imported(write_document(head, table, items), head, table, items, [*table.told, *chosen])


def _head(table: ScoringTable, wanted: Wanted, today: date) -> tuple[Head, list[Text]]:
    """What identifies the document, and what of it was taken without being said."""
    told = []
    title = wanted.title
    if title is None:
        title = " ".join(table.title.split())[:200] or Path(table.file).stem
        told.append(
            Text(f"名称取自表：{title}（--title 可另写）", f"the title is from the table: {title} (--title)")
        )
    version = wanted.version
    if version is None:
        year = re.search(r"(?<!\d)(20\d\d)(?!\d)", f"{title} {table.file}")
        version = str(today.year) if year is None else year[1]
        told.append(Text(f"版本取为 {version}（--version 可另写）", f"the version is {version} (--version)"))
    code = wanted.code
    if code is None:
        code = DEFAULT_CODE
        told.append(Text(f"代码取为 {code}（--code 可另写）", f"the code is {code} (--code)"))
    year = re.match(r"20\d\d(?!\d)", version)
    start = date(today.year if year is None else int(year[0]), 1, 1)
    told.append(
        Text(
            f"生效日期写为 {start}，不对就改文档", f"it is in force from {start}; change the document if not"
        )
    )
    return Head(wanted.jurisdiction, code, version, title, start, wanted.document), told
