"""Each field is resolved as Strawberry would resolve it, once for all its parents where it can be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
import strawberry
from strawberry.dataloader import DataLoader
from strawberry.directive import DirectiveLocation, DirectiveValue
from strawberry.extensions import FieldExtension, SchemaExtension
from strawberry.permission import BasePermission
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from tests.server.breadth_first.comparing import run, same

from liangcun_server.breadth_first import BreadthFirstExecutor
from liangcun_server.graphql.batching import batched


class Batches:
    """Loads what is asked of it in one tick together, as a request's context does."""

    def __init__(self) -> None:
        self.loaders: dict[Any, DataLoader[Any, Any]] = {}

    async def load(self, batch: Any, parent: Any, info: strawberry.Info, arguments: Any) -> Any:
        async def load(parents: list[Any]) -> Sequence[Any]:
            return await batch(parents, info, **arguments)

        key = (batch, repr(sorted(arguments.items())))
        if key not in self.loaders:
            self.loaders[key] = DataLoader(load, cache=False)
        return await self.loaders[key].load(parent)


class Context:
    def __init__(self) -> None:
        self.batches = Batches()
        self.calls: list[Any] = []


class Allowed(BasePermission):
    message = "not for you"

    def has_permission(self, source: Any, info: strawberry.Info, **arguments: Any) -> bool:
        return getattr(source, "number", 0) % 2 == 0


class AllowedLater(Allowed):
    async def has_permission(self, source: Any, info: strawberry.Info, **arguments: Any) -> bool:
        return getattr(source, "number", 0) % 2 == 0


class Shout(FieldExtension):
    def resolve(self, next_: Any, source: Any, info: strawberry.Info, **arguments: Any) -> Any:
        return next_(source, info, **arguments).upper()


async def load_doubles(parents: Sequence[Thing], info: strawberry.Info, times: int = 2) -> list[Any]:
    info.context.calls.append(("doubles", [one.number for one in parents], times, info.path.as_list()))
    return [one.number * times if one.number != 3 else ValueError("not three") for one in parents]


async def load_friends(parents: Sequence[Thing], info: strawberry.Info) -> list[Any]:
    await asyncio.sleep(0)
    info.context.calls.append(("friends", len(parents)))
    return [[Thing(number=one.number + 1), Thing(number=one.number + 2)] for one in parents]


async def load_nothing(parents: Sequence[Thing], info: strawberry.Info) -> list[int]:
    raise RuntimeError("nothing to load")


async def load_too_few(parents: Sequence[Miscounted], info: strawberry.Info) -> list[int]:
    return [1]


async def load_and_clear(parents: list[Thing], info: strawberry.Info) -> list[int]:
    numbers = [one.number for one in parents]
    parents.clear()
    return numbers


async def load_sure(parents: Sequence[Thing], info: strawberry.Info) -> list[int | None]:
    return [one.number if one.number != 1 else None for one in parents]


@strawberry.type
class Thing:
    number: int
    label: str | None = strawberry.field(default=None, name="tag")
    double: int | None = batched(load_doubles)
    friends: list[Thing] = batched(load_friends)
    nothing: int | None = batched(load_nothing)
    sure: int = batched(load_sure)
    cleared: int = batched(load_and_clear)
    guarded: int | None = strawberry.field(permission_classes=[Allowed], default=5)

    @strawberry.field
    def method(self) -> str:
        return f"method {self.number}"

    @strawberry.field
    def with_info(self, info: strawberry.Info) -> str:
        info.context.calls.append("with_info")
        return f"{info.field_name} {info.path.as_list()} {info.python_name} {info.return_type}"

    @strawberry.field
    def under_info(self, info: strawberry.Info) -> str:
        selected = [one.name for one in info.selected_fields]
        return f"{info.path} {selected} {info.variable_values} {info.operation.name} {info.input_extensions}"

    @strawberry.field
    async def later(self) -> str:
        await asyncio.sleep(0)
        return f"later {self.number}"

    @strawberry.field
    async def later_info(self, info: strawberry.Info) -> str:
        return f"{info.path.as_list()}"

    @strawberry.field
    def perhaps_later(self) -> str:
        return self.later() if self.number % 2 else "now"

    @strawberry.field
    def raises(self) -> str | None:
        if self.number == 1:
            raise RuntimeError(f"no {self.number}")
        return "fine"

    @strawberry.field
    def named_root(root) -> str:
        return f"root {root.number}"

    @strawberry.field
    def typed_parent(parent: strawberry.Parent[Thing], info: strawberry.Info) -> str:
        return f"parent {parent.number} {info.field_name}"

    @strawberry.field
    @staticmethod
    def static() -> str:
        return "static"

    @strawberry.field
    @classmethod
    def by_class(cls) -> str:
        return cls.__name__

    @strawberry.field(permission_classes=[Allowed])
    def guarded_method(self) -> str | None:
        return "allowed"

    @strawberry.field(permission_classes=[AllowedLater])
    async def guarded_later(self) -> str | None:
        return "allowed later"

    @strawberry.field(extensions=[Shout()])
    def shouted(self) -> str:
        return f"shouted {self.number}"

    @strawberry.field
    def itself(self) -> Thing:
        return self

    @strawberry.field
    async def streamed(self) -> AsyncIterator[int]:
        yield self.number
        yield self.number + 1

    @property
    def secret(self) -> str:
        return "a property"


def outside(root: Thing, info: strawberry.Info) -> str:
    return f"outside {root.number} {info.field_name}"


@strawberry.type
class Query:
    @strawberry.field
    def things(self, count: int = 4) -> list[Thing]:
        return [Thing(number=number, label=f"t{number}" if number % 2 else None) for number in range(count)]

    lone: Thing = strawberry.field(resolver=lambda: Thing(number=2))
    missing: str | None = strawberry.field(default=None)


SCHEMA = strawberry.Schema(query=Query)


@pytest.mark.parametrize(
    "fields",
    [
        "number tag method",
        "withInfo underInfo",
        "later laterInfo perhapsLater",
        "raises other: raises",
        "namedRoot typedParent static byClass",
        "guarded guardedMethod guardedLater",
        "shouted itself { shouted itself { number withInfo } }",
        "double again: double(times: 3) number",
        "friends { number double friends { number sure: number } }",
        "nothing number",
        "sure",
        "friends { sure }",
        "later friends { later raises guardedLater friends { withInfo } }",
    ],
)
async def test_fields_give_what_strawberry_s_resolvers_give(fields: str) -> None:
    query = f"query Named($v: Int = 3) {{ things {{ {fields} }} lone {{ {fields} }} missing }}"
    await same(SCHEMA, query, root=Query(), context=Context, in_order=False)


async def test_a_batch_is_called_once_a_level_for_each_node_that_asks() -> None:
    context = Context()
    query = "{ things { double again: double(times: 3) friends { double friends { number } } } }"
    await run(SCHEMA, query, root=Query(), context=context)
    path = ["things", 0]
    assert [call for call in context.calls if call[0] == "doubles"] == [
        ("doubles", [0, 1, 2, 3], 2, [*path, "double"]),
        ("doubles", [0, 1, 2, 3], 3, [*path, "again"]),
        ("doubles", [1, 2, 2, 3, 3, 4, 4, 5], 2, [*path, "friends", 0, "double"]),
    ]
    assert [call for call in context.calls if call[0] == "friends"] == [("friends", 4), ("friends", 8)]


@strawberry.type
class Miscounted:
    too_few: int | None = batched(load_too_few)


@strawberry.type
class Miscounting:
    all: list[Miscounted] = strawberry.field(
        default_factory=lambda: [Miscounted(), Miscounted(), Miscounted()]
    )


async def test_a_batch_that_miscounts_is_the_error_of_each_parent() -> None:
    schema = strawberry.Schema(query=Miscounting)
    found = await same(schema, "{ all { tooFew } }", root=Miscounting(), context=Context)
    assert len(found.errors) == 3


async def test_a_batch_cannot_reach_the_parents_of_other_batches() -> None:
    found = await run(SCHEMA, "{ things { a: cleared b: cleared number } }", root=Query(), context=Context())
    assert found.tree == {"things": [{"a": n, "b": n, "number": n} for n in range(4)]}


@strawberry.type
class Inner:
    a_name: str
    other: str | None


@strawberry.type
class Outer:
    inner: list[Inner]


async def test_attributes_are_looked_up_as_the_schema_says() -> None:
    def look_up(source: Any, name: str) -> Any:
        return source[name] if isinstance(source, dict) else getattr(source, name, f"no {name}")

    schema = strawberry.Schema(query=Outer, config=StrawberryConfig(default_resolver=look_up))
    root = {"inner": [{"a_name": "x", "other": "y"}, Thing(number=1), {"a_name": "z"}]}
    await same(schema, "{ inner { aName other } }", root=root)


async def test_attributes_are_read_once_an_object_and_each_error_is_its_own() -> None:
    class Moody:
        reads = 0

        @property
        def other(self) -> str:
            Moody.reads += 1
            if Moody.reads == 2:
                raise RuntimeError("not now")
            return "read"

    def root() -> Any:
        Moody.reads = 0
        return Outer(inner=[Moody(), Moody(), object(), Moody()])

    found = await same(strawberry.Schema(query=Outer), "{ inner { other } }", root=root)
    assert [error.path for error in found.errors] == [("inner", 1, "other"), ("inner", 2, "other")]
    assert Moody.reads == 3


@strawberry.type
class Trouble:
    message: str


class TellTrouble(strawberry.ExceptionHandler[ValueError, Trouble]):
    def handle(self, exception: ValueError, *, field: Any, info: strawberry.Info) -> Trouble:
        return Trouble(message=f"{info.field_name}: {exception}")


@strawberry.type
class Troubled:
    @strawberry.field
    def perhaps(self, number: int) -> Thing | Trouble | None:
        if number == 1:
            raise ValueError("trouble")
        if number == 2:
            raise RuntimeError("worse")
        return Thing(number=number)

    @strawberry.field
    def surely(self) -> Thing | Trouble:
        raise ValueError("surely")


async def test_exceptions_that_a_schema_turns_into_results_are_turned() -> None:
    schema = strawberry.Schema(query=Troubled, exception_handlers=[TellTrouble()])
    wanted = "{ __typename ... on Thing { number } ... on Trouble { message } }"
    fields = " ".join(f"n{number}: perhaps(number: {number}) {wanted}" for number in range(3))
    found = await same(schema, f"{{ {fields} surely {wanted} }}", root=Troubled())
    assert "perhaps: trouble" in found.data


class Doubling(SchemaExtension):
    """Runs around every resolver."""

    def resolve(self, next_: Any, root: Any, info: Any, *args: Any, **kwargs: Any) -> Any:
        result = next_(root, info, *args, **kwargs)
        return result + result if isinstance(result, str) else result


async def test_extensions_that_wrap_resolvers_wrap_each_of_them() -> None:
    answers = []
    for options in ({}, {"execution_context_class": BreadthFirstExecutor}):
        schema = strawberry.Schema(query=Query, extensions=[Doubling], **options)
        query = "{ things { __typename tag method double friends { method } } __typename }"
        result = await schema.execute(query, root_value=Query(), context_value=Context())
        answers.append((result.data, [error.message for error in result.errors or ()]))
    assert answers[0] == answers[1]
    data = answers[0][0]
    assert data is not None
    assert data["__typename"] == "QueryQuery"


@strawberry.directive(locations=[DirectiveLocation.FIELD])
def repeat(value: DirectiveValue[str], times: int = 2) -> str:
    return value * times


async def test_strawberry_s_directives_change_the_values_of_their_fields() -> None:
    query = "query ($n: Int = 3) { things { static @repeat method @repeat(times: $n) again: method } }"
    answers = []
    for executor in (StrawberryGraphQLCoreExecutionContext, BreadthFirstExecutor):
        schema = strawberry.Schema(query=Query, directives=[repeat], execution_context_class=executor)
        answers.append(await schema.execute(query, root_value=Query(), context_value=Context()))
    assert answers[0].errors is None
    assert answers[1] == answers[0]
