"""What an accepted level keeps from being changed."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.ladder.model import LadderStep
from liangcun_server.ladder.repository import locks
from liangcun_server.observations.model import ObservationKey, periods_of
from liangcun_standards.errors import LiangcunError
from liangcun_standards.regions import contains
from liangcun_standards.text import Text

_SHOWN = 5


class LockedObservations(LiangcunError):
    """Values of a level that has been accepted; `keys` are those that it locks."""

    code = "LOCKED_OBSERVATIONS"

    def __init__(self, message: Text, keys: Collection[ObservationKey]) -> None:
        super().__init__(message)
        self.keys = tuple(keys)


async def refuse_locked(connection: AsyncConnection, keys: Collection[ObservationKey]) -> None:
    """Raises LockedObservations where an accepted level holds any of the keys. One statement."""
    if not keys:
        return
    held = await locks(connection, periods_of(keys), {one.assessor_level for one in keys})
    if not held:
        return
    found = list(_locked(keys, held))
    if not found:
        return
    (first, lock), count = found[0], len(found)
    listed = "; ".join(f"{key.region_code} {key.indicator}" for key, _ in found[:_SHOWN])
    where, level = lock.subject, lock.assessor_level.label
    raise LockedObservations(
        Text(
            f"未写入任何数据：{count} 个值属于已验收、锁定的{level.zh}（{listed}）。{first.period} "
            f"{where.region_code} {where.standard_id} 由 {lock.author} 验收；"
            "要改先解锁：liangcun ladder unlock，写明理由",
            f"nothing was recorded: {count} values are of a level that was accepted and locked ({listed}). "
            f"{level.en} of {where.region_code}, {where.standard_id}, {first.period} was accepted by "
            f"{lock.author}; liangcun ladder unlock opens it, with a reason",
        ),
        [key for key, _ in found],
    )


def _locked(
    keys: Collection[ObservationKey], held: Collection[LadderStep]
) -> Iterator[tuple[ObservationKey, LadderStep]]:
    for key in keys:
        for lock in held:
            if (
                lock.subject.period == key.period
                and lock.assessor_level is key.assessor_level
                and key.indicator in lock.indicators
                and contains(lock.subject.region_code, key.region_code)
            ):
                yield key, lock
                break
