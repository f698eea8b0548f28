"""Looking exemptions up, for a whole scope at once, and as the engine wants them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Row, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.exemptions.model import Exemption, ExemptionKind
from liangcun_server.storage.tables import exemption, revision
from liangcun_standards.regions import code_range
from liangcun_standards.scoring import Exempt
from liangcun_standards.table import IndicatorTable, Integers


async def exemptions_for(
    connection: AsyncConnection,
    standard_id: str,
    scope: str,
    on_date: date,
    *,
    as_of_revision: int | None = None,
) -> list[Exemption]:
    """The exemptions from a standard's criteria that hold on a day within a region, by region and criterion.

    The newest grant or revocation of each region and criterion is what holds; one that has expired, has not
    begun or was revoked doesn't count. `scope` is a full code. With `as_of_revision`, what held by what was
    written up to then. One statement.
    """
    low, high = code_range(scope)
    age = func.row_number().over(
        partition_by=(exemption.c.region_code, exemption.c.criterion),
        order_by=exemption.c.revision_id.desc(),
    )
    rows = select(exemption, age.label("age")).where(
        exemption.c.standard_id == standard_id, exemption.c.region_code.between(low, high)
    )
    if as_of_revision is not None:
        rows = rows.where(exemption.c.revision_id <= as_of_revision)
    numbered = rows.subquery()
    holding = (
        select(numbered, revision.c.recorded_at, revision.c.author)
        .join(revision, revision.c.id == numbered.c.revision_id)
        .where(
            numbered.c.age == 1,
            numbered.c.revoked.is_(False),
            numbered.c.valid_from <= on_date,
            or_(numbered.c.expires_on.is_(None), numbered.c.expires_on >= on_date),
        )
        .order_by(numbered.c.region_code, numbered.c.criterion)
    )
    return [_exemption(row) for row in await connection.execute(holding)]


def exempt_rows(exemptions: Iterable[Exemption], table: IndicatorTable) -> Mapping[str, Exempt]:
    """The rows of `table` that each criterion doesn't bind, as `score` takes them."""
    rows: dict[str, dict[ExemptionKind, list[int]]] = {}
    for one in exemptions:
        row = table.row_of.get(one.region_code)
        if row is not None:
            kinds = rows.setdefault(one.criterion, {kind: [] for kind in ExemptionKind})
            kinds[one.kind].append(row)
    return {
        criterion: Exempt(
            waived=_ascending(kinds[ExemptionKind.WAIVED]),
            not_applicable=_ascending(kinds[ExemptionKind.NOT_APPLICABLE]),
        )
        for criterion, kinds in rows.items()
    }


def _ascending(rows: list[int]) -> Integers:
    return np.array(sorted(rows), np.int64)


def _exemption(row: Row[Any]) -> Exemption:
    return Exemption(
        region_code=row.region_code,
        standard_id=row.standard_id,
        criterion=row.criterion,
        kind=ExemptionKind(row.kind),
        authority=row.authority,
        reason=row.reason,
        valid_from=row.valid_from,
        expires_on=row.expires_on,
        document_number=row.document_number,
        revision=row.revision_id,
        recorded_at=row.recorded_at,
        recorded_by=row.author,
    )
