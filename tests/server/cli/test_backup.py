"""`liangcun backup` and `restore` as an officer runs them: evidence too, and where the disk has no room."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.server.cli.conftest import Liangcun
from tests.server.evidence.pictures import photo


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


@pytest.fixture
def photographed(own_liangcun: Liangcun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Liangcun:
    """A database with two photos behind a value, kept in a folder of its own."""
    monkeypatch.setenv("LIANGCUN_EVIDENCE_STORE", str(tmp_path / "kept"))
    for number in (1, 2):
        file = tmp_path / f"{number}.jpg"
        file.write_bytes(photo(size=(40 * number, 30)))
        about = ("--region", "220722201204", "--indicator", "street_lamps", "--period", "2023")
        added = own_liangcun("evidence", "add", str(file), *about, "--reason", "夜查")
        assert added.code == 0, added.err
    return own_liangcun


def kept_in(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def test_evidence_is_backed_up_and_comes_back(
    photographed: Liangcun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, elsewhere = tmp_path / "b.zip", tmp_path / "elsewhere"
    done = photographed("backup", "-o", str(file))
    assert (done.code, "2 件佐证材料" in done.out) == (0, True)
    monkeypatch.setenv("LIANGCUN_EVIDENCE_STORE", str(elsewhere))
    address = f"sqlite:///{tmp_path}/restored.db"
    restored = photographed("restore", str(file), "--database-url", address)
    assert (restored.code, "2 件佐证材料" in restored.out) == (0, True), restored.err
    assert kept_in(elsewhere) == kept_in(tmp_path / "kept")
    listed = ("evidence", "list", "220722201204", "--database-url", address, "--format", "json")
    assert len(json.loads(photographed(*listed).out)) == 2


def test_evidence_that_is_lost_is_told_and_nothing_else_is(photographed: Liangcun, tmp_path: Path) -> None:
    kept = (tmp_path / "kept").rglob("*.jpg")
    lost, changed = (one for one in kept if not one.name.endswith(".thumb.jpg"))
    lost.unlink()
    file = tmp_path / "b.zip"
    done = photographed("backup", "-o", str(file))
    assert (done.code, "1 件佐证材料备份时已找不到" in done.err) == (0, True)
    assert "1 件佐证材料" in photographed("restore", str(file), "--check").err
    changed.write_bytes(b"another")
    refused = photographed("backup", "-o", str(file))
    assert (refused.code, "2 件佐证材料备份时已找不到或已变样" in refused.err) == (0, True), refused.err


def test_a_place_of_evidence_that_fails_is_told_with_the_way_out(
    photographed: Liangcun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "no-folder").write_text("")
    monkeypatch.setenv("LIANGCUN_EVIDENCE_STORE", str(tmp_path / "no-folder"))
    file = tmp_path / "b.zip"
    refused = photographed("backup", "-o", str(file))
    assert (refused.code != 0, "--without-evidence" in refused.err, file.exists()) == (True, True, False)
    without = photographed("backup", "-o", str(file), "--without-evidence")
    assert (without.code, "佐证材料不在其中" in without.err) == (0, True)


def test_evidence_that_was_changed_in_a_backup_is_found(photographed: Liangcun, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    assert photographed("backup", "-o", str(file)).code == 0
    with zipfile.ZipFile(file) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    name = next(one for one in parts if one.startswith("evidence/"))
    parts[name] = parts[name][:-1] + bytes([parts[name][-1] ^ 1])
    with zipfile.ZipFile(file, "w") as archive:
        for one, data in parts.items():
            archive.writestr(one, data)
    for asked in ([], ["--check"], ["--evidence-only"]):
        refused = photographed("restore", str(file), "--database-url", f"sqlite:///{tmp_path}/new.db", *asked)
        assert (refused.code, name in refused.err) == (2, True), refused.err
    assert not (tmp_path / "new.db").exists()


def test_evidence_alone_comes_back_where_its_place_failed(
    photographed: Liangcun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, address = tmp_path / "b.zip", f"sqlite:///{tmp_path}/restored.db"
    assert photographed("backup", "-o", str(file)).code == 0
    (tmp_path / "no-folder").write_text("")
    monkeypatch.setenv("LIANGCUN_EVIDENCE_STORE", str(tmp_path / "no-folder"))
    half = photographed("restore", str(file), "--database-url", address)
    assert half.code != 0
    assert "--evidence-only" in half.err
    monkeypatch.setenv("LIANGCUN_EVIDENCE_STORE", str(tmp_path / "mended"))
    done = photographed("restore", str(file), "--evidence-only", "--database-url", address)
    assert (done.code, kept_in(tmp_path / "mended")) == (0, kept_in(tmp_path / "kept"))
