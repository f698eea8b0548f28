"""`liangcun backup` and `liangcun restore`: the whole database in one file, and back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liangcun_server.cli.language import words
from liangcun_server.cli.options import DatabaseUrl, Language
from liangcun_server.cli.output import counting, note, say

if TYPE_CHECKING:
    from liangcun_server.application import Application
    from liangcun_server.backups.format import Manifest


def backup(
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="默认 量村备份-时间.zip / by default named by the time"
        ),
    ] = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """备份整个数据库到一个文件；服务照常运行 / back up the whole database while the server runs."""
    from liangcun_server.cli.session import ask

    file = output or Path(f"量村备份-{datetime.now():%Y%m%d-%H%M%S}.zip")

    async def work(application: Application) -> Manifest:
        from liangcun_server.backups.writing import write_backup

        with counting(words("备份", "backing up")) as progress:
            return await write_backup(application.database, file, progress)

    manifest = ask(work, database_url=database_url)
    rows = sum(part.rows for part in manifest.parts.values())
    say(
        words(
            f"已备份到 {file}：{rows} 行，到修订号 {manifest.revision}",
            f"backed up to {file}: {rows} rows, up to revision {manifest.revision}",
        )
    )
    note(
        words(
            "佐证材料的文件夹、插件文件夹和签名密钥不在其中，请另行备份",
            "the folders of evidence and of plugins and the signing key aren't in it; keep copies of those",
        )
    )


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="liangcun backup 写出的文件 / such a file")],
    replace: Annotated[
        bool,
        typer.Option("--replace", help="代替现有的数据库；SQLite 原文件改名保留 / in place of what is there"),
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="只检查备份是否完好，不恢复 / look it through, restore nothing")
    ] = False,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """从备份恢复，SQLite 与 PostgreSQL 互通 / restore a backup, into either kind of database."""
    import asyncio

    from liangcun_server.backups.restoring import checked, restore
    from liangcun_server.cli.session import loop_factory, read_settings
    from liangcun_server.storage.address import parse_address

    if check:
        say(_told(checked(file), words("备份完好", "the backup is whole")), "green")
        return
    address = parse_address(read_settings(database_url=database_url).database_url)
    with asyncio.Runner(loop_factory=loop_factory()) as runner, counting(words("恢复", "restoring")) as bar:
        manifest = runner.run(restore(file, address, replace=replace, progress=bar))
    say(_told(manifest, words("已恢复，封记的链已核对", "restored, and the chain of seals holds")), "green")
    note(words("请重新启动服务", "start the server again"))


def _told(manifest: Manifest, what: str) -> str:
    rows = sum(part.rows for part in manifest.parts.values())
    made = manifest.made_at.astimezone().isoformat(timespec="seconds")
    return words(
        f"{what}：{made} 的备份，{rows} 行，到修订号 {manifest.revision}",
        f"{what}: made {made}, {rows} rows, up to revision {manifest.revision}",
    )
