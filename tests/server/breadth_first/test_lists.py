"""Lists: of anything that iterates, of anything awaited, and of lists."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from tests.server.breadth_first.comparing import same


async def later(value: Any) -> Any:
    return value


async def failing(message: str = "no item") -> Any:
    raise RuntimeError(message)


def broken_generator() -> Iterator[Any]:
    yield 1
    yield None
    raise RuntimeError("ran out")


async def stream(*items: Any) -> AsyncIterator[Any]:
    for item in items:
        yield item


async def broken_stream() -> AsyncIterator[Any]:
    yield 1
    yield "one"
    raise RuntimeError("dried up")


class Refusing:
    """Says that it can be iterated and then can't."""

    def __iter__(self) -> Iterator[Any]:
        raise RuntimeError("not today")


class Unstreamable:
    def __aiter__(self) -> AsyncIterator[Any]:
        raise RuntimeError("no stream")


VALUES: dict[str, Callable[[], Any]] = {
    "list": lambda: [1, 2],
    "empty": list,
    "tuple": lambda: (1, 2),
    "set": lambda: {1},
    "own list class": lambda: type("Own", (list,), {})([1, 2]),
    "generator": lambda: (number for number in (1, 2)),
    "dict views": lambda: {1: "a", 2: "b"}.keys(),
    "null": lambda: None,
    "null among items": lambda: [1, None, 2],
    "only nulls": lambda: [None, None],
    "wrong items": lambda: [1, "two", 3],
    "an exception": lambda: RuntimeError("no list"),
    "an exception among items": lambda: [1, RuntimeError("no item"), 2],
    "broken generator": broken_generator,
    "refusing": Refusing,
    "text": lambda: "12",
    "mapping": lambda: {"a": 1},
    "number": lambda: 12,
    "awaited": lambda: later([1, 2]),
    "awaited null": lambda: later(None),
    "awaited exception": failing,
    "awaited items": lambda: [later(1), 2, later(3)],
    "awaited null item": lambda: [later(1), later(None), later(3)],
    "failing item": lambda: [later(1), failing(), later(3)],
    "awaited list of awaited": lambda: later([later(1), later(2)]),
    "stream": lambda: stream(1, 2),
    "empty stream": stream,
    "stream with null": lambda: stream(1, None),
    "stream of awaited": lambda: stream(later(1), 2, later(None)),
    "stream with an exception": lambda: stream(1, RuntimeError("no item")),
    "broken stream": broken_stream,
    "unstreamable": Unstreamable,
}


@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@pytest.mark.parametrize("type_", ["[Int]", "[Int!]", "[Int]!", "[Int!]!"])
@pytest.mark.parametrize("make", VALUES.values(), ids=VALUES.keys())
async def test_whatever_a_resolver_gives_for_a_list_is_taken_as_graphql_core_takes_it(
    type_: str, make: Callable[[], Any]
) -> None:
    await same(
        f"type Query {{ items: {type_} }}",
        "{ items }",
        root=lambda: {"items": lambda _info: make()},
        in_order=False,
    )


@pytest.mark.parametrize("type_", ["[[Int]]", "[[Int!]]", "[[Int]!]!", "[[Int!]!]!", "[[[Int!]]]"])
@pytest.mark.parametrize(
    "value",
    [
        [[1, 2], [], [3]],
        [[1, None], None, [3]],
        [[], []],
        [],
        [[1], "two", [3, "x"]],
        [[1], RuntimeError("no row"), [RuntimeError("no cell"), 3]],
        [[[1], None], [[2, None]], [], None],
    ],
    ids=repr,
)
async def test_lists_of_lists_keep_their_shape_and_their_nulls(type_: str, value: Any) -> None:
    await same(f"type Query {{ rows: {type_} }}", "{ rows }", root={"rows": value})


@pytest.mark.parametrize("type_", ["[[Cell]]", "[[Cell!]!]", "[[Cell!]]!"])
async def test_objects_in_lists_of_lists_answer_in_their_places(type_: str) -> None:
    schema = f"type Query {{ rows: {type_} }} type Cell {{ value: Int! next: [Cell!] }}"
    cells = [[{"value": 1, "next": [{"value": 2}]}, {"value": None}], [], [{"value": 3, "next": []}], None]
    await same(schema, "{ rows { value next { value } } }", root={"rows": cells})


async def test_awaited_rows_and_cells_land_in_their_places() -> None:
    async def row(*values: Any) -> list[Any]:
        return [later(value) for value in values]

    found = await same(
        "type Query { rows: [[Int]] }",
        "{ rows }",
        root=lambda: {"rows": [row(1, 2), row(), [later(3), 4], row(None, "x")]},
        in_order=False,
    )
    assert found.tree == {"rows": [[1, 2], [], [3, 4], [None, None]]}


async def test_awaited_objects_among_others_answer_in_their_places() -> None:
    def root() -> Any:
        return {"all": [{"n": 1}, later({"n": 2}), None, later(None), failing(), {"n": later(6)}]}

    found = await same(
        "type Query { all: [One] } type One { n: Int }", "{ all { n } }", root=root, in_order=False
    )
    assert found.tree == {"all": [{"n": 1}, {"n": 2}, None, None, None, {"n": 6}]}


async def test_a_resolver_s_own_list_is_left_as_it_was() -> None:
    own = [1, None, "x", 4]
    await same("type Query { items: [Int] }", "{ items }", root={"items": own})
    assert own == [1, None, "x", 4]
    await same("type Query { items: [Int!] }", "{ items }", root={"items": own})
    assert own == [1, None, "x", 4]
