"""An application with plugins of its own, so that what a test does with them stays with it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from importlib.metadata import entry_points
from typing import Any

import pytest
from tests.conftest import NewDatabase
from tests.server.conftest import SCHEMA, Reply
from tests.standards.plugins.packages import Packages, packages

from liangcun_server.application import Application
from liangcun_server.graphql.context import RequestContext
from liangcun_server.operators.tokens import issue_token
from liangcun_server.scorecards.service import ScoringService
from liangcun_server.settings import Settings
from liangcun_server.storage.database import Database
from liangcun_standards.isolation import WorkerLimits
from liangcun_standards.plugins import GROUP, PluginRegistry, load_plugins
from liangcun_standards.text import Locale

__all__ = ["packages"]  # a fixture, found by its name

Operate = Callable[..., Awaitable[Reply]]


@pytest.fixture
def registry(packages: Packages) -> Iterator[PluginRegistry]:
    """What ships, a county's own rules, and a plugin that never comes to an end."""
    packages.install("county_rules")
    packages.install("loops_while_scoring")
    points = [*(one for one in entry_points(group=GROUP)), *packages.points()]
    by_name = {one.name: one for one in points}
    loaded = load_plugins(list(by_name.values()), limits=WorkerLimits(call_seconds=0.5))
    yield loaded
    loaded.close()


@pytest.fixture
async def served(new_database: NewDatabase, registry: PluginRegistry) -> AsyncIterator[Application]:
    """The application over 长岭县, of either kind of database."""
    with new_database("demonstration") as address:
        settings = Settings(database_url=address)
        database = Database(settings.database_url)
        application = Application(settings, database, registry, ScoringService(registry, database))
        yield application
        await application.close()


@pytest.fixture
async def operate(served: Application) -> Operate:
    """`await operate(query, variable=value, …)`, as the operator; with `token=None` as anyone."""
    own = await issue_token(served.database, author="王敏", reason="测试")

    async def asking(query: str, locale: Locale = "zh", token: str | None = own, **variables: Any) -> Reply:
        async with RequestContext(served, locale, token=token) as context:
            result = await SCHEMA.execute(query, variable_values=variables, context_value=context)
        errors = [dict(error.formatted) for error in getattr(result, "errors", None) or []]
        return Reply(getattr(result, "data", None), errors)

    return asking
