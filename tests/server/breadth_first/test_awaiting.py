"""What's awaited is awaited side by side, goes on as it arrives, and is let go when it can't matter."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from graphql import ExecutionResult, build_schema, execute, parse
from tests.server.breadth_first.comparing import run, same, settled

from liangcun_server.breadth_first import BreadthFirstExecutor

SCHEMA = build_schema(
    "type Query { a: String b: String sure: String! deep: Query all: [Query] alike: [Query!] }"
)


def start(query: str, root: Any) -> ExecutionResult | Awaitable[ExecutionResult]:
    result: Any = execute(SCHEMA, parse(query), root, executor_class=BreadthFirstExecutor)
    return result


class Meeting:
    """Lets nobody on before as many have come as are expected."""

    def __init__(self, size: int) -> None:
        self._barrier = asyncio.Barrier(size)

    async def come(self, _info: Any = None) -> str:
        await asyncio.wait_for(self._barrier.wait(), 5)
        return "met"


async def test_nothing_awaited_is_answered_at_once() -> None:
    assert isinstance(start("{ a deep { b } }", {"a": "x", "deep": {"b": "y"}}), ExecutionResult)


async def test_fields_of_one_object_and_of_many_are_awaited_together() -> None:
    meeting = Meeting(6)
    met = {"a": meeting.come, "b": meeting.come}
    result = await settled(start("{ a b all { a b } }", {**met, "all": [met, met]}))
    assert result.errors is None


async def test_a_field_goes_on_while_another_is_still_awaited() -> None:
    meeting = Meeting(2)

    async def quickly(_info: Any) -> Any:
        return {"a": meeting.come}

    result = await settled(start("{ b deep { a } }", {"b": meeting.come, "deep": quickly}))
    assert result.data == {"b": "met", "deep": {"a": "met"}}


class Endless:
    """Is awaited for ever, and knows whether it was begun and whether it was cancelled."""

    def __init__(self) -> None:
        self.began = self.cancelled = 0

    async def wait(self, _info: Any) -> None:
        self.began += 1
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


def fail(_info: Any) -> Any:
    raise RuntimeError("failed")


async def fail_later(_info: Any) -> Any:
    await asyncio.sleep(0)
    raise RuntimeError("failed")


@pytest.mark.parametrize(
    ("query", "make", "data"),
    [
        ("{ a sure }", lambda endless: {"a": endless, "sure": fail_later}, None),
        (
            "{ deep { a sure } b }",
            lambda endless: {"deep": {"a": endless, "sure": fail_later}, "b": "x"},
            {"deep": None, "b": "x"},
        ),
        (
            "{ alike { sure deep { a } } b }",
            lambda endless: {"alike": [{"sure": fail_later, "deep": {"a": endless}}], "b": "x"},
            {"alike": None, "b": "x"},
        ),
    ],
)
async def test_what_is_awaited_in_vain_is_cancelled(
    query: str, make: Callable[[Any], Any], data: Any
) -> None:
    endless = Endless()
    result = await asyncio.wait_for(settled(start(query, make(endless.wait))), 5)
    assert result.data == data
    assert (endless.began, endless.cancelled) == (1, 1)
    assert [error.message for error in result.errors or ()] == ["failed"]


async def test_what_would_be_awaited_in_vain_does_not_begin() -> None:
    endless = Endless()
    result = start("{ a sure }", {"a": endless.wait, "sure": fail})
    assert isinstance(result, ExecutionResult)
    assert result.data is None
    result = start("{ deep { a sure } b }", {"deep": {"a": endless.wait, "sure": fail}, "b": "x"})
    assert isinstance(result, ExecutionResult)
    assert result.data == {"deep": None, "b": "x"}
    assert endless.began == 0


async def test_what_does_not_begin_is_put_away() -> None:
    endless = Endless()
    root = {"a": endless.wait, "sure": fail, "deep": {"a": endless.wait, "sure": fail}}
    for query in ("{ a sure }", "{ deep { a sure } }"):
        await run(SCHEMA, query, root=root, tidy=True)


async def test_a_future_that_nobody_needs_any_more_is_left_to_its_owner() -> None:
    future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    result = start("{ a sure }", {"a": lambda _info: future, "sure": fail})
    assert isinstance(result, ExecutionResult)
    assert not future.done()
    future.set_exception(RuntimeError("unheard"))
    await asyncio.sleep(0)


async def test_cancelling_an_operation_cancels_all_that_it_awaits() -> None:
    endless = Endless()
    waits = {"a": endless.wait, "b": endless.wait}
    operation = asyncio.ensure_future(settled(start("{ a b all { a } }", {**waits, "all": [waits] * 3})))
    for _ in range(10):
        await asyncio.sleep(0)
    assert endless.began == 5
    operation.cancel()
    with pytest.raises(asyncio.CancelledError):
        await operation
    assert endless.cancelled == 5


async def test_a_resolver_that_is_cancelled_ends_the_operation() -> None:
    async def cancelled(_info: Any) -> None:
        raise asyncio.CancelledError

    for query in ("{ a }", "{ a b }", "{ all { a } }"):
        root = {"a": cancelled, "b": "x", "all": [{"a": cancelled}, {"a": cancelled}]}
        with pytest.raises(asyncio.CancelledError):
            await settled(start(query, root))


async def test_context_variables_and_tasks_are_as_a_resolver_expects_them() -> None:
    async def limited(_info: Any) -> str:
        async with asyncio.timeout(5):
            await asyncio.sleep(0)
        return "in time"

    await same(SCHEMA, "{ a b all { a b } }", root={"a": limited, "b": limited, "all": [{"a": limited}] * 3})


class Kept:
    """Coroutines that nobody is going to await, to be closed in the end."""

    def __init__(self) -> None:
        self.coroutines: list[Any] = []

    def make(self, info: Any) -> Any:
        self.coroutines.append(fail_later(info))
        return self.coroutines[-1]

    async def make_later(self, info: Any) -> Any:
        return self.make(info)

    def close(self) -> None:
        for coroutine in self.coroutines:
            coroutine.close()


async def test_an_awaitable_that_was_awaited_for_is_a_value() -> None:
    kept = Kept()
    root = {"a": kept.make_later, "all": [{"a": kept.make_later}, {"a": "x"}]}
    found = await same(SCHEMA, "{ a all { a } }", root=root, in_order=False)
    assert "String cannot represent" in found.errors[0].message
    kept.close()


async def test_what_is_awaitable_is_for_the_caller_to_say() -> None:
    kept = Kept()
    root = {"a": kept.make, "all": [{"a": kept.make}, {"a": "x"}]}
    found = await same(SCHEMA, "{ a all { a } }", root=root, is_awaitable=lambda _value: False)
    assert "String cannot represent" in found.errors[0].message
    kept.close()


class AnyAttribute:
    """Has whatever attribute it's asked for, so that it seems awaitable, and isn't."""

    def __getattr__(self, name: str) -> Any:
        return "anything"

    def __str__(self) -> str:
        return "text"


async def test_what_only_seems_awaitable_is_an_error() -> None:
    root = {"a": AnyAttribute(), "b": "x", "all": [{"a": "y"}, {"a": AnyAttribute()}, AnyAttribute()]}
    await same(SCHEMA, "{ a b all { a } }", root=root, in_order=False)


async def test_a_hundred_awaited_levels_are_no_trouble() -> None:
    async def deeper(_info: Any) -> Any:
        return root

    root = {"a": "x", "deep": deeper}
    query = "{ a deep " * 100 + "{ a }" + " }" * 100
    result = await settled(start(query, root))
    assert result.errors is None
