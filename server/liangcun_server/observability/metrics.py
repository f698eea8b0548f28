"""What the server counts and measures, for Prometheus."""

from __future__ import annotations

import re
from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from liangcun_server.observability.figures import OperationFigures

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_COST = (10, 100, 1_000, 5_000, 10_000, 25_000, 50_000, 100_000, 1_000_000)
_PARENTS = (1, 2, 5, 10, 50, 100, 500, 1_000, 5_000, 10_000)
_STATEMENTS = (0, 1, 2, 3, 5, 8, 10, 15, 20, 50, 100)
# Labels come from outside; each new value would cost memory for as long as the process lives.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,59}")
_MOST_CODES = 200
OTHER = "other"


class Metrics:
    """The figures of one application, in a registry of its own: two in one process never mix.

    `state` are collectors that are asked at each scrape.
    """

    def __init__(self, version: str, *state: Collector) -> None:
        self.registry = CollectorRegistry()
        self._http = _Http(self.registry)
        self._graphql = _GraphQL(self.registry)
        self._codes: set[str] = set()
        info = Gauge("liangcun_info", "1; its label tells the version.", ["version"], registry=self.registry)
        info.labels(version).set(1)
        # Memory, CPU time, open files of the process; where there is no /proc it has nothing to tell.
        ProcessCollector(registry=self.registry)
        for collector in state:
            self.registry.register(collector)

    @property
    def in_progress(self) -> Gauge:
        """HTTP requests being answered now."""
        return self._http.in_progress

    def request_answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an HTTP request; `route` is a path that the application serves, or OTHER."""
        known = method if method in _METHODS else OTHER
        self._http.requests.labels(known, route, str(status)).inc()
        self._http.seconds.labels(route).observe(seconds)

    def operation_done(self, figures: OperationFigures) -> None:
        """Count a GraphQL operation with all that was noted of it."""
        graphql = self._graphql
        graphql.requests.labels(figures.kind, figures.outcome).inc()
        graphql.seconds.labels(figures.kind).observe(figures.seconds)
        for code in figures.codes:
            self.error(code)
        if figures.cost is not None:
            graphql.cost.observe(figures.cost)
        if figures.mode is None:
            return
        graphql.executions.labels(figures.mode, figures.fallback or "").inc()
        graphql.statements.observe(figures.statements)
        graphql.statement_seconds.inc(figures.statement_seconds)
        for parents in figures.batches:
            graphql.parents.observe(parents)

    def error(self, code: str) -> None:
        """Count an error by its code."""
        if code not in self._codes:
            if len(self._codes) >= _MOST_CODES or not _CODE.fullmatch(code):
                code = OTHER
            self._codes.add(code)
        self._graphql.errors.labels(code).inc()

    def exposition(self, accept: str = "") -> tuple[bytes, str]:
        """Every figure in Prometheus' text format, or OpenMetrics where asked for; and its media type."""
        encode, media = choose_encoder(accept)
        return encode(self.registry), media

    def value(self, name: str, labels: Mapping[str, str] | None = None) -> float | None:
        """One sample as Prometheus would read it; None where there is none."""
        return self.registry.get_sample_value(name, dict(labels or {}))


class _Http:
    """Of the web server."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "liangcun_http_requests",
            "HTTP requests answered.",
            ["method", "route", "status"],
            registry=registry,
        )
        self.seconds = Histogram(
            "liangcun_http_request_seconds",
            "Time to answer an HTTP request, in seconds.",
            ["route"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.in_progress = Gauge(
            "liangcun_http_requests_in_progress", "HTTP requests being answered now.", registry=registry
        )


class _GraphQL:
    """Of GraphQL operations."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "liangcun_graphql_requests",
            "GraphQL operations by type and outcome: ok, partial (errors beside data), failed (errors and no "
            "data), refused (never run).",
            ["operation", "outcome"],
            registry=registry,
        )
        self.seconds = Histogram(
            "liangcun_graphql_request_seconds",
            "Time from taking up a GraphQL operation to its result, in seconds.",
            ["operation"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.errors = Counter(
            "liangcun_graphql_errors",
            "Errors in answers, by their extensions.code.",
            ["code"],
            registry=registry,
        )
        self.executions = Counter(
            "liangcun_graphql_executions",
            "Executions by mode (breadth_first, graphql_core), with what made graphql_core necessary.",
            ["mode", "fallback"],
            registry=registry,
        )
        self.cost = _histogram(registry, "liangcun_graphql_cost", "Cost of an operation, in points.", _COST)
        self.parents = _histogram(
            registry,
            "liangcun_graphql_batch_parents",
            "Parents that a batched field is resolved for at once.",
            _PARENTS,
        )
        self.statements = _histogram(
            registry,
            "liangcun_graphql_statements",
            "SQL statements of a GraphQL operation that ran.",
            _STATEMENTS,
        )
        self.statement_seconds = Counter(
            "liangcun_graphql_statement_seconds",
            "Time that GraphQL operations waited for SQL statements, in seconds.",
            registry=registry,
        )


def _histogram(registry: CollectorRegistry, name: str, about: str, buckets: tuple[float, ...]) -> Histogram:
    return Histogram(name, about, buckets=buckets, registry=registry)
