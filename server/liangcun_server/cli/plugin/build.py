"""`liangcun plugin build`: a project made into a wheel, without network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from liangcun_server.cli.language import words
from liangcun_server.cli.options import Language
from liangcun_server.cli.output import note, say
from liangcun_server.cli.plugin.group import plugin


@plugin.command("build")
def build(
    project: Annotated[Path, typer.Argument(metavar="DIR", help="插件的项目文件夹 / the project's folder")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="DIR", help="写到哪里，默认项目的 dist / by default its dist"),
    ] = None,
    language: Language = None,
) -> None:
    """把插件项目打成 wheel，不用上网 / make a project into a wheel, without network."""
    from liangcun_server.cli.plugin.wheel import build_wheel
    from liangcun_standards.conformance import find_subject

    find_subject(str(project))  # says what is no plugin's project
    wheel = build_wheel(project, output or project / "dist")
    say(words(f"已打包 {wheel}", f"built {wheel}"))
    note(
        words(
            f"安装：liangcun plugin install {wheel} --reason 理由",
            f"install it: liangcun plugin install {wheel} --reason TEXT",
        )
    )
