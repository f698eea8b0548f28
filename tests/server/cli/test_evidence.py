"""`liangcun evidence` as an inspector's office uses it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.server.cli.conftest import Liangcun
from tests.server.evidence.pictures import photo


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANGCUN_EVIDENCE_STORE", str(tmp_path / "files"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "路灯.jpg").write_bytes(photo())


def add(liangcun: Liangcun, *options: str) -> tuple[int, str]:
    about = ("--region", "220722201204", "--indicator", "street_lamps", "-p", "2023", "--reason", "夜查")
    answer = liangcun("evidence", "add", *(options or ("路灯.jpg",)), *about)
    return answer.code, answer.out + answer.err


def test_a_photo_is_attached_listed_saved_and_taken_back(own_liangcun: Liangcun, tmp_path: Path) -> None:
    code, told = add(own_liangcun, "路灯.jpg", "--caption", "村口")
    assert (code, "44.275000, 123.970000" in told) == (0, True), told
    listed = own_liangcun("evidence", "list", "220722201204", "--format", "json")
    (only,) = json.loads(listed.out)
    assert (only["name"], only["caption"], only["takenAt"]) == (
        "路灯.jpg",
        "村口",
        "2024-03-05T20:14:00+08:00",
    )
    assert own_liangcun("evidence", "save", "1", "-o", "plain.jpg").code == 0
    assert b"Phone" not in (tmp_path / "plain.jpg").read_bytes()
    assert own_liangcun("evidence", "save", "1", "-o", "whole.jpg", "--whole").code == 0
    assert (tmp_path / "whole.jpg").read_bytes() == photo()
    assert own_liangcun("evidence", "remove", "1", "--reason", "拍错了").code == 0
    assert json.loads(own_liangcun("evidence", "list", "220722201204", "--format", "json").out) == []
    assert own_liangcun("evidence", "save", "1", "-o", "again.jpg").code == 2


def test_what_is_no_evidence_is_said(own_liangcun: Liangcun, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("words")
    assert "可用 JPEG、PNG、PDF" in add(own_liangcun, "words.txt")[1]
    assert "读不出来" in add(own_liangcun, "nothing.jpg")[1]
    assert "没有填报值" in add(own_liangcun, "路灯.jpg", "--level", "self")[1]
