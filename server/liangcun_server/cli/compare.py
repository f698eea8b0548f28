"""`liangcun compare`: schemes side by side, who moves and what is behind it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from liangcun_server.cli.language import locale, words
from liangcun_server.cli.options import (
    AssessorOption,
    DatabaseUrl,
    Language,
    ListFormat,
    Output,
    PeriodOption,
    Within,
)
from liangcun_server.cli.output import Heading, note, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from liangcun_server.application import Application
    from liangcun_server.comparison.comparing import Compared
    from liangcun_server.regions.region import Region
    from liangcun_server.standards.at_hand import Standards
    from liangcun_standards.catalogue import ResolvedStandard
    from liangcun_standards.comparison import Mover, Pair, Part
    from liangcun_standards.document import Standard
    from liangcun_standards.periods import Period
    from liangcun_standards.text import Text

_SHOWN_REASONS = 3


def compare(
    standards: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|ID...",
            help="两到六个标准、版本、草稿或文档 / two to six standards, versions, drafts or documents",
        ),
    ],
    within: Within = None,
    period: PeriodOption = None,
    level: AssessorOption = None,
    movers: Annotated[
        int,
        typer.Option(
            "--movers",
            "-n",
            min=0,
            max=1000,
            metavar="N",
            help="每对列出变动最大的几个 / how many movers a pair",
        ),
    ] = 20,
    format: ListFormat = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """比较几个标准：一致程度、谁变动大、为什么 / how far standards agree, who moves, and why."""
    from liangcun_server.cli.session import ask

    async def work(application: Application) -> tuple[Compared, list[_Row], list[Text]]:
        return await _compared(application, standards, within, period, level, movers)

    found, rows, notes = ask(work, database_url=database_url)
    quiet = format not in (None, "table") or output is not None
    for line in _summary(found):
        (note if quiet else say)(line)
    if rows or quiet:
        _write(rows, format, output)
    for text in notes:
        note(text.pick(locale()))


async def _compared(
    application: Application,
    names: list[str],
    within: str | None,
    period: str | None,
    level: str | None,
    movers: int,
) -> tuple[Compared, list[_Row], list[Text]]:
    from liangcun_server.cli.finding import period_or_newest, region_or_place
    from liangcun_server.cli.reading import word
    from liangcun_server.comparison.comparing import compared
    from liangcun_server.comparison.notes import comparison_notes
    from liangcun_server.regions.repository import by_codes
    from liangcun_server.scorecards.service import scope_for
    from liangcun_server.standards.at_hand import load_standards
    from liangcun_server.storage.kept import DatabaseReading
    from liangcun_standards.scoring.derivation import measured
    from liangcun_standards.vocabulary import AssessorLevel

    chosen_level = word(AssessorLevel, level, "--level")
    async with application.database.read() as connection:
        known = await load_standards(connection, application.plugins)
        region = await region_or_place(connection, within)
        looked = [scheme_named(known, name, region.code, None, application) for name in names]
        indicators = application.plugins.indicators
        inputs = {source.indicator for one in looked for source in measured(one.standard, indicators)}
        scope = scope_for(looked[0], region.code) if looked else region.code
        chosen = await period_or_newest(connection, period, scope, inputs)
    found = await compared(
        application.scoring,
        [scheme_named(known, name, region.code, chosen.period, application) for name in names],
        scope=region.code,
        period=chosen.period,
        assessor_level=chosen_level,
        reading=DatabaseReading(application.database),
    )
    moved = [(pair, one) for pair in found.pairs.values() for one in pair.movers(movers)]
    async with application.database.read() as connection:
        regions = await by_codes(connection, [one.region for _, one in moved])
        notes = await comparison_notes(connection, found)
    return found, [_row(pair, one, regions) for pair, one in moved], notes


def scheme_named(
    known: Standards, name: str, scope: str, period: Period | None, application: Application
) -> ResolvedStandard:
    """The standard that a name or a file means, the newest without a period.

    Raises UnknownStandard, InvalidDocument.
    """
    from liangcun_server.cli.standard_preview import publication_of
    from liangcun_server.comparison.comparing import drafted
    from liangcun_standards.errors import UnknownStandard

    file = Path(name)
    if file.suffix.lower() not in (".yaml", ".yml") and not file.is_file():
        try:
            if period is None:
                return known.catalogue.find(name, region=scope)
            return known.in_force(name, scope, period)
        except UnknownStandard:
            if known.document(name) is None:
                raise
    return drafted(known, publication_of(known, name, application), period)


def _summary(found: Compared) -> list[str]:
    lines = [
        words(
            f"{found.period}，{found.scope} 之内；不保存结果",
            f"{found.period}, within {found.scope}; nothing is kept",
        )
    ]
    for pair in found.pairs.values():
        lines += ["", *_pair_lines(pair)]
    return lines


def _pair_lines(pair: Pair) -> list[str]:
    agreement, passing = pair.agreement, pair.agreement.passing
    count = len(pair.regions)
    top = min(20, count)
    return [
        f"{_title(pair.a.standard)} ↔ {_title(pair.b.standard)}",
        words(
            f"  都参加排名的 {count} 个，另有 {pair.left_out} 个不参加",
            f"  both rank {count}; {pair.left_out} more aren't ranked by both",
        ),
        words("  名次一致：", "  order: ")
        + f"Spearman {_shown(agreement.spearman)}，Kendall τ-b {_shown(agreement.kendall_tau_b)}",
        words("  达标一致：", "  passing: ")
        + f"Cohen κ {_shown(agreement.cohen_kappa)}"
        + words(
            f"；都达标 {passing.both}，只前者 {passing.only_a}，只后者 {passing.only_b}，"
            f"都不达标 {passing.neither}",
            f"; both {passing.both}, the first alone {passing.only_a}, the second alone {passing.only_b}, "
            f"neither {passing.neither}",
        ),
        words(
            f"  前 {top} 名里两边都有的：{pair.top_overlap(top)}",
            f"  among the first {top} of both: {pair.top_overlap(top)}",
        ),
    ]


def _title(standard: Standard) -> str:
    return f"{standard.label.pick(locale())} {standard.jurisdiction[:6]}/{standard.code}@{standard.version}"


def _shown(coefficient: float | None) -> str:
    return "—" if coefficient is None else f"{coefficient:.3f}"


_Row = tuple[Any, ...]


def _row(pair: Pair, mover: Mover, regions: Mapping[str, Region]) -> _Row:
    region = regions.get(mover.region)
    return (
        f"{pair.a.standard.code} → {pair.b.standard.code}",
        mover.region,
        "" if region is None else region.name,
        mover.rank_a,
        mover.rank_b,
        mover.shift,
        round(mover.gap, 3),
        words("；", "; ").join(_reasons(pair, mover)),
    )


def _reasons(pair: Pair, mover: Mover) -> list[str]:
    """The parts that give most to the gap."""
    parts = [(pair.a.standard, part, value) for part, value in mover.because_a]
    parts += [(pair.b.standard, part, value) for part, value in mover.because_b]
    parts.sort(key=lambda one: -abs(one[2]))
    told = [
        (part_in_words(standard, part), value, standard.code)
        for standard, part, value in parts[:_SHOWN_REASONS]
    ]
    return [f"{what} {value:+.2f}（{code}）" for what, value, code in told]


def part_in_words(standard: Standard, part: Part) -> str:
    """What a part of a total is called."""
    if part.kind == "rounding":
        return words("取整", "rounding")
    labels = {one.code: one.label for one in standard.all_groups}
    labels |= {one.code: one.label for one in standard.criteria}
    labels |= {one.code: one.label for one in standard.adjustments}
    title = labels.get(part.code, standard.label).pick(locale())
    return words(f"{title}（合成方法）", f"{title} (aggregation)") if part.kind == "aggregation" else title


def _write(rows: list[_Row], format: str | None, output: Path | None) -> None:
    from liangcun_server.cli.listing import Field, write_list

    fields = [
        Field("pair", Heading(words("标准", "standards"))),
        Field("region", Heading(words("代码", "code"), fixed=True)),
        Field("name", Heading(words("村", "village"))),
        Field("rankA", Heading(words("前者名次", "place before"))),
        Field("rankB", Heading(words("后者名次", "place after"))),
        Field("shift", Heading(words("变动", "shift"))),
        Field("gap", Heading(words("标准分差", "gap"))),
        Field("because", Heading(words("主要原因", "because of"))),
    ]
    write_list(fields, rows, format, output)
