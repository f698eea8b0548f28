"""Objects handed over as columns: answered as graphql-core answers the objects themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import strawberry
from tests.server.breadth_first.comparing import same

from liangcun_server.breadth_first.columns import Lists, Picked, Rows
from liangcun_server.graphql.batching import batched
from liangcun_server.graphql.context import Batches


class BoatRows(Rows):
    """Boats by number; boat 7 has no name, which is an error, and boat 5 a speed that no Float can be."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self.numbers = numbers

    def __len__(self) -> int:
        return len(self.numbers)

    def column(self, name: str, context: Any) -> Any:
        if name == "name":
            return [None if number == 7 else f"boat {number}" for number in self.numbers]
        if name == "speed":
            return [float("inf") if number == 5 else number / 2 for number in self.numbers]
        if name == "harbour":
            return Picked(HarbourRows([0, 1]), [None if n == 4 else n % 2 for n in self.numbers])
        if name == "home":
            return Picked(HarbourRows([0, 1]), [None if n == 9 else n % 2 for n in self.numbers])
        return None

    def pick(self, places: Sequence[int]) -> Rows:
        return BoatRows([self.numbers[place] for place in places])

    def make(self) -> list[Any]:
        return [Boat(number=number) for number in self.numbers]


class HarbourRows(BoatRows):
    def column(self, name: str, context: Any) -> Any:
        return [f"harbour {number}" for number in self.numbers] if name == "name" else None

    def pick(self, places: Sequence[int]) -> Rows:
        return HarbourRows([self.numbers[place] for place in places])

    def make(self) -> list[Any]:
        return [Harbour(number=number) for number in self.numbers]


@strawberry.type
class Harbour:
    number: int

    @strawberry.field
    def name(self) -> str:
        return f"harbour {self.number}"


async def load_sisters(parents: Sequence[Boat], info: strawberry.Info) -> Sequence[Sequence[Boat]]:
    numbers = parents.numbers if isinstance(parents, BoatRows) else [one.number for one in parents]
    sizes = [number % 3 for number in numbers]
    return Lists(BoatRows([number + more for number in numbers for more in range(1, number % 3 + 1)]), sizes)


@strawberry.type
class Boat:
    number: int

    @strawberry.field
    def name(self) -> str:
        return None if self.number == 7 else f"boat {self.number}"  # type: ignore[return-value]

    @strawberry.field
    def speed(self) -> float | None:
        return float("inf") if self.number == 5 else self.number / 2

    @strawberry.field
    def harbour(self) -> Harbour | None:
        return None if self.number == 4 else Harbour(number=self.number % 2)

    @strawberry.field
    def home(self) -> Harbour:
        return None if self.number == 9 else Harbour(number=self.number % 2)  # type: ignore[return-value]

    sisters: list[Boat | None] = batched(load_sisters)
    sure_sisters: list[Boat] = batched(load_sisters)


BoatRows.of, HarbourRows.of = Boat, Harbour


@strawberry.type
class Query:
    @strawberry.field
    def fleet(self) -> list[Boat | None]:
        return BoatRows(range(12))  # type: ignore[return-value]

    @strawberry.field
    def small_fleet(self) -> list[Boat]:
        return BoatRows([1, 2, 3])  # type: ignore[return-value]


SCHEMA = strawberry.Schema(query=Query)


class Context:
    """What batched fields need of a request."""

    def __init__(self) -> None:
        self.batches = Batches()


@pytest.mark.parametrize(
    "query",
    [
        "{ fleet { number speed } }",
        "{ fleet { name } }",
        "{ smallFleet { name again: name speed __typename } }",
        "{ fleet { harbour { name } } }",
        "{ fleet { harbour { name number } } }",
        "{ fleet { home { name } } }",
        "{ fleet { home { number } harbour { __typename } } }",
        "{ smallFleet { sisters { name sisters { speed harbour { name } } } } }",
        "{ fleet { sisters { name } } }",
        "{ fleet { sureSisters { name speed } number } }",
        "{ fleet { sureSisters { home { name } sureSisters { number home { name number } } } } }",
    ],
)
async def test_columns_are_answered_as_the_objects_are(query: str) -> None:
    await same(SCHEMA, query, context=Context)


async def test_a_row_that_stands_in_many_places_is_answered_in_each() -> None:
    answer = await same(SCHEMA, "{ smallFleet { home { name } } }", context=Context)
    assert answer.tree is not None
    names = [boat["home"]["name"] for boat in answer.tree["smallFleet"]]
    assert names == ["harbour 1", "harbour 0", "harbour 1"]
