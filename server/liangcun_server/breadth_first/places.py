"""Where values stand in an answer: the columns of fields and of list items, and the objects under them.

A level of the answer is kept as parallel lists. Every object, value and list item is named by its column
and its entry (its index in the column), and each column knows the one above it, so that a path is worked
out only for who asks: an error, or a resolver that takes `info`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from graphql.pyutils import Path

if TYPE_CHECKING:
    from liangcun_server.breadth_first.planning import PlannedField, Selection, Shape


# A named tuple's own constructor is a Python function, three times as slow.
_new = tuple.__new__


class Objects:
    """Objects of one type at one place of the query, beside the dicts that answer for them.

    `entries` says which entry of the column `above` each object is the value of, None: the same as its
    index. `wave` counts the awaits on the way from the root: within an operation without any it is 0.
    """

    __slots__ = ("_paths", "above", "entries", "outputs", "selection", "sources", "wave")

    def __init__(
        self,
        selection: Selection,
        sources: Sequence[Any],
        outputs: list[dict[str, Any]],
        above: Column | None = None,
        entries: Sequence[int] | None = None,
        wave: int = 0,
    ) -> None:
        self.selection = selection
        self.sources = sources
        self.outputs = outputs
        self.above = above
        self.entries = entries
        self.wave = wave
        self._paths: Sequence[Path | None] | None = None

    def entry_above(self, index: int) -> int:
        """The entry of the column above whose value the object is."""
        return index if self.entries is None else self.entries[index]

    def paths(self) -> Sequence[Path | None]:
        """The path of each object, None at the root."""
        unknown: list[Objects] = []
        objects: Objects | None = self
        while objects is not None and objects._paths is None:
            unknown.append(objects)
            objects = None if objects.above is None else objects.above.objects
        for one in reversed(unknown):
            one._paths = one._paths_below()
        assert self._paths is not None
        return self._paths

    def _paths_below(self) -> Sequence[Path | None]:
        if self.above is None:
            return [None] * len(self.sources)
        above = self.above.paths()
        return above if self.entries is None else [above[entry] for entry in self.entries]


class FieldColumn:
    """One field of objects: an entry for each of them."""

    __slots__ = ("field", "objects", "shape")

    def __init__(self, objects: Objects, field: PlannedField) -> None:
        self.objects = objects
        self.field = field
        self.shape: Shape = field.shape

    def put(self, entries: Sequence[int] | None, values: Sequence[Any]) -> None:
        """Write completed values into the answer, those of `entries` (None: of all)."""
        key = self.field.key
        outputs = self.objects.outputs
        if entries is None:
            for output, value in zip(outputs, values, strict=True):
                output[key] = value
        else:
            for entry, value in zip(entries, values, strict=True):
                outputs[entry][key] = value

    def step_up(self, entry: int) -> tuple[Column, int] | None:
        """The place that the entry's object is the value of, None at the root."""
        above = self.objects.above
        return None if above is None else (above, self.objects.entry_above(entry))

    def __len__(self) -> int:
        return len(self.objects.sources)

    @property
    def wave_above(self) -> int:
        """The awaits from the root to the objects."""
        return self.objects.wave

    def key(self, _entry: int) -> str:
        """The last step of the entry's path."""
        return self.field.key

    def rank(self, _entry: int) -> int:
        """The entry's order among its siblings."""
        return self.field.rank

    def field_entry(self, entry: int) -> tuple[FieldColumn, int]:
        """The entry itself."""
        return self, entry

    def paths(self) -> list[Path]:
        """The path of each entry."""
        key, typename = self.field.key, self.field.parent_type.name
        return [_new(Path, (path, key, typename)) for path in self.objects.paths()]


class ItemColumn:
    """The items of the lists that stand in another column, all in one row.

    `parents` says of which entry above each list is the value, `sizes` how many items it has. `lists` are
    the lists in the answer, known once their items have been gone through.
    """

    __slots__ = ("above", "field", "lists", "objects", "parents", "shape", "sizes", "starts", "wave_above")

    def __init__(self, above: Column, parents: Sequence[int], sizes: Sequence[int], wave: int) -> None:
        assert above.shape.item is not None
        self.above = above
        self.field: PlannedField = above.field
        self.objects: Objects = above.objects
        self.shape: Shape = above.shape.item
        self.parents = parents
        # The awaits from the root to the lists.
        self.wave_above = wave
        self.sizes = sizes
        self.starts = [0, *accumulate(sizes)]
        self.lists: list[list[Any]] = []

    def __len__(self) -> int:
        return self.starts[-1]

    def _find(self, entry: int) -> tuple[int, int]:
        number = bisect_right(self.starts, entry) - 1
        return number, entry - self.starts[number]

    def put(self, entries: Sequence[int] | None, values: Sequence[Any]) -> None:
        """Write completed values into the lists of the answer, those of `entries` (None: of all)."""
        for entry, value in zip(range(len(values)) if entries is None else entries, values, strict=True):
            number, index = self._find(entry)
            self.lists[number][index] = value

    def step_up(self, entry: int) -> tuple[Column, int] | None:
        """The place of the list that the entry is in."""
        return self.above, self.parents[self._find(entry)[0]]

    def key(self, entry: int) -> int:
        """The last step of the entry's path."""
        return self._find(entry)[1]

    def rank(self, entry: int) -> int:
        """The entry's order among its siblings."""
        return self._find(entry)[1]

    def field_entry(self, entry: int) -> tuple[FieldColumn, int]:
        """The entry of the field whose value the item is a part of."""
        return self.above.field_entry(self.parents[self._find(entry)[0]])

    def paths(self) -> list[Path]:
        """The path of each entry."""
        above = self.above.paths()
        return [
            _new(Path, (above[parent], index, None))
            for parent, size in zip(self.parents, self.sizes, strict=True)
            for index in range(size)
        ]


Column = FieldColumn | ItemColumn


def steps_up(column: Column, entry: int) -> Iterator[tuple[Column, int]]:
    """The place and those around it, up to the root's field."""
    place: tuple[Column, int] | None = (column, entry)
    while place is not None:
        yield place
        place = place[0].step_up(place[1])


def path_to(column: Column, entry: int) -> Path:
    """The path of a place."""
    path: Path | None = None
    for one, index in reversed(list(steps_up(column, entry))):
        typename = one.field.parent_type.name if isinstance(one, FieldColumn) else None
        path = Path(path, one.key(index), typename)
    assert path is not None
    return path
