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


def test_the_most_recent_documents_are_kept_as_far_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "MOST_CHARACTERS", 40)
    schema = build_schema(SCHEMA)
    first = plan(schema, parse("{ a0: a }"))
    for number in range(1, 9):
        assert plan(schema, parse("{ a0: a }")) is first, "asked for again and again"
        plan(schema, parse(f"{{ a{number}: a }}"))
    for number in range(1, 9):
        plan(schema, parse(f"{{ a{number}: a }}"))
    assert plan(schema, parse("{ a0: a }")) is not first
    assert len(plans.plans_of(schema)._by_content) == 4
    gc.collect()
    assert len(plans.plans_of(schema)._by_identity) <= 4


def test_a_document_that_would_fill_the_room_is_planned_for_as_long_as_it_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plans, "MOST_CHARACTERS", 40)
    schema = build_schema(SCHEMA)
    document = parse("{ long_alias: a }")
    assert plan(schema, document) is plan(schema, document)
    assert plan(schema, parse("{ long_alias: a }")) is not plan(schema, document)
    assert len(plans.plans_of(schema)._by_content) == 0


async def test_as_many_planned_fields_are_kept_as_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "MOST_FIELDS", 18)
    schema = build_schema(SCHEMA)
    room = plans.plans_of(schema).room
    often, seldom = parse("{ a b deep { a } }"), parse("{ b }")
    kept = plan(schema, often)
    plan(schema, seldom)
    assert plan(schema, often) is kept
    # It takes its room as it's executed, level by level.
    large = parse("{ ...F deep { ...F deep { ...F } } } fragment F on Query { x: a y: b }")
    await same(schema, large, root={**ROOT, "deep": {**ROOT, "deep": ROOT}})
    assert plan(schema, often) is kept
    assert len(room) == 3
    plan(schema, parse("{ a }"))
    assert len(room) == 3, "the one not asked for since is forgotten"
    assert plan(schema, often) is kept
    plan(schema, parse("{ " + " ".join(f"k{number}: a" for number in range(12)) + " }"))
    assert len(room) == 2
    assert plan(schema, often) is kept


def test_what_takes_more_than_all_the_room_is_kept_until_the_next_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(plans, "MOST_FIELDS", 5)
    schema = build_schema(SCHEMA)
    large, small = parse("{ a b c: a d: a e: a f: a }"), parse("{ a }")
    kept = plan(schema, large)
    assert plan(schema, large) is kept
    plan(schema, small)
    assert plan(schema, large) is not kept


def test_as_many_operations_are_kept_as_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "MOST_OPERATIONS", 3)
    schema = build_schema(SCHEMA)
    documents = [parse(f"{{ a{number}: a }}") for number in range(5)]
    for document in documents:
        plan(schema, document)
    assert len(plans.plans_of(schema).room) == 3


def test_the_plans_of_a_document_that_is_gone_are_gone() -> None:
    schema = build_schema(SCHEMA)
    document = parse("{ a }", no_location=True)
    plan(schema, document)
    assert len(plans.plans_of(schema).room) == 1
    del document
    gc.collect()
    assert len(plans.plans_of(schema).room) == 0


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
