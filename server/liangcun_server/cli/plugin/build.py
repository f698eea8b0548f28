"""`liangcun plugin build`: a project made into a wheel, without network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from liangcun_server.cli.language import words
from liangcun_server.cli.options import Language
from liangcun_server.cli.output import note, say
from liangcun_server.cli.plugin.group import plugin
from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text


class UnbuildableProject(LiangcunError):
    """A project that no wheel can be made of here."""

    code = "UNBUILDABLE_PROJECT"


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


def build_wheel(project: Path, folder: Path) -> Path:
    """The wheel of a project whose build backend is hatchling, as `plugin new` writes them.

    Raises UnbuildableProject for another backend, or for a project that hatchling refuses.
    """
    import tomllib

    from hatchling.builders.wheel import WheelBuilder

    settings = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    backend = settings.get("build-system", {}).get("build-backend")
    if backend != "hatchling.build":
        raise UnbuildableProject(
            Text(
                f"项目用的是 {backend or '默认'} 构建工具，这里只会用 hatchling.build；请用它自己的工具打包",
                f"the project is built by {backend or 'the default backend'}, which isn't here; only "
                "hatchling.build is. Build it with its own tool",
            ),
            where="pyproject.toml",
        )
    try:
        (made,) = WheelBuilder(str(project)).build(directory=str(folder), versions=["standard"])
    except (ValueError, TypeError, OSError, RuntimeError) as error:
        raise UnbuildableProject(
            Text(f"打不成包（{error}）", f"no wheel can be made of it ({error})"), where="pyproject.toml"
        ) from None
    return Path(made)
