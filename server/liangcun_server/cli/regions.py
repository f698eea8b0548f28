"""`liangcun regions`: load a region file, show a region, list regions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liangcun_server.cli.language import locale, words
from liangcun_server.cli.options import By, DatabaseUrl, Language, ListFormat, Output, RegionCode, Within
from liangcun_server.cli.output import Heading, say
from liangcun_server.cli.subcommands import group

if TYPE_CHECKING:
    from liangcun_server.application import Application
    from liangcun_server.regions.loading import LoadReport
    from liangcun_server.regions.region import Region

regions = group("行政区划：载入、查看、列出 / regions: load, show, list")

# As many as are read at once.
_PAGE = 10_000


@regions.command("load")
def load(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV（UTF-8 或 GBK）或 Parquet / the file")],
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="理由，默认为文件名 / why")
    ] = None,
    by: By = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """载入区划文件（code,name,parent_code,level），有错则全不载入 / load a file, whole or not at all."""
    from liangcun_server.cli.reading import author
    from liangcun_server.cli.session import ask
    from liangcun_server.regions.loading import load_region_file

    who = author(by)

    async def work(application: Application) -> LoadReport:
        return await load_region_file(application.database, file, author=who, reason=reason or f"{file.name}")

    done = ask(work, database_url=database_url)
    say(
        words(
            f"新增 {done.added}，更新 {done.changed}，未变 {done.unchanged}",
            f"{done.added} added, {done.changed} changed, {done.unchanged} as they were",
        )
    )


@regions.command("show")
def show(region: RegionCode, database_url: DatabaseUrl = None, language: Language = None) -> None:
    """一个区划：上级、级别、下级 / one region with what is above and below it."""
    from liangcun_server.cli.finding import region_named
    from liangcun_server.cli.session import ask
    from liangcun_server.regions.repository import ancestors, child_counts, children_page

    async def work(application: Application) -> tuple[Region, tuple[Region, ...], list[Region], int]:
        async with application.database.read() as connection:
            found = await region_named(connection, region)
            above = (await ancestors(connection, [found.code])).get(found.code, ())
            below = (await children_page(connection, [found.code], first=_PAGE))[found.code]
            count = (await child_counts(connection, [found.code]))[found.code]
        return found, above, list(below.items), count

    found, above, below, count = ask(work, database_url=database_url)
    say(f"{found.code} {found.name}  {found.level.label.pick(locale())}")
    if above:
        say(words("上级：", "within: ") + " › ".join(f"{one.name}" for one in above))
    if count:
        say(words(f"下级 {count} 个：", f"{count} regions directly below:"))
    for one in below:
        say(f"  {one.code} {one.name}")


@regions.command("list")
def list_regions(
    within: Within = None,
    level: Annotated[
        str | None,
        typer.Option(
            "--level",
            metavar="LEVEL",
            help="级别：province、prefecture、county、township、village、tun / one level alone",
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="TEXT", help="名称中的文字 / text within the name")
    ] = None,
    format: ListFormat = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """列出区划 / list regions."""
    from liangcun_server.cli.finding import region_named
    from liangcun_server.cli.listing import Field, write_list
    from liangcun_server.cli.reading import word
    from liangcun_server.cli.session import ask
    from liangcun_server.regions.repository import within_page
    from liangcun_standards.vocabulary import RegionLevel

    chosen = word(RegionLevel, level, "--level")

    async def work(application: Application) -> list[Region]:
        found: list[Region] = []
        async with application.database.read() as connection:
            code = None if within is None else (await region_named(connection, within)).code
            after = None
            while True:
                page = await within_page(
                    connection, within=code, level=chosen, name_contains=name, first=_PAGE, after=after
                )
                found += page.items
                if not page.has_next:
                    return found
                after = found[-1].code

    fields = [
        Field("code", Heading(words("区划代码", "code"), fixed=True)),
        Field("name", Heading(words("名称", "name"))),
        Field("level", Heading(words("级别", "level"))),
        Field("parent_code", Heading(words("上级", "within"), fixed=True)),
    ]
    rows = [(one.code, one.name, one.level, one.parent_code) for one in ask(work, database_url=database_url)]
    write_list(fields, rows, format, output)
