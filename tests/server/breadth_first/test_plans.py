"""Plans are made once for a document, are the document's own, and don't outlive what they're for."""

from __future__ import annotations

import gc
import weakref

import pytest
from graphql import DocumentNode, GraphQLSchema, Source, build_schema, parse
from graphql.execution.executor import Executor
from tests.server.breadth_first.comparing import run, same

from liangcun_server.breadth_first import plans
from liangcun_server.breadth_first.planning import OperationPlan

SCHEMA = "type Query { a: Int b: Int deep: Query }"
ROOT = {"a": 1, "b": 2, "deep": {"a": 3, "b": 4}}


def plan(schema: GraphQLSchema, document: DocumentNode, **options: object) -> OperationPlan:
    executor = Executor.build(schema, document, **options)
    assert isinstance(executor, Executor)
    assert schema.query_type is not None
    kept = plans.plans_of(schema).of(document).of(executor)
    return kept.plan(executor, schema.query_type, wrapped=False)


def test_a_document_is_planned_once() -> None:
    schema, document = build_schema(SCHEMA), parse("{ a deep { b } }")
    assert plan(schema, document) is plan(schema, document)


def test_a_document_parsed_again_has_the_plan_of_the_first() -> None:
    schema = build_schema(SCHEMA)
    assert plan(schema, parse("{ a deep { b } }")) is plan(schema, parse("{ a deep { b } }"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (parse("{ a }"), parse("{ b }")),
        (parse("{ a }"), parse("{  a }")),
        # Alike node by node, but on other lines.
        (parse("#xx\n\n{ a }"), parse("#x\n\n\n{ a }")),
        (parse(Source("{ a }", "one")), parse(Source("{ a }", "other"))),
        (parse("{ a }", no_location=True), parse("{ a }", no_location=True)),
    ],
)
def test_documents_that_differ_have_plans_of_their_own(one: DocumentNode, other: DocumentNode) -> None:
    schema = build_schema(SCHEMA)
    assert plan(schema, one) is not plan(schema, other)


def test_operations_and_outcomes_of_conditions_have_plans_of_their_own() -> None:
    schema = build_schema(SCHEMA)
    document = parse("query A($x: Boolean!, $y: Int) { a @skip(if: $x) } query B { b }")
    made = [
        plan(schema, document, operation_name="A", raw_variable_values={"x": x, "y": y})
        for x in (True, False)
        for y in (1, 2)
    ]
    made.append(plan(schema, document, operation_name="B"))
    assert made[0] is made[1]
    assert made[2] is made[3]
    assert len({id(one) for one in made}) == 3


def test_schemas_have_plans_of_their_own() -> None:
    document = parse("{ a }")
    assert plan(build_schema(SCHEMA), document) is not plan(build_schema(SCHEMA), document)


def test_as_many_documents_are_kept_as_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "MOST_DOCUMENTS", 3)
    schema = build_schema(SCHEMA)
    first = plan(schema, parse("{ a0: a }"))
    for number in range(1, 5):
        assert plan(schema, parse("{ a0: a }")) is first, "asked for again and again"
        plan(schema, parse(f"{{ a{number}: a }}"))
    for number in range(5, 9):
        plan(schema, parse(f"{{ a{number}: a }}"))
    assert plan(schema, parse("{ a0: a }")) is not first
    assert len(plans.plans_of(schema)._by_content) == 3
    gc.collect()
    assert len(plans.plans_of(schema)._by_identity) <= 3


def test_as_many_outcomes_are_kept_as_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "MOST_OUTCOMES", 2)
    schema = build_schema(SCHEMA)
    document = parse("query ($x: Boolean!, $y: Boolean!) { a @skip(if: $x) b @skip(if: $y) }")
    for _ in range(2):
        for x in (True, False):
            for y in (True, False):
                plan(schema, document, raw_variable_values={"x": x, "y": y})
                kept = plans.plans_of(schema).of(document)._operations[None]._plans
                assert 1 <= len(kept) <= 2


def test_nothing_keeps_a_schema_that_is_gone() -> None:
    schema = build_schema(SCHEMA)
    plan(schema, parse("{ a deep { a } }"))
    gone = weakref.ref(schema)
    del schema
    gc.collect()
    assert gone() is None


async def test_a_document_that_was_changed_after_parsing_is_answered_as_changed() -> None:
    schema = build_schema(SCHEMA)
    one, other = parse("{ a }"), parse("{ b }")
    await same(schema, one, root=ROOT)
    changed = DocumentNode(definitions=other.definitions, loc=one.loc)
    found = await same(schema, changed, root=ROOT)
    assert found.tree == {"b": 2}


async def test_errors_point_into_the_document_that_was_asked() -> None:
    schema = build_schema(SCHEMA)
    for text, line in (("#xx\n\n{ a }", 3), ("#x\n\n\n{ a }", 4)):
        found = await run(schema, text, root={"a": "no number"})
        assert found.errors[0].locations == ((line, 3),)


async def test_a_document_made_by_hand_of_lists_is_answered_too() -> None:
    parsed = parse("{ a }")
    by_hand = DocumentNode(definitions=list(parsed.definitions), loc=parsed.loc)
    found = await same(SCHEMA, by_hand, root=ROOT)
    assert found.tree == {"a": 1}
