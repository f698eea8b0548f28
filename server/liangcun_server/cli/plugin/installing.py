"""`liangcun plugin install | remove`: plugins put in place and taken away, on record."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liangcun_server.cli.language import words
from liangcun_server.cli.options import By, DatabaseUrl, Language, Reason
from liangcun_server.cli.output import note, say
from liangcun_server.cli.plugin.group import plugin

if TYPE_CHECKING:
    from liangcun_server.application import Application
    from liangcun_server.plugins.installing import Candidate
    from liangcun_server.standards.preview import Preview


@plugin.command("install")
def install(
    named: Annotated[
        str,
        typer.Argument(
            metavar="WHEEL|DIR|NAME", help="wheel 文件、装着 wheel 的文件夹或包名 / a wheel, a folder, a name"
        ),
    ],
    reason: Reason,
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="DIR", help="包名只在这个文件夹里找 / look for the name here alone"),
    ] = None,
    sha256: Annotated[
        str | None,
        typer.Option("--sha256", metavar="HEX", help="wheel 应有的摘要 / the wheel's digest"),
    ] = None,
    level: Annotated[
        str,
        typer.Option("--level", metavar="LEVEL", help="至少 bronze、silver、gold / at least this"),
    ] = "bronze",
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="排名会变也不再询问 / don't ask though rankings change")
    ] = False,
    by: By = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """安装或升级插件：先检查，升级先看对排名的影响 / install or upgrade: checked first, its effect shown."""
    from liangcun_server.cli.plugin.level import wanted_level
    from liangcun_server.cli.reading import author
    from liangcun_server.cli.session import ask, read_settings
    from liangcun_server.plugins.folder import PluginFolder
    from liangcun_server.plugins.installing import prepared, put_in_place, wheels_meant

    settings = read_settings(database_url=database_url)
    wanted = wanted_level(level)
    who, folder = author(by), PluginFolder(settings.plugin_folder)

    async def work(application: Application) -> None:
        # Asked first: a plugin is put on record or not put in place.
        await application.database.check()
        with wheels_meant(named, source=source, sha256=sha256) as wheels:
            for wheel in wheels:
                with prepared(wheel, folder, level=wanted) as candidate:
                    await _show_effects(application, candidate, yes)
                    await put_in_place(application.database, folder, candidate, author=who, reason=reason)
                    _say_done(candidate)

    ask(work, settings=settings)


@plugin.command("remove")
def remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="插件名 / its name")],
    reason: Reason,
    by: By = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """卸下插件，文件留着备查 / take a plugin away; its files stay for reference."""
    from liangcun_server.cli.reading import author
    from liangcun_server.cli.session import ask, read_settings
    from liangcun_server.plugins.folder import PluginFolder
    from liangcun_server.plugins.installing import take_away

    settings = read_settings(database_url=database_url)
    folder = PluginFolder(settings.plugin_folder)

    async def work(application: Application) -> str:
        return await take_away(application.database, folder, name, author=author(by), reason=reason)

    taken = ask(work, settings=settings)
    say(words(f"已卸下 {taken}（{name}）", f"{taken} is taken away ({name})"))


def _say_done(candidate: Candidate) -> None:
    wheel = candidate.wheel
    for one in candidate.plugins:
        standards = "、".join(sorted({each.id for each in one.publications})) or "—"
        say(
            words(
                f"已安装 {one.name} {wheel.version}（{wheel.distribution}），标准：{standards}",
                f"installed {one.name} {wheel.version} ({wheel.distribution}), standards: {standards}",
            )
        )
    note(f"sha256 {wheel.sha256}")


async def _show_effects(application: Application, candidate: Candidate, yes: bool) -> None:
    """For an upgrade, show what it changes, and have it confirmed where it changes anything."""
    from liangcun_server.cli.plugin.effects import effects
    from liangcun_server.cli.standard_preview import summary_of
    from liangcun_server.initialising import place_of

    async with application.database.read() as connection:
        place = await place_of(connection)
    if candidate.before is None or place is None:
        return
    wheel = candidate.wheel
    note(
        words(
            f"{wheel.distribution} {candidate.before} → {wheel.version}",
            f"{wheel.distribution} {candidate.before} → {wheel.version}",
        )
    )
    found = await effects(application.database, application.plugins, candidate.registry, wheel.plugins, place)
    for one in found:
        for line in summary_of(one):
            say(line)
    if any(_moves(one) for one in found) and not yes:
        _have_confirmed()


def _moves(found: Preview) -> bool:
    counts = (found.other_score, found.other_rank, found.other_grade, found.other_passed, found.other_verdict)
    return any(counts)


def _have_confirmed() -> None:
    """Raises UpgradeNotConfirmed unless whoever sits there agrees."""
    from liangcun_server.plugins.installing import UpgradeNotConfirmed
    from liangcun_standards.text import Text

    asked = words("这会改变当前的评分，继续吗？", "this changes current scores; go on?")
    if sys.stdin.isatty() and typer.confirm(asked):
        return
    raise UpgradeNotConfirmed(
        Text(
            "升级会改变当前的评分，没有安装；确认后请加 --yes",
            "the upgrade changes current scores and was not installed; add --yes once that is meant",
        )
    )
