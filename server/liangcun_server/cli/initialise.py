"""`liangcun init`: make a database ready, and say what was done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from liangcun_server.cli.language import words
from liangcun_server.cli.options import DatabaseUrl, Language
from liangcun_server.cli.output import say, warn
from liangcun_server.cli.token import show_first_token

if TYPE_CHECKING:
    from liangcun_server.application import Application
    from liangcun_server.demonstration.loading import DemonstrationReport
    from liangcun_server.initialising import Demonstration, InitialisationReport, Progress, Stage

DEMONSTRATION_PERIOD = "2023"

Place = Annotated[
    str | None,
    typer.Option(
        "--within",
        metavar="CODE",
        help="建库的地方：任一县、市、省的区划代码，默认 220722 / the county, prefecture or province",
    ),
]
Demo = Annotated[
    bool,
    typer.Option(
        "--demo/--no-demo",
        help="载入演示数据：公开报道的数据和模拟的村级数据 / load published figures and simulated values",
    ),
]
DemoPeriod = Annotated[
    str,
    typer.Option("--period", metavar="PERIOD", help="演示数据的时期 / the period of the demonstration data"),
]
DemoSeed = Annotated[
    int | None,
    typer.Option(
        "--seed", min=0, max=2**32 - 1, metavar="N", help="模拟数据的种子 / the seed of the simulated values"
    ),
]


def init(
    within: Place = None,
    demo: Demo = False,
    period: DemoPeriod = DEMONSTRATION_PERIOD,
    seed: DemoSeed = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """建库并载入一地的区划，可重复运行 / create the database of a place; safe to run again."""
    from liangcun_server.cli.session import ask, read_settings

    settings = read_settings(demo_seed=seed, database_url=database_url)
    wanted = demonstration_wanted(demo, period, settings.demo_seed)

    async def work(application: Application) -> None:
        say_what_was_done(await initialise_shown(application, within, wanted))
        await show_first_token(application)

    ask(work, settings=settings)
    if not demo:
        say(
            words(
                "没有载入演示数据；需要时运行 liangcun init --demo",
                "no demonstration data was loaded; liangcun init --demo loads it",
            )
        )
    say(words("下一步：liangcun serve", "next: liangcun serve"))


def demonstration_wanted(demo: bool, period: str, seed: int) -> Demonstration | None:
    """Which demonstration data the options ask for. Raises InvalidPeriod."""
    from liangcun_server.initialising import Demonstration
    from liangcun_standards.periods import Period

    read = Period.parse(period)
    return Demonstration(read, seed) if demo else None


async def initialise_shown(
    application: Application, within: str | None, demonstration: Demonstration | None
) -> InitialisationReport:
    """Initialise the application's database, for the place named or set, with a progress bar."""
    from liangcun_server.cli.standards import known_standards
    from liangcun_server.initialising import initialise
    from liangcun_server.storage.errors import DatabaseOutdated

    try:
        catalogue = (await known_standards(application)).indicators
    except DatabaseOutdated:
        # It is brought up to date first.
        catalogue = application.plugins.indicators
    settings = application.settings
    if within is None and "within" in settings.model_fields_set:
        within = settings.within
    with _progress_bar() as progress:
        return await initialise(
            application.database,
            catalogue,
            within=within,
            default=settings.within,
            demonstration=demonstration,
            progress=progress,
        )


def say_what_was_done(report: InitialisationReport, *, warnings: bool = True) -> None:
    """Say what an initialisation loaded, and what was there already."""
    from liangcun_standards.regions import short_code

    place = f"{report.place.name}（{short_code(report.place.code)}）"
    if report.regions is None:
        say(words(f"{place}：区划已在库中，未重复载入", f"{place}: the divisions are there already"))
    elif report.was is not None:
        say(
            words(
                f"由 {report.was.name} 扩大到 {place}：新增区划 {report.regions.added} 个",
                f"widened from {report.was.name} to {place}: {report.regions.added} divisions added",
            )
        )
    else:
        say(
            words(
                f"{place}：载入区划 {report.regions.added} 个（2023-06-30）",
                f"{place}: {report.regions.added} divisions loaded (as of 2023-06-30)",
            )
        )
    if report.demonstration is not None:
        _say_demonstration(report.demonstration)
        for warning in report.demonstration.warnings if warnings else ():
            warn(words(*warning.text()))


def _say_demonstration(loaded: DemonstrationReport) -> None:
    if loaded.published + loaded.simulated == 0:
        say(
            words(
                f"演示数据已在库中（{loaded.already_there} 个值），未重复载入",
                f"the demonstration data is there already ({loaded.already_there} values)",
            )
        )
    else:
        say(
            words(
                f"演示数据：公开报道 {loaded.published} 个值，模拟 {loaded.simulated} 个值"
                f"（{loaded.villages} 个村；模拟数据不是实测）",
                f"demonstration data: {loaded.published} published values, {loaded.simulated} simulated ones "
                f"for {loaded.villages} villages (simulated is not measured)",
            )
        )


@contextmanager
def _progress_bar() -> Iterator[Progress | None]:
    """A bar on a terminal; nothing where the output goes elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    titles = {
        "tables": words("数据表", "tables"),
        "regions": words("区划", "divisions"),
        "demonstration": words("演示数据", "demonstration data"),
    }
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        tasks = {stage: bar.add_task(title, total=None, visible=False) for stage, title in titles.items()}

        def report(stage: Stage, done: int, total: int) -> None:
            bar.update(tasks[stage], completed=done, total=total, visible=True)

        yield report
