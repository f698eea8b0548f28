"""What a file says beside what stands: what of it is new, what corrects, what only says the same again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.importing.model import Change, Entry, ImportOptions, Problem
from liangcun_server.importing.plausibility import held_back
from liangcun_server.importing.resolving import resolve
from liangcun_server.ladder.locking import LockedObservations, refuse_locked
from liangcun_server.observations.model import NewObservation, Observation, ObservationKey
from liangcun_server.observations.recording import standing_values
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import Qualifier

_LOCKED = Text(
    "所属层级已验收、锁定；要改先解锁：liangcun ladder unlock，写明理由",
    "its level was accepted and is locked; liangcun ladder unlock opens it, with a reason",
)
_DOUBTED = frozenset({Qualifier.EXACT, Qualifier.SUSPECT})


@dataclass
class Comparison:
    """`changes` are to be recorded; `unchanged` values stand already, `as_before` from another source."""

    changes: dict[ObservationKey, Change]
    problems: list[Problem]
    unchanged: int = 0
    as_before: int = 0


async def compare(
    connection: AsyncConnection,
    catalogue: IndicatorCatalogue,
    entries: Sequence[Entry],
    read: Sequence[NewObservation | Text],
    options: ImportOptions,
) -> Comparison:
    """Compare what was read of entries with what stands.

    Within the transaction that records what comes of it: what another writer recorded in between would be
    superseded by what was decided without it.
    """
    resolved = await resolve(connection, catalogue, entries, read)
    suspect = await held_back(connection, catalogue, resolved.values, options.suspect_ratio)
    standing = await standing_values(connection, resolved.values)
    compared = await asyncio.to_thread(_compared, resolved.values, standing, suspect, options)
    compared.problems += resolved.problems
    await _leave_out_locked(connection, compared, resolved.entries)
    return compared


def _compared(
    values: Mapping[ObservationKey, NewObservation],
    standing: Mapping[ObservationKey, Observation],
    suspect: Mapping[ObservationKey, NewObservation],
    options: ImportOptions,
) -> Comparison:
    compared = Comparison({}, [])
    for key, value in values.items():
        before = standing.get(key) if standing else None
        if before is None or not _is_same_figure(before, value):
            taken = suspect.get(key, value) if suspect else value
            compared.changes[key] = Change(taken, before)
            continue
        after = _beside(before, value, options)
        kept = before if after is None else after
        compared.as_before += (kept.source_status, kept.source) != (value.source_status, value.source)
        if after is None:
            compared.unchanged += 1
        else:
            compared.changes[key] = Change(after, before)
    return compared


def _is_same_figure(standing: Observation, value: NewObservation) -> bool:
    return standing.value == value.value and (
        standing.qualifier is value.qualifier or {standing.qualifier, value.qualifier} <= _DOUBTED
    )


def _beside(standing: Observation, value: NewObservation, options: ImportOptions) -> NewObservation | None:
    """The same figure as it is to be recorded anew; None where that would say what stands.

    What was held as suspect stays so, what somebody confirmed stays confirmed, and where it is from stays as
    it was: a workbook that came with simulated figures would otherwise come back with official ones.
    """
    note = value.note or standing.note
    if options.restate or _has_own_source(value, options):
        content = (value.source_status, value.source, value.original_text, value.scope_note, value.method)
    else:
        content = (
            standing.source_status,
            standing.source,
            standing.original_text or value.original_text,
            value.scope_note or standing.scope_note,
            value.method or standing.method,
        )
    stands = (
        standing.source_status,
        standing.source,
        standing.original_text,
        standing.scope_note,
        standing.method,
    )
    if note == standing.note and content == stands:
        return None
    status, source, original, scope, method = content
    return replace(
        value,
        qualifier=standing.qualifier,
        note=note,
        source_status=status,
        source=source,
        original_text=original,
        scope_note=scope,
        method=method,
    )


def _has_own_source(value: NewObservation, options: ImportOptions) -> bool:
    """Whether the file itself says where the value is from."""
    return (value.source_status, value.source) != (options.source_status, options.source)


async def _leave_out_locked(
    connection: AsyncConnection, compared: Comparison, entries: Mapping[ObservationKey, Entry]
) -> None:
    """Changes of an accepted level are problems."""
    try:
        await refuse_locked(connection, compared.changes)
    except LockedObservations as error:
        for key in error.keys:
            del compared.changes[key]
            compared.problems.append(Problem(entries[key].place, entries[key].column, _LOCKED))
