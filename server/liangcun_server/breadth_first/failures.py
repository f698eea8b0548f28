"""The errors of an operation, and the nulls they leave behind.

While an operation runs, errors are only noted: execution meets them level by level, while GraphQL reports
them as if each object were finished before the next. In the end they are gone through in that order. Each
makes null the nearest place around it that may be null, and one within a place that's null already is left
out: it would not have been met. (Nulls in a second pass over the answer, only when there are errors, is how
graphql-breadth-ruby goes about it too, by G. MacWilliam, 2025.)

Of errors at places that are awaited side by side, GraphQL leaves it to chance which is met first. Here it's
the one that took fewer awaits to come to and to hand on, of these the one asked for first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf
from typing import Any

from graphql import GraphQLError
from graphql.error import located_error

from liangcun_server.breadth_first.places import Column, steps_up

Place = tuple[Column, int]


class Failure:
    """An error at an entry of a column, `wave` awaits from the root.

    `late`: it was met only after what's within that place. `nulls` is the place that becomes null, None for
    the whole answer; with `propagates` off that's the entry itself, whether it may be null or not.
    """

    __slots__ = ("column", "entry", "error", "late", "nulls", "time")

    def __init__(
        self,
        column: Column,
        entry: int,
        error: Exception,
        wave: int,
        *,
        late: bool = False,
        propagates: bool = True,
    ) -> None:
        self.column = column
        self.entry = entry
        self.error = error
        self.late = late
        self.nulls: Place | None = None
        # The awaits on the way to the error and, back, to the place that it makes null.
        self.time = 2 * wave
        for place in steps_up(column, entry):
            if place[0].shape.nullable or not propagates:
                self.nulls = place
                self.time -= wave
                break
            wave = place[0].wave_above

    def order(self, *, serial: bool) -> tuple[float, ...]:
        """A key to sort errors by, as GraphQL meets them; `serial`: root fields ran one after the other."""
        ranks: list[float] = [column.rank(entry) for column, entry in steps_up(self.column, self.entry)]
        ranks.reverse()
        return (ranks[0] if serial else 0, self.time, *ranks, *([inf] if self.late else []))


class Failures:
    """The errors noted so far."""

    def __init__(self) -> None:
        self._all: list[Failure] = []
        self._nulled: set[Place] = set()
        # Whether the whole answer is null.
        self.everything = False

    def __len__(self) -> int:
        return len(self._all)

    def note(self, failure: Failure) -> None:
        """Note an error."""
        self._all.append(failure)
        if failure.nulls is None:
            self.everything = True
        else:
            self._nulled.add(failure.nulls)

    def make_null(self, column: Column, entries: Sequence[int]) -> bool:
        """Whether all these entries are null, or within what is."""
        nulled = self._nulled
        return self.everything or all(not nulled.isdisjoint(steps_up(column, entry)) for entry in entries)

    def settle(
        self, data: dict[str, Any], *, serial: bool
    ) -> tuple[dict[str, Any] | None, list[GraphQLError] | None]:
        """The answer with the nulls that the errors make, and those errors that are reported, in order."""
        nulled: set[Place] = set()
        errors: list[GraphQLError] = []
        for failure in self._sorted(serial=serial):
            way = list(steps_up(failure.column, failure.entry))
            if not nulled.isdisjoint(way):
                continue
            path = [column.key(entry) for column, entry in reversed(way)]
            errors.append(located_error(failure.error, failure.column.field.nodes, path))
            if failure.nulls is None:
                return None, errors
            column, entry = failure.nulls
            column.put([entry], [None])
            nulled.add(failure.nulls)
        return data, errors or None

    def _sorted(self, *, serial: bool) -> Iterable[Failure]:
        return sorted(self._all, key=lambda failure: failure.order(serial=serial))
