"""Strawberry's `info` for every object of a level, worked out only as far as a resolver looks at it.

Most resolvers that take `info` want its context, while what costs most is GraphQL's own info behind it, with
the path to each object. So that is made when it's asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from graphql.pyutils import Path
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info

if TYPE_CHECKING:
    from liangcun_server.breadth_first.places import FieldColumn
    from liangcun_server.breadth_first.running import Run

# (the run, the column, the field) -> an info for each entry.
MakeInfos = Callable[["Run", "FieldColumn", StrawberryField], list[Any]]


def infos_of_class(info_class: type[Info]) -> MakeInfos:
    """What makes infos of the schema's class; one that is made in a way of its own is made in full."""
    plain = info_class.__init__ is Info.__init__ and not hasattr(info_class, "__post_init__")
    if not plain or info_class.context is not Info.context:
        return lambda run, column, field: [info_class(raw, field) for raw in run.infos(column)]
    lazy: Any = _LAZY.get(info_class) or _LAZY.setdefault(info_class, _lazy(info_class))

    def make(run: Run, column: FieldColumn, field: StrawberryField) -> list[Any]:
        return [lazy(run, column, field, entry) for entry in range(len(column))]

    return make


# The lazy twin of each class of infos, of which an application has one or two.
_LAZY: dict[Any, type[Any]] = {}


def _lazy(info_class: Any) -> type[Any]:
    class LazyInfo(info_class):  # type: ignore[misc]
        __slots__ = ("_column", "_entry", "_field", "_raw", "_run")
        _raw: Any

        def __init__(self, run: Run, column: FieldColumn, field: StrawberryField, entry: int) -> None:
            self._run = run
            self._column = column
            self._field = field
            self._entry = entry

        @property
        def _raw_info(self) -> Any:
            try:
                return self._raw
            except AttributeError:
                self._raw = self._run.info(self._column, self._entry)
                return self._raw

        @property
        def context(self) -> Any:
            return self._run.executor.context_value

        @property
        def field_name(self) -> str:
            return self._column.field.name

        @property
        def path(self) -> Path:
            path: Path = self._raw_info.path
            return path

    LazyInfo.__name__, LazyInfo.__qualname__ = info_class.__name__, info_class.__qualname__
    return LazyInfo
