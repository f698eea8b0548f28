"""Mutations run one after the other, each to its end, and none after one that loses the whole answer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.server.breadth_first.comparing import same

SCHEMA = """
type Query { n: Int }
type Counter { n: Int now: Int later: Int laterFails: Int sureFails: Int! }
type Mutation { add(by: Int!): Counter addLater(by: Int!): Counter fails: Counter laterFails: Counter
  sure(by: Int!): Counter! sureFails: Counter! sureLaterFails: Counter! many(by: [Int!]!): [Counter!] }
"""


class Counter:
    def __init__(self, root: Root) -> None:
        self.root = root
        self.n = root.n

    def now(self, _info: Any) -> int:
        return self.root.n

    async def later(self, _info: Any) -> int:
        await asyncio.sleep(0)
        return self.root.n

    async def laterFails(self, _info: Any) -> int:
        await asyncio.sleep(0)
        raise RuntimeError(f"at {self.root.n}")

    def sureFails(self, _info: Any) -> None:
        return None


class Root:
    def __init__(self) -> None:
        self.n = 0

    def add(self, _info: Any, by: int) -> Counter:
        self.n += by
        return Counter(self)

    async def addLater(self, info: Any, by: int) -> Counter:
        await asyncio.sleep(0)
        return self.add(info, by)

    sure = add

    def many(self, info: Any, by: list[int]) -> list[Counter]:
        return [self.add(info, one) for one in by]

    def fails(self, _info: Any) -> Counter:
        self.n += 100
        raise RuntimeError(f"at {self.n}")

    async def laterFails(self, info: Any) -> Counter:
        await asyncio.sleep(0)
        return self.fails(info)

    sureFails = fails
    sureLaterFails = laterFails


@pytest.mark.parametrize(
    "fields",
    [
        "a: add(by: 1) { n now } b: add(by: 10) { n now }",
        "a: add(by: 1) { n later now } b: addLater(by: 10) { later n } c: add(by: 100) { now }",
        "a: add(by: 1) { later } fails { n } b: add(by: 1) { n } laterFails { n } c: addLater(by: 1) { n }",
        "a: add(by: 1) { laterFails n } b: add(by: 1) { laterFails n }",
        "a: add(by: 1) { laterFails } fails { n } b: add(by: 1) { laterFails } laterFails { n }",
        "many(by: [1, 2, 3]) { n now later laterFails } a: add(by: 1) { n }",
        "a: add(by: 1) { sureFails n } b: sure(by: 1) { later }",
        "a: addLater(by: 1) { n } sureFails { n } b: add(by: 1) { n }",
        "a: add(by: 1) { laterFails } sureLaterFails { n } b: addLater(by: 1) { n }",
        "a: sure(by: 1) { laterFails sureFails } b: add(by: 1) { n }",
        "__typename a: add(by: 1) { __typename n } t: __typename",
        "a: add(by: 1) { n } a: add(by: 1) { now }",
    ],
)
async def test_mutations_see_what_the_ones_before_them_did(fields: str) -> None:
    roots: list[Root] = []

    def root() -> Root:
        roots.append(Root())
        return roots[-1]

    await same(SCHEMA, f"mutation {{ {fields} }}", root=root)
    assert roots[0].n == roots[1].n
