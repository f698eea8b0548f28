"""`liangcun serve`: start the server, and say what it holds and what to try."""

from __future__ import annotations

import os
import shutil
import sys
from threading import Thread
from typing import TYPE_CHECKING, Annotated, NamedTuple, Self

import typer

from liangcun_server.cli.initialise import (
    DEMONSTRATION_PERIOD,
    Demo,
    DemoPeriod,
    DemoSeed,
    Place,
    demonstration_wanted,
    initialise_shown,
    say_what_was_done,
)
from liangcun_server.cli.language import locale, words
from liangcun_server.cli.options import DatabaseUrl, Language
from liangcun_server.cli.output import say, warn
from liangcun_server.cli.token import show_first_token

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from liangcun_server.application import Application
    from liangcun_server.cli.inventory import Inventory
    from liangcun_server.settings import Settings

Host = Annotated[
    str | None,
    typer.Option("--host", metavar="HOST", help="监听地址，代替 LIANGCUN_HOST / the address to listen on"),
]
Port = Annotated[
    int | None,
    typer.Option("--port", metavar="PORT", help="端口，代替 LIANGCUN_PORT / the port, 0 for any free"),
]
Init = Annotated[
    bool,
    typer.Option(
        "--init/--no-init", help="先建库，缺什么补什么 / create first what is missing, as init does"
    ),
]


def serve(
    host: Host = None,
    port: Port = None,
    init: Init = False,
    within: Place = None,
    demo: Demo = False,
    period: DemoPeriod = DEMONSTRATION_PERIOD,
    seed: DemoSeed = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """启动服务 / start the server."""
    from liangcun_server.cli.session import read_settings

    settings = read_settings(host=host, port=port, demo_seed=seed, database_url=database_url)
    wanted = demonstration_wanted(demo, period, settings.demo_seed)

    async def prepare(application: Application) -> None:
        # A damaged file is told before anything more is written to it.
        await application.database.check_whole()
        if init:
            report = await initialise_shown(application, within, wanted)
            say_what_was_done(report, warnings=False)
            await show_first_token(application)

    _run(settings, prepare, Calling.of(database_url))


def _run(settings: Settings, prepare: Callable[[Application], Awaitable[None]], calling: Calling) -> None:
    import asyncio

    from liangcun_server.application import Application
    from liangcun_server.cli.installed import plugins
    from liangcun_server.cli.serving import base_url, claim_address, server_config
    from liangcun_server.cli.serving import serve as serve_app
    from liangcun_server.observability.logs import configure_logs

    claimed = claim_address(settings)
    configure_logs(settings)
    try:
        application = Application.open(settings, plugins(settings))
        config = server_config(application)

        async def work() -> None:
            try:
                await prepare(application)
                lines = await _announcement(application, base_url(settings, claimed), calling)
                await serve_app(config, claimed, lambda: _started(lines, compiled=settings.compiled))
            finally:
                await application.close()

        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            runner.run(work())
    except KeyboardInterrupt:
        # Ctrl-C is how a server is meant to end; by now it has, in good order.
        say(words("已停止", "stopped"))
    finally:
        claimed.close()


def _started(lines: list[str], *, compiled: bool) -> None:
    from liangcun_standards.compiled import prepare

    for line in lines:
        say(line)
    sys.stdout.flush()
    if compiled:
        # Some seconds the first time on a machine; until then scoring comes to the same without.
        Thread(target=prepare, name="compiling").start()


async def _announcement(application: Application, url: str, calling: Calling) -> list[str]:
    from liangcun_server.cli.inventory import inventory

    held = await inventory(application)
    _warn_of_suspects(held, calling)
    return [*_held(application, held), *_to_try(held, url, calling)]


def _held(application: Application, held: Inventory) -> list[str]:
    from liangcun_standards.plugins import PluginStatus
    from liangcun_standards.regions import short_code

    place = "—" if held.place is None else f"{held.place.name} {short_code(held.place.code)}"
    regions = [f"{level.label.pick(locale())} {count}" for level, count in held.regions.items()]
    records = [f"{status.label.pick(locale())} {count}" for status, count in held.records.items()]
    names = [f"{one.name}  {one.standard.label.pick(locale())}" for one in held.standards]
    states = [plugin.status for plugin in application.plugins.plugins]
    active, broken = states.count(PluginStatus.ACTIVE), states.count(PluginStatus.BROKEN)
    comma = words("，", ", ")
    return [
        "",
        *_entry("地方", "place", [place]),
        *_entry("区划", "regions", [comma.join(regions) or "—"]),
        *_entry("填报值", "observations", [comma.join(records) or "—"]),
        *_entry("标准", "standards", names or ["—"]),
        *_entry(
            "插件", "plugins", [words(f"启用 {active}，故障 {broken}", f"{active} active, {broken} broken")]
        ),
    ]


def _entry(zh: str, en: str, values: list[str]) -> list[str]:
    """What there is of one kind, its values below one another."""
    # A Chinese character takes two places.
    label = words(zh + " " * (8 - 2 * len(zh)), en.ljust(14))
    return [
        f"{label if place == 0 else ' ' * (8 if locale() == 'zh' else 14)}{value}"
        for place, value in enumerate(values)
    ]


def _to_try(held: Inventory, url: str, calling: Calling) -> list[str]:
    from liangcun_standards.regions import short_code
    from liangcun_standards.vocabulary import RegionLevel

    query = '{"query": "{ standards { id title maxScore } }"}'
    lines = [
        "",
        words(
            f"服务已启动：{url}/graphql（用浏览器打开可以写查询）",
            f"serving at {url}/graphql (open it in a browser to write queries)",
        ),
        words("试一试：", "try:"),
        f"  curl -s {url}/graphql -H 'content-type: application/json' -d '{query}'",
    ]
    standard = next((one for one in held.standards if one.standard.level is RegionLevel.VILLAGE), None)
    if standard is not None and held.village is not None and held.place is not None:
        name, place = standard.standard.code, short_code(held.place.code)
        lines += [
            calling.line(f"score --standard {name} --within {place}"),
            calling.line(f"explain {held.village.code} --standard {name}"),
            calling.line(f"observations list {held.village.code}"),
        ]
    lines.append(words("按 Ctrl-C 停止", "Ctrl-C stops it"))
    return lines


def _warn_of_suspects(held: Inventory, calling: Calling) -> None:
    from liangcun_server.observations.recording import suspect_warning

    for value in held.suspect:
        place = f"{value.region_code}, {value.indicator}, {value.period}"
        warning = suspect_warning(held.indicators, value, place)
        confirm = f"observations confirm {value.region_code} {value.indicator} --period {value.period}"
        reason = words("理由", "TEXT")
        warn(words(*warning.text()))
        warn(words("核实后确认：", "once verified:") + calling.line(f"{confirm} --reason {reason}"))


class Calling(NamedTuple):
    """How the commands to try are typed, so that they reach this database."""

    program: str
    options: str

    @classmethod
    def of(cls, database_url: str | None) -> Self:
        """By name or, off the path, by this program's file; with the database that was named."""
        program = "liangcun"
        if shutil.which(program) is None:
            here = sys.argv[0]
            ours = os.path.basename(here) == program
            program = os.path.relpath(here) if ours else f"{sys.executable} -m liangcun_server"
        if database_url is None:
            return cls(program, "")
        # An address with a user may hold a password, which belongs on no screen.
        return cls(program, f" --database-url {'…' if '@' in database_url else database_url}")

    def line(self, command: str) -> str:
        """A command as a line to type."""
        return f"  {self.program} {command}{self.options}"
