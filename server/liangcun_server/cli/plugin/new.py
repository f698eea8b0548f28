"""`liangcun plugin new`: a plugin's project that passes its own checks, to be made the county's own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from liangcun_server.cli.language import words
from liangcun_server.cli.options import Language
from liangcun_server.cli.output import note, say
from liangcun_server.cli.plugin.group import plugin


@plugin.command("new")
def new(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="插件名，小写字母、数字和连字符，如 shouguang-wuyou / the plugin's name"
        ),
    ],
    title: Annotated[
        str | None, typer.Option("--title", metavar="TEXT", help="标准的中文名 / the title in Chinese")
    ] = None,
    title_en: Annotated[
        str | None, typer.Option("--title-en", metavar="TEXT", help="英文名 / the title in English")
    ] = None,
    jurisdiction: Annotated[
        str | None,
        typer.Option(
            "--jurisdiction", metavar="CODE", help="发布标准的地方，默认为本机所设 / the place that issues it"
        ),
    ] = None,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="DIR", help="写到哪个文件夹下，默认当前 / where to write it"),
    ] = Path(),
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="不提问，没写的用默认 / ask nothing, take defaults")
    ] = False,
    language: Language = None,
) -> None:
    """写出一个可直接用的插件项目：文档、指标、算例、测试 / write a ready plugin project."""
    from liangcun_server.cli.plugin.project import Project, write_project
    from liangcun_server.plugins.folder import PluginFolder
    from liangcun_server.settings import load_settings

    settings = load_settings()
    asks = not yes and sys.stdin.isatty() and sys.stdout.isatty()
    project = Project.checked(
        name,
        title=_asked(title, words("标准的中文名", "the title in Chinese"), "本县村级考核", asks),
        title_en=_asked(title_en, words("英文名", "the title in English"), "Village assessment", asks),
        jurisdiction=_asked(
            jurisdiction,
            words("发布标准的地方（区划代码）", "the place that issues it"),
            settings.within,
            asks,
        ),
        beside=PluginFolder(settings.plugin_folder).points(),
    )
    folder = write_project(project, output)
    say(words(f"已写出 {folder}", f"written: {folder}"))
    note(
        words(
            f"检查：liangcun plugin check {folder}\n先看 {folder / 'README.md'}",
            f"check it: liangcun plugin check {folder}\nread {folder / 'README.md'} first",
        )
    )


def _asked(given: str | None, question: str, default: str, asks: bool) -> str:
    if given is not None:
        return given
    return str(typer.prompt(question, default=default)) if asks else default
