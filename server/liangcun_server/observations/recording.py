"""Recording observations: checked, all or nothing, and never over what was there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.ladder.locking import refuse_locked
from liangcun_server.observations import repository
from liangcun_server.observations.checking import check_observations, place_of
from liangcun_server.observations.model import NewObservation, Observation, ObservationKey, periods_of
from liangcun_server.regions.repository import by_codes
from liangcun_server.storage.bulk import insert_batches
from liangcun_server.storage.database import Database
from liangcun_server.storage.lists import among
from liangcun_server.storage.tables import indicator, observation
from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import AssessorLevel, Qualifier

# The columns that a value is written to, in the order of its row.
COLUMNS = ("region_code", "indicator_id", *repository.SAID)
ValueRow = tuple[object, ...]
# What a value is, apart from what it is about; two values alike in all of these are the same.
_CONTENT = tuple(
    part.name for part in fields(NewObservation) if part.name not in {*ObservationKey._fields, "place"}
)


class UnknownObservation(LiangcunError):
    """No value was ever recorded under this key."""

    code = "UNKNOWN_OBSERVATION"


class NotSuspect(LiangcunError):
    """A value that waits for no confirmation."""

    code = "NOT_SUSPECT"


class RecordWarning(NamedTuple):
    """Something that a person should look at, though it was recorded."""

    place: str
    message: Text

    def text(self) -> Text:
        """The message, led by its place."""
        return Text(f"{self.place}: {self.message.zh}", f"{self.place}: {self.message.en}")


@dataclass(frozen=True, slots=True)
class RecordReport:
    """What a batch did: `recorded` values in `revision` (None when nothing was new), `unchanged` others."""

    revision: int | None
    recorded: int
    unchanged: int
    warnings: tuple[RecordWarning, ...] = ()


class Undone(Exception):
    """Raised within a writing transaction to undo a revision that would be empty, or was only tried."""


async def record_observations(
    database: Database,
    catalogue: IndicatorCatalogue,
    observations: Iterable[NewObservation],
    *,
    author: str,
    reason: str,
    kind: str = "observations",
    dry_run: bool = False,
) -> RecordReport:
    """Record a batch in one revision, all of it or nothing; with `dry_run` say what that would do.

    A value that says what already stands under its key is left alone, and a batch of such makes no
    revision. A suspect value is recorded with a warning. Raises InvalidObservations with every fault,
    LockedObservations where an accepted level would change, and
    LiangcunError when author or reason is blank.
    """
    batch = list(observations)
    warnings = tuple(
        suspect_warning(catalogue, value, place_of(index, value))
        for index, value in enumerate(batch)
        if value.qualifier is Qualifier.SUSPECT
    )
    recorded = 0
    number = None
    try:
        async with database.write(author=author, reason=reason, kind=kind) as (connection, revision):
            regions = await by_codes(connection, {str(value.region_code) for value in batch})
            checked = check_observations(catalogue, regions, batch)
            new = await _new(connection, checked)
            if not new:
                raise Undone
            await refuse_locked(connection, new)
            if dry_run:
                recorded = len(new)
                raise Undone
            recorded = await insert_values(connection, new, revision)
            number = revision
    except Undone:
        pass
    return RecordReport(number, recorded, len(batch) - recorded, warnings)


async def confirm_observation(
    database: Database,
    catalogue: IndicatorCatalogue,
    *,
    region_code: str,
    indicator: str,
    period: Period,
    assessor_level: AssessorLevel,
    author: str,
    reason: str,
    value: float | None = None,
) -> RecordReport:
    """Confirm a suspect value, as it stands or corrected to `value`: a new row, EXACT, supersedes it.

    The source, the original words and the scope stay; a note says who confirmed or corrected it and why.
    Raises UnknownObservation, NotSuspect, and InvalidObservations for a value that the indicator can't take.
    """
    key = ObservationKey(region_code, indicator, period, assessor_level)
    async with database.write(author=author, reason=reason, kind="confirmation") as (connection, revision):
        found = await repository.current(
            connection, [region_code], periods=[period], indicators=[indicator], assessor_level=assessor_level
        )
        if not found[region_code]:
            raise UnknownObservation(
                Text("这里没有填报值可确认", "there is no value here to confirm"), where=_shown(key)
            )
        (standing,) = found[region_code]
        if standing.qualifier is not Qualifier.SUSPECT:
            raise NotSuspect(Text("该值并未存疑", "the value isn't suspect"), where=_shown(key))
        confirmed = _confirmed(standing, value, author, reason)
        regions = await by_codes(connection, [region_code])
        checked = check_observations(catalogue, regions, [confirmed])
        await refuse_locked(connection, checked)
        await insert_values(connection, checked, revision)
    return RecordReport(revision, 1, 0)


def suspect_warning(
    catalogue: IndicatorCatalogue, value: NewObservation | Observation, place: str
) -> RecordWarning:
    """What to say of a value that is suspect."""
    known = catalogue.get(value.indicator)
    label = Text(value.indicator, value.indicator) if known is None else known.label
    zh = f"{label.zh}的值存疑，原样保留，确认前不计分"
    en = f"the value of {label.en} is suspect; it is kept as it stands and not scored until confirmed"
    if value.original_text:
        zh += f"。原文：{value.original_text}"
        en += f". In the source: {value.original_text}"
    if value.scope_note:
        zh += f"（{value.scope_note}）"
        en += f" ({value.scope_note})"
    return RecordWarning(place, Text(zh, en))


async def indicator_ids(connection: AsyncConnection, codes: Iterable[str]) -> dict[str, int]:
    """The number of each indicator code, given to it now when it has none. Needs a writing transaction."""
    asked = sorted(set(codes))
    finding = select(indicator.c.code, indicator.c.id).where(among(connection, indicator.c.code, asked))
    known = dict((await connection.execute(finding)).all())
    missing = [{"code": code} for code in asked if code not in known]
    if missing:
        await connection.execute(insert(indicator), missing)
        known = dict((await connection.execute(finding)).all())
    return known


async def insert_values(
    connection: AsyncConnection,
    values: Mapping[ObservationKey, NewObservation],
    revision: int,
    *,
    passing: Callable[[Iterator[ValueRow]], Iterator[ValueRow]] = iter,
) -> int:
    """Write values that were checked, and return how many. Needs the writing transaction of `revision`.

    The rows go through `passing` on their way, which may count them.
    """
    ids = await indicator_ids(connection, {key.indicator for key in values})
    return await insert_batches(connection, observation, COLUMNS, passing(_rows(values, ids, revision)))


async def standing_values(
    connection: AsyncConnection, keys: Collection[ObservationKey]
) -> dict[ObservationKey, Observation]:
    """What stands under the keys, and perhaps under others like them. One statement."""
    found = await repository.current(
        connection,
        {key.region_code for key in keys},
        periods=periods_of(keys),
        indicators={key.indicator for key in keys},
    )
    return {one.key: one for several in found.values() for one in several}


async def _new(
    connection: AsyncConnection, checked: Mapping[ObservationKey, NewObservation]
) -> dict[ObservationKey, NewObservation]:
    """The values that differ from what stands under their key."""
    standing = await standing_values(connection, checked)
    if not standing:
        return dict(checked)
    known = {key: _content(value) for key, value in standing.items()}
    return {key: value for key, value in checked.items() if known.get(key) != _content(value)}


_content = attrgetter(*_CONTENT)


def _rows(
    values: Mapping[ObservationKey, NewObservation], ids: Mapping[str, int], revision: int
) -> Iterator[ValueRow]:
    """The rows of the table of observations, in the order of `COLUMNS`."""
    period: Period | None = None
    written = ""
    for key, value in values.items():
        if key.period is not period:
            period, written = key.period, str(key.period)
        yield (
            key.region_code,
            ids[key.indicator],
            written,
            key.assessor_level.value,
            value.value,
            value.qualifier.value,
            value.source_status.value,
            value.source,
            value.original_text,
            value.scope_note,
            None if value.method is None else value.method.value,
            value.note,
            revision,
        )


def _confirmed(standing: Observation, value: float | None, author: str, reason: str) -> NewObservation:
    content = {name: getattr(standing, name) for name in _CONTENT}
    as_new = NewObservation(**standing.key._asdict(), **content, place=_shown(standing.key))
    if value is None or value == standing.value:
        done = f"由 {author} 确认：{reason}"
    else:
        done = f"由 {author} 更正（原为 {standing.value:.15g}）：{reason}"
    return replace(
        as_new,
        value=standing.value if value is None else value,
        qualifier=Qualifier.EXACT,
        note=done if standing.note is None else f"{standing.note}；{done}",
    )


def _shown(key: ObservationKey) -> str:
    return f"{key.region_code}, {key.indicator}, {key.period}, {key.assessor_level.value}"
