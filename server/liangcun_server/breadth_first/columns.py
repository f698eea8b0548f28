"""Objects handed over as columns: what a resolver gives when it has many values and needs no object for each.

A list of 2,000 observations as `Lists` of `Rows` is answered by one column for each field asked for. Whoever
needs the objects themselves, such as graphql-core or a field without a column, iterates and gets them.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, ClassVar, Generic, TypeVar, overload

Held = TypeVar("Held")


class Rows(Sequence[Any]):
    """Objects of one class, `of`, made when somebody asks for them."""

    of: ClassVar[type]
    _made: list[Any] | None = None

    @abstractmethod
    def column(self, name: str, context: Any) -> Any:
        """What the GraphQL field `name` is for each row, or None: ask each object.

        Values as a resolver would give them in a list, or for objects `Rows`, `Picked` or `Lists`. `context`
        is the request's.
        """

    @abstractmethod
    def pick(self, places: Sequence[int]) -> Rows:
        """The rows at these places."""

    @abstractmethod
    def make(self) -> list[Any]:
        """The objects."""

    @property
    def objects(self) -> list[Any]:
        """The objects, made once."""
        if self._made is None:
            self._made = self.make()
        return self._made

    @overload
    def __getitem__(self, index: int) -> Any: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Any]: ...

    def __getitem__(self, index: int | slice) -> Any:
        return self.objects[index]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.objects)


class HeldRows(Rows, Generic[Held]):
    """Rows of which each is held by an item; unless `make` says otherwise, the items are the objects."""

    def __init__(self, items: Sequence[Held]) -> None:
        self.items = items

    def __len__(self) -> int:
        return len(self.items)

    def pick(self, places: Sequence[int]) -> Rows:
        """The rows at these places."""
        return type(self)([self.items[place] for place in places])

    def make(self) -> list[Any]:
        """The items."""
        return list(self.items)


class Picked(Sequence[Any]):
    """One of a few rows for each parent, None for null: `places` says which."""

    def __init__(self, rows: Rows, places: Sequence[int | None]) -> None:
        self.rows = rows
        self.places = places

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, index: Any) -> Any:
        return list(self)[index]

    def __iter__(self) -> Iterator[Any]:
        objects = self.rows.objects
        return (None if place is None else objects[place] for place in self.places)


class Lists(Sequence[Any]):
    """A list of rows for each parent: all the rows one after the other, and how many are whose."""

    def __init__(self, rows: Rows, sizes: Sequence[int]) -> None:
        self.rows = rows
        self.sizes = sizes

    def __len__(self) -> int:
        return len(self.sizes)

    def __getitem__(self, index: Any) -> Any:
        return list(self)[index]

    def __iter__(self) -> Iterator[Any]:
        rest = iter(self.rows)
        return (list(islice(rest, size)) for size in self.sizes)


COLUMNAR = (Rows, Picked, Lists)
