"""Keeps plans: once a document has been planned, the next request with it goes straight to the data."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

from graphql import DocumentNode, GraphQLObjectType, GraphQLSchema, Undefined
from graphql.execution.executor import Executor

from liangcun_server.breadth_first.planning import Directives, OperationPlan, plan_operation

# How many documents are kept for a schema, and how many outcomes of @skip and @include for an operation.
MOST_DOCUMENTS = 1000
MOST_OUTCOMES = 64


class OperationPlans:
    """The plans of one operation, by the outcome of its @skip and @include."""

    def __init__(self, executor: Executor[Any]) -> None:
        self.directives = Directives.of(executor.operation, executor.fragment_definitions)
        self._plans: dict[Hashable, OperationPlan] = {}

    def plan(self, executor: Executor[Any], root_type: GraphQLObjectType, *, wrapped: bool) -> OperationPlan:
        """The plan for the executor's variables. Raises GraphQLError as plan_operation does."""
        given = executor.variable_values.coerced
        outcome = tuple(given.get(name, Undefined) for name in self.directives.conditions)
        if not all(value is Undefined or isinstance(value, bool) for value in outcome):
            # Such a condition is an error, which is for the plan to raise.
            return plan_operation(executor, root_type, wrapped=wrapped)
        key = (wrapped, *outcome)
        plan = self._plans.get(key)
        if plan is None:
            plan = plan_operation(executor, root_type, wrapped=wrapped)
            if len(self._plans) >= MOST_OUTCOMES:
                self._plans.clear()
            self._plans[key] = plan
        return plan


class DocumentPlans:
    """The plans of a document's operations, by name."""

    def __init__(self) -> None:
        self._operations: dict[str | None, OperationPlans] = {}

    def of(self, executor: Executor[Any]) -> OperationPlans:
        """The plans of the executor's operation."""
        name = None if executor.operation.name is None else executor.operation.name.value
        plans = self._operations.get(name)
        if plans is None:
            plans = self._operations[name] = OperationPlans(executor)
        return plans


class Plans:
    """The plans of a schema: by the document itself, or else by what's in it.

    A document parsed once and kept is known at once. One parsed anew for each request is looked up by its
    hash, source and all: two documents may be alike and yet have their errors on different lines.
    """

    def __init__(self) -> None:
        self._by_identity: dict[int, tuple[weakref.ref[DocumentNode], DocumentPlans]] = {}
        self._by_content: OrderedDict[Hashable, DocumentPlans] = OrderedDict()

    def of(self, document: DocumentNode) -> DocumentPlans:
        """The plans of a document, empty when it's new."""
        number = id(document)
        known = self._by_identity.get(number)
        if known is not None and known[0]() is document:
            return known[1]
        plans = self._alike(document)
        by_identity = self._by_identity
        reference = weakref.ref(document, lambda _gone: by_identity.pop(number, None))
        by_identity[number] = (reference, plans)
        return plans

    def _alike(self, document: DocumentNode) -> DocumentPlans:
        location = document.loc
        if location is None:
            return DocumentPlans()
        source = location.source
        offset = source.location_offset
        key = (source.body, source.name, offset.line, offset.column, document)
        try:
            plans = self._by_content.get(key)
        except (TypeError, RecursionError):  # A document made by hand, of lists, or one that is too deep.
            return DocumentPlans()
        if plans is None:
            plans = self._by_content[key] = DocumentPlans()
            if len(self._by_content) > MOST_DOCUMENTS:
                self._by_content.popitem(last=False)
        else:
            self._by_content.move_to_end(key)
        return plans


_KEPT: weakref.WeakKeyDictionary[GraphQLSchema, Plans] = weakref.WeakKeyDictionary()


def plans_of(schema: GraphQLSchema) -> Plans:
    """The plans of a schema, kept as long as the schema is."""
    plans = _KEPT.get(schema)
    if plans is None:
        plans = _KEPT[schema] = Plans()
    return plans
