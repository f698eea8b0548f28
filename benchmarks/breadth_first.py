"""Breadth-first execution beside graphql-core's, in memory: what execution alone costs.

    python -m benchmarks.breadth_first

One schema, the same documents, the same objects; each shape of data is answered by both executors in turn,
through Strawberry as a server calls it (parsed and validated each time) and by the executor alone. Both must
give the same answer. What's shown are ratios within the run, of medians.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from statistics import median
from time import perf_counter
from typing import Annotated, Any

import strawberry
from graphql import ExecutionResult, execute, parse
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from liangcun_server.breadth_first import BreadthFirstExecutor
from liangcun_server.graphql.batching import batched
from liangcun_server.graphql.context import Batches

PARENTS, CHILDREN = 100, 20


@strawberry.interface
class Named:
    name: str


@strawberry.type
class Reading(Named):
    value: float
    number: int | None

    @strawberry.field
    def shown(self) -> str:
        return f"{self.value:.1f}"

    @strawberry.field
    def place(self, info: strawberry.Info) -> str:
        return info.field_name

    @strawberry.field
    async def later(self) -> int | None:
        return self.number


@strawberry.type
class Remark(Named):
    text: str | None = None


async def load_readings(parents: Sequence[Village], info: strawberry.Info) -> list[list[Reading]]:
    """The readings of each village."""
    return [one.readings for one in parents]


@strawberry.type
class Village(Named):
    code: strawberry.ID
    readings: list[Reading]
    things: list[Named]
    sights: list[Annotated[Reading | Remark, strawberry.union("Sight")]]
    loaded: list[Reading] = batched(load_readings)


@strawberry.type
class Query:
    villages: list[Village]


QUERIES = {
    "attributes": "{ villages { code name readings { name value number } } }",
    "methods": "{ villages { code name readings { name value shown } } }",
    "methods that take info": "{ villages { code name readings { name value place } } }",
    "a batch": "{ villages { code name loaded { name value number } } }",
    "an interface": "{ villages { code things { __typename name ... on Reading { value number } } } }",
    "a union": "{ villages { code sights { ... on Reading { name value } ... on Remark { name text } } } }",
    "coroutines": "{ villages { code readings { name value later } } }",
}


class Context:
    """What a request carries: its data loaders, which graphql-core needs for batches."""

    def __init__(self) -> None:
        self.batches = Batches()


@dataclass(frozen=True)
class Measured:
    """Seconds an answer, by executor: through Strawberry, and of the execution alone."""

    whole: dict[str, float]
    alone: dict[str, float]


def villages() -> Query:
    """The same objects each time."""

    def reading(village: int, place: int) -> Reading:
        number = None if place % 7 == 0 else village * place
        return Reading(name=f"reading {place}", value=village + place / 7, number=number)

    def village(number: int) -> Village:
        readings = [reading(number, place) for place in range(CHILDREN)]
        mixed: list[Any] = [one if place % 4 else Remark(name=one.name) for place, one in enumerate(readings)]
        code = strawberry.ID(f"{number:012d}")
        return Village(name=f"village {number}", code=code, readings=readings, things=mixed, sights=mixed)

    return Query(villages=[village(number) for number in range(PARENTS)])


AS_STRAWBERRY_DOES: dict[str, Any] = {"is_awaitable": optimized_is_awaitable}
EXECUTORS: dict[str, type[Any]] = {
    "graphql-core": StrawberryGraphQLCoreExecutionContext,
    "breadth-first": BreadthFirstExecutor,
}


async def measure(query: str, root: Query, rounds: int) -> Measured:
    """Let both take turns. Raises ArithmeticError unless they give the same answer."""
    document = parse(query)
    schemas = {name: _schema(executor) for name, executor in EXECUTORS.items()}

    async def whole(name: str) -> Any:
        return await schemas[name].execute(query, root_value=root, context_value=Context())

    async def alone(name: str) -> Any:
        result = execute(
            schemas[name]._schema,
            document,
            root_value=root,
            context_value=Context(),
            executor_class=EXECUTORS[name],
            **AS_STRAWBERRY_DOES,
        )
        if not isawaitable(result):
            return result
        awaitable: Awaitable[ExecutionResult] = result
        return await awaitable

    answers = [(await ask(name)).data for ask in (whole, alone) for name in EXECUTORS]
    if any(answer != answers[0] for answer in answers) or answers[0] is None:
        raise ArithmeticError(f"the executors give other answers to {query}")
    return Measured(await _take_turns(whole, rounds), await _take_turns(alone, rounds))


def _schema(executor: type[Any]) -> strawberry.Schema:
    return strawberry.Schema(query=Query, types=[Reading, Remark], execution_context_class=executor)


async def _take_turns(ask: Callable[[str], Awaitable[Any]], rounds: int) -> dict[str, float]:
    spent: dict[str, list[float]] = {name: [] for name in EXECUTORS}
    for _ in range(rounds):
        for name, times in spent.items():
            gc.collect()
            start = perf_counter()
            await ask(name)
            times.append(perf_counter() - start)
    return {name: median(times) for name, times in spent.items()}


async def main(rounds: int) -> None:
    """Print what each shape of data takes."""
    root = villages()
    usual, ours = EXECUTORS
    print(f"{PARENTS} villages × {CHILDREN}, three fields each; medians of {rounds}\n")
    print(f"{'':24}{'execution alone':>34}{'through Strawberry':>34}")
    for name, query in QUERIES.items():
        measured = await measure(query, root, rounds)
        columns = "".join(
            f"{one[usual] * 1e3:10.1f} ms {one[ours] * 1e3:7.2f} ms {one[usual] / one[ours]:7.1f} ×"
            for one in (measured.alone, measured.whole)
        )
        print(f"{name:24}{columns}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    asyncio.run(main(parser.parse_args().rounds))
