"""Completes values a column at a time: leaves, lists, objects, and objects whose type shows at run time.

Every function takes cells and what was resolved for them, and gives what stands in the answer: null for now
where a value has to be awaited, for good where it's an error. Objects are answered by dicts that are filled
when the run comes to their level.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, GraphQLObjectType
from graphql.pyutils import is_iterable

from liangcun_server.breadth_first.cells import Cells, put_later, sift, spread
from liangcun_server.breadth_first.columns import COLUMNAR, Lists, Picked, Rows
from liangcun_server.breadth_first.places import ItemColumn, Objects
from liangcun_server.breadth_first.planning import Kind, Shape
from liangcun_server.breadth_first.resolvers import Attribute, Method, column_of
from liangcun_server.breadth_first.runtime_types import check_type, class_is_of, sort_by_type

if TYPE_CHECKING:
    from liangcun_server.breadth_first.running import Run


def complete(run: Run, cells: Cells, values: Sequence[Any]) -> list[Any]:
    """What stands in the answer for the values."""
    # Nearly all are lists; to ask an abstract class takes longer.
    if type(values) is not list and isinstance(values, COLUMNAR):
        done = _complete_columns(run, cells, values)
        if done is not None:
            return done
        values = list(values)
    # Resolvers give lists, but for columns.
    return _COMPLETE[cells.column.shape.kind](run, cells, values)  # type: ignore[arg-type]


def _complete_columns(run: Run, cells: Cells, values: Rows | Picked | Lists) -> list[Any] | None:
    """The same for columns; None where the objects themselves are needed."""
    shape = cells.column.shape
    if isinstance(values, Lists):
        if shape.item is None or not _is_sure(shape.item, values.rows):
            return None
        return _complete_flat(run, cells, values.sizes, values.rows)
    rows = values.rows if isinstance(values, Picked) else values
    if not _is_sure(shape, rows):
        return None
    if isinstance(values, Rows):
        return _answer_checked(run, cells, shape.object_type, values)
    if not shape.nullable and None in values.places:
        return None
    shared = _answer_at_once(run, cells, rows)
    if shared is not None:
        return [None if place is None else shared[place] for place in values.places]
    places = [index for index, place in enumerate(values.places) if place is not None]
    picked = rows.pick([place for place in values.places if place is not None])
    answers = _answer_checked(run, cells.only(places), shape.object_type, picked)
    return spread(places, answers, len(values))


def _is_sure(shape: Shape, rows: Rows) -> bool:
    """Whether the rows are of the object type beyond doubt."""
    return shape.kind is Kind.OBJECT and class_is_of(shape, rows.of, shape.object_type)


def _answer_at_once(run: Run, cells: Cells, rows: Rows) -> list[dict[str, Any]] | None:
    """One dict a row, to stand in as many places as it likes; None unless nothing in it can go wrong.

    So for leaves alone, whose columns are complete as they are: an error would belong to one of the places.
    """
    try:
        selection = run.plan.below(run.executor, cells.column.field, cells.column.shape.object_type)
    except Exception:
        return None
    columns: list[tuple[str, list[Any]]] = []
    for field in selection.fields:
        by_column = isinstance(field.resolver, (Attribute, Method)) and field.shape.kind is Kind.LEAF
        values = column_of(run, field, rows) if by_column else None
        if not isinstance(values, list) or field.shape.at_once is None:
            return None
        done = field.shape.at_once(values, field.shape.nullable)
        if done is None:
            return None
        columns.append((field.key, done))
    answers = [selection.template.copy() for _ in range(len(rows))]
    for key, done in columns:
        for answer, value in zip(answers, done, strict=True):
            answer[key] = value
    return answers


def _complete_leaves(run: Run, cells: Cells, values: list[Any]) -> list[Any]:
    shape = cells.column.shape
    if shape.at_once is not None:
        done = shape.at_once(values, shape.nullable)
        if done is not None:
            return done
    places, present = sift(run, cells, values, complete)
    serialise, type_ = run.executor.complete_leaf_value, shape.leaf_type
    completed: list[Any] = []
    for index, value in enumerate(present):
        try:
            completed.append(serialise(type_, value))
        except Exception as error:
            completed.append(None)
            run.fail(cells, index if places is None else places[index], error)
    return spread(places, completed, len(values))


def _complete_objects(run: Run, cells: Cells, values: list[Any]) -> list[Any]:
    places, present = sift(run, cells, values, complete)
    type_ = cells.column.shape.object_type
    return spread(places, _answer(run, cells.only(places), type_, present), len(values))


def _complete_abstract(run: Run, cells: Cells, values: list[Any]) -> list[Any]:
    places, present = sift(run, cells, values, complete)
    return spread(places, _answer_by_type(run, cells.only(places), present), len(values))


def _answer_by_type(run: Run, cells: Cells, sources: list[Any]) -> list[Any]:
    answers: list[Any] = [None] * len(sources)
    for found in sort_by_type(run, cells, sources, _answer):
        chosen = [sources[place] for place in found.places]
        inner = cells.only(found.places)
        answer = _answer_checked if found.checked else _answer
        for place, output in zip(found.places, answer(run, inner, found.type, chosen), strict=True):
            answers[place] = output
    return answers


def _answer(run: Run, cells: Cells, type_: GraphQLObjectType, sources: list[Any]) -> list[Any]:
    """The dicts that answer for objects, null for one that isn't of the type after all."""
    places, fitting = check_type(run, cells, type_, sources, _answer_checked)
    return spread(places, _answer_checked(run, cells.only(places), type_, fitting), len(sources))


def _answer_checked(run: Run, cells: Cells, type_: GraphQLObjectType, sources: Sequence[Any]) -> list[Any]:
    if not sources:
        return []
    try:
        selection = run.plan.below(run.executor, cells.column.field, type_)
    except Exception as error:
        for place in range(len(sources)):
            run.fail(cells, place, error)
        return [None] * len(sources)
    new = selection.template.copy
    outputs = [new() for _ in range(len(sources))]
    run.queue.append(Objects(selection, sources, outputs, cells.column, cells.entries, cells.wave))
    return outputs


def _complete_lists(run: Run, cells: Cells, values: list[Any]) -> list[Any]:
    places, present = sift(run, cells, values, complete)
    inner = cells.only(places)
    if len(present) == 1 and type(present[0]) is not list and isinstance(present[0], Rows):
        done = _complete_columns(run, inner, Lists(present[0], [len(present[0])]))
        if done is not None:
            return spread(places, done, len(values))
    if {list, tuple}.issuperset(map(type, present)):
        return spread(places, _complete_items(run, inner, present), len(values))
    opened, lists = _open(run, inner, present)
    items = _complete_items(run, inner.only(opened), lists)
    return spread(places, spread(opened, items, len(present)), len(values))


def _complete_items(run: Run, cells: Cells, lists: Sequence[Sequence[Any]]) -> list[Any]:
    """The lists in the answer for lists of items."""
    return _complete_flat(run, cells, list(map(len, lists)), list(chain.from_iterable(lists)))


def _complete_flat(run: Run, cells: Cells, sizes: Sequence[int], items: Sequence[Any]) -> list[Any]:
    """The lists in the answer for lists of these sizes, whose items stand one after the other."""
    parents = range(len(sizes)) if cells.entries is None else cells.entries
    column = ItemColumn(cells.column, parents, sizes, cells.wave)
    completed = complete(run, Cells(column, wave=cells.wave), items)
    if len(sizes) == 1:
        column.lists = [completed]
    else:
        starts = column.starts
        column.lists = [completed[starts[number] : starts[number + 1]] for number in range(len(sizes))]
    # What comes later is written into these lists themselves, so they must not be copied any more.
    return [*column.lists]


def _open(run: Run, cells: Cells, values: list[Any]) -> tuple[list[int], list[Sequence[Any]]]:
    """The items of what isn't a plain list, with the places of those that have any.

    Items that came before an iterator broke are completed too: their errors were there first.
    """
    places: list[int] = []
    lists: list[Sequence[Any]] = []
    draining: list[int] = []
    for place, value in enumerate(values):
        if run.executor.is_async_iterable(value):
            draining.append(place)
        elif not is_iterable(value):
            run.fail(cells, place, _not_iterable(cells))
        else:
            items: list[Any] = []
            try:
                # One by one: what came before the iterator broke has to be kept.
                for item in value:
                    items.append(item)  # noqa: PERF402
            except Exception as error:
                run.fail(cells, place, error, late=True)
            places.append(place)
            lists.append(items)
    if draining:
        put_later(
            run, cells.later(draining), [_drain(values[place]) for place in draining], _complete_drained
        )
    return places, lists


@dataclass(slots=True)
class _Drained:
    items: list[Any]
    error: Exception | None = None


async def _drain(iterable: AsyncIterable[Any]) -> _Drained:
    drained = _Drained([])
    try:
        iterator = aiter(iterable)
        try:
            async for item in iterator:
                drained.items.append(item)
        except Exception:
            with suppress(Exception):
                await iterator.aclose()  # type: ignore[attr-defined]
            raise
    except Exception as error:
        drained.error = error
    return drained


def _complete_drained(run: Run, cells: Cells, values: list[_Drained]) -> list[Any]:
    for place, drained in enumerate(values):
        if drained.error is not None:
            run.fail(cells, place, drained.error, late=True)
    return _complete_items(run, cells, [drained.items for drained in values])


def _not_iterable(cells: Cells) -> GraphQLError:
    field = cells.column.field
    return GraphQLError(
        f"Expected Iterable, but did not find one for field '{field.parent_type}.{field.name}'."
    )


_COMPLETE: dict[Kind, Callable[[Run, Cells, list[Any]], list[Any]]] = {
    Kind.LEAF: _complete_leaves,
    Kind.LIST: _complete_lists,
    Kind.OBJECT: _complete_objects,
    Kind.ABSTRACT: _complete_abstract,
}
