"""`liangcun evidence`: the photos and documents behind observations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from liangcun_server.cli.language import words
from liangcun_server.cli.options import By, DatabaseUrl, Language, ListFormat, Output, Reason, RegionCode
from liangcun_server.cli.output import Heading, say
from liangcun_server.cli.subcommands import group

if TYPE_CHECKING:
    from liangcun_server.application import Application
    from liangcun_server.evidence.model import Evidence

evidence = group("佐证材料：填报值背后的照片、文件 / evidence: photos and documents behind observations")

Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="编号 / its number")]


@evidence.command("add")
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JPEG、PNG 或 PDF")],
    region: Annotated[str, typer.Option("--region", metavar="CODE", help="区划代码 / the region")],
    indicator: Annotated[str, typer.Option("--indicator", metavar="INDICATOR", help="指标 / the indicator")],
    period: Annotated[str, typer.Option("--period", "-p", metavar="PERIOD", help="时期 / the period")],
    reason: Reason,
    level: Annotated[
        str, typer.Option("--level", metavar="LEVEL", help="考评层级 / the assessor level")
    ] = "county",
    caption: Annotated[str | None, typer.Option("--caption", metavar="TEXT", help="说明 / a caption")] = None,
    by: By = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """把一个文件附在填报值上 / put a file behind a value."""
    from liangcun_server.cli.reading import author, file_bytes, word
    from liangcun_server.cli.session import ask
    from liangcun_server.evidence.attaching import attach
    from liangcun_server.evidence.model import InvalidEvidence
    from liangcun_server.observations.model import ObservationKey
    from liangcun_standards.periods import Period
    from liangcun_standards.regions import full_code
    from liangcun_standards.vocabulary import AssessorLevel

    chosen, who = word(AssessorLevel, level, "--level"), author(by)
    assert chosen is not None
    key = ObservationKey(full_code(region), indicator, Period.parse(period), chosen)
    data = file_bytes(file, InvalidEvidence)

    async def work(application: Application) -> Evidence:
        return await attach(
            application.database,
            application.evidence,
            key,
            data,
            name=file.name,
            caption=caption,
            author=who,
            reason=reason,
        )

    made = ask(work, database_url=database_url)
    say(words(f"已附上，编号 {made.id}", f"attached under number {made.id}"))
    for line in _facts(made):
        say(line)


def _facts(made: Evidence) -> list[str]:
    file = made.file
    lines = [f"{file.media_type}  {file.size} B  SHA-256 {file.sha256}"]
    if file.taken_at is not None:
        lines.append(words("拍摄时间：", "taken: ") + file.taken_at)
    if file.latitude is not None:
        lines.append(words("拍摄位置：", "where: ") + f"{file.latitude:.6f}, {file.longitude:.6f}")
    return lines


@evidence.command("list")
def list_evidence(
    region: RegionCode,
    format: ListFormat = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """一个区划的佐证材料 / the evidence of a region."""
    from liangcun_server.cli.listing import Field, write_list
    from liangcun_server.cli.session import ask

    async def work(application: Application) -> list[Evidence]:
        from liangcun_server.cli.finding import region_named
        from liangcun_server.evidence.repository import behind
        from liangcun_server.observations.repository import current

        async with application.database.read() as connection:
            code = (await region_named(connection, region)).code
            keys = [one.key for one in (await current(connection, [code]))[code]]
            found = await behind(connection, keys)
        return sorted((one for several in found.values() for one in several), key=lambda one: one.id)

    fields = [
        Field("id", Heading(words("编号", "number"), right=True)),
        Field("indicator", Heading(words("指标", "indicator"))),
        Field("period", Heading(words("时期", "period"))),
        Field("level", Heading(words("层级", "level"))),
        Field("name", Heading(words("文件", "file"))),
        Field("caption", Heading(words("说明", "caption"))),
        Field("takenAt", Heading(words("拍摄时间", "taken"))),
        Field("latitude", Heading(words("纬度", "latitude"), right=True)),
        Field("longitude", Heading(words("经度", "longitude"), right=True)),
        Field("by", Heading(words("操作人", "by"))),
    ]
    write_list(fields, [_row(one) for one in ask(work, database_url=database_url)], format, output)


def _row(one: Evidence) -> tuple[Any, ...]:
    file = one.file
    return (
        one.id,
        one.key.indicator,
        str(one.key.period),
        one.key.assessor_level,
        one.name,
        one.caption,
        file.taken_at,
        file.latitude,
        file.longitude,
        one.recorded_by,
    )


@evidence.command("save")
def save(
    number: Number,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="写入文件 / the file")],
    whole: Annotated[
        bool, typer.Option("--whole", help="连同拍摄时间和位置 / with when and where it was taken")
    ] = False,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """取出一个文件；默认去掉照片里的时间、位置 / write a file out, by default without time and place."""
    from liangcun_server.cli.session import ask
    from liangcun_server.cli.writing import write_answer

    async def work(application: Application) -> bytes:
        from liangcun_server.evidence.inspecting import EXTENSIONS
        from liangcun_server.evidence.stripping import stripped

        file = (await _known(application, number)).file
        data = await application.evidence.get(file.sha256, EXTENSIONS[file.media_type])
        return data if whole else stripped(data, file.media_type)

    write_answer(ask(work, database_url=database_url), output)


async def _known(application: Application, number: int) -> Evidence:
    from liangcun_server.evidence.model import UnknownEvidence
    from liangcun_server.evidence.repository import by_ids

    async with application.database.read() as connection:
        found = (await by_ids(connection, [number])).get(number)
    if found is None:
        raise UnknownEvidence.of(number)
    return found


@evidence.command("remove")
def remove(
    number: Number,
    reason: Reason,
    by: By = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """撤下一份；记录仍在 / take one back; it stays on record."""
    from liangcun_server.cli.reading import author
    from liangcun_server.cli.session import ask
    from liangcun_server.evidence.attaching import take_back

    who = author(by)

    async def work(application: Application) -> None:
        await take_back(application.database, number, author=who, reason=reason)

    ask(work, database_url=database_url)
    say(words(f"已撤下 {number}", f"{number} is taken back"))
