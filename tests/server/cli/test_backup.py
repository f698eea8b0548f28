"""`liangcun backup` where the disk has no room for it."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from tests.server.cli.conftest import Liangcun


def _with_room(room: int, *asked: str) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own, which can write no file larger than `room` bytes."""
    return subprocess.run(
        [sys.executable, "-m", "liangcun_server", *asked],
        env=dict(os.environ),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
        capture_output=True,
        text=True,
        check=False,
    )


# SQLite's own small files always fit: the disk is full at the backup's beginning, or near its end.
@pytest.mark.parametrize(("older", "share"), [(True, 0.9), (False, 0.2)], ids=["an older one", "none"])
def test_a_full_disk_is_told_and_what_was_there_stays(
    liangcun: Liangcun, tmp_path: Path, older: bool, share: float
) -> None:
    folder = tmp_path / "backups"
    file = folder / "量村.zip"
    assert liangcun("backup", "-o", str(file)).code == 0
    whole = file.read_bytes()
    if not older:
        file.unlink()
    before = {one.name: one.read_bytes() for one in folder.iterdir()}

    refused = _with_room(round(share * len(whole)), "backup", "-o", str(file))

    assert refused.returncode == 2, refused.stderr
    assert refused.stdout == ""
    assert "备份写不了" in refused.stderr
    assert "没有留下半份" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert {one.name: one.read_bytes() for one in folder.iterdir()} == before
    assert liangcun("backup", "-o", str(file)).code == 0
    assert [one.name for one in folder.iterdir()] == [file.name]
