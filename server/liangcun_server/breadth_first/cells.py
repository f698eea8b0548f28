"""Cells of a column that are completed together, and the sorting out of what was resolved for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import CoroutineType, GeneratorType, NoneType
from typing import TYPE_CHECKING, Any

from graphql import Undefined
from graphql.pyutils.undefined import UndefinedType

if TYPE_CHECKING:
    from liangcun_server.breadth_first.places import Column
    from liangcun_server.breadth_first.running import Run


@dataclass(frozen=True, slots=True)
class Cells:
    """Entries of a column (None: all of them) after `wave` awaits on the way from the root.

    `awaited`: the last of these awaits was for the cells' own values, which GraphQL doesn't await again.
    """

    column: Column
    entries: Sequence[int] | None = None
    wave: int = 0
    awaited: bool = False

    def entry(self, place: int) -> int:
        """The entry that the cell at a place is."""
        return place if self.entries is None else self.entries[place]

    def only(self, places: Sequence[int] | None) -> Cells:
        """The cells at these places; all for None."""
        return self if places is None else replace(self, entries=self._entries(places))

    def later(self, places: Sequence[int]) -> Cells:
        """The cells at these places, after one more await."""
        return Cells(self.column, self._entries(places), self.wave + 1, awaited=True)

    def _entries(self, places: Sequence[int]) -> Sequence[int]:
        return places if self.entries is None else [self.entries[place] for place in places]


def spread(places: Sequence[int] | None, values: list[Any], size: int) -> list[Any]:
    """The values at their places among `size`, null elsewhere; as they are for None."""
    if places is None:
        return values
    spaced: list[Any] = [None] * size
    for place, value in zip(places, values, strict=True):
        spaced[place] = value
    return spaced


# What becomes of values that had to be awaited: (their cells, the values).
Complete = Callable[["Run", Cells, list[Any]], list[Any]]


def sift(
    run: Run, cells: Cells, values: list[Any], complete: Complete
) -> tuple[Sequence[int] | None, list[Any]]:
    """The values that are neither null nor an error nor awaited, with their places (None: all).

    Errors are noted, nulls too where there must be none, and what has to be awaited is completed by and by.
    """
    if all(map(_is_value, set(map(type, values)))):
        return None, values
    places: list[int] = []
    present: list[Any] = []
    awaited: list[int] = []
    nullable, is_awaitable = cells.column.shape.nullable, run.executor.is_awaitable
    for place, value in enumerate(values):
        if value is None or value is Undefined:
            if not nullable:
                run.fail(cells, place, null_error(cells.column))
        elif not cells.awaited and is_awaitable(value):
            awaited.append(place)
        elif isinstance(value, Exception):
            run.fail(cells, place, value)
        else:
            places.append(place)
            present.append(value)
    if awaited:
        put_later(run, cells.later(awaited), [values[place] for place in awaited], complete)
    return places, present


def put_later(run: Run, cells: Cells, awaitables: list[Any], complete: Complete) -> None:
    """Await the values of the cells, then complete them and write them into the answer."""
    run.wait(cells, awaitables, lambda values: cells.column.put(cells.entries, complete(run, cells, values)))


def null_error(column: Column) -> TypeError:
    """The error of a null where there must be none."""
    field = column.field
    return TypeError(f"Cannot return null for non-nullable field {field.parent_type}.{field.name}.")


def _is_value(type_: type) -> bool:
    """Whether whatever is of the class is a value: no null, no error, nothing to await.

    A class that makes up attributes may claim to be awaitable, so its instances are asked one by one.
    """
    if type_ in _VALUES:
        return True
    return not (
        issubclass(type_, (NoneType, Exception, UndefinedType, CoroutineType, GeneratorType))
        or hasattr(type_, "__await__")
        or hasattr(type_, "__getattr__")
        or type_.__getattribute__ is not object.__getattribute__
    )


# Built-in classes look attributes up by a function of their own each, though in the usual way.
_VALUES = frozenset(
    {str, int, float, bool, bytes, list, tuple, dict, set, frozenset}
    | {date, datetime, time, timedelta, Decimal}
)
