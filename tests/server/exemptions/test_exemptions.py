"""Exemptions: granted with authority, reason and expiry; the newest word holds; nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from liangcun_server.exemptions.granting import (
    InvalidExemption,
    UnknownExemption,
    grant_exemption,
    revoke_exemption,
)
from liangcun_server.exemptions.model import Exemption, ExemptionKind, NewExemption
from liangcun_server.exemptions.repository import exempt_rows, exemptions_for
from liangcun_server.regions.region import UnknownRegion
from liangcun_server.storage.database import Database
from liangcun_server.storage.statements import count_statements
from liangcun_standards.errors import LiangcunError
from liangcun_standards.periods import Period
from liangcun_standards.table import IndicatorTable

CHANGLING = "220722000000"
GUANGMING = "220722201000"
MENGGU = "220722201204"
ERSHIHAO = "220722207201"
STANDARD = "220722/jiuyou-liuwu"
NO_PADDOCKS = NewExemption(
    region_code=MENGGU,
    standard_id=STANDARD,
    criterion="manure",
    kind=ExemptionKind.NOT_APPLICABLE,
    authority="县农业农村局",
    reason="全村无养殖户",
    valid_from=date(2023, 1, 1),
    expires_on=date(2023, 12, 31),
    document_number="长农字〔2023〕8号",
)


async def grant(database: Database, **changes: Any) -> int:
    return await grant_exemption(database, replace(NO_PADDOCKS, **changes), author="王敏")


async def revoke(database: Database, **changes: Any) -> int:
    said = {
        "region_code": MENGGU,
        "standard_id": STANDARD,
        "criterion": "manure",
        "author": "王敏",
        "reason": "已有养殖户",
        **changes,
    }
    return await revoke_exemption(database, **said)


async def holding(
    database: Database, on: date = date(2023, 7, 20), scope: str = CHANGLING, as_of: int | None = None
) -> list[Exemption]:
    async with database.read() as connection:
        return await exemptions_for(connection, STANDARD, scope, on, as_of_revision=as_of)


async def test_an_exemption_is_kept_with_its_authority_reason_and_expiry(changling: Database) -> None:
    revision = await grant(changling)
    (found,) = await holding(changling)
    for field in ("region_code", "criterion", "kind", "authority", "reason", "expires_on", "document_number"):
        assert getattr(found, field) == getattr(NO_PADDOCKS, field), field
    assert (found.revision, found.recorded_by) == (revision, "王敏")
    assert found.kind.label.zh == "不适用"


@pytest.mark.parametrize(
    ("day", "count"),
    [
        (date(2022, 12, 31), 0),
        (date(2023, 1, 1), 1),
        (date(2023, 12, 31), 1),
        (date(2024, 1, 1), 0),
    ],
)
async def test_an_exemption_holds_from_its_first_to_its_last_day(
    changling: Database, day: date, count: int
) -> None:
    await grant(changling)
    assert len(await holding(changling, day)) == count


async def test_without_an_expiry_it_holds_until_it_is_revoked(changling: Database) -> None:
    await grant(changling, expires_on=None)
    assert len(await holding(changling, date(2099, 1, 1))) == 1
    await revoke(changling)
    assert await holding(changling, date(2099, 1, 1)) == []


async def test_the_newest_grant_takes_the_place_of_the_one_before(changling: Database) -> None:
    await grant(changling)
    await grant(changling, kind=ExemptionKind.WAIVED, reason="养殖小区在建")
    (found,) = await holding(changling)
    assert (found.kind, found.reason) == (ExemptionKind.WAIVED, "养殖小区在建")


async def test_a_revoked_exemption_can_be_granted_again(changling: Database) -> None:
    await grant(changling)
    await revoke(changling)
    await grant(changling)
    assert len(await holding(changling)) == 1


async def test_what_held_at_a_revision_can_be_asked(changling: Database) -> None:
    granted = await grant(changling)
    revoked = await revoke(changling)
    assert len(await holding(changling, as_of=granted)) == 1
    assert await holding(changling, as_of=granted - 1) == []
    assert await holding(changling, as_of=revoked) == []


async def test_only_the_standard_and_the_scope_asked_for_count(changling: Database) -> None:
    await grant(changling)
    await grant(changling, region_code=ERSHIHAO)
    await grant(changling, standard_id="220722/sanhua")
    assert [one.region_code for one in await holding(changling)] == [MENGGU, ERSHIHAO]
    assert [one.region_code for one in await holding(changling, scope=GUANGMING)] == [MENGGU]


async def test_a_scope_takes_one_statement(changling: Database) -> None:
    async with changling.read() as connection:
        with count_statements(changling) as statements:
            await exemptions_for(connection, STANDARD, CHANGLING, date(2023, 7, 20))
    assert len(statements) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("authority", " "),
        ("reason", ""),
        ("standard_id", ""),
        ("criterion", "x" * 65),
        ("document_number", "\x00"),
        ("authority", "\ud800"),
        ("expires_on", date(2022, 12, 31)),
    ],
)
async def test_a_wrong_exemption_is_refused_with_its_field(
    changling: Database, field: str, value: object
) -> None:
    with pytest.raises(InvalidExemption) as caught:
        await grant(changling, **{field: value})
    assert caught.value.where == field
    assert await holding(changling) == []


async def test_a_region_must_exist(changling: Database) -> None:
    with pytest.raises(UnknownRegion):
        await grant(changling, region_code="110101001001")


async def test_what_does_not_stand_is_not_revoked(changling: Database) -> None:
    with pytest.raises(UnknownExemption):
        await revoke(changling)
    await grant(changling)
    await revoke(changling)
    with pytest.raises(UnknownExemption):
        await revoke(changling)


async def test_a_revocation_needs_a_reason(changling: Database) -> None:
    await grant(changling)
    with pytest.raises(LiangcunError):
        await revoke(changling, reason=" ")
    assert len(await holding(changling)) == 1


async def test_exemptions_become_rows_of_a_table(changling: Database) -> None:
    await grant(changling)
    await grant(changling, region_code=ERSHIHAO, kind=ExemptionKind.WAIVED)
    table = IndicatorTable(Period.parse("2023"), ("220722201203", MENGGU), {})
    exempt = exempt_rows(await holding(changling), table)
    assert list(exempt) == ["manure"]
    np.testing.assert_array_equal(exempt["manure"].not_applicable, [1])
    assert len(exempt["manure"].waived) == 0
