"""The limits put around every operation of a schema, over HTTP or any other way in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, GraphQLSchema
from strawberry.extensions import SchemaExtension

from liangcun_server.graphql.errors import explained
from liangcun_server.limits.bounds import Limits
from liangcun_server.limits.budget import Budget
from liangcun_server.limits.documents import Documents, PreparedDocument
from liangcun_server.limits.errors import BudgetSpent, LimitExceeded, TimedOut, TooCostly
from liangcun_server.observability.figures import note_cost


@dataclass(frozen=True)
class Guard:
    """What the requests to one schema share: its documents, and what every client has spent."""

    schema: GraphQLSchema
    limits: Limits
    documents: Documents
    budget: Budget | None

    @classmethod
    def of(cls, schema: GraphQLSchema, limits: Limits, *, suggestions: bool) -> Guard:
        """For a schema that has been put together."""
        budget = Budget(limits.budget_points, limits.budget_seconds) if limits.budget_points else None
        return cls(schema, limits, Documents(schema, limits, suggestions=suggestions), budget)


class KeepWithinLimits(SchemaExtension):
    """Measures and validates the document, takes its cost from the client's budget, and keeps the time.

    Stands after the extension that explains errors and before those that look at the document.
    """

    def __init__(self, guard: Guard) -> None:
        super().__init__()
        self._guard = guard
        self._prepared: PreparedDocument | None = None
        self._cost: dict[str, Any] | None = None

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        prepared = self._guard.documents.prepare(context.query or "", context.validation_rules)
        if prepared.document is None:
            raise self._explained(prepared.errors[0])
        self._prepared = prepared
        context.graphql_document = prepared.document
        yield

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        if context.pre_execution_errors is None and self._prepared is not None:
            context.pre_execution_errors = list(self._prepared.errors)
            error = self._charge(self._prepared) if not self._prepared.errors else None
            if error is not None:
                context.pre_execution_errors = [GraphQLError(error.message.en, original_error=error)]
        yield

    async def on_execute(self) -> AsyncIterator[None]:
        seconds = self._guard.limits.request_seconds
        over = False
        try:
            async with asyncio.timeout(seconds) as timeout:
                yield
        except TimeoutError:
            over = timeout.expired()
            if not over:
                raise
        if over:
            late = TimedOut.after(seconds)
            raise self._explained(GraphQLError(late.message.en, original_error=late))

    def get_results(self) -> dict[str, Any]:
        """`extensions.cost` of the answer."""
        return {} if self._cost is None else {"cost": self._cost}

    def _charge(self, prepared: PreparedDocument) -> LimitExceeded | None:
        context, guard = self.execution_context, self._guard
        formula = prepared.cost(guard.schema, context.operation_name)
        cost = formula.points(context.variables)
        note_cost(cost)
        self._cost = {"requested": cost, "maximum": guard.limits.max_cost, "remaining": None}
        if cost > guard.limits.max_cost:
            return TooCostly.of(cost, guard.limits.max_cost)
        client = getattr(context.context, "client", None)
        if guard.budget is None or client is None:
            return None
        spending = guard.budget.spend(client, cost)
        self._cost["remaining"] = spending.remaining
        return BudgetSpent.of(cost, spending.wait) if spending.wait else None

    def _explained(self, error: GraphQLError) -> GraphQLError:
        return explained(error, getattr(self.execution_context.context, "locale", "zh"))
