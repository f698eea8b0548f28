"""One command's time with the application: opened, asked, closed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from liangcun_server.application import Application
from liangcun_server.cli.installed import plugins
from liangcun_server.settings import PREFIX, InvalidSetting, Settings, load_settings

Answer = TypeVar("Answer")


def ask(
    work: Callable[[Application], Awaitable[Answer]],
    *,
    database_url: str | None = None,
    settings: Settings | None = None,
) -> Answer:
    """Open the application, do the work with it, close it."""
    settings = settings or read_settings(database_url=database_url)
    application = Application.open(settings, plugins(settings))
    answers: list[Answer] = []

    async def done() -> None:
        # Not returned: as it ends, the runner has Python spell out its task and, with it, what that returned,
        # which takes seconds of an answer with a hundred thousand values.
        try:
            answers.append(await work(application))
        finally:
            await application.close()

    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(done())
    return answers[0]


def read_settings(**options: Any) -> Settings:
    """The settings, options first. Raises InvalidSetting, which names an option where one was given."""
    try:
        return load_settings(**options)
    except InvalidSetting as error:
        for name, value in options.items():
            if value is not None and error.where == f"{PREFIX}{name.upper()}":
                raise InvalidSetting(error.message, where=f"--{name.replace('_', '-')}") from None
        raise


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """psycopg can't use the loop that Windows has by default."""
    return asyncio.SelectorEventLoop if sys.platform == "win32" else None
