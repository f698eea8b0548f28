"""One command's time with the application: opened, asked, closed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

from liangcun_server.application import Application
from liangcun_server.cli.language import words
from liangcun_server.cli.output import warn
from liangcun_server.settings import Settings, load_settings
from liangcun_standards.plugins import PluginRegistry, PluginStatus, load_plugins

Answer = TypeVar("Answer")


def ask(
    work: Callable[[Application], Awaitable[Answer]],
    *,
    database_url: str | None = None,
    settings: Settings | None = None,
) -> Answer:
    """Open the application, do the work with it, close it."""
    settings = settings or load_settings(database_url=database_url)
    application = Application.open(settings, plugins())

    async def done() -> Answer:
        try:
            return await work(application)
        finally:
            await application.close()

    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(done())


def plugins() -> PluginRegistry:
    """The plugins, with a word on each that is broken."""
    registry = load_plugins()
    for plugin in registry.plugins:
        if plugin.status is PluginStatus.BROKEN:
            warn(
                words(
                    f"插件 {plugin.name} 有故障，未启用；运行 liangcun plugins 查看原因",
                    f"the plugin {plugin.name} is broken and left out; liangcun plugins says why",
                )
            )
    return registry


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """psycopg can't use the loop that Windows has by default."""
    return asyncio.SelectorEventLoop if sys.platform == "win32" else None
