"""How a field gets its values: one resolver per field, called once for all the objects of a level.

Strawberry wraps each resolver in functions of its own that make an `Info`, convert arguments and run field
extensions for every single object. Where a field has no use for them its resolver is called directly;
fields with permissions, extensions, arguments of their own, exception handlers or anything unknown go
through what Strawberry made.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Protocol, cast

from graphql import GraphQLField, GraphQLSchema
from strawberry.exceptions import WrongNumberOfResultsReturned
from strawberry.schema import Schema
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from liangcun_server.breadth_first.cells import Cells
from liangcun_server.breadth_first.columns import COLUMNAR, Rows
from liangcun_server.breadth_first.infos import infos_of_class

if TYPE_CHECKING:
    from liangcun_server.breadth_first.places import FieldColumn
    from liangcun_server.breadth_first.planning import PlannedField
    from liangcun_server.breadth_first.running import Run


class Resolver(Protocol):
    """Gives the values of a column in order, or None when they come later.

    A value that is an exception is an error of that entry, as GraphQL has it.
    """

    def __call__(self, run: Run, column: FieldColumn) -> Sequence[Any] | None: ...


def resolver_of(schema: GraphQLSchema, definition: GraphQLField, *, wrapped: bool) -> Resolver:
    """The quickest resolver that does what the field's own does; `wrapped`: middleware runs around each."""
    field = definition.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    owner = schema.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if wrapped or not isinstance(field, StrawberryField) or not isinstance(owner, Schema):
        return resolve_each
    if not _is_plain(definition, field) or owner.exception_handlers:
        return resolve_each
    if field.base_resolver is None:
        if field.default_resolver is getattr:
            return Attribute(field.python_name)
        return Lookup(field.default_resolver, field.python_name)
    function = field.base_resolver.wrapped_func
    batch = getattr(function, "batch", None)
    if batch is not None:
        return Batch(batch, field, owner)
    if type(field.base_resolver) is not StrawberryResolver or field.arguments:
        return resolve_each
    if not callable(function) or inspect.isasyncgenfunction(function):
        return resolve_each
    return Method(field.base_resolver, field, owner)


def _is_plain(definition: GraphQLField, field: StrawberryField) -> bool:
    return (
        getattr(definition.resolve, "__module__", None) == GraphQLCoreConverter.__module__
        and type(field).get_result is StrawberryField.get_result
        and not field.extensions
        and not field.is_subscription
    )


def column_of(run: Run, field: PlannedField, sources: Sequence[Any]) -> Sequence[Any] | None:
    """The values of a field that has a column where objects come as rows; None where each must be asked.

    For fields without arguments whose resolver may be left out: those of `Attribute` and `Method`.
    """
    if type(sources) is list or not isinstance(sources, Rows):
        return None
    found: Sequence[Any] | None = sources.column(field.name, run.executor.context_value)
    return found


def call_each(function: Callable[[Any], Any], sources: Iterable[Any]) -> list[Any]:
    """What the function returns for each, the exception where it raises one."""
    results: list[Any] = []
    append = results.append
    remaining = iter(sources)
    while True:
        try:
            for source in remaining:
                append(function(source))
        except Exception as error:
            append(error)
        else:
            return results


def call_each_with(
    function: Callable[[Any, Any], Any], sources: Iterable[Any], infos: Iterable[Any]
) -> list[Any]:
    """The same for a function of two."""
    results: list[Any] = []
    append = results.append
    remaining = zip(sources, infos, strict=True)
    while True:
        try:
            for source, info in remaining:
                append(function(source, info))
        except Exception as error:
            append(error)
        else:
            return results


class Attribute:
    """The attribute that the field is named for."""

    def __init__(self, name: str) -> None:
        self._read = attrgetter(name)

    def __call__(self, run: Run, column: FieldColumn) -> Sequence[Any]:
        sources = column.objects.sources
        found = column_of(run, column.field, sources)
        return call_each(self._read, sources) if found is None else found


class Lookup:
    """What the schema's default resolver finds under the field's name."""

    def __init__(self, look_up: Callable[[Any, str], Any], name: str) -> None:
        self._look_up = look_up
        self._name = name

    def __call__(self, run: Run, column: FieldColumn) -> list[Any]:
        look_up, name = self._look_up, self._name
        return call_each(lambda source: look_up(source, name), column.objects.sources)


class Method:
    """A method without arguments of its own, called on each object, with `info` where it takes it."""

    def __init__(self, resolver: StrawberryResolver[Any], field: StrawberryField, schema: Schema) -> None:
        self._takes_info = resolver.info_parameter is not None
        self._call = _as_called(resolver)
        self._field = field
        self._infos = infos_of_class(schema.config.info_class)

    def __call__(self, run: Run, column: FieldColumn) -> Sequence[Any]:
        sources = column.objects.sources
        found = column_of(run, column.field, sources)
        if found is not None:
            return found
        if not self._takes_info:
            return call_each(self._call, sources)
        return call_each_with(self._call, sources, self._infos(run, column, self._field))


def _as_called(resolver: StrawberryResolver[Any]) -> Callable[..., Any]:
    """A function of the object, and of `info` where the resolver takes it, that calls as Strawberry does.

    Strawberry gives `self` by position, and everything else by the name that the resolver has for it.
    """
    function: Any = resolver.wrapped_func
    roots = {one.name for one in (resolver.parent_parameter, resolver.root_parameter) if one is not None}
    info = None if resolver.info_parameter is None else resolver.info_parameter.name
    if resolver.self_parameter is not None and not roots:
        if info is None:
            return cast(Callable[..., Any], function)
        if info == "info":
            return lambda source, info: function(source, info=info)

    def call(source: Any, given: Any = None) -> Any:
        named = dict.fromkeys(roots, source)
        if info is not None:
            named[info] = given
        return function(source, **named) if resolver.self_parameter is not None else function(**named)

    return call


class Batch:
    """A function of all the objects at once: `async def batch(parents, info, **arguments)`.

    It gives one result a parent, or all of them as columns; an exception among them is that parent's error
    alone, an exception raised is the error of each. `info` is that of the first parent.
    """

    def __init__(self, batch: Callable[..., Any], field: StrawberryField, schema: Schema) -> None:
        self._batch = batch
        self._field = field
        self._schema = schema

    def __call__(self, run: Run, column: FieldColumn) -> None:
        sources = column.objects.sources
        parents = sources if isinstance(sources, Rows) else list(sources)
        cells = Cells(column, wave=column.objects.wave + 1, awaited=True)

        def arrive(results: list[Any]) -> None:
            found = results[0]
            run.fill(cells, [found] * len(column.objects.sources) if isinstance(found, Exception) else found)

        run.wait(cells, [self._load(run, column, parents)], arrive)

    async def _load(self, run: Run, column: FieldColumn, parents: Sequence[Any]) -> Sequence[Any]:
        schema, field = self._schema, self._field
        info = schema.config.info_class(run.info(column, 0), field)
        converted = convert_arguments(
            run.arguments(column.field),
            field.arguments,
            scalar_registry=schema.schema_converter.scalar_registry,
            config=schema.config,
            info=info,
        )
        expected = len(parents)
        results: Sequence[Any] = await self._batch(parents, info, **converted)
        if not isinstance(results, COLUMNAR):
            results = list(results)
        if len(results) != expected:
            raise WrongNumberOfResultsReturned(expected=expected, received=len(results))
        return results


def resolve_each(run: Run, column: FieldColumn) -> list[Any]:
    """The field's own resolver, called as graphql-core calls it, for each object."""
    resolve = run.own_resolver(column.field)
    try:
        arguments = run.arguments(column.field)
    except Exception as error:
        return [error] * len(column.objects.sources)
    infos = run.infos(column)
    call = partial(resolve, **arguments) if arguments else resolve
    return call_each_with(call, column.objects.sources, infos)
