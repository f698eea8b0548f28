"""`liangcun schema`: the contracts that others build on, written as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from liangcun_server.cli.failures import FAILED, fail
from liangcun_server.cli.language import words
from liangcun_server.cli.options import Language
from liangcun_server.cli.output import say
from liangcun_server.cli.subcommands import group

schema = group("接口约定：导出、核对 / contracts: export, check")


@schema.command("export")
def export(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="目录 / where to write them")] = Path(
        "schema"
    ),
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="只核对，不写；不一致则退出码为 1 / write nothing, fail when they differ"
        ),
    ] = False,
    language: Language = None,
) -> None:
    """写出 schema.graphql 和 standard.schema.json / write the API's schema and the documents'."""
    from liangcun_server.exports.contracts import contracts

    written = contracts()
    if not check:
        for name, text in written.items():
            _write(directory / name, text)
            say(words(f"已写入 {directory / name}", f"written to {directory / name}"))
        return
    stale = [name for name, text in written.items() if _read(directory / name) != text]
    for name in stale:
        fail(
            words(
                f"{directory / name} 与代码不一致；运行 liangcun schema export {directory} 更新",
                f"{directory / name} differs from the code; run liangcun schema export {directory}",
            )
        )
    if stale:
        raise typer.Exit(FAILED)
    say(words("与代码一致", "up to date"))


def _write(file: Path, text: str) -> None:
    from liangcun_server.cli.writing import unwritable

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise unwritable(file, error) from None


def _read(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
