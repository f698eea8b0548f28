"""docs/plugins/publishing.md: its commands work on a project of `plugin new`, and notice tampering."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.docs.walking import fits, steps_of, walk

from liangcun_server.cli.plugin.project import Project, write_project

_PAGE = (Path(__file__).parents[2] / "docs" / "plugins" / "publishing.md").read_text(encoding="utf-8")
# Where there is no OpenSSH all else is tried.
_NO_SIGNING = None if shutil.which("ssh-keygen") else r"ssh-keygen|author\.pub"


def _project(folder: Path) -> None:
    named = Project.checked("changling-liangjing", title="亮净村", title_en="Lit", jurisdiction="220722")
    write_project(named, folder)


def test_a_wheel_is_built_signed_verified_installed_and_removed_as_shown(tmp_path: Path) -> None:
    _project(tmp_path)
    walked = 0
    for step, printed in walk(_PAGE, tmp_path, missing=_NO_SIGNING):
        assert fits(step.shown, printed), f"$ {step.command}\n{printed}"
        walked += 1
    assert walked == (12 if _NO_SIGNING is None else 8)

    # The same source gives the same bytes, and whoever changes one is found out by both ways of verifying.
    [wheel] = (tmp_path / "wheels").glob("*.whl")
    before = wheel.read_bytes()
    build = next(step.command for step in steps_of(_PAGE) if step.command.startswith("liangcun plugin build"))
    assert list(walk(f"```\n$ {build}\n```\n", tmp_path))
    assert wheel.read_bytes() == before
    wheel.write_bytes(before + b"\0")
    for step in steps_of(_PAGE):
        if "--check" in step.command or ("verify" in step.command and _NO_SIGNING is None):
            done = subprocess.run(step.command, shell=True, cwd=tmp_path, capture_output=True, check=False)
            assert done.returncode != 0, step.command
