"""`liangcun plugin list | enable | disable`: which plugins there are, and whether each contributes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from liangcun_server.cli.language import words
from liangcun_server.cli.options import By, DatabaseUrl, Language, Reason
from liangcun_server.cli.output import say, warn
from liangcun_server.cli.plugin.group import plugin
from liangcun_server.cli.plugins import plugins

if TYPE_CHECKING:
    from liangcun_server.application import Application

PluginName = Annotated[str, typer.Argument(metavar="NAME", help="插件名，见 liangcun plugins / its name")]

plugin.command("list")(plugins)


@plugin.command("enable")
def enable(
    name: PluginName,
    reason: Reason,
    by: By = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """启用一个插件 / switch a plugin on."""
    _switch(name, True, reason, by, database_url)


@plugin.command("disable")
def disable(
    name: PluginName,
    reason: Reason,
    by: By = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """停用一个插件，它的标准随即不再可用 / switch a plugin off; its standards go with it."""
    _switch(name, False, reason, by, database_url)


def _switch(name: str, enabled: bool, reason: str, by: str | None, database_url: str | None) -> None:
    from liangcun_server.cli.reading import author
    from liangcun_server.cli.session import ask, read_settings
    from liangcun_server.plugins.loading import load_installed
    from liangcun_server.plugins.switching import known_plugin, set_enabled
    from liangcun_standards.plugins import PluginStatus

    async def work(application: Application) -> bool:
        return await set_enabled(
            application.database,
            application.plugins,
            name,
            enabled=enabled,
            author=author(by),
            reason=reason,
        )

    settings = read_settings(database_url=database_url)
    changed = ask(work, settings=settings)
    if changed:
        done = words("已启用", "is on") if enabled else words("已停用", "is off")
    else:
        done = words("本来就启用", "was on already") if enabled else words("本来就停用", "was off already")
    say(f"{name} {done}")
    standing = known_plugin(load_installed(settings), name)
    if standing.status not in (PluginStatus.ACTIVE, PluginStatus.DISABLED) and standing.error is not None:
        warn(f"{name}（{standing.status.label.zh} / {standing.status.label.en}）：")
        say(words(*standing.error).rstrip())
