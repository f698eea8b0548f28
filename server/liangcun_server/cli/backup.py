"""`liangcun backup` and `liangcun restore`: the whole database in one file, and back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liangcun_server.cli.language import words
from liangcun_server.cli.options import DatabaseUrl, Language
from liangcun_server.cli.output import counting, note, say, warn

if TYPE_CHECKING:
    from liangcun_server.application import Application
    from liangcun_server.backups.format import Manifest

_SHOWN = 5


def backup(
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="默认 量村备份-时间.zip / by default named by the time"
        ),
    ] = None,
    without_evidence: Annotated[
        bool,
        typer.Option("--without-evidence", help="不带照片等佐证材料 / leave photos and documents out"),
    ] = False,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """备份整个数据库和佐证材料到一个文件；服务照常运行 / back everything up while the server runs."""
    from liangcun_server.cli.session import ask
    from liangcun_server.evidence.model import EvidenceUnavailable

    file = output or Path(f"量村备份-{datetime.now():%Y%m%d-%H%M%S}.zip")

    async def work(application: Application) -> Manifest:
        from liangcun_server.backups.writing import write_backup

        with counting(words("备份", "backing up")) as progress:
            store = None if without_evidence else application.evidence
            return await write_backup(application.database, file, progress, store=store)

    try:
        manifest = ask(work, database_url=database_url)
    except EvidenceUnavailable:
        warn(
            words(
                "没有备份；--without-evidence 只备份数据库", "no backup; --without-evidence backs up the rest"
            )
        )
        raise
    rows = sum(part.rows for part in manifest.parts.values())
    say(
        words(
            f"已备份到 {file}：{rows} 行{_files(manifest)}，到修订号 {manifest.revision}",
            f"backed up to {file}: {rows} rows{_files(manifest)}, up to revision {manifest.revision}",
        )
    )
    _warn_of_lost(manifest)
    if manifest.files is None:
        note(words("佐证材料不在其中，请另行备份", "evidence isn't in it; keep a copy of it"))
    note(
        words(
            "插件文件夹和签名密钥不在其中，请另行备份",
            "the folder of plugins and the signing key aren't in it; keep copies of those",
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
    evidence_only: Annotated[
        bool,
        typer.Option(
            "--evidence-only", help="只放回佐证材料，不动数据库 / put the evidence back and nothing else"
        ),
    ] = False,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """从备份恢复，SQLite 与 PostgreSQL 互通 / restore a backup, into either kind of database."""
    import asyncio

    from liangcun_server.backups.restoring import checked, restore, restore_evidence
    from liangcun_server.cli.session import loop_factory, read_settings
    from liangcun_server.evidence.model import EvidenceUnavailable
    from liangcun_server.evidence.store import FileStore
    from liangcun_server.storage.address import parse_address

    if check:
        manifest = checked(file)
        say(_told(manifest, words("备份完好", "the backup is whole")), "green")
        _warn_of_lost(manifest)
        return
    settings = read_settings(database_url=database_url)
    address, store = parse_address(settings.database_url), FileStore(settings.evidence_store)
    manifest = checked(file)
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        if not evidence_only:
            with counting(words("恢复", "restoring")) as bar:
                runner.run(restore(file, address, replace=replace, progress=bar))
        try:
            with counting(words("佐证材料", "evidence")) as bar:
                runner.run(restore_evidence(file, store, bar))
        except EvidenceUnavailable:
            if not evidence_only:
                warn(
                    words(
                        "数据库已恢复，佐证材料没有；修好存放处后用 --evidence-only 再来一次",
                        "the database is restored, the evidence isn't; mend its place, then --evidence-only",
                    )
                )
            raise
    if evidence_only:
        say(_told(manifest, words("佐证材料已放回", "the evidence is back")), "green")
    else:
        say(
            _told(manifest, words("已恢复，封记的链已核对", "restored, and the chain of seals holds")),
            "green",
        )
    _warn_of_lost(manifest)
    note(words("请重新启动服务", "start the server again"))


def _told(manifest: Manifest, what: str) -> str:
    rows = sum(part.rows for part in manifest.parts.values())
    made = manifest.made_at.astimezone().isoformat(timespec="seconds")
    return words(
        f"{what}：{made} 的备份，{rows} 行{_files(manifest)}，到修订号 {manifest.revision}",
        f"{what}: made {made}, {rows} rows{_files(manifest)}, up to revision {manifest.revision}",
    )


def _files(manifest: Manifest) -> str:
    if not manifest.files:
        return ""
    return words(f"、{manifest.files} 件佐证材料", f" and {manifest.files} pieces of evidence")


def _warn_of_lost(manifest: Manifest) -> None:
    if manifest.lost:
        count = len(manifest.lost)
        shown = "、".join(one[:12] for one in manifest.lost[:_SHOWN]) + ("…" if count > _SHOWN else "")
        warn(
            words(
                f"{count} 件佐证材料备份时已找不到或已变样：{shown}",
                f"{count} pieces of evidence were lost or changed when it was made: {shown}",
            )
        )
