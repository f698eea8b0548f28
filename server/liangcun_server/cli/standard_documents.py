"""`liangcun standards save | publish | bind | release | drafts | bindings`: bringing in a county's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liangcun_server.cli.language import words
from liangcun_server.cli.options import By, DatabaseUrl, Language, ListFormat, Output, Reason
from liangcun_server.cli.output import Heading, note, say
from liangcun_server.cli.standards import known_standards, standards

if TYPE_CHECKING:
    from liangcun_server.application import Application
    from liangcun_server.standards.at_hand import Standards
    from liangcun_server.standards.bringing_in import BroughtIn
    from liangcun_server.standards.stored import Binding

Document = Annotated[
    Path, typer.Argument(metavar="FILE", help="标准文档（YAML）/ the standard's document", show_default=False)
]
StandardId = Annotated[
    str, typer.Argument(metavar="ID", help="如 220722/jiuyou-liuwu@2024 / the standard and its version")
]
Version = Annotated[
    str | None,
    typer.Option("--version", metavar="VERSION", help="版本，ID 没写时 / the version, where ID has none"),
]
BoundRegion = Annotated[
    str, typer.Option("--region", metavar="CODE", help="哪个地方（连同其下各地）/ the region, with all in it")
]
From = Annotated[
    str, typer.Option("--from", metavar="PERIOD", help="从哪个时期起，如 2024 / the first period it holds in")
]


@standards.command("save")
def save(
    file: Document,
    reason: Reason,
    by: By = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """检查文档，存为草稿；同版本的草稿被替换 / check a document and keep it as a draft."""
    from liangcun_server.cli.reading import author
    from liangcun_server.cli.session import ask
    from liangcun_server.standards.bringing_in import save_draft
    from liangcun_standards.document.reading import document_text

    text = document_text(file)

    async def work(application: Application) -> BroughtIn:
        return await save_draft(
            application.database,
            application.plugins,
            text,
            author=author(by),
            reason=reason,
            file=file.name,
        )

    done = ask(work, database_url=database_url)
    name = done.resolved.name
    if not done.changed:
        say(words(f"{name} 与已有的相同，没有改动", f"{name} is the same as what is kept; nothing changed"))
        return
    say(words(f"已存为草稿：{name}", f"kept as a draft: {name}"))
    _say_broken(done)
    note(
        words(
            f"看看影响：liangcun standards preview {name}\n"
            f"发布：liangcun standards publish {name} --reason 理由",
            f"see its effect: liangcun standards preview {name}\n"
            f"publish it: liangcun standards publish {name} --reason TEXT",
        )
    )


@standards.command("publish")
def publish_draft(
    standard: StandardId,
    reason: Reason,
    version: Version = None,
    by: By = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """发布草稿；发布后不能再改，要改就另存一个版本 / publish a draft, which then stays as it is."""
    from liangcun_server.cli.reading import author
    from liangcun_server.cli.session import ask
    from liangcun_server.standards.bringing_in import publish

    async def work(application: Application) -> BroughtIn:
        return await publish(
            application.database,
            application.plugins,
            standard,
            version=version,
            author=author(by),
            reason=reason,
        )

    done = ask(work, database_url=database_url)
    name = done.resolved.name
    if done.changed:
        say(words(f"已发布：{name}", f"published: {name}"))
        _say_broken(done)
    else:
        say(words(f"{name} 早已发布", f"{name} was published before"))


@standards.command("bind")
def bind_version(
    standard: StandardId,
    region: BoundRegion,
    from_: From,
    reason: Reason,
    version: Version = None,
    by: By = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """让一个地方从某时期起用某个版本 / let a region go by a version from a period on."""
    made = _bound(standard, region, from_, reason, by, database_url, version=version)
    name = f"{made.standard_id}@{made.version}"
    say(
        words(
            f"{made.region_code} 自 {made.effective_from} 起用 {name}",
            f"{made.region_code} goes by {name} from {made.effective_from} on",
        )
    )


@standards.command("release")
def release_version(
    standard: Annotated[
        str, typer.Argument(metavar="ID", help="如 220722/jiuyou-liuwu / the standard, without a version")
    ],
    region: BoundRegion,
    from_: From,
    reason: Reason,
    by: By = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """解除绑定，改按上级的绑定或生效日期 / let go of a binding."""
    made = _bound(standard, region, from_, reason, by, database_url, release=True)
    say(
        words(
            f"{made.region_code} 自 {made.effective_from} 起不再绑定 {made.standard_id}",
            f"{made.region_code} has no binding of {made.standard_id} from {made.effective_from} on",
        )
    )


def _bound(
    standard: str,
    region: str,
    from_: str,
    reason: str,
    by: str | None,
    database_url: str | None,
    *,
    version: str | None = None,
    release: bool = False,
) -> Binding:
    from liangcun_server.cli.reading import author
    from liangcun_server.cli.session import ask
    from liangcun_server.standards.bringing_in import bind
    from liangcun_standards.periods import Period

    day = Period.parse(from_).start

    async def work(application: Application) -> Binding:
        return await bind(
            application.database,
            application.plugins,
            standard,
            version=version,
            region=region,
            effective_from=day,
            author=author(by),
            reason=reason,
            release=release,
        )

    return ask(work, database_url=database_url)


@standards.command("drafts")
def drafts(
    format: ListFormat = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """已存未发布的草稿 / what was saved and not published."""
    from liangcun_server.cli.listing import Field, write_list
    from liangcun_server.cli.session import ask

    known = ask(known_standards, database_url=database_url)
    fields = [
        Field("name", Heading(words("标准", "standard"), fixed=True)),
        Field("file", Heading(words("文件", "file"))),
        Field("author", Heading(words("操作人", "by"))),
        Field("recorded_at", Heading(words("时间", "when"))),
        Field("reason", Heading(words("理由", "why"))),
    ]
    rows = [
        (one.name, one.file, one.author, one.recorded_at.isoformat(timespec="seconds"), one.reason)
        for one in known.drafts
    ]
    write_list(fields, rows, format, output)
    _say_faults(known)


@standards.command("bindings")
def bindings(
    format: ListFormat = None,
    output: Output = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """哪里从何时起用哪个版本 / which region goes by which version from when."""
    from liangcun_server.cli.listing import Field, write_list
    from liangcun_server.cli.session import ask

    known = ask(known_standards, database_url=database_url)
    fields = [
        Field("region", Heading(words("地方", "region"), fixed=True)),
        Field("standard", Heading(words("标准", "standard"))),
        Field("version", Heading(words("版本", "version"))),
        Field("effective_from", Heading(words("自", "from"))),
        Field("author", Heading(words("操作人", "by"))),
        Field("reason", Heading(words("理由", "why"))),
    ]
    rows = [
        (
            one.region_code,
            one.standard_id,
            one.version,
            one.effective_from.isoformat(),
            one.author,
            one.reason,
        )
        for one in known.bindings
    ]
    write_list(fields, rows, format, output)


def _say_broken(done: BroughtIn) -> None:
    from liangcun_server.cli.language import locale
    from liangcun_server.cli.output import warn

    name, first = done.resolved.name, done.resolved.standard.effective.from_
    for other, why in done.breaks.items():
        told = words(
            f"{other} 依据它而对不上：自 {first} 起要有新版本，或在 extends 里写明旧版本。",
            f"{other} extends {name.partition('@')[0]} and doesn't fit: from {first} on it needs another "
            "version, or the old one named in extends. ",
        )
        warn(told + why.pick(locale()))


def _say_faults(known: Standards) -> None:
    from liangcun_server.cli.language import locale
    from liangcun_server.cli.output import warn

    for name, fault in known.faults.items():
        warn(words(f"{name} 与所依据的标准对不上：", f"{name} doesn't fit its base: ") + fault.pick(locale()))
