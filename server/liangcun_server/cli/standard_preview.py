"""`liangcun standards preview | diff`: what a standard would change, before it counts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liangcun_server.cli.language import locale, words
from liangcun_server.cli.options import (
    DatabaseUrl,
    Language,
    ListFormat,
    Output,
    PeriodOption,
    Within,
)
from liangcun_server.cli.output import Heading, note, say
from liangcun_server.cli.standards import standards

if TYPE_CHECKING:
    from collections.abc import Mapping

    from liangcun_server.application import Application
    from liangcun_server.regions.region import Region
    from liangcun_server.standards.at_hand import Standards
    from liangcun_server.standards.preview import Preview, Standing, VillageChange
    from liangcun_server.standards.reasons import Shift
    from liangcun_standards.catalogue import Publication

_SHOWN_REASONS = 3


@standards.command("preview")
def preview_effect(
    standard: Annotated[
        str,
        typer.Argument(
            metavar="FILE|ID",
            help="标准文档，或草稿、标准的名 / a document, or the name of a draft or standard",
        ),
    ],
    within: Within = None,
    period: PeriodOption = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against", metavar="ID", help="与哪个标准比，默认为现行的 / by default what is in force"
        ),
    ] = None,
    format: ListFormat = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """发布前看影响：哪些村的等次或结论会变、为什么 / who changes grade or verdict, and why."""
    from liangcun_server.cli.session import ask

    async def work(application: Application) -> tuple[Preview, Mapping[str, Region]]:
        return await _previewed(application, standard, within, period, against)

    found, regions = ask(work, database_url=database_url)
    quiet = format not in (None, "table") or output is not None
    for line in summary_of(found):
        if quiet:
            note(line)
        else:
            say(line)
    if found.changes or quiet:
        _write_changes(found, regions, format, output)


async def _previewed(
    application: Application, standard: str, within: str | None, period: str | None, against: str | None
) -> tuple[Preview, Mapping[str, Region]]:
    from liangcun_server.cli.finding import period_or_newest, region_or_place
    from liangcun_server.regions.repository import by_codes
    from liangcun_server.scorecards.service import scope_for
    from liangcun_server.standards.at_hand import load_standards
    from liangcun_server.standards.preview import preview
    from liangcun_server.storage.kept import DatabaseReading
    from liangcun_standards.scoring.derivation import measured

    async with application.database.read() as connection:
        known = await load_standards(connection, application.plugins)
        region = await region_or_place(connection, within)
        publication = publication_of(known, standard, application)
        after = known.catalogue.extended([publication], replacing=True).resolve(publication)
        inputs = {source.indicator for source in measured(after.standard, application.plugins.indicators)}
        chosen = await period_or_newest(connection, period, scope_for(after, region.code), inputs)
    found = await preview(
        known,
        application.scoring,
        application.plugins.indicators,
        publication,
        scope=region.code,
        period=chosen.period,
        reading=DatabaseReading(application.database),
        against=against,
    )
    async with application.database.read() as connection:
        return found, await by_codes(connection, [one.region for one in found.changes])


def publication_of(known: Standards, standard: str, application: Application) -> Publication:
    """The document that a file holds, or that a name means. Raises UnknownStandard, InvalidDocument."""
    from liangcun_server.standards.at_hand import read_publication
    from liangcun_standards.document.reading import document_text
    from liangcun_standards.regions import full_code

    file = Path(standard)
    if file.suffix.lower() in (".yaml", ".yml") or file.is_file():
        return read_publication(document_text(file), file.name, application.plugins)
    stored = known.document(standard)
    if stored is not None:
        return read_publication(stored.text, stored.file, application.plugins)
    # A bare code means the one nearest to the place of this installation.
    place = full_code(application.settings.within)
    return known.catalogue.find(standard, region=place).publication


def summary_of(found: Preview) -> list[str]:
    """What a preview comes to, in two lines."""
    return [
        words(
            f"{found.before.name} → {found.after.name}，{found.period}，{found.villages} 个村；不保存结果",
            f"{found.before.name} → {found.after.name}, {found.period}, {found.villages} villages; nothing "
            "is kept",
        ),
        words(
            f"得分变 {found.other_score}，名次变 {found.other_rank}，等次变 {found.other_grade}，"
            f"达标与否变 {found.other_passed}，结论变 {found.other_verdict}",
            f"other score {found.other_score}, other place {found.other_rank}, other grade "
            f"{found.other_grade}, passing changed {found.other_passed}, other verdict {found.other_verdict}",
        ),
    ]


def _write_changes(
    found: Preview, regions: Mapping[str, Region], format: str | None, output: Path | None
) -> None:
    from liangcun_server.cli.listing import Field, write_list

    fields = [
        Field("code", Heading(words("代码", "code"), fixed=True)),
        Field("name", Heading(words("村", "village"))),
        Field("rank", Heading(words("名次", "place"))),
        Field("score", Heading(words("得分", "score"))),
        Field("grade", Heading(words("等次", "grade"))),
        Field("verdict", Heading(words("结论", "verdict"))),
        Field("because", Heading(words("为什么", "why"))),
    ]
    write_list(fields, [_row(one, regions) for one in found.changes], format, output)


def _row(change: VillageChange, regions: Mapping[str, Region]) -> tuple[object, ...]:
    before, after = change.before, change.after
    region = regions.get(change.region)
    shown = [reason_text(one) for one in change.because[:_SHOWN_REASONS]]
    more = len(change.because) - len(shown)
    if more > 0:
        shown.append(words(f"另 {more} 条", f"{more} more"))
    return (
        change.region,
        None if region is None else region.name,
        _moved(_rank(before), _rank(after)),
        _moved(_points(before.score), _points(after.score)),
        _moved(
            "—" if before.grade is None else before.grade.pick(locale()),
            "—" if after.grade is None else after.grade.pick(locale()),
        ),
        _moved(before.verdict.label.pick(locale()), after.verdict.label.pick(locale())),
        words("；", "; ").join(shown),
    )


def reason_text(shift: Shift) -> str:
    """One part that bears on a village otherwise, in words."""
    if shift.before == shift.after:
        return f"{shift.title.pick(locale())}（{shift.reason.pick(locale())}）"
    points = f"{_points(shift.before)}→{_points(shift.after)}"
    return f"{shift.title.pick(locale())} {points}（{shift.reason.pick(locale())}）"


def _moved(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"


def _rank(standing: Standing) -> str:
    return "—" if standing.rank is None else str(standing.rank)


def _points(points: float | None) -> str:
    from liangcun_standards.text import format_number

    return "—" if points is None else format_number(round(points, 4))


@standards.command("diff")
def diff(
    one: Annotated[str, typer.Argument(metavar="ID", help="一个标准 / one standard")],
    other: Annotated[
        str, typer.Argument(metavar="FILE|ID", help="另一个标准、草稿或文档 / another, a draft or a document")
    ],
    format: ListFormat = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """两个标准的条目差别 / the criteria in which two standards differ."""
    from liangcun_server.cli.listing import Field, write_list
    from liangcun_server.cli.session import ask
    from liangcun_server.cli.standards import known_standards
    from liangcun_server.standards.differences import Difference, differences

    async def work(application: Application) -> list[Difference]:
        known = await known_standards(application)
        sides = []
        for name in (one, other):
            publication = publication_of(known, name, application)
            sides.append(known.catalogue.extended([publication], replacing=True).resolve(publication))
        return differences(sides[0].standard, sides[1].standard, application.plugins.indicators)

    found = ask(work, database_url=database_url)
    if not found and format in (None, "table") and output is None:
        say(words("条目和等次都相同", "the criteria and grades are the same"))
        return
    fields = [
        Field("code", Heading(words("条目", "criterion"), fixed=True)),
        Field("what", Heading(words("差别", "difference"))),
        Field("before", Heading(one)),
        Field("after", Heading(Path(other).name)),
    ]
    rows = [
        (
            entry.code,
            entry.what.pick(locale()),
            None if entry.before is None else entry.before.pick(locale()),
            None if entry.after is None else entry.after.pick(locale()),
        )
        for entry in found
    ]
    write_list(fields, rows, format, output)
