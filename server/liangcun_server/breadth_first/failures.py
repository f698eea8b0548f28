"""The errors of an operation, and the nulls they leave behind.

While an operation runs, errors are only noted: execution meets them level by level, while GraphQL reports
them as if each object were finished before the next. In the end they are gone through in that order. Each
makes null the nearest place around it that may be null, and one within a place that's null already is left
out: it would not have been met. (Nulls in a second pass over the answer, only when there are errors, is how
graphql-breadth-ruby goes about it too, by G. MacWilliam, 2025.)

Of errors at places that are awaited side by side GraphQL leaves it to chance which is met first. Here it's
the one that took fewer awaits to come to, of these the one asked for first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import Any

from graphql import GraphQLError
from graphql.error import located_error

from liangcun_server.breadth_first.places import Column, steps_up

Place = tuple[Column, int]


@dataclass(frozen=True, slots=True)
class Failure:
    """An error at an entry of a column. `late`: it was met only after what's within that place."""

    column: Column
    entry: int
    error: Exception
    wave: int
    late: bool = False


def nulled_by(failure: Failure, *, propagates: bool) -> Place | None:
    """The place that the error makes null; None: the whole answer."""
    if not propagates:
        return failure.column, failure.entry
    for column, entry in steps_up(failure.column, failure.entry):
        if column.shape.nullable:
            return column, entry
    return None


def settle(
    failures: Iterable[Failure], data: dict[str, Any], *, serial: bool, propagates: bool
) -> tuple[dict[str, Any] | None, list[GraphQLError]]:
    """The answer with the nulls that the errors make, and those errors that are reported, in order."""
    nulled: set[Place] = set()
    errors: list[GraphQLError] = []
    for failure in sorted(failures, key=lambda one: _order(one, serial=serial)):
        way = list(steps_up(failure.column, failure.entry))
        if not nulled.isdisjoint(way):
            continue
        path = [column.key(entry) for column, entry in reversed(way)]
        errors.append(located_error(failure.error, failure.column.field.nodes, path))
        place = nulled_by(failure, propagates=propagates)
        if place is None:
            return None, errors
        column, entry = place
        column.put([entry], [None])
        nulled.add(place)
    return data, errors


def _order(failure: Failure, *, serial: bool) -> tuple[float, ...]:
    ranks: list[float] = [column.rank(entry) for column, entry in steps_up(failure.column, failure.entry)]
    ranks.reverse()
    # Root fields that run one after the other are over with all their awaits before the next begins.
    first = ranks[0] if serial else 0
    return (first, failure.wave, *ranks, *([inf] if failure.late else []))
