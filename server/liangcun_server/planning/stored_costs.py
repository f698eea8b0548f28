"""Cost tables in the database: each save a new row, the nearest place's newest one counting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.regions.region import UnknownRegion
from liangcun_server.regions.repository import by_codes
from liangcun_server.storage.bulk import insert_batches
from liangcun_server.storage.database import Database
from liangcun_server.storage.lists import among
from liangcun_server.storage.tables import cost_table, revision
from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import Indicator
from liangcun_standards.planning import Cost, CostTable, read_costs
from liangcun_standards.regions import SIGNIFICANT_DIGITS
from liangcun_standards.text import Text

_COLUMNS = ("region_code", "file", "text", "revision_id")
_LONGEST = 200_000
SHIPPED = "illustrative.yaml"


@dataclass(frozen=True)
class Costs:
    """The costs that count at a place. `region` is whose they are, None for those that ship."""

    table: CostTable
    text: str
    region: str | None = None
    recorded_at: datetime | None = None
    author: str | None = None

    def known_to(self, indicators: Mapping[str, Indicator]) -> CostTable:
        """The table without what nobody defines any more, or doesn't in this database."""
        known = tuple(one for one in self.table.costs if one.indicator in indicators)
        return self.table.model_copy(update={"costs": known})

    def with_changes(self, changes: Sequence[Cost], indicators: Mapping[str, Indicator]) -> Costs:
        """The costs with some in place of their own. Raises InvalidCosts."""
        for one in changes:
            one.check(indicators)
        return Costs(self.table.changed(changes), self.text, self.region, self.recorded_at, self.author)


@cache
def shipped_costs() -> Costs:
    """The example that ships: made-up figures."""
    text = (files(__package__) / SHIPPED).read_text(encoding="utf-8")
    return Costs(read_costs(text, SHIPPED), text)


async def costs_at(connection: AsyncConnection, region: str) -> Costs:
    """The costs that count for a region (a full code): the nearest place's, or those that ship."""
    around = {region[:digits].ljust(12, "0") for digits in SIGNIFICANT_DIGITS.values()}
    rows = (
        select(cost_table, revision.c.recorded_at, revision.c.author)
        .join(revision, revision.c.id == cost_table.c.revision_id)
        .where(among(connection, cost_table.c.region_code, {region, *around}))
        .order_by(cost_table.c.region_code.desc(), cost_table.c.revision_id.desc())
        .limit(1)
    )
    found = (await connection.execute(rows)).first()
    if found is None:
        return shipped_costs()
    table = read_costs(found.text, found.file)
    return Costs(table, found.text, found.region_code, found.recorded_at, found.author)


async def save_costs(
    database: Database,
    indicators: Mapping[str, Indicator],
    text: str,
    *,
    region: str,
    file: str,
    author: str,
    reason: str,
) -> Costs:
    """Keep a cost table for a region (a full code) and all in it, in place of the one before.

    Raises InvalidDocument, InvalidCosts, UnknownRegion, and LiangcunError for a blank author or reason.
    """
    if len(text) > _LONGEST or "\0" in text:
        raise LiangcunError(
            Text(
                f"成本表太长（最多 {_LONGEST:,} 个字符），或含有无法保存的字符",
                f"the cost table is too long (over {_LONGEST:,} characters), or has some that can't be kept",
            ),
            where=file,
        )
    table = read_costs(text, file)
    table.check(indicators)
    async with database.write(author=author, reason=reason, kind="costs") as (connection, number):
        if not await by_codes(connection, [region]):
            raise UnknownRegion(
                Text(f"数据库里没有区划 {region}", f"there is no region {region} in this database")
            )
        await insert_batches(connection, cost_table, _COLUMNS, [(region, file[:200], text, number)])
    return Costs(table, text, region, None, author)
