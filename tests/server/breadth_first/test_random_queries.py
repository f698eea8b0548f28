"""Random operations on random data: whatever is asked and whatever turns up, the answer is graphql-core's."""

from __future__ import annotations

import asyncio
from random import Random

import pytest
from graphql import parse, validate
from hypothesis import given
from hypothesis import strategies as st
from tests.properties import examples
from tests.server.breadth_first.comparing import alike, both, same
from tests.server.breadth_first.operations import Operation, Writer
from tests.server.breadth_first.test_resolvers import SCHEMA as THINGS
from tests.server.breadth_first.test_resolvers import Context, Query
from tests.server.breadth_first.wild import SCHEMA, Wild

# graphql-core leaves some coroutines unawaited when it gives up a part of the answer.
pytestmark = pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")

# What an example is made of; a smaller one is found by less of each.
seeds = st.integers(0, 2**32)
depths = st.integers(1, 5)
widths = st.integers(2, 5)
shares = st.sampled_from([0, 15, 40])
troubles = st.sampled_from([0, 8, 25])
kinds = st.sampled_from(["query", "query", "query", "mutation"])


def write(seed: int, depth: int, width: int, directives: int, kind: str = "query") -> Operation:
    return Writer(SCHEMA, Random(seed), most_fields=width, directives=directives).write(depth, kind)


@given(seed=seeds, depth=depths, width=widths, directives=shares, kind=kinds)
@examples(60)
def test_the_operations_written_are_valid(
    seed: int, depth: int, width: int, directives: int, kind: str
) -> None:
    operation = write(seed, depth, width, directives, kind)
    assert validate(SCHEMA, parse(operation.text)) == []


@given(seed=seeds, depth=depths, width=widths, directives=shares, kind=kinds, trouble=troubles)
@examples(500)
def test_what_is_resolved_at_once_is_answered_as_by_graphql_core_errors_in_order(
    seed: int, depth: int, width: int, directives: int, kind: str, trouble: int
) -> None:
    operation = write(seed, depth, width, directives, kind)
    data = Wild(seed, trouble)
    asyncio.run(
        same(
            SCHEMA, operation.text, root=data.root, variables=operation.variables, field_resolver=data.resolve
        )
    )


@given(seed=seeds, depth=depths, width=widths, directives=shares, kind=kinds, trouble=troubles)
@examples(240)
def test_what_is_awaited_here_and_there_is_answered_as_by_graphql_core(
    seed: int, depth: int, width: int, directives: int, kind: str, trouble: int
) -> None:
    operation = write(seed, depth, width, directives, kind)
    data = Wild(seed, trouble, waits=30)
    expected, found = asyncio.run(
        both(
            SCHEMA,
            operation.text,
            root=data.root,
            variables=operation.variables,
            field_resolver=data.resolve,
        )
    )
    alike(expected, found)


@given(seed=seeds, depth=st.integers(1, 4), width=widths, directives=shares)
@examples(240)
def test_strawberry_s_resolvers_are_answered_as_by_graphql_core(
    seed: int, depth: int, width: int, directives: int
) -> None:
    writer = Writer(THINGS._schema, Random(seed), most_fields=width + 2, directives=directives)
    operation = writer.write(depth)
    expected, found = asyncio.run(
        both(THINGS, operation.text, root=Query(), context=Context, variables=operation.variables)
    )
    alike(expected, found)
