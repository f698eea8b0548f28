"""/metrics: what is told, in a form that Prometheus reads, and that nothing from outside makes it grow."""

from __future__ import annotations

from dataclasses import replace

from prometheus_client.parser import text_string_to_metric_families
from tests.server.observability.conftest import Watched

from liangcun_server.application import Application
from liangcun_server.observability.figures import OperationFigures
from liangcun_server.observability.metrics import Metrics
from liangcun_standards.text import Text

_RANKING = '{ ranking(standard: "sanhua", within: "220722", period: "2023", first: 1) { totalCount } }'


async def test_the_exposition_is_read_by_prometheus(
    watched: Watched, sqlite_application: Application
) -> None:
    async with watched(sqlite_application) as watching:
        await watching.ask("{ __typename }")

        response = await watching.client.get("/metrics")

    assert response.headers["content-type"].startswith("text/plain; version=")
    families = {family.name: family for family in text_string_to_metric_families(response.text)}
    assert families["liangcun_graphql_requests"].samples[0].value == 1
    assert families["process_resident_memory_bytes"].samples[0].value > 0
    assert families["liangcun_info"].samples[0].labels == {"version": "0.1.0"}


async def test_open_metrics_is_given_where_asked_for(
    watched: Watched, sqlite_application: Application
) -> None:
    async with watched(sqlite_application) as watching:
        accept = {"accept": "application/openmetrics-text; version=1.0.0"}

        response = await watching.client.get("/metrics", headers=accept)

    assert response.headers["content-type"].startswith("application/openmetrics-text")
    assert response.text.endswith("# EOF\n")


async def test_a_setting_keeps_metrics_shut(watched: Watched, sqlite_application: Application) -> None:
    async with watched(sqlite_application, metrics=False) as watching:
        assert (await watching.client.get("/metrics")).status_code == 404


async def test_tables_in_memory_and_connections_are_told(watched: Watched, application: Application) -> None:
    async with watched(application) as watching:
        assert watching.count("liangcun_table_cache_bytes") == 0

        await watching.ask(_RANKING)

        assert watching.count("liangcun_table_cache_tables") == len(application.scoring.tables) > 0
        assert watching.count("liangcun_table_cache_bytes") == application.scoring.tables.size > 0
        assert watching.count("liangcun_database_connections", state="in_use") == 0
        assert watching.count("liangcun_database_connections", state="idle") > 0


async def test_a_broken_plugin_is_told(watched: Watched, sqlite_application: Application) -> None:
    registry = sqlite_application.plugins
    broken = tuple(
        one.broken(Text("坏了", "broken")) if one.name == "sanhua" else one for one in registry.plugins
    )
    application = replace(sqlite_application, plugins=replace(registry, loaded=broken))

    async with watched(application) as watching:
        assert watching.count("liangcun_plugin_status", plugin="sanhua", status="broken") == 1
        assert watching.count("liangcun_plugin_status", plugin="sanhua", status="active") == 0
        assert watching.count("liangcun_plugin_status", plugin="wuge-daowei", status="active") == 1


def test_two_applications_count_apart() -> None:
    one, other = Metrics("1"), Metrics("1")

    one.error("TIMEOUT")

    assert one.value("liangcun_graphql_errors_total", {"code": "TIMEOUT"}) == 1
    assert other.value("liangcun_graphql_errors_total", {"code": "TIMEOUT"}) is None


def test_what_graphql_core_had_to_execute_is_counted_with_its_reason() -> None:
    metrics = Metrics("1")

    metrics.operation_done(
        OperationFigures(kind="query", mode="graphql_core", fallback="incremental delivery")
    )

    labels = {"mode": "graphql_core", "fallback": "incremental delivery"}
    assert metrics.value("liangcun_graphql_executions_total", labels) == 1


def test_costs_are_counted_also_of_what_was_refused_for_them() -> None:
    metrics = Metrics("1")

    metrics.operation_done(OperationFigures(kind="query", cost=2_000_000, codes=["TOO_COSTLY"]))

    assert metrics.value("liangcun_graphql_cost_sum") == 2_000_000
    assert metrics.value("liangcun_graphql_statements_count") == 0


def test_labels_from_outside_do_not_multiply() -> None:
    metrics = Metrics("1")

    for number in range(1000):
        metrics.error(f"CODE_{number}")
    metrics.error("no code\nat all")
    metrics.request_answered("PROPFIND", "other", 405, 0.1)

    codes = metrics.exposition()[0].decode().count("liangcun_graphql_errors_total{")
    assert codes == 201
    assert metrics.value("liangcun_graphql_errors_total", {"code": "other"}) == 801
    labels = {"method": "other", "route": "other", "status": "405"}
    assert metrics.value("liangcun_http_requests_total", labels) == 1
