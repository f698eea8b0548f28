"""Verifying the chain: every write hashed again, and every place named where something doesn't fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.storage.sealing import GENESIS, content_of, linked
from liangcun_server.storage.tables import audit_entry, region, region_change, revision
from liangcun_standards.text import Text

_AT_ONCE = 500
_NAMED = 50

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Audit:
    """What verifying the chain found.

    `writes`: how many revisions there are. `rows`: how many rows they wrote. `unsealed`: revisions at the end
    that no write has sealed yet. `head`: the newest link. `faults`: what doesn't fit, with its revision.
    """

    writes: int
    rows: int
    unsealed: int
    head: str
    faults: tuple[Text, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was changed, added or taken away."""
        return not self.faults


async def verify(
    connection: AsyncConnection,
    *,
    known_head: str | None = None,
    progress: Progress = lambda done, total: None,
) -> Audit:
    """Hash every write again. With `known_head` that link, noted elsewhere, must be in the chain."""
    total = int(await connection.scalar(select(func.count()).select_from(revision)) or 0)
    walk = _Walk(known_head)
    after = 0
    while True:
        asked = (
            select(
                revision,
                audit_entry.c.rows.label("sealed_rows"),
                audit_entry.c.content,
                audit_entry.c.chain,
            )
            .outerjoin(audit_entry, audit_entry.c.revision_id == revision.c.id)
            .where(revision.c.id > after)
            .order_by(revision.c.id)
            .limit(_AT_ONCE)
        )
        rows = (await connection.execute(asked)).all()
        for row in rows:
            await walk.step(connection, row)
            progress(walk.writes, total)
        if len(rows) < _AT_ONCE:
            break
        after = rows[-1].id
    for fault in await _regions(connection):
        walk.fault(fault)
    return walk.end()


async def _regions(connection: AsyncConnection) -> list[Text]:
    """The regions that aren't what their newest change says."""
    newest = select(func.max(region_change.c.id).label("id")).group_by(region_change.c.region_code).subquery()
    told = select(region_change).join(newest, newest.c.id == region_change.c.id).subquery()
    asked = (
        select(region.c.code, told.c.region_code)
        .outerjoin(told, told.c.region_code == region.c.code)
        .where(
            or_(
                told.c.region_code.is_(None),
                told.c.name != region.c.name,
                told.c.level != region.c.level,
                told.c.parent_code.is_distinct_from(region.c.parent_code),
            )
        )
        .order_by(region.c.code)
        .limit(_NAMED)
    )
    return [
        Text(f"区划 {code} 不是加载进来的", f"region {code} wasn't loaded")
        if known is None
        else Text(
            f"区划 {code} 的名称、级别或上级被改动过",
            f"the name, level or parent of region {code} has been changed",
        )
        for code, known in await connection.execute(asked)
    ]


class _Walk:
    """Goes through the revisions in their order."""

    def __init__(self, known_head: str | None) -> None:
        self._known = known_head
        self._seen = known_head in (None, GENESIS)
        self._chain = GENESIS
        self._codes: dict[int, str] = {}
        self._faults: list[Text] = []
        self._unsealed: list[int] = []
        self.writes = self._rows = 0

    async def step(self, connection: AsyncConnection, row: object) -> None:
        """Look at one revision with its entry."""
        number: int = row.id  # type: ignore[attr-defined]
        sealed: str | None = row.chain  # type: ignore[attr-defined]
        content = await content_of(connection, number, self._codes)
        self.writes += 1
        self._rows += content.rows
        if sealed is None:
            self._unsealed.append(number)
            return
        if self._unsealed:
            first = self._unsealed[0]
            self._fault(
                f"修订 {first} 没有封记，其后的却有：封记被删去，或修订是后来加的",
                f"revision {first} isn't sealed, though a later one is: its seal was removed, or it was "
                "added",
            )
            self._unsealed = []
        if content.digest != row.content or content.rows != row.sealed_rows:  # type: ignore[attr-defined]
            was = row.sealed_rows  # type: ignore[attr-defined]
            self._fault(
                f"修订 {number} 写入的数据被改动过（封记时 {was} 行，现在 {content.rows} 行）",
                f"what revision {number} wrote has been changed ({was} rows were sealed, there are "
                f"{content.rows})",
            )
        elif linked(self._chain, row, content) != sealed:  # type: ignore[arg-type]
            self._fault(
                f"修订 {number} 与前一个接不上：它的时间、操作人、原因被改过，或它之前有修订被删去",
                f"revision {number} doesn't follow the one before: its time, author or reason was changed, "
                "or a revision before it was removed",
            )
        self._chain = sealed
        self._seen = self._seen or sealed == self._known

    def end(self) -> Audit:
        """All that was found."""
        if not self._seen:
            self._fault(
                f"链上没有 {self._known}：末尾有修订被删去，或者这不是同一个库",
                f"{self._known} isn't in the chain: revisions at its end were removed, or this is another "
                "database",
            )
        return Audit(self.writes, self._rows, len(self._unsealed), self._chain, tuple(self._faults))

    def fault(self, words: Text) -> None:
        """Take a fault down."""
        if len(self._faults) < _NAMED:
            self._faults.append(words)

    def _fault(self, zh: str, en: str) -> None:
        self.fault(Text(zh, en))
