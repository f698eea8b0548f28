"""What one request comes to in figures, noted where it happens by whoever is at work on it."""

from __future__ import annotations

import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal["ok", "partial", "failed", "refused"]


@dataclass(slots=True)
class OperationFigures:
    """One GraphQL operation.

    `outcome`: ok without errors; partial with errors beside data; failed when errors left no data; refused
    when it never ran. `batches` are the numbers of parents of each batched field.
    """

    kind: str = "unknown"
    name: str | None = None
    outcome: Outcome = "refused"
    codes: list[str] = field(default_factory=list)
    mode: str | None = None
    fallback: str | None = None
    cost: float | None = None
    statements: int = 0
    statement_seconds: float = 0.0
    batches: list[int] = field(default_factory=list)
    # The span that statements belong under, where requests are traced.
    span: Any = None
    began: float = field(default_factory=time.perf_counter)

    @property
    def seconds(self) -> float:
        """How long ago it began."""
        return time.perf_counter() - self.began


@dataclass(slots=True)
class RequestFigures:
    """One HTTP request: its number, its last operation, and the codes of what it was refused for."""

    id: str
    operation: OperationFigures | None = None
    refusals: list[str] = field(default_factory=list)


# A task inherits these from the one that starts it, so what a batch does counts for its request.
_request: ContextVar[RequestFigures | None] = ContextVar("liangcun_request", default=None)
_operation: ContextVar[OperationFigures | None] = ContextVar("liangcun_operation", default=None)


def current_request() -> RequestFigures | None:
    """The HTTP request that is being answered here."""
    return _request.get()


def current_operation() -> OperationFigures | None:
    """The GraphQL operation that is being worked on here."""
    return _operation.get()


def begin_request(request_id: str) -> RequestFigures:
    """Note what follows in this task for a new request."""
    figures = RequestFigures(request_id)
    _request.set(figures)
    _operation.set(None)
    return figures


def begin_operation() -> OperationFigures:
    """Note what follows in this task for a new operation."""
    figures = OperationFigures()
    _operation.set(figures)
    request = _request.get()
    if request is not None:
        request.operation = figures
    return figures


def note_execution(mode: str, fallback: str | None = None) -> None:
    """How the operation is executed; `fallback` says why not breadth-first."""
    figures = _operation.get()
    if figures is not None:
        figures.mode, figures.fallback = mode, fallback


def note_cost(cost: float) -> None:
    """What the operation may cost, in points."""
    figures = _operation.get()
    if figures is not None:
        figures.cost = cost


def note_batch(parents: int) -> None:
    """A field resolved for so many parents at once."""
    figures = _operation.get()
    if figures is not None:
        figures.batches.append(parents)


def note_statement(seconds: float) -> None:
    """A statement sent to the database, and how long it took to answer."""
    figures = _operation.get()
    if figures is not None:
        figures.statements += 1
        figures.statement_seconds += seconds


def note_refusal(code: str) -> None:
    """The code of a request that is answered with an error before there is any operation."""
    request = _request.get()
    if request is not None:
        request.refusals.append(code)
