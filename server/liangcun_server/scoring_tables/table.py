"""The rows of a scoring table: groups, items with their points, totals checked, what was passed over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from liangcun_server.scoring_tables.cells import Grid, normal
from liangcun_server.scoring_tables.errors import InvalidScoringTable
from liangcun_server.scoring_tables.header import Header, Role, find_header, is_header_again
from liangcun_server.scoring_tables.workbook import SheetRead
from liangcun_standards.text import Text, format_number

MAX_ITEMS = 300
MAX_LENGTH = 3_000
MAX_POINTS = 10_000.0
_SHOWN_FAULTS = 20

_NUMBER = re.compile(r"(-?\+?\d+(?:\.\d+)?)分?", re.ASCII)
_GROUP_POINTS = re.compile(r"[((](?:共|满分|计)?(\d+(?:\.\d+)?)分[))]", re.ASCII)
_TOTAL = re.compile(r"(?:合计|总分|总计|小计|总分值)(?:[((:].*)?")
# What stands above a table's title: 附件2, 表一, 单位：分.
_NO_TITLE = re.compile(
    r"(?:附件|附表|附|表)[\d一二三四五六七八九十:.、-]*|.{0,2}|(?:单位|填表|日期).*", re.DOTALL
)
_ASIDE = re.compile(r"(?:注|备注|说明|填表|考核组|考评组|考核人|签字|评分人|检查人).*", re.DOTALL)


@dataclass
class Item:
    """One row that earns points: the words of 标准 and 计分办法 as they stand, and where."""

    place: str
    row: int
    group: int
    number: str
    name: str
    words: str
    points: float
    scoring: str
    scoring_place: str
    department: str = ""
    data_source: str = ""


@dataclass
class TableGroup:
    """A group of items; `claimed` are the points that its own title or a subtotal says it has."""

    title: str
    place: str
    claimed: list[tuple[str, float]] = field(default_factory=list)


@dataclass
class ScoringTable:
    """A table as it was read. `told`: what a person should know of how it was read."""

    file: str
    sheet: str
    title: str
    groups: list[TableGroup]
    items: list[Item]
    told: list[Text]


def read_table(read: SheetRead, file: str) -> ScoringTable:
    """The scoring table of a sheet.

    Raises InvalidScoringTable for a table without a header or without items, with each figure that can't be
    used and its cell.
    """
    reading = _Reading(read.grid, find_header(read.grid, file), file)
    reading.values_missing(read)
    for row in range(reading.header.row + 1, len(read.grid.rows)):
        reading.take(row)
    reading.finish()
    told = [*_left_alone(read.left), *reading.told]
    groups, items = _used(reading.groups, reading.items)
    return ScoringTable(file, read.grid.sheet, reading.title(), groups, items, told)


def _used(groups: Sequence[TableGroup], items: list[Item]) -> tuple[list[TableGroup], list[Item]]:
    """The groups that have items, which then count among these."""
    kept = sorted({one.group for one in items})
    for one in items:
        one.group = kept.index(one.group)
    return [groups[place] for place in kept], items


def _left_alone(hidden: Sequence[str]) -> list[Text]:
    if not hidden:
        return []
    listed = "、".join(hidden)
    return [
        Text(
            f"隐藏的工作表没有读：{listed}（要读就用 --sheet 指明）",
            f"hidden sheets weren't read: {listed} (name one with --sheet to read it)",
        )
    ]


class _Reading:
    """What has been read so far, row by row."""

    def __init__(self, grid: Grid, header: Header, file: str) -> None:
        self.grid = grid
        self.header = header
        self.file = file
        self.groups: list[TableGroup] = []
        self.items: list[Item] = []
        self.told: list[Text] = []
        self._faults: list[Text] = []
        self._numbers: dict[tuple[int, str], str] = {}
        self._since_subtotal = 0
        self._group_cell: tuple[int, int] | None = None
        self._missing: dict[str, Text] = {}

    def title(self) -> str:
        """The text above the header, where there is one."""
        above = [self.grid.rows[row] for row in range(self.header.row)]
        texts = [text for row in above for text in row if text]
        return next((text for text in texts if not _NO_TITLE.fullmatch(normal(text))), "")

    def values_missing(self, read: SheetRead) -> None:
        """Note the formulas without a value, for the cells that turn out to be needed."""
        for cell in read.faults.without_value:
            self._missing[f"{self.grid.sheet}!{cell}"] = Text(
                "公式没有存下结果；请用 Excel 或 WPS 打开、重新计算后保存，或改填数值",
                "a formula without a stored result; open the workbook in Excel or WPS, calculate and save "
                "it, or write the value",
            )
        for cell in read.faults.errors:
            self._missing[f"{self.grid.sheet}!{cell}"] = Text(
                "公式结果是错误值；请改正公式，或改填数值",
                "a formula that comes to an error; mend it, or write the value",
            )

    def take(self, row: int) -> None:
        """Take in one row."""
        filled = any(self.grid.text(row, column) for column in range(self.grid.width))
        if not filled and not any(self._place(row, role) in self._missing for role in self.header.columns):
            return
        if is_header_again(self.grid, self.header, row):
            return
        banner = self._banner(row)
        if self._total(row):
            return
        if banner is not None:
            if _ASIDE.fullmatch(normal(banner)):
                self._passed_over(row, banner)
            else:
                self._begin_group(banner, self.grid.place(row, self.header.wide[0]))
            return
        self._group(row)
        self._item(row)

    def finish(self) -> None:
        """Check what was claimed. Raises InvalidScoringTable for all faults found."""
        if not self.items and not self._faults:
            self._fault(
                f"{self.grid.sheet}!{self.header.row + 1}",
                Text("表头下面没有条目", "there are no items below the header"),
            )
        if len(self.items) > MAX_ITEMS:
            self._fault(
                self.items[MAX_ITEMS].place,
                Text(
                    f"条目超过 {MAX_ITEMS} 条，请分成几个标准",
                    f"there are more than {MAX_ITEMS} items; make it several standards",
                ),
            )
        if self._faults:
            shown = self._faults[:_SHOWN_FAULTS]
            more = len(self._faults) - len(shown)
            if more:
                shown.append(Text(f"……还有 {more} 处", f"… and {more} more"))
            raise InvalidScoringTable(
                Text("\n".join(one.zh for one in shown), "\n".join(one.en for one in shown))
            )
        for place, group in enumerate(self.groups):
            have = sum(one.points for one in self.items if one.group == place)
            for cell, claimed in group.claimed:
                self._compare(
                    cell, claimed, have, Text(f"“{group.title}”各条", f"the items of '{group.title}'")
                )

    def _text(self, row: int, role: Role) -> str:
        column = self.header.columns.get(role)
        return "" if column is None else self.grid.text(row, column)

    def _place(self, row: int, role: Role) -> str:
        return self.grid.place(row, self.header.columns.get(role, self.header.columns[Role.WORDS]))

    def _begins(self, row: int, role: Role) -> bool:
        """Whether the cell has text of its own, not that of a merged range begun above."""
        column = self.header.columns.get(role)
        return column is not None and self.grid.first(row, column)[0] == row and bool(self._text(row, role))

    def _banner(self, row: int) -> str | None:
        """The text that stands across the table, or alone in its row's first cell as a remark."""
        left, right = self.header.wide
        if self.grid.first(row, left) == self.grid.first(row, right) and self.grid.text(row, left):
            return self.grid.text(row, left)
        filled = [column for column, text in enumerate(self.grid.rows[row]) if text]
        if len(filled) == 1 and _ASIDE.fullmatch(normal(self.grid.rows[row][filled[0]])):
            return self.grid.rows[row][filled[0]]
        return None

    def _passed_over(self, row: int, text: str) -> None:
        cell = self.grid.place(row, self.header.wide[0])
        brief = text.replace("\n", " ")[:40]
        self.told.append(
            Text(f"{cell}：没有读入“{brief}”", f"{cell}: '{brief}' was passed over"),
        )

    def _total(self, row: int) -> bool:
        """Check a row of totals; False for another row."""
        roles = (Role.GROUP, Role.NUMBER, Role.NAME, Role.WORDS)
        # A group's merged cell may reach down to the row of its subtotal.
        words = next(
            (one for one in (normal(self._text(row, role)) for role in roles) if _TOTAL.fullmatch(one)), None
        )
        if words is None:
            return False
        cell = self._place(row, Role.POINTS)
        if cell in self._missing:
            self._fault(cell, self._missing[cell])
            return True
        match = _NUMBER.fullmatch(normal(self._text(row, Role.POINTS)))
        if match is None:
            return True
        claimed, have = float(match[1]), sum(one.points for one in self.items)
        if words.startswith("小计"):
            # Of the group or, in tables that keep none, of what came since the subtotal before.
            since = sum(one.points for one in self.items[self._since_subtotal :])
            group = sum(one.points for one in self.items if one.group == len(self.groups) - 1)
            self._since_subtotal = len(self.items)
            have = since if abs(claimed - since) < abs(claimed - group) else group
        self._compare(cell, claimed, have, Text("上面各条", "the items above"))
        return True

    def _compare(self, cell: str, claimed: float, have: float, what: Text) -> None:
        if abs(claimed - have) > 1e-6:
            one, other = format_number(claimed), format_number(have)
            self.told.append(
                Text(
                    f"{cell}：写的是 {one} 分，{what.zh}加起来是 {other} 分，请核对",
                    f"{cell}: it says {one} points, and {what.en} come to {other}; check them",
                )
            )

    def _group(self, row: int) -> None:
        column = self.header.columns.get(Role.GROUP)
        if column is None:
            return
        cell = self.grid.first(row, column)
        text = self.grid.text(row, column)
        if text and cell != self._group_cell:
            self._group_cell = cell
            # A county that repeats the group in every row means one group.
            if not self.groups or _plain(text) != self.groups[-1].title:
                self._begin_group(text, self.grid.place(row, column))

    def _begin_group(self, text: str, place: str) -> None:
        self._check_length(place, text)
        claimed = _GROUP_POINTS.search(normal(text))
        group = TableGroup(_plain(text), place)
        if claimed is not None:
            group.claimed.append((place, float(claimed[1])))
        self.groups.append(group)

    def _item(self, row: int) -> None:
        new = self._begins(row, Role.WORDS) or self._begins(row, Role.NAME)
        own_points = self._begins(row, Role.POINTS)
        faulty = [
            self._place(row, role)
            for role in (Role.POINTS, Role.WORDS, Role.SCORING)
            if self._place(row, role) in self._missing
        ]
        if faulty:
            for cell in faulty:
                self._fault(cell, self._missing[cell])
            return
        if not new and not own_points:
            self._go_on(row)
            return
        words = self._text(row, Role.WORDS) or self._text(row, Role.NAME)
        if not words:
            self._fault(
                self._place(row, Role.WORDS),
                Text("有分值而没有标准，请补上", "points without words of what they are for; add them"),
            )
            return
        points = self._points(row)
        if points is None:
            return
        for role in (Role.WORDS, Role.SCORING):
            self._check_length(self._place(row, role), self._text(row, role))
        if not self.groups:
            self._begin_group("考核内容", self._place(row, Role.WORDS))
        number = normal(self._text(row, Role.NUMBER)) if self._begins(row, Role.NUMBER) else ""
        self._check_number(row, number)
        self.items.append(
            Item(
                place=self._place(row, Role.WORDS),
                row=row,
                group=len(self.groups) - 1,
                number=number,
                name=self._text(row, Role.NAME),
                words=words,
                points=points,
                scoring=self._text(row, Role.SCORING),
                scoring_place=self._place(row, Role.SCORING),
                department=self._text(row, Role.DEPARTMENT).replace("\n", "、"),
                data_source=self._text(row, Role.DATA_SOURCE).replace("\n", "、"),
            )
        )

    def _go_on(self, row: int) -> None:
        """A row that says more of how the item above is scored."""
        more = self._text(row, Role.SCORING)
        if not self._begins(row, Role.SCORING) or not more:
            return
        if not self.items:
            self._passed_over(row, more)
            return
        item = self.items[-1]
        item.scoring = "\n".join(part for part in (item.scoring, more) if part)
        self._check_length(item.scoring_place, item.scoring)

    def _points(self, row: int) -> float | None:
        text, cell = self._text(row, Role.POINTS), self._place(row, Role.POINTS)
        if text and not self._begins(row, Role.POINTS):
            self._fault(
                cell,
                Text(
                    "分值的合并单元格跨了几条；请取消合并，给每条写分值",
                    "the points are merged over several items; take the merge apart and give each its own",
                ),
            )
            return None
        match = _NUMBER.fullmatch(normal(text))
        if match is None:
            brief = text[:20]
            self._fault(
                cell,
                Text(
                    f"分值“{brief}”不是数字，请改成数字" if text else "没有写分值，请补上",
                    f"the points '{brief}' are no number; write one"
                    if text
                    else "there are no points; add them",
                ),
            )
            return None
        points = float(match[1])
        if not 0 < points <= MAX_POINTS:
            most = format_number(MAX_POINTS)
            self._fault(
                cell,
                Text(
                    f"分值 {text} 应大于 0，最多 {most}；扣分项请写进计分办法，或以后写成 adjustments",
                    f"the points {text} should be above 0 and {most} at the most; what only takes points "
                    "away goes into how points are given, or later into adjustments",
                ),
            )
            return None
        return points

    def _check_number(self, row: int, number: str) -> None:
        if not number:
            return
        cell = self._place(row, Role.NUMBER)
        earlier = self._numbers.setdefault((len(self.groups), number), cell)
        if earlier != cell:
            self._fault(
                cell,
                Text(
                    f"序号 {number[:20]} 与 {earlier} 重复，请改正",
                    f"the number {number[:20]} stands at {earlier} already; correct one",
                ),
            )

    def _check_length(self, cell: str, text: str) -> None:
        if len(text) > MAX_LENGTH:
            self._fault(
                cell,
                Text(
                    f"文字有 {len(text)} 个字，最多 {MAX_LENGTH}；请分成几条",
                    f"the text has {len(text)} characters, {MAX_LENGTH} at the most; make it several items",
                ),
            )

    def _fault(self, cell: str, problem: Text) -> None:
        where = f"{self.file}, {cell}: "
        self._faults.append(Text(where + problem.zh, where + problem.en))


def _plain(text: str) -> str:
    """A group's title on one line, without its points."""
    title = " ".join(text.split())
    return _GROUP_POINTS.sub("", title.replace("（", "(").replace("）", ")")).strip() or title
