"""A schema of every kind of type, and data for it where anything may turn up: values, nulls, errors, waits.

What a field gives depends on nothing but the seed, the object and the field with its arguments, so that two
executions meet the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    build_schema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

SCHEMA = build_schema("""
scalar Odd
enum Colour { RED GREEN BLUE }
input Point { x: Int! y: Int = 2 colours: [Colour!] next: Point }
interface Named { name(long: Boolean): String friends(first: Int = 2): [Named!] rank: Int! }
interface Counted implements Named {
  name(long: Boolean): String friends(first: Int = 2): [Named!] rank: Int! count: Int }
type Dog implements Named { name(long: Boolean): String friends(first: Int = 2): [Named!] rank: Int!
  barks: Boolean! owner: Person sure: Person! colour: Colour }
type Flock implements Named & Counted {
  name(long: Boolean): String friends(first: Int = 2): [Named!] rank: Int!
  count: Int birds: [Bird!]! rows: [[Bird]!] }
type Bird { id: ID! sings: Float flock: Flock! colour: Colour! nested: [[Int!]]! }
type Person implements Named { name(long: Boolean): String! friends(first: Int = 2): [Named!]! rank: Int!
  pets(near: Point, of: [Colour!] = [RED]): [Pet] pet: Pet! odd: Odd colours: [Colour] colour: Float }
union Pet = Dog | Bird | Flock
type Query { person(id: ID): Person sure(id: ID!): Person! people(near: Point): [Person!] named: [Named]
  pets: [Pet!]! counted: Counted deep: [[[Person]!]] text: String number(of: Int! = 3): Int! again: Query }
type Mutation { make(id: ID): Person change(near: Point): Pet! remove: Query count: Int }
""")


@dataclass(frozen=True)
class Wild:
    """How wild the data is, in percent: `trouble` of values are none, `waits` have to be awaited."""

    seed: int
    trouble: int = 8
    waits: int = 0

    def root(self) -> dict[str, Any]:
        """The object that operations start from."""
        return {"key": "root", "__typename": "Query"}

    def resolve(self, source: Any, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        """What resolves every field."""
        key = f"{source['key']}.{info.field_name}{sorted(arguments.items())}"
        random = Random(f"{self.seed} {key}")
        # At the root there's less of it, or not much would be left to look at.
        if self._likely(random, self.trouble / (9 if source["key"] == "root" else 3)):
            raise RuntimeError(f"{key} raised")
        return self._awaited(random, self._value(random, key, info.return_type))

    def _likely(self, random: Random, share: float) -> bool:
        return random.random() * 100 < share

    def _awaited(self, random: Random, value: Any) -> Any:
        return self._later(value, random.randrange(3)) if self._likely(random, self.waits) else value

    async def _later(self, value: Any, ticks: int) -> Any:
        for _ in range(ticks):
            await asyncio.sleep(0)
        return value

    def _value(self, random: Random, key: str, type_: Any) -> Any:
        inner = type_.of_type if is_non_null_type(type_) else type_
        # Nulls are rarer where there may be none, or not much would ever be left.
        if self._likely(random, self.trouble / (4 if is_non_null_type(type_) else 1)):
            return None
        if self._likely(random, self.trouble / 4):
            return random.choice([RuntimeError(f"{key} returned"), object, 7])
        if is_list_type(inner):
            return self._list(random, key, inner.of_type)
        if is_leaf_type(inner):
            return self._leaf(random, inner)
        return self._object(random, key, inner)

    def _leaf(self, random: Random, type_: Any) -> Any:
        if isinstance(type_, GraphQLEnumType):
            return random.choice(list(type_.values))
        values = {
            "Int": [0, 7, -1, True, 2.0],
            "Float": [0.5, -3.0, 2, True],
            "String": ["甲", "", "b"],
            "ID": ["1", 2],
            "Boolean": [True, False],
            "Odd": [{"any": 1}, ("t",), 3],
        }
        return random.choice(values[type_.name])

    def _object(self, random: Random, key: str, type_: Any) -> Any:
        named: Any = get_named_type(type_)
        possible = SCHEMA.get_possible_types(named) if is_abstract_type(named) else [named]
        type_name = random.choice(possible).name
        if is_abstract_type(named) and self._likely(random, self.trouble / 6):
            type_name = random.choice(["Query", "Nothing", "Named"])
        assert isinstance(SCHEMA.query_type, GraphQLObjectType)
        return {"key": key, "__typename": type_name}

    def _list(self, random: Random, key: str, type_: Any) -> Any:
        items = [
            self._awaited(random, self._value(random, f"{key}[{index}]", type_))
            for index in range(random.choice([0, 1, 2, 2, 3, 4]))
        ]
        broken = self._likely(random, self.trouble / 6)
        kind = random.randrange(10)
        if kind == 0 and self.waits:
            return self._stream(items, broken=broken)
        if kind == 1 and not any(map(asyncio.iscoroutine, items)):
            return self._generate(items, broken=broken)
        return tuple(items) if kind == 2 else items

    async def _stream(self, items: list[Any], *, broken: bool) -> AsyncIterator[Any]:
        for item in items:
            yield item
        if broken:
            raise RuntimeError("the stream broke")

    def _generate(self, items: list[Any], *, broken: bool) -> Iterator[Any]:
        yield from items
        if broken:
            raise RuntimeError("the generator broke")
