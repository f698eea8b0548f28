"""Keeps plans: once a document has been planned, the next request with it goes straight to the data.

Kept are those last asked for, as many as fit: a small document may plan large, by fragments spread again and
again, and clients may send as many documents as they like.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Hashable
from itertools import count
from typing import Any

from graphql import DocumentNode, GraphQLObjectType, GraphQLSchema, Undefined
from graphql.execution.executor import Executor

from liangcun_server.breadth_first.planning import Directives, OperationPlan, plan_operation

# How many planned fields are kept for a schema, at about 600 bytes each, and of how many operations.
MOST_FIELDS = 50_000
MOST_OPERATIONS = 1000
# How many characters of documents are kept for the plans made for them, at about 160 bytes each once parsed.
MOST_CHARACTERS = 100_000


class OperationPlans:
    """The plans of one operation, by the outcome of its @skip and @include."""

    def __init__(self, executor: Executor[Any], room: Room) -> None:
        self.directives = Directives.of(executor.operation, executor.fragment_definitions)
        self.turn = 0
        self._room = room
        self._plans: dict[Hashable, OperationPlan] = {}

    @property
    def size(self) -> int:
        """How many fields have been planned."""
        return sum(plan.size for plan in self._plans.values())

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
            plan = self._plans[key] = plan_operation(executor, root_type, wrapped=wrapped)
            self._room.make_room(self)
        self._room.use(self)
        return plan

    def forget(self) -> None:
        """Keep the plans no longer; who executes one still does."""
        self._plans.clear()


class Room:
    """The operations whose plans are kept, the one last used last.

    They aren't kept by it: when a document goes, its plans go.
    """

    def __init__(self) -> None:
        self._kept: weakref.WeakValueDictionary[int, OperationPlans] = weakref.WeakValueDictionary()
        self._turns = count(1)

    def __len__(self) -> int:
        return len(self._kept)

    def use(self, operation: OperationPlans) -> None:
        """Note that the operation is executed."""
        self._kept.pop(operation.turn, None)
        operation.turn = next(self._turns)
        self._kept[operation.turn] = operation

    def make_room(self, operation: OperationPlans) -> None:
        """Forget other operations' plans, the ones used longest ago first, so that its own fit in.

        Plans grow while they're executed, so how large they are is counted anew each time.
        """
        others = [one for one in list(self._kept.values()) if one is not operation]
        size = operation.size + sum(one.size for one in others)
        for number, other in enumerate(others):
            if size <= MOST_FIELDS and len(others) - number < MOST_OPERATIONS:
                break
            size -= other.size
            other.forget()
            self._kept.pop(other.turn, None)


class DocumentPlans:
    """The plans of a document's operations, by name."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._operations: dict[str | None, OperationPlans] = {}

    def of(self, executor: Executor[Any]) -> OperationPlans:
        """The plans of the executor's operation."""
        name = None if executor.operation.name is None else executor.operation.name.value
        plans = self._operations.get(name)
        if plans is None:
            plans = self._operations[name] = OperationPlans(executor, self._room)
        return plans


class Plans:
    """The plans of a schema: by the document itself, or else by what's in it.

    A document parsed once and kept by the server is known at once. One parsed anew for each request is looked
    up by its hash, source and all: two documents may be alike and yet have their errors on different lines.
    """

    def __init__(self) -> None:
        self.room = Room()
        self._by_identity: dict[int, tuple[weakref.ref[DocumentNode], DocumentPlans]] = {}
        self._by_content: OrderedDict[Hashable, tuple[int, DocumentPlans]] = OrderedDict()
        self._characters = 0

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
        if location is None or len(location.source.body) > MOST_CHARACTERS // 4:
            return DocumentPlans(self.room)
        source = location.source
        offset = source.location_offset
        key = (source.body, source.name, offset.line, offset.column, document)
        try:
            kept = self._by_content.get(key)
        except (TypeError, RecursionError):  # A document made by hand, of lists, or one that is too deep.
            return DocumentPlans(self.room)
        if kept is None:
            kept = self._by_content[key] = (len(source.body), DocumentPlans(self.room))
            self._characters += kept[0]
            while self._characters > MOST_CHARACTERS:
                self._characters -= self._by_content.popitem(last=False)[1][0]
        else:
            self._by_content.move_to_end(key)
        return kept[1]


_KEPT: weakref.WeakKeyDictionary[GraphQLSchema, Plans] = weakref.WeakKeyDictionary()


def plans_of(schema: GraphQLSchema) -> Plans:
    """The plans of a schema, kept as long as the schema is."""
    plans = _KEPT.get(schema)
    if plans is None:
        plans = _KEPT[schema] = Plans()
    return plans
