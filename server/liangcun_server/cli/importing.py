"""`liangcun template` and `liangcun import`: workbooks to fill in, and bringing files in."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from liangcun_server.cli.language import locale, words
from liangcun_server.cli.options import By, DatabaseUrl, Language, PeriodOption, Reason, Within
from liangcun_server.cli.output import Heading, following, note, print_table, say, warn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from liangcun_server.application import Application
    from liangcun_server.importing.model import Change, ImportOptions, ImportReport
    from liangcun_standards.indicators import IndicatorCatalogue

_SHOWN = 20
_REFUSED = 2

Level = Annotated[
    str,
    typer.Option(
        "--level",
        metavar="LEVEL",
        help="考评层级：self、township、county、prefecture、province / the assessor level",
    ),
]
Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="xlsx、csv、parquet")]
Status = Annotated[
    str,
    typer.Option(
        "--source-status",
        metavar="STATUS",
        help="性质：official、published、interpretation、simulated / what the values may claim",
    ),
]
Source = Annotated[str | None, typer.Option("--source", metavar="TEXT", help="出处 / the source")]
FilePeriod = Annotated[
    str | None,
    typer.Option(
        "--period", "-p", metavar="PERIOD", help="时期，文件里有的以文件为准 / unless the file says"
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只看会怎样，不写入 / write nothing")]
ValidOnly = Annotated[
    bool, typer.Option("--valid-only", help="有问题的跳过，其余写入 / leave out what has a problem")
]
AcceptUnits = Annotated[bool, typer.Option("--accept-units", help="万、亿照算成数 / take 1.2万 as 12000")]
Restate = Annotated[
    bool,
    typer.Option("--restate", help="数字相同的也改为现在的性质、出处 / also where only the source differs"),
]
SuspectRatio = Annotated[
    float,
    typer.Option(
        "--suspect-ratio",
        metavar="N",
        min=0,
        help="达上期或同县中位数几倍的存疑，0 不查 / hold as suspect",
    ),
]
ValuesAtOnce = Annotated[
    int | None,
    typer.Option(
        "--values-at-once",
        metavar="N",
        min=1_000,
        help="大文件每 N 个值写一次，断了再运行接着来 / write a large file N values at a time",
    ),
]
FileFormat = Annotated[
    str | None,
    typer.Option("--format", "-f", metavar="xlsx|csv|parquet|kobo", help="格式，默认自动 / by default found"),
]
ColumnMap = Annotated[
    Path | None,
    typer.Option("--map", metavar="FILE", help="YAML：我们的名: 文件里的列名 / names of columns"),
]
ReportFile = Annotated[
    Path | None,
    typer.Option("--report", metavar="FILE", help="全部问题和变更，csv、xlsx、json / everything in a file"),
]


def template(
    standards: Annotated[list[str], typer.Argument(metavar="STANDARD...", help="标准，可多个 / standards")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="写入文件 / the file")],
    within: Within = None,
    period: PeriodOption = None,
    level: Level = "county",
    filled: Annotated[
        bool, typer.Option("--filled", help="带上已有的值 / with the values that stand")
    ] = False,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """填报用的 Excel 工作簿：每村一行，每个指标一列 / a workbook for filling in."""
    from liangcun_server.cli.reading import word
    from liangcun_server.cli.session import ask
    from liangcun_server.cli.writing import write_answer
    from liangcun_standards.vocabulary import AssessorLevel

    chosen = word(AssessorLevel, level, "--level") or AssessorLevel.COUNTY

    async def work(application: Application) -> bytes:
        from liangcun_server.cli.finding import period_or_newest, region_or_place
        from liangcun_server.cli.standards import known_standards
        from liangcun_server.importing.template import lay_out, template_xlsx

        known = await known_standards(application)
        async with application.database.read() as connection:
            place = await region_or_place(connection, within)
            about = (await period_or_newest(connection, period, place.code, known.indicators)).period
            asked = [known.in_force(name, place.code, about) for name in standards]
            laid = await lay_out(
                connection, known.indicators, asked, place, period=about, level=chosen, filled=filled
            )
        return template_xlsx(laid)

    write_answer(ask(work, database_url=database_url), output)


def import_command(
    files: Files,
    source_status: Status,
    reason: Reason,
    source: Source = None,
    period: FilePeriod = None,
    level: Level = "county",
    dry_run: DryRun = False,
    valid_only: ValidOnly = False,
    accept_units: AcceptUnits = False,
    restate: Restate = False,
    suspect_ratio: SuspectRatio = 10.0,
    values_at_once: ValuesAtOnce = None,
    format: FileFormat = None,
    map: ColumnMap = None,
    report: ReportFile = None,
    by: By = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """导入填报的数据：先查后写，要么全部写入，要么一个不写 / bring files in: all or nothing."""
    from liangcun_server.cli.reading import author, word
    from liangcun_server.cli.session import ask
    from liangcun_server.importing.files import Format
    from liangcun_server.importing.mapping import read_map

    options = _options(
        source_status,
        period,
        level,
        source=source,
        accept_units=accept_units,
        valid_only=valid_only,
        dry_run=dry_run,
        suspect_ratio=suspect_ratio,
        restate=restate,
        values_at_once=values_at_once,
    )
    chosen, who = word(Format, format, "--format"), author(by)
    named = None if map is None else read_map(map)

    async def work(application: Application) -> _Done:
        said = {"author": who, "reason": reason, "format": chosen, "named": named}
        return await _import(application, files, options, **said)

    done = ask(work, database_url=database_url)
    _tell(*done, dry_run=dry_run)
    if values_at_once is not None and done.report.parts == 1 and done.report.revision is not None:
        note(
            words(
                "写在一个修订里：不多于 N 个值，或要逐格读（只有规范的长表 CSV、Parquet 能分次写）",
                "written in one revision: it has no more than N values, or was read cell by cell",
            )
        )
    if report is not None:
        _write_report(*done, report)
    if done.report.refused:
        raise typer.Exit(_REFUSED)


def _options(source_status: str, period: str | None, level: str, **others: Any) -> ImportOptions:
    """What the options ask for; `others` as ImportOptions names them. Raises BadOption, InvalidPeriod."""
    from liangcun_server.cli.reading import word
    from liangcun_server.importing.model import ImportOptions
    from liangcun_standards.periods import Period
    from liangcun_standards.vocabulary import AssessorLevel, SourceStatus

    status = word(SourceStatus, source_status, "--source-status")
    assert status is not None
    return ImportOptions(
        period=None if period is None else Period.parse(period),
        level=word(AssessorLevel, level, "--level") or AssessorLevel.COUNTY,
        source_status=status,
        **others,
    )


class _Done(NamedTuple):
    """What was done, with the indicators and the names of regions that it is told with."""

    report: ImportReport
    catalogue: IndicatorCatalogue
    names: Mapping[str, str]


async def _import(
    application: Application, files: Sequence[Path], options: ImportOptions, **said: Any
) -> _Done:
    """Bring the files in; `said` is what `import_files` takes besides."""
    from liangcun_server.cli.standards import known_standards
    from liangcun_server.importing.importing import import_files
    from liangcun_server.regions.repository import by_codes

    catalogue = (await known_standards(application)).indicators
    # What is there by now stays: looking through it again and again takes a tenth of an import.
    gc.freeze()
    try:
        with following() as progress:
            done = await import_files(
                application.database, catalogue, files, options, progress=progress, **said
            )
    finally:
        gc.unfreeze()
    async with application.database.read() as connection:
        known = await by_codes(connection, {one.after.region_code for one in done.changes})
    return _Done(done, catalogue, {code: one.name for code, one in known.items()})


def _tell(
    done: ImportReport, catalogue: IndicatorCatalogue, names: Mapping[str, str], *, dry_run: bool
) -> None:
    corrected = done.corrected
    if corrected:
        say(words("更正：", "corrections:"))
        print_table(_headings(), [_change_row(one, catalogue, names) for one in corrected[:_SHOWN]])
        _tell_more(done.corrections)
    for one in done.held[:_SHOWN]:
        label = catalogue[one.indicator].label.pick(locale())
        warn(f"{one.place}: {label} {words('存疑', 'is suspect')}：{one.note or one.original_text or ''}")
    _tell_more(len(done.held))
    if done.held:
        note(words("核实后用 liangcun observations confirm 确认，此前不计分", "confirm them once checked"))
    for problem in done.problems[:_SHOWN]:
        place = ", ".join(part for part in (problem.place, " ".join(problem.column.split())) if part)
        warn(f"{place}: {problem.message.pick(locale())}")
    _tell_more(len(done.problems))
    if done.ignored:
        listed = "、".join(done.ignored[:_SHOWN])
        note(words(f"未用的列：{listed}", f"columns left alone: {listed}"))
    if done.as_before:
        count = done.as_before
        note(
            words(
                f"{count} 个值数字未变，性质、出处照旧；--restate 可改",
                f"{count} figures stand already and keep their source; --restate changes it",
            )
        )
    say(_summary(done, dry_run=dry_run))


def _tell_more(count: int) -> None:
    if count > _SHOWN:
        more = count - _SHOWN
        note(
            words(
                f"……另有 {more} 处，--report FILE 可全部存下", f"… and {more} more; --report FILE keeps all"
            )
        )


def _summary(done: ImportReport, *, dry_run: bool) -> str:
    corrected, bad = done.corrections, len(done.problems)
    new = done.new
    counts = words(
        f"新增 {new}，更正 {corrected}，不变 {done.unchanged}，存疑 {len(done.held)}，问题 {bad}",
        f"{new} new, {corrected} corrected, {done.unchanged} unchanged, {len(done.held)} suspect, "
        f"{bad} problems",
    )
    if done.refused:
        return words(
            f"有问题，未写入任何数据（{counts}）；改好再导入，或用 --valid-only 只写入没有问题的",
            f"nothing was written because of problems ({counts}); mend them, or take the rest by "
            "--valid-only",
        )
    if dry_run:
        return words(f"试运行，未写入：{counts}", f"dry run, nothing was written: {counts}")
    if done.revision is None:
        return words(f"没有变化：{counts}", f"nothing changed: {counts}")
    if done.parts > 1:
        return words(
            f"已写入，{done.parts} 个修订，最后一个 {done.revision}：{counts}",
            f"written in {done.parts} revisions, the last of them {done.revision}: {counts}",
        )
    return words(
        f"已写入，修订号 {done.revision}：{counts}", f"written as revision {done.revision}: {counts}"
    )


def _headings() -> list[Heading]:
    return [
        Heading(words("位置", "place")),
        Heading(words("区划", "region")),
        Heading(words("指标", "indicator")),
        Heading(words("时期", "period")),
        Heading(words("原值", "before"), right=True),
        Heading(words("新值", "after"), right=True),
    ]


def _change_row(one: Change, catalogue: IndicatorCatalogue, names: Mapping[str, str]) -> tuple[str, ...]:
    value = one.after
    indicator = catalogue[value.indicator]

    def shown(side: Any) -> str:
        if side is None or side.value is None:
            return ""
        return f"{side.qualifier.label.pick(locale())} {indicator.show(side.value).pick(locale())}".strip()

    return (
        value.place or "",
        names.get(value.region_code, value.region_code),
        indicator.label.pick(locale()),
        str(value.period),
        shown(one.before),
        shown(value),
    )


def _write_report(
    done: ImportReport, catalogue: IndicatorCatalogue, names: Mapping[str, str], output: Path
) -> None:
    from liangcun_server.cli.listing import Field, write_list

    keys = ("place", "region", "indicator", "period", "before", "after")
    fields = [
        Field("what", Heading(words("类别", "what"))),
        *(Field(key, heading) for key, heading in zip(keys, _headings(), strict=True)),
        Field("message", Heading(words("说明", "message"))),
    ]
    bad, new, changed = words("问题", "problem"), words("新增", "new"), words("更正", "corrected")
    rows: list[tuple[object, ...]] = [
        (bad, one.place, "", one.column, "", "", "", one.message.pick(locale())) for one in done.problems
    ]
    rows += [
        (new if one.before is None else changed, *_change_row(one, catalogue, names), one.after.note or "")
        for one in done.changes
    ]
    write_list(fields, rows, None if output.suffix.lower() in (".json", ".xlsx") else "csv", output)
