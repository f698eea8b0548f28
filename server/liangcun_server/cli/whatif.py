"""`liangcun whatif`: change a standard on the spot, see who moves; nothing is kept unless asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from liangcun_server.cli.language import locale, words
from liangcun_server.cli.options import (
    By,
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
    from liangcun_server.whatif.drafting import Draft
    from liangcun_server.whatif.trying import WhatIf
    from liangcun_standards.comparison import Mover, Part
    from liangcun_standards.text import Text

_SHOWN_REASONS = 3
# What a criterion gives, in standard deviations, from which on it is told.
_TOLD = 0.005

Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="TARGET.FIELD=VALUE",
        help="要改的，可多次：hardened-road.max_score=10、drainage.rule.when.at_least=70、"
        "excellent.min_score=85 / what to change; may be given several times",
    ),
]
Changes = Annotated[
    Path | None,
    typer.Option(
        "--changes", metavar="FILE", help="写有 changes: 的 YAML，写法同调整 / YAML that begins with changes:"
    ),
]
Movers = Annotated[
    int,
    typer.Option("--movers", "-n", min=0, max=1000, metavar="N", help="列出变动最大的几个 / how many movers"),
]
SaveAs = Annotated[
    str | None,
    typer.Option(
        "--save-as", metavar="VERSION", help="存为草稿，版本为 VERSION；要写 --reason / keep it as a draft"
    ),
]
WhatIfReason = Annotated[
    str | None,
    typer.Option("--reason", metavar="TEXT", help="理由，写进每条改动 / why, kept with each change"),
]
From = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="PERIOD", help="草稿从哪个时期起，默认下一时期 / the first period it would hold in"
    ),
]
All = Annotated[
    bool,
    typer.Option(
        "--all", help="列出每个村，不只等次或结论有变的 / every village, not only those that change"
    ),
]


def whatif(
    standard: Annotated[str, typer.Argument(metavar="ID", help="现行的标准 / the standard in force")],
    set_: Sets = None,
    changes: Changes = None,
    within: Within = None,
    period: PeriodOption = None,
    movers: Movers = 10,
    all_: All = False,
    save_as: SaveAs = None,
    reason: WhatIfReason = None,
    from_: From = None,
    by: By = None,
    format: ListFormat = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """改一改看看：名次、等次、达标怎么变，不保存 / try changes and see who moves; nothing is kept."""
    from liangcun_server.cli.session import ask

    draft = _draft(set_, changes, save_as, reason, from_)

    async def work(application: Application) -> _Found:
        return await _tried(application, standard, within, period, draft, movers)

    found = ask(work, database_url=database_url)
    quiet = format not in (None, "table") or output is not None
    for line in _summary(found):
        (note if quiet else say)(line)
    _write(found, format, output, every=all_)
    for text in found.notes:
        note(text.pick(locale()))
    if save_as is None:
        say_or_note = note if quiet else say
        say_or_note(
            words(
                "没有保存；要存为草稿，加 --save-as 版本 --reason 理由",
                "nothing was kept; --save-as VERSION --reason TEXT keeps it as a draft",
            )
        )
        return
    _save(found, reason or "", by, database_url)


def _draft(
    settings: list[str] | None,
    changes: Path | None,
    save_as: str | None,
    reason: str | None,
    from_: str | None,
) -> Draft:
    from liangcun_server.cli.reading import BadOption
    from liangcun_server.whatif.drafting import TRIED, Draft
    from liangcun_standards.document.reading import document_text
    from liangcun_standards.periods import Period
    from liangcun_standards.text import Text

    if save_as is not None and not (reason or "").strip():
        raise BadOption(Text("保存要写明理由", "keeping it needs a reason"), where="--reason")
    return Draft(
        tuple(settings or ()),
        None if changes is None else document_text(changes),
        reason,
        TRIED if save_as is None else save_as,
        None if from_ is None else Period.parse(from_).start,
    )


@dataclass(frozen=True)
class _Found:
    tried: WhatIf
    movers: list[Mover]
    names: Mapping[str, str]
    notes: list[Text]


async def _tried(
    application: Application, standard: str, within: str | None, period: str | None, draft: Draft, movers: int
) -> _Found:
    from liangcun_server.cli.asking import names_of, place_asked
    from liangcun_server.comparison.notes import notes_on_all
    from liangcun_server.storage.kept import DatabaseReading
    from liangcun_server.whatif.trying import what_if

    place = await place_asked(application, standard, within, period)
    tried = await what_if(
        place.standards,
        application.scoring,
        application.plugins,
        standard=standard,
        scope=place.region.code,
        period=place.period,
        reading=DatabaseReading(application.database),
        draft=draft,
    )
    async with application.database.read() as connection:
        notes = await notes_on_all(connection, [tried.old, tried.new], place.region.code)
    return _Found(tried, tried.pair.movers(movers), await names_of(application, tried.regions), notes)


def _summary(found: _Found) -> list[str]:
    from liangcun_server.cli.standard_preview import summary_of

    tried = found.tried
    lines = [
        *summary_of(tried.preview),
        words(
            f"新达标 {tried.newly_passing}，不再达标 {tried.no_longer_passing}",
            f"newly passing {tried.newly_passing}, no longer passing {tried.no_longer_passing}",
        ),
    ]
    for before, after, count in tried.grade_moves:
        was, now = ("—" if one is None else one.pick(locale()) for one in (before, after))
        lines.append(f"  {was} → {now}：{count}")
    if found.movers:
        lines.append(words("名次变动最大的：", "who moves most:"))
    lines += [_mover_line(found, one) for one in found.movers]
    return [*lines, ""]


def _mover_line(found: _Found, one: Mover) -> str:
    from liangcun_server.cli.compare import part_in_words

    # Before and after are of one standard: what a criterion gives then and now is told as one.
    gives: dict[Part, float] = {}
    for part, value in (*one.because_a, *one.because_b):
        gives[part] = gives.get(part, 0.0) + value
    most = sorted(gives.items(), key=lambda entry: -abs(entry[1]))[:_SHOWN_REASONS]
    standard = found.tried.new.result.standard
    told = words("；", "; ").join(
        f"{part_in_words(standard, part)} {value:+.2f}" for part, value in most if abs(value) >= _TOLD
    )
    name = found.names.get(one.region, "")
    return f"  {name} {one.region} {one.rank_a} → {one.rank_b}（{-one.shift:+d}）{told}"


def _write(found: _Found, format: str | None, output: Path | None, *, every: bool) -> None:
    from liangcun_server.cli.listing import Field, write_list
    from liangcun_server.cli.standard_preview import reason_text

    tried = found.tried
    because = {one.region: one.because for one in tried.preview.changes}
    fields = [
        Field("code", Heading(words("代码", "code"), fixed=True)),
        Field("name", Heading(words("村", "village"))),
        *_sides("score", "得分", "score"),
        *_sides("rank", "名次", "place"),
        *_sides("grade", "等次", "grade"),
        *_sides("verdict", "结论", "verdict"),
        Field("because", Heading(words("为什么", "why"))),
    ]
    rows: list[tuple[Any, ...]] = []
    for code in tried.regions if every else because:
        before, after = tried.standings(code)
        why = words("；", "; ").join(reason_text(one) for one in because.get(code, ())[:3])
        pairs = [
            (one.score, one.rank, None if one.grade is None else one.grade.pick(locale()), one.verdict)
            for one in (before, after)
        ]
        both = [value for was, now in zip(*pairs, strict=True) for value in (was, now)]
        rows.append((code, found.names.get(code, ""), *both, why))
    if rows or output is not None or format not in (None, "table"):
        write_list(fields, rows, format, output)


def _sides(key: str, zh: str, en: str) -> tuple[Any, Any]:
    from liangcun_server.cli.listing import Field

    return (
        Field(f"{key}Before", Heading(words(f"原{zh}", f"{en} before"))),
        Field(f"{key}After", Heading(words(f"新{zh}", f"{en} after"))),
    )


def _save(found: _Found, reason: str, by: str | None, database_url: str | None) -> None:
    from liangcun_server.cli.reading import author
    from liangcun_server.cli.session import ask
    from liangcun_server.standards.bringing_in import save_draft

    async def work(application: Application) -> str:
        done = await save_draft(
            application.database,
            application.plugins,
            found.tried.text,
            author=author(by),
            reason=reason,
            file="whatif.yaml",
        )
        return done.resolved.name

    name = ask(work, database_url=database_url)
    note(
        words(
            f"已存为草稿：{name}；liangcun standards publish {name} --reason 理由 发布",
            f"kept as a draft: {name}; liangcun standards publish {name} --reason TEXT publishes it",
        )
    )
