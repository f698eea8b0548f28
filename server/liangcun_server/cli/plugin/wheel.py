"""Making a wheel of a plugin's project, by hatchling, which needs no network for it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text


class UnbuildableProject(LiangcunError):
    """A project that no wheel can be made of here."""

    code = "UNBUILDABLE_PROJECT"


def build_wheel(project: Path, folder: Path) -> Path:
    """The wheel of a project whose build backend is hatchling, as `plugin new` writes them.

    Raises UnbuildableProject for another backend, or for a project that hatchling refuses.
    """
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
