"""Recording observations: checked, all or nothing, and never over what was there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.ladder.locking import refuse_locked
from liangcun_server.observations import repository
from liangcun_server.observations.checking import check_observations, place_of
from liangcun_server.observations.model import NewObservation, Observation, ObservationKey
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

# The columns of `insert_observations`, in the order of its rows.
COLUMNS = (
    "region_code",
    "indicator_id",
    "period",
    "assessor_level",
    "value",
    "qualifier",
    "source_status",
    "source",
    "original_text",
    "scope_note",
    "method",
    "note",
    "revision_id",
)
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
    """What a batch did: `recorded` values in `revision` (None when nothing was new), `unchanged` others.

    `before` has for each value recorded what stood under its key when its turn to be written came.
    """

    revision: int | None
    recorded: int
    unchanged: int
    warnings: tuple[RecordWarning, ...] = ()
    before: Mapping[ObservationKey, Observation | None] = field(
        default_factory=dict, compare=False, repr=False
    )


class _Undone(Exception):
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
    before: dict[ObservationKey, Observation | None] = {}
    recorded = 0
    number = None
    try:
        async with database.write(author=author, reason=reason, kind=kind) as (connection, revision):
            regions = await by_codes(connection, {str(value.region_code) for value in batch})
            checked = check_observations(catalogue, regions, batch)
            before = await _changed(connection, checked)
            new = {key: checked[key] for key in before}
            if not new:
                raise _Undone
            await refuse_locked(connection, new)
            if dry_run:
                recorded = len(new)
                raise _Undone
            ids = await indicator_ids(connection, {key.indicator for key in new})
            rows = (_row(key, value, ids, revision) for key, value in new.items())
            recorded = await insert_batches(connection, observation, COLUMNS, rows)
            number = revision
    except _Undone:
        pass
    return RecordReport(number, recorded, len(batch) - recorded, warnings, before)


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
        ids = await indicator_ids(connection, [indicator])
        rows = [_row(key, checked[key], ids, revision)]
        await insert_batches(connection, observation, COLUMNS, rows)
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


async def _changed(
    connection: AsyncConnection, checked: Mapping[ObservationKey, NewObservation]
) -> dict[ObservationKey, Observation | None]:
    """What stands under the key of each value that differs from it."""
    found = await repository.current(
        connection,
        {key.region_code for key in checked},
        periods={key.period for key in checked},
        indicators={key.indicator for key in checked},
    )
    standing = {value.key: value for values in found.values() for value in values}
    before = {key: standing.get(key) for key in checked}
    return {key: one for key, one in before.items() if one is None or _content(one) != _content(checked[key])}


def _content(value: NewObservation | Observation) -> tuple[Any, ...]:
    return tuple(getattr(value, name) for name in _CONTENT)


def _row(
    key: ObservationKey, value: NewObservation, ids: Mapping[str, int], revision: int
) -> Sequence[object]:
    return (
        key.region_code,
        ids[key.indicator],
        str(key.period),
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
