"""Finding a scoring table's header row and what each of its columns is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from liangcun_server.scoring_tables.cells import Grid, normal, reference
from liangcun_server.scoring_tables.errors import InvalidScoringTable
from liangcun_standards.text import Text


class Role(StrEnum):
    """What a column holds."""

    GROUP = "group"
    NUMBER = "number"
    NAME = "name"
    WORDS = "words"
    POINTS = "points"
    SCORING = "scoring"
    DEPARTMENT = "department"
    DATA_SOURCE = "data_source"

    @property
    def label(self) -> str:
        """The heading by which counties know it best."""
        return _TITLES[self][0]


# The usual headings of each; the first is the one that messages name.
_TITLES: Mapping[Role, tuple[str, ...]] = {
    Role.GROUP: (
        "项目", "考核项目", "类别", "考核类别", "评分项目", "检查项目", "考评项目", "评价项目", "考评类别",
        "指标类别", "工作项目", "大类", "一级指标", "分类", "类型",
    ),
    Role.NUMBER: ("序号", "编号", "号", "序"),
    Role.NAME: ("指标", "考核指标", "二级指标", "三级指标", "指标名称", "评价指标"),
    Role.WORDS: (
        "标准", "考核内容", "考评内容", "评分内容", "检查内容", "评价内容", "具体内容", "主要内容", "内容",
        "考核内容及标准", "考核内容和标准", "考核内容与标准", "考核内容及要求", "考核要点", "考核要求",
        "具体要求", "工作要求", "目标要求", "目标任务",
    ),
    Role.POINTS: ("分值", "分数", "满分", "标准分", "满分值", "标准分值", "基准分", "基本分"),
    Role.SCORING: (
        "计分办法", "评分办法", "扣分办法", "评分细则", "计分方法", "评分方法", "扣分方法", "计分标准",
        "扣分标准", "赋分标准", "打分标准", "扣分细则", "计分细则", "评分说明", "打分办法", "评分规则",
        "计分规则", "赋分规则", "赋分办法", "考核办法", "考核评分办法", "评分标准及办法", "评分依据",
    ),
    Role.DEPARTMENT: ("责任部门", "责任单位", "牵头单位", "牵头部门"),
    Role.DATA_SOURCE: ("数据来源", "资料来源"),
}  # fmt: skip
_ROLES = {title: role for role, titles in _TITLES.items() for title in titles}
# Columns of these names hold the words or, beside one that does, how points are given.
_EITHER = frozenset({"标准", "评分标准", "考核标准", "考评标准", "评价标准", "工作标准"})
_BRACKETS = re.compile(r"\(.*?\)|\[.*?\]|[:：/]")
_LOOKED_AT = 40


@dataclass(frozen=True)
class Header:
    """The column of each role, and the row below which the table begins."""

    columns: Mapping[Role, int]
    row: int

    @property
    def wide(self) -> tuple[int, int]:
        """The columns that a banner across the table spans: from the words to the points."""
        both = (self.columns[Role.WORDS], self.columns[Role.POINTS])
        return min(both), max(both)


def find_header(grid: Grid, file: str) -> Header:
    """The header of the table. Raises InvalidScoringTable when there is none, or a column stands twice."""
    for row in range(min(len(grid.rows), _LOOKED_AT)):
        columns = _columns(grid, row, file)
        if columns is None:
            continue
        # A header of two rows: the lower one says more.
        lower = _columns(grid, row + 1, file) if row + 1 < len(grid.rows) else None
        return Header(columns, row) if lower is None else Header(lower, row + 1)
    raise _no_header(grid, file)


def is_header_again(grid: Grid, header: Header, row: int) -> bool:
    """Whether the row repeats the header, as on a new page."""
    return all(
        normal(grid.text(row, column)) == normal(grid.text(header.row, column))
        for column in (header.columns[Role.WORDS], header.columns[Role.POINTS])
    )


def _columns(grid: Grid, row: int, file: str) -> dict[Role, int] | None:
    """The columns of a row that names the words and the points; None for another row."""
    named: dict[Role, int] = {}
    either: int | None = None
    for column in range(grid.width):
        if grid.first(row, column)[1] != column:
            continue
        title = _BRACKETS.sub("", normal(grid.text(row, column)))
        role = _ROLES.get(title)
        if title in _EITHER:
            role, before, either = Role.WORDS, either, column
        elif role is not None:
            before, named[role] = named.get(role), column
        if role is not None and before is not None:
            raise _twice(grid, row, before, column, role, file)
    if either is not None:
        _settle(named, either)
    if Role.WORDS not in named and Role.NAME in named:
        named[Role.WORDS] = named.pop(Role.NAME)
    return named if {Role.WORDS, Role.POINTS} <= named.keys() else None


def _settle(named: dict[Role, int], column: int) -> None:
    """Say what a column headed 标准 is, by what stands beside it."""
    content = Role.WORDS if Role.WORDS in named else Role.NAME
    if content not in named:
        named[Role.WORDS] = column
    elif Role.SCORING not in named:
        named[Role.SCORING] = column
    elif content is Role.NAME:
        named[Role.WORDS] = column
    else:
        # 考核内容, 标准, 计分办法: what it is about, what is asked, how points are given.
        named[Role.NAME], named[Role.WORDS] = named[Role.WORDS], column


def _twice(grid: Grid, row: int, one: int, other: int, role: Role, file: str) -> InvalidScoringTable:
    first, second = reference(row, one), reference(row, other)
    return InvalidScoringTable(
        Text(
            f"{first}“{grid.text(row, one)}”和 {second}“{grid.text(row, other)}”都像“{role.label}”一列；"
            "请把其中一个改名",
            f"{first} and {second} both look like the column '{role.label}'; rename one of them",
        ),
        where=f"{file}, {grid.place(row, other)}",
    )


def _no_header(grid: Grid, file: str) -> InvalidScoringTable:
    seen = []
    for row in range(min(len(grid.rows), _LOOKED_AT)):
        cells = [
            f"{reference(row, column)} {text[:20]}" for column, text in enumerate(grid.rows[row]) if text
        ]
        if len(cells) > 1:
            seen = cells
            break
    listed = "、".join(seen[:12]) or "—"
    return InvalidScoringTable(
        Text(
            f"没有找到表头。需要“标准”（或考核内容、指标等）和“分值”（或分数、满分）两列，最好还有“项目”“序号”"
            f"“计分办法”；看到的列：{listed}",
            "there is no header. It needs the columns 标准 (or 考核内容, 指标 and the like) and 分值 (or "
            f"分数, 满分), at best 项目, 序号, 计分办法 as well; the columns seen: {listed}",
        ),
        where=f"{file}, {grid.sheet}",
    )
