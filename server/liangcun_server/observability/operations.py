"""What a GraphQL operation comes to, collected around its execution."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import GraphQLError
from strawberry.extensions import SchemaExtension

from liangcun_server.breadth_first import BreadthFirstExecutor
from liangcun_server.observability.figures import OperationFigures, begin_operation, note_execution
from liangcun_server.observability.metrics import Metrics
from liangcun_server.observability.tracing import Tracing

# Names come from the client and go into log lines.
_LONGEST_NAME = 100


class ObservedExecutor(BreadthFirstExecutor):
    """Tells the operation's figures how it is executed."""

    def observe(self) -> None:
        note_execution(self.mode, self.reason)


class ObserveOperations(SchemaExtension):
    """Counts operations, and keeps the figures of each for its request's log line.

    Stands before the extension that explains errors, so that it sees the codes that clients see.
    """

    def __init__(self, metrics: Metrics, tracing: Tracing | None = None) -> None:
        super().__init__()
        self._metrics = metrics
        self._tracing = tracing

    def on_operation(self) -> Iterator[None]:
        figures = begin_operation()
        if self._tracing is not None:
            self._tracing.begin_operation(figures)
        raised: BaseException | None = None
        try:
            yield
        except BaseException as error:
            raised = error
            raise
        finally:
            self._describe(figures)
            self._judge(figures, raised)
            if self._tracing is not None:
                self._tracing.end_operation(figures)
            self._metrics.operation_done(figures)

    def _describe(self, figures: OperationFigures) -> None:
        context = self.execution_context
        if context.graphql_document is not None:
            figures.name = (context.operation_name or "")[:_LONGEST_NAME] or None
            try:
                figures.kind = context.operation_type.value
            except RuntimeError:  # the document holds no operation of the name that the client gave
                figures.name = None

    def _judge(self, figures: OperationFigures, raised: BaseException | None) -> None:
        """The outcome, and the codes that the client gets."""
        result = self.execution_context.result
        errors = list(getattr(result, "errors", None) or ())
        if raised is not None:
            errors = [raised] if isinstance(raised, GraphQLError) else []
        figures.codes = [str((error.extensions or {}).get("code", "UNKNOWN")) for error in errors]
        if figures.mode is None:
            figures.outcome = "refused"
        elif raised is None and not errors:
            figures.outcome = "ok"
        else:
            lost = raised is not None or getattr(result, "data", None) is None
            figures.outcome = "failed" if lost else "partial"
