"""What the application is holding, asked at each scrape: tables in memory, plugins, connections."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.pool import QueuePool

from liangcun_server.application import Application
from liangcun_standards.plugins import PluginStatus


class ApplicationState(Collector):
    """Gauges that are read off the application rather than kept."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges as they stand now."""
        tables = self._application.scoring.tables
        yield GaugeMetricFamily(
            "liangcun_table_cache_tables", "Indicator tables kept in memory.", value=len(tables)
        )
        yield GaugeMetricFamily(
            "liangcun_table_cache_bytes",
            "Memory of the indicator tables kept, in bytes.",
            value=tables.size,
        )
        yield self._plugins()
        yield from self._connections()

    def _plugins(self) -> GaugeMetricFamily:
        gauge = GaugeMetricFamily(
            "liangcun_plugin_status",
            "1 for the status that a plugin has, 0 for the others.",
            labels=["plugin", "status"],
        )
        for plugin in self._application.plugins.plugins:
            for status in PluginStatus:
                gauge.add_metric([plugin.name, status.value], float(plugin.status is status))
        return gauge

    def _connections(self) -> Iterator[GaugeMetricFamily]:
        pools = [engine.pool for engine in self._application.database.engines]
        queues = [pool for pool in pools if isinstance(pool, QueuePool)]
        if queues:
            gauge = GaugeMetricFamily(
                "liangcun_database_connections", "Connections to the database.", labels=["state"]
            )
            gauge.add_metric(["in_use"], sum(pool.checkedout() for pool in queues))
            gauge.add_metric(["idle"], sum(pool.checkedin() for pool in queues))
            yield gauge
