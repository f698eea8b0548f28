"""`liangcun assessor-gap`: where one assessor level scores the same villages higher than another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from liangcun_server.cli.language import locale, words
from liangcun_server.cli.options import (
    DatabaseUrl,
    Language,
    ListFormat,
    Output,
    PeriodOption,
    StandardName,
    Within,
)
from liangcun_server.cli.output import Heading, note, say
from liangcun_server.cli.plan import heading, understood_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from liangcun_server.application import Application
    from liangcun_server.assessor_gap.comparing import AssessorGap, LevelPair
    from liangcun_server.cli.questions import Asked, Understood
    from liangcun_server.regions.region import Region
    from liangcun_standards.assessor_gap import Gap
    from liangcun_standards.text import Text
    from liangcun_standards.vocabulary import AssessorLevel

_BY = ("criterion", "township", "village")
_SHOWN = 3


def assessor_gap(
    standard: StandardName,
    within: Within = None,
    levels: Annotated[
        str | None,
        typer.Option(
            "--levels",
            metavar="A,B,…",
            help="比哪些考评层级，如 self,county；默认有数据的都比 / which levels, by default all with data",
        ),
    ] = None,
    by: Annotated[
        str,
        typer.Option(
            "--by",
            metavar="criterion|township|village",
            help="按条目、乡镇还是村列出 / list criteria, townships or villages",
        ),
    ] = "criterion",
    first: Annotated[
        int, typer.Option("--first", "-n", min=1, max=1000, metavar="N", help="列几个村 / how many villages")
    ] = 20,
    period: PeriodOption = None,
    format: ListFormat = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """自评与上级考评的差距，是不是系统性偏高 / how far self-assessment and the levels above lie apart."""
    from liangcun_server.cli.questions import Asked
    from liangcun_server.cli.reading import BadOption, word
    from liangcun_server.cli.session import ask
    from liangcun_standards.text import Text
    from liangcun_standards.vocabulary import AssessorLevel

    if by not in _BY:
        raise BadOption(Text(f"可选：{'、'.join(_BY)}", f"it is one of {', '.join(_BY)}"), where="--by")
    named = None
    if levels is not None:
        found = [word(AssessorLevel, one, "--levels") for one in levels.replace("，", ",").split(",")]
        named = [one for one in found if one is not None]
    asked = Asked(standard, within, period, None, None)

    async def work(
        application: Application,
    ) -> tuple[Understood, AssessorGap, Mapping[str, Region], list[Text]]:
        return await _gaps(application, asked, named)

    understood, gaps, regions, notes = ask(work, database_url=database_url)
    quiet = format not in (None, "table") or output is not None
    tell = note if quiet else say
    tell(heading(understood))
    from liangcun_server.assessor_gap.words import finding

    for one in gaps.pairs:
        tell(finding(one).pick(locale()))
    if gaps.pairs or quiet:
        _write(gaps, regions, by, first, format, output)
    for text in notes:
        note(text.pick(locale()))


async def _gaps(
    application: Application, asked: Asked, levels: Sequence[AssessorLevel] | None
) -> tuple[Understood, AssessorGap, Mapping[str, Region], list[Text]]:
    from liangcun_server.assessor_gap.comparing import assessor_gap as worked_out
    from liangcun_server.assessor_gap.comparing import gap_notes
    from liangcun_server.regions.repository import by_codes
    from liangcun_server.storage.kept import DatabaseReading

    understood = await understood_of(application, asked)
    found = await worked_out(
        application.scoring,
        understood.question.resolved,
        within=understood.region.code,
        period=understood.question.period,
        levels=levels,
        reading=DatabaseReading(application.database),
    )
    codes = {code for one in found.pairs for code in (*one.pair.regions, *one.pair.townships)}
    async with application.database.read() as connection:
        regions = await by_codes(connection, codes)
        return understood, found, regions, await gap_notes(connection, found)


def _write(
    found: AssessorGap,
    regions: Mapping[str, Region],
    by: str,
    first: int,
    format: str | None,
    output: Path | None,
) -> None:
    from liangcun_server.cli.listing import Field, write_list

    levels = Field("levels", Heading(words("层级", "levels")))
    statistic = [
        Field("count", Heading(words("村数", "villages"), right=True)),
        Field("mean", Heading(words("平均差（分）", "mean gap"), right=True)),
        Field("median", Heading(words("中位差", "median"), right=True)),
        Field("higher", Heading(words("偏高%", "higher %"), right=True)),
        Field("p", Heading("p", right=True)),
        Field("finding", Heading(words("结论", "finding"))),
    ]
    code = Field("code", Heading(words("代码", "code"), fixed=True))
    name = Field("name", Heading(words("名称", "name")))
    rows: list[tuple[Any, ...]] = []
    if by == "village":
        fields = [levels, code, name, Field("gap", Heading(words("差距（分）", "gap"), right=True))]
        fields.append(Field("criteria", Heading(words("差在哪里", "because of"))))
        for one in found.pairs:
            rows += _village_rows(one, regions, first)
    else:
        fields = [levels, code, name, *statistic]
        for one in found.pairs:
            rows += _criterion_rows(one) if by == "criterion" else _township_rows(one, regions)
    write_list(fields, rows, format, output)


def _between(one: LevelPair) -> str:
    return f"{one.lower.label.pick(locale())} − {one.upper.label.pick(locale())}"


def _figures(gap: Gap) -> tuple[Any, ...]:
    from liangcun_server.assessor_gap.words import chance

    told = gap.p_value if gap.adjusted is None else gap.adjusted
    share = round(100 * gap.higher / gap.count, 1)
    p_value = None if told is None else round(told, 4)
    return gap.count, round(gap.mean, 2), round(gap.median, 2), share, p_value, chance(gap).pick(locale())


def _criterion_rows(one: LevelPair) -> list[tuple[Any, ...]]:
    criteria = one.pair.a.standard.criteria
    found = sorted(one.pair.criteria.items(), key=lambda item: (-item[1].mean, item[0]))
    return [
        (_between(one), criteria[place].code, criteria[place].label.pick(locale()), *_figures(gap))
        for place, gap in found
    ]


def _township_rows(one: LevelPair, regions: Mapping[str, Region]) -> list[tuple[Any, ...]]:
    found = sorted(one.pair.townships.items(), key=lambda item: (-item[1].mean, item[0]))
    return [(_between(one), code, _name(regions, code), *_figures(gap)) for code, gap in found]


def _village_rows(one: LevelPair, regions: Mapping[str, Region], first: int) -> list[tuple[Any, ...]]:
    criteria, rows = one.pair.a.standard.criteria, []
    for village in one.pair.largest(first):
        reasons = [
            f"{criteria[place].label.pick(locale())} {lower:g} → {upper:g}"
            for place, lower, upper in village.criteria[:_SHOWN]
        ]
        told = words("；", "; ").join(reasons)
        rows.append(
            (_between(one), village.region, _name(regions, village.region), round(village.gap, 2), told)
        )
    return rows


def _name(regions: Mapping[str, Region], code: str) -> str:
    region = regions.get(code)
    return "" if region is None else region.name
