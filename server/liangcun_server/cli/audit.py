"""`liangcun audit`: the chain over all writes, and whether anything in it was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from liangcun_server.cli.language import locale, words
from liangcun_server.cli.options import DatabaseUrl, Language
from liangcun_server.cli.output import counting, note, say
from liangcun_server.cli.subcommands import group

if TYPE_CHECKING:
    from liangcun_server.application import Application
    from liangcun_server.audit.verifying import Audit

audit = group("审计：每次写入都封在一条链上 / audit: every write is sealed onto a chain")


@audit.command("verify")
def verify(
    head: Annotated[
        str | None,
        typer.Option(
            "--head",
            metavar="DIGEST",
            help="以前记下的链头，应当还在链上 / a head noted earlier, still to be found",
        ),
    ] = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """查每次写入：被改、被删、被加的都指出来 / find any write that was changed, removed or added."""
    from liangcun_server.cli.session import ask

    async def work(application: Application) -> Audit:
        from liangcun_server.audit.verifying import verify

        async with application.database.read(at_length=True) as connection:
            with counting(words("写入", "writes")) as progress:
                known = None if head is None else head.strip().lower()
                return await verify(connection, known_head=known, progress=progress)

    found = ask(work, database_url=database_url)
    for one in found.faults:
        say(one.pick(locale()), "red")
    if found.unsealed:
        note(
            words(
                f"末尾 {found.unsealed} 次写入早于封记，下一次写入时一并封上",
                f"the last {found.unsealed} writes are older than seals; the next write seals them",
            )
        )
    if not found.holds:
        say(words("没有通过验证", "it isn't verified"), "red")
        raise typer.Exit(1)
    say(
        words(
            f"{found.writes} 次写入、{found.rows} 行，都与封记相符",
            f"{found.writes} writes of {found.rows} rows, all as they were sealed",
        ),
        "green",
    )
    say(words("链头：", "head: ") + found.head)
    note(
        words(
            "把链头记在别处，以后用 --head 核对，末尾被删也能发现",
            "note the head elsewhere and give it as --head later: then even a removed end is found",
        )
    )
