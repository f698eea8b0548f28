"""`liangcun sensitivity`: how firm places and passing are when weights, methods and unknown values vary."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from liangcun_server.cli.output import Heading, counting, note, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from liangcun_server.application import Application
    from liangcun_server.cli.asking import Scored
    from liangcun_standards.sensitivity import Analysis, Asked, Choice, Index, Near, Reversals

_SHOWN_REVERSALS = 5
_SHOWN_TIPS = 3

Draws = Annotated[int, typer.Option("--draws", metavar="N", help="抽取次数，1 到 100000 / how many runs")]
Seed = Annotated[
    int, typer.Option("--seed", metavar="N", help="种子：同一种子，结果相同 / the same seed, the same answer")
]
Concentration = Annotated[
    float,
    typer.Option(
        "--concentration",
        metavar="C",
        help="权重集中度（狄利克雷分布）：越大越贴近原权重 / the larger, the nearer to the given weights",
    ),
]
FixedWeights = Annotated[
    bool, typer.Option("--fixed-weights", help="权重不变 / leave the weights as they are")
]
Normalisations = Annotated[
    list[str] | None,
    typer.Option(
        "--normalisation",
        metavar="METHOD",
        help="标准化方法，可多次：rules、min_max、z_score、rank；默认前两种 / may be given several times",
    ),
]
Aggregations = Annotated[
    list[str] | None,
    typer.Option(
        "--aggregation",
        metavar="METHOD",
        help="合成方法，可多次：own、arithmetic、geometric、minimum、topsis、entropy；"
        "默认 own、geometric、topsis / may be given several times",
    ),
]
KnownOnly = Annotated[
    bool,
    typer.Option(
        "--as-reported",
        help="缺报和只知上下限的数据按现状计分，不变动 / leave unknown values as they count now",
    ),
]
Margin = Annotated[
    float, typer.Option("--margin", metavar="POINTS", help="离界线多少分以内算临界 / how near to a mark")
]
Near_ = Annotated[
    int,
    typer.Option(
        "--near", min=0, max=1000, metavar="N", help="列出几个临界村 / how many near a mark to list"
    ),
]


def sensitivity(
    standard: Annotated[
        str, typer.Argument(metavar="FILE|ID", help="标准、版本、草稿或文档 / a standard, draft or document")
    ],
    within: Within = None,
    period: PeriodOption = None,
    level: AssessorOption = None,
    draws: Draws = 1000,
    seed: Seed = 1,
    concentration: Concentration = 100.0,
    fixed_weights: FixedWeights = False,
    normalisation: Normalisations = None,
    aggregation: Aggregations = None,
    as_reported: KnownOnly = False,
    margin: Margin = 2.0,
    near: Near_ = 10,
    format: ListFormat = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """名次和达标有多稳：变动权重、方法、未知的数据 / how firm places and passing are."""
    from liangcun_server.cli.session import ask

    asked = _asked(
        draws, seed, None if fixed_weights else concentration, normalisation, aggregation, as_reported
    )

    async def work(application: Application) -> _Found:
        return await _analysed(application, standard, within, period, level, asked, margin, near)

    found = ask(work, database_url=database_url)
    quiet = format not in (None, "table") or output is not None
    for line in _summary(found):
        (note if quiet else say)(line)
    _write(found, format, output)
    for text in found.scored.notes:
        note(text.pick(locale()))


def _asked(
    draws: int,
    seed: int,
    concentration: float | None,
    normalisation: list[str] | None,
    aggregation: list[str] | None,
    as_reported: bool,
) -> Asked:
    from liangcun_server.cli.reading import word
    from liangcun_standards.sensitivity import Asked, Combination, Normalisation

    usual = Asked()
    scales = [word(Normalisation, one, "--normalisation") for one in normalisation or ()]
    ways = [word(Combination, one, "--aggregation") for one in aggregation or ()]
    return Asked(
        draws=draws,
        seed=seed,
        concentration=concentration,
        normalisations=tuple(dict.fromkeys(one for one in scales if one)) or usual.normalisations,
        combinations=tuple(dict.fromkeys(one for one in ways if one)) or usual.combinations,
        unknown=not as_reported,
    )


@dataclass(frozen=True)
class _Found:
    scored: Scored
    analysis: Analysis
    near: list[Near]
    reversals: Reversals | None
    names: Mapping[str, str]


async def _analysed(
    application: Application,
    standard: str,
    within: str | None,
    period: str | None,
    level: str | None,
    asked: Asked,
    margin: float,
    near: int,
) -> _Found:
    import asyncio

    from liangcun_server.cli.asking import names_of, scored_there
    from liangcun_standards.sensitivity import InvalidSensitivity, analyse, near_marks, reversals

    scored = await scored_there(application, standard, within, period, level)
    scope, result, indicators = scored.place.region.code, scored.scores.result, application.plugins.indicators
    marks = near_marks(result, margin, scope, near)
    with counting(words("抽取", "runs")) as seen:
        analysis = await asyncio.to_thread(analyse, result, indicators, asked, scope, seen)
    try:
        turned = await asyncio.to_thread(reversals, result, indicators, scope)
    except InvalidSensitivity as error:
        # Too many regions for this one part of the answer.
        note(error.text(locale()))
        turned = None
    return _Found(scored, analysis, marks, turned, await names_of(application, analysis.regions))


def _summary(found: _Found) -> list[str]:
    analysis, asked = found.analysis, found.analysis.asked
    place = found.scored.place
    lines = [
        words(
            f"{found.scored.scores.question.resolved.name}，{place.region.name}，{place.period}；不保存结果",
            f"{found.scored.scores.question.resolved.name}, {place.region.name}, {place.period}; nothing is "
            "kept",
        ),
        words(
            f"参加排名 {int(analysis.ranked.sum())} 个；抽取 {asked.draws} 次，种子 {asked.seed}；"
            f"平均每村变动 {analysis.mean_shift:.1f} 个名次",
            f"{int(analysis.ranked.sum())} ranked; {asked.draws} runs, seed {asked.seed}; places move by "
            f"{analysis.mean_shift:.1f} on average",
        ),
    ]
    lines += _index_lines(words("名次变动出自", "what moves places"), analysis.shift)
    lines += _index_lines(words("达标数变动出自", "what moves how many pass"), analysis.passing)
    for text in analysis.not_varied:
        lines.append(words("未变动：", "not varied: ") + text.pick(locale()))
    lines += _near_lines(found)
    lines += _reversal_lines(found)
    return [*lines, ""]


def _index_lines(title: str, indices: Mapping[Choice, Index] | None) -> list[str]:
    if not indices:
        return []
    told = [
        words(
            f"{choice.label.zh} 单独 {max(one.first, 0.0):.0%}、连同交互 {one.total:.0%}",
            f"{choice.label.en} {max(one.first, 0.0):.0%} alone, {one.total:.0%} with interactions",
        )
        for choice, one in indices.items()
    ]
    return [f"{title}：{words('；', '; ').join(told)}"]


def _near_lines(found: _Found) -> list[str]:
    if not found.near:
        return []
    labels = {one.code: one.label for one in found.scored.scores.result.standard.criteria}
    lines = [words("临界的村：", "near a mark:")]
    for one in found.near:
        tips = [labels[tip.criterion].pick(locale()) for tip in one.tips[:_SHOWN_TIPS]]
        told = words("；取决于：", "; tipped by: ") + words("、", ", ").join(tips) if tips else ""
        lines.append(
            f"  {found.names.get(one.region, '')} {one.region} {one.mark.label.pick(locale())} "
            f"{one.mark.at:g}：{one.has:g}（{one.gap:+.4g}）{told}"
        )
    return lines


def _reversal_lines(found: _Found) -> list[str]:
    turned = found.reversals
    if turned is None:
        return []
    if not turned.possible:
        return [
            words(
                "名次反转：不会有，一村的得分与别村无关",
                "rank reversals: none, no region's score depends on others",
            )
        ]
    lines = [
        words(
            f"名次反转：去掉 {turned.examined} 个村中的任一个，有 {len(turned.found)} 个会使别的村次序颠倒",
            f"rank reversals: of {turned.examined}, taking out any one of {len(turned.found)} turns others "
            "round",
        )
    ]
    for one in turned.found[:_SHOWN_REVERSALS]:
        name = found.names.get(one.removed, "")
        lines.append(
            words(
                f"  去掉{name} {one.removed}：{one.count} 对颠倒，{len(one.passing)} 个村达标与否改变",
                f"  without {name} {one.removed}: {one.count} pairs, passing changes for {len(one.passing)}",
            )
        )
    return lines


def _write(found: _Found, format: str | None, output: Path | None) -> None:
    from liangcun_server.cli.listing import Field, write_list
    from liangcun_server.sensitivity.types import RegionOrder, in_order

    fields = [
        Field("code", Heading(words("代码", "code"), fixed=True)),
        Field("name", Heading(words("村", "village"))),
        Field("score", Heading(words("得分", "score"), right=True)),
        Field("rank", Heading(words("名次", "place"), right=True)),
        Field("rankLow", Heading(words("最好 5%", "best 5%"), right=True)),
        Field("rankMedian", Heading(words("中位", "median"), right=True)),
        Field("rankHigh", Heading(words("最差 5%", "worst 5%"), right=True)),
        Field("passed", Heading(words("现达标", "passes now"))),
        Field("passShare", Heading(words("达标的比例", "passes in"), right=True)),
    ]
    analysis = found.analysis
    rows = []
    for at in in_order(analysis, RegionOrder.RANK):
        code, row = analysis.regions[at], analysis.rows.start + at
        total = float(analysis.result.total[row])
        rows.append(
            (
                code,
                found.names.get(code, ""),
                None if total != total else round(total, 6),
                *(
                    int(one[at]) or None
                    for one in (analysis.rank, analysis.low, analysis.median, analysis.high)
                ),
                words("是", "yes") if analysis.result.passed[row] else words("否", "no"),
                round(float(analysis.pass_share[at]), 4),
            )
        )
    write_list(fields, rows, format, output)
