"""The executor that Strawberry is given: runs operations breadth-first, the rest as graphql-core does."""

from __future__ import annotations

from typing import Any, Literal, Self, cast

from graphql import DocumentNode, GraphQLError, GraphQLSchema, OperationType
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from liangcun_server.breadth_first.plans import plans_of
from liangcun_server.breadth_first.running import Run

Mode = Literal["breadth_first", "graphql_core"]


class BreadthFirstExecutor(StrawberryGraphQLCoreExecutionContext):
    """Executes queries and mutations level by level, with graphql-core's results.

    Give it to `strawberry.Schema(execution_context_class=...)`. Subscriptions, @defer and @stream, fragment
    variables, abort signals and execution hooks stay graphql-core's; `mode` says which it was and `reason`
    why. A subclass counts them in `observe`.
    """

    mode: Mode = "graphql_core"
    reason: str | None = None
    document: DocumentNode | None = None

    @classmethod
    def build(
        cls, schema: GraphQLSchema, document: DocumentNode, *args: Any, **kwargs: Any
    ) -> list[GraphQLError] | Self:
        """As graphql-core builds it, but knowing the document, which its plan is kept by."""
        built = super().build(schema, document, *args, **kwargs)
        if isinstance(built, cls):
            built.document = document
        return cast(list[GraphQLError] | Self, built)

    def observe(self) -> None:
        """Called once an execution, before it begins, with `mode` and `reason` settled."""

    def execute_operation(self, serially: bool | None = None) -> Any:
        """The result, or an awaitable of it where something has to be awaited."""
        run = self._plan_run(serially)
        self.mode = "graphql_core" if run is None else "breadth_first"
        self.observe()
        return super().execute_operation(serially) if run is None else run.execute()

    def _plan_run(self, serially: bool | None) -> Run | None:
        """A run of the operation; None, with the reason kept, for what graphql-core must execute."""
        self.reason = self._hindrance()
        root_type = self.schema.get_root_type(self.operation.operation)
        if self.reason is not None or root_type is None or self.document is None:
            self.reason = self.reason or "no root type"
            return None
        middleware = self.middleware_manager
        wrapped = middleware is not None and bool(middleware.middlewares)
        plans = plans_of(self.schema).of(self.document).of(self)
        if plans.directives.incremental:
            self.reason = "incremental delivery"
            return None
        try:
            plan = plans.plan(self, root_type, wrapped=wrapped)
        except (GraphQLError, RecursionError):
            # graphql-core meets the same error, and says it in its own way.
            self.reason = "selection in error"
            return None
        serial = self.operation.operation is OperationType.MUTATION if serially is None else serially
        return Run(self, plan, serial=serial)

    def _hindrance(self) -> str | None:
        if self.operation.operation is OperationType.SUBSCRIPTION:
            return "subscription"
        if self.abort_signal is not None:
            return "abort signal"
        if self.hooks is not None:
            return "execution hooks"
        if any(fragment.variable_definitions for fragment in self.fragment_definitions.values()):
            return "fragment variables"
        return None
