"""Finds out at run time which object type a value is of, and whether it's of the type it should be.

Where Strawberry's own rules decide by the value's class alone, each class is asked about once and its answer
kept; a rule that somebody wrote is asked for each value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any

from graphql import GraphQLAbstractType, GraphQLObjectType
from graphql.execution.executor import invalid_return_type_error
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.cast import TYPE_CAST_ATTRIBUTE
from strawberry.types.union import StrawberryUnion

from liangcun_server.breadth_first.cells import Cells, put_later, spread

if TYPE_CHECKING:
    from liangcun_server.breadth_first.planning import Shape
    from liangcun_server.breadth_first.running import Run

# Answers objects of a type: (their cells, the type, the objects).
Answer = Callable[["Run", Cells, GraphQLObjectType, list[Any]], list[Any]]

_BACKREF = GraphQLCoreConverter.DEFINITION_BACKREF


@dataclass(slots=True)
class Found:
    """The places of values of one type; `checked`: that they are is beyond doubt."""

    type: GraphQLObjectType
    checked: bool
    places: list[int]


def sort_by_type(run: Run, cells: Cells, sources: list[Any], answer: Answer) -> list[Found]:
    """The values of an interface or union by their object types.

    Errors are noted; where the type has to be awaited, `answer` answers by and by.
    """
    known = cells.column.shape.python_types
    found = {type_.name: Found(type_, True, []) for type_ in known.values()}
    sure = {class_: found[type_.name].places for class_, type_ in known.items()}
    unknown: list[int] = []
    for place, source in enumerate(sources):
        places = sure.get(type(source))
        if places is not None and getattr(source, TYPE_CAST_ATTRIBUTE, None) is None:
            places.append(place)
        else:
            unknown.append(place)
    asked = _ask_types(run, cells, sources, unknown, answer) if unknown else []
    return [one for one in (*found.values(), *asked) if one.places]


def _ask_types(
    run: Run, cells: Cells, sources: list[Any], places: list[int], answer: Answer
) -> Iterable[Found]:
    """The values at these places by the types that they are said to be of."""
    known = cells.column.shape.python_types
    found: dict[str, Found] = {}
    awaited: list[int] = []
    awaitables: list[Any] = []
    for place in places:
        source = sources[place]
        type_ = _known_type(known, source)
        if type_ is None:
            try:
                named = _named_type(run, cells, place, source)
                if run.executor.is_awaitable(named):
                    awaited.append(place)
                    awaitables.append(named)
                    continue
                type_ = _valid_type(run, cells, place, source, named)
            except Exception as error:
                run.fail(cells, place, error)
                continue
            _remember(cells, source, type_)
        found.setdefault(type_.name, Found(type_, False, [])).places.append(place)
    if awaited:
        chosen = [sources[place] for place in awaited]
        put_later(run, cells.later(awaited), awaitables, _answer_awaited(chosen, answer))
    return found.values()


def check_type(
    run: Run, cells: Cells, type_: GraphQLObjectType, sources: list[Any], answer: Answer
) -> tuple[Sequence[int] | None, list[Any]]:
    """The values that are of the type, with their places (None: all).

    Errors are noted; where it has to be awaited, `answer` answers by and by.
    """
    is_type_of = type_.is_type_of
    if is_type_of is None:
        return None, sources
    known = cells.column.shape.python_types
    if {type_}.issuperset(map(known.get, set(map(type, sources)))) and not _any_cast(sources):
        return None, sources
    places: list[int] = []
    awaited: list[int] = []
    awaitables: list[Any] = []
    for place, source in enumerate(sources):
        if _known_type(known, source) is type_:
            places.append(place)
            continue
        try:
            fits = is_type_of(source, run.info_at(cells, place))
        except Exception as error:
            run.fail(cells, place, error)
            continue
        if run.executor.is_awaitable(fits):
            awaited.append(place)
            awaitables.append(fits)
        elif not fits:
            run.fail(cells, place, invalid_return_type_error(type_, source, cells.column.field.details))
        else:
            _remember(cells, source, type_)
            places.append(place)
    if awaited:
        chosen = [sources[place] for place in awaited]
        put_later(run, cells.later(awaited), awaitables, _answer_fitting(type_, chosen, answer))
    return places, [sources[place] for place in places]


def class_is_of(shape: Shape, class_: type, type_: GraphQLObjectType) -> bool:
    """Whether every instance of the class is of the object type, by the class alone."""
    known = shape.python_types.get(class_)
    if known is None and shape.graphql_type is type_ and _class_decides(class_, type_):
        known = shape.python_types[class_] = type_
    return known is type_


def _known_type(known: Mapping[type, GraphQLObjectType], source: Any) -> GraphQLObjectType | None:
    """The type of the value, if its class is known to decide and it isn't cast to another."""
    type_ = known.get(type(source))
    return None if type_ is None or getattr(source, TYPE_CAST_ATTRIBUTE, None) is not None else type_


def _any_cast(sources: list[Any]) -> bool:
    return True in map(hasattr, sources, repeat(TYPE_CAST_ATTRIBUTE))


def _named_type(run: Run, cells: Cells, place: int, source: Any) -> Any:
    abstract = cells.column.shape.abstract_type
    resolve_type = abstract.resolve_type or run.executor.type_resolver
    return resolve_type(source, run.info_at(cells, place), abstract)


def _valid_type(run: Run, cells: Cells, place: int, source: Any, named: Any) -> GraphQLObjectType:
    """The type of that name. Raises GraphQLError when the value can't be of it."""
    shape, details = cells.column.shape, cells.column.field.details
    info = run.info_at(cells, place)
    return run.executor.ensure_valid_runtime_type(named, shape.abstract_type, details, info, source)


def _answer_awaited(sources: list[Any], answer: Answer) -> Callable[[Run, Cells, list[Any]], list[Any]]:
    """Answers the values whose types were awaited, each group in turn."""

    def complete(run: Run, cells: Cells, named: list[Any]) -> list[Any]:
        sorted_: dict[str, Found] = {}
        for place, name in enumerate(named):
            try:
                if isinstance(name, Exception):
                    raise name
                type_ = _valid_type(run, cells, place, sources[place], name)
            except Exception as error:
                run.fail(cells, place, error)
            else:
                sorted_.setdefault(type_.name, Found(type_, False, [])).places.append(place)
        answers: list[Any] = [None] * len(sources)
        for found in sorted_.values():
            chosen = [sources[place] for place in found.places]
            outputs = answer(run, cells.only(found.places), found.type, chosen)
            for place, output in zip(found.places, outputs, strict=True):
                answers[place] = output
        return answers

    return complete


def _answer_fitting(
    type_: GraphQLObjectType, sources: list[Any], answer: Answer
) -> Callable[[Run, Cells, list[Any]], list[Any]]:
    """Answers the values of which it was awaited whether they are of the type."""

    def complete(run: Run, cells: Cells, fits: list[Any]) -> list[Any]:
        places: list[int] = []
        for place, fit in enumerate(fits):
            if isinstance(fit, Exception):
                run.fail(cells, place, fit)
            elif not fit:
                error = invalid_return_type_error(type_, sources[place], cells.column.field.details)
                run.fail(cells, place, error)
            else:
                places.append(place)
        chosen = [sources[place] for place in places]
        return spread(places, answer(run, cells.only(places), type_, chosen), len(sources))

    return complete


def _remember(cells: Cells, source: Any, type_: GraphQLObjectType) -> None:
    """Keep that values of the class are of the type, if it's for the class to say."""
    shape = cells.column.shape
    class_ = type(source)
    if not _class_decides(class_, type_) or getattr(source, TYPE_CAST_ATTRIBUTE, None) is not None:
        return
    if shape.graphql_type is type_ or _class_decides_among(shape.abstract_type, class_):
        shape.python_types[class_] = type_


def _class_decides(class_: type, type_: GraphQLObjectType) -> bool:
    """Whether Strawberry takes every instance of the class for one of the object type."""
    own = type_.extensions.get(_BACKREF)
    if not isinstance(own, StrawberryObjectDefinition) or hasattr(class_, "__getattr__"):
        return False
    ours = type_.is_type_of is None or type_.is_type_of.__module__ == GraphQLCoreConverter.__module__
    return ours and issubclass(class_, own.origin)


def _class_decides_among(abstract: GraphQLAbstractType, class_: type) -> bool:
    """Whether Strawberry tells the object type of the class's instances by their class."""
    definition = getattr(class_, "__strawberry_definition__", None)
    if not isinstance(definition, StrawberryObjectDefinition) or definition.is_graphql_generic:
        return False
    own = abstract.extensions.get(_BACKREF)
    module = getattr(abstract.resolve_type, "__module__", None)
    if isinstance(own, StrawberryUnion):
        return module == StrawberryUnion.__module__
    return (
        isinstance(own, StrawberryObjectDefinition)
        and module == GraphQLCoreConverter.__module__
        and issubclass(class_, own.origin)
    )
