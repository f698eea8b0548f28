"""`liangcun assessment | ladder | audit` as a county's officers use them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from tests.server.cli.conftest import Liangcun


@pytest.fixture(autouse=True)
def _own_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANGCUN_SIGNING_KEY", str(tmp_path / "key.pem"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def liangcun(own_liangcun: Liangcun) -> Liangcun:
    """On a database of its own, since everything here writes."""
    return own_liangcun


def run(liangcun: Liangcun, *options: str) -> None:
    answer = liangcun("assessment", "run", "-s", "jiuyou-liuwu", "--reason", "年度考核", *options)
    assert answer.code == 0, answer.err


def test_from_a_run_to_its_publication(liangcun: Liangcun) -> None:
    answer = liangcun("assessment", "run", "-s", "jiuyou-liuwu", "--reason", "年度考核", "--by", "王敏")
    assert answer.code == 0, answer.err
    assert "255 个参加" in answer.out
    assert "王敏  年度考核" in answer.out
    assert "模拟数据" in answer.out
    shown = liangcun("assessment", "show", "1", "--format", "json")
    rows = json.loads(shown.out)
    ranking = json.loads(liangcun("score", "-s", "jiuyou-liuwu", "--format", "json").out)
    assert [(one["region"], one["rank"]) for one in rows][:10] == [
        (one["region"]["code"], one["rank"]) for one in ranking["rows"][:10]
    ]
    assert "重算一致" in liangcun("assessment", "verify", "1").out
    published = liangcun("assessment", "publish", "1", "--reason", "定了", "--document", "长政〔2023〕1号")
    assert "长政〔2023〕1号" in published.out
    again = liangcun("assessment", "publish", "1", "--reason", "定了")
    assert (again.code, "已经公布" in again.err) == (2, True)
    listed = json.loads(liangcun("assessment", "list", "--format", "json").out)
    assert [(one["id"], one["status"], one["passedCount"]) for one in listed] == [
        (1, "published", rows_passed(rows))
    ]


def rows_passed(rows: list[dict[str, str]]) -> int:
    return sum(one["passed"] == "是" for one in rows)


def test_a_bundle_is_proved_with_nothing_but_itself(liangcun: Liangcun, tmp_path: Path) -> None:
    run(liangcun, "--within", "220722201")
    exported = liangcun("assessment", "export", "1")
    assert exported.code == 0, exported.err
    key = liangcun("assessment", "key").out.strip()
    assert key in exported.out
    bundle = tmp_path / "考评-1.zip"
    with zipfile.ZipFile(bundle) as archive:
        assert archive.testzip() is None
        assert "蒙古屯" in archive.read("results.csv").decode("utf-8-sig")
    elsewhere = ("--database-url", f"sqlite:///{tmp_path}/none.db")
    answer = liangcun("assessment", "verify", str(bundle), "--key", key, *elsewhere)
    assert (answer.code, "重算一致" in answer.out) == (0, True), answer.out + answer.err
    other = liangcun("assessment", "verify", str(bundle), "--key", "0000-" * 7 + "0000")
    assert (other.code, "签名的不是" in other.out) == (1, True)


def test_any_byte_that_changes_is_found(liangcun: Liangcun, tmp_path: Path) -> None:
    run(liangcun, "--within", "220722201")
    liangcun("assessment", "export", "1", "-o", "whole.zip")
    whole = (tmp_path / "whole.zip").read_bytes()
    tampered = tmp_path / "tampered.zip"
    for place in range(7, len(whole), len(whole) // 25):
        changed = bytearray(whole)
        changed[place] ^= 0x10
        tampered.write_bytes(changed)
        answer = liangcun("assessment", "verify", "tampered.zip")
        assert answer.code in (1, 2), place
        assert answer.out.strip() or "INVALID" not in answer.err, place
        assert "一致" not in answer.out, place


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "读不出来"),
        (b"", "已损坏"),
        (b"PK\x03\x04" + b"x" * 100, "已损坏"),
    ],
    ids=["not there", "empty", "garbage"],
)
def test_what_is_no_bundle_is_said(
    liangcun: Liangcun, tmp_path: Path, content: bytes | None, told: str
) -> None:
    if content is not None:
        (tmp_path / "x.zip").write_bytes(content)
    answer = liangcun("assessment", "verify", "x.zip")
    assert (answer.code, told in answer.err) == (2, True), answer.err


def test_another_zip_is_no_bundle(liangcun: Liangcun, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("a.txt", "a")
    answer = liangcun("assessment", "verify", "other.zip")
    assert (answer.code, "不是考评包" in answer.err) == (2, True)


def test_unknown_numbers_are_said(liangcun: Liangcun) -> None:
    for command in (("show", "9"), ("verify", "9"), ("export", "9"), ("publish", "9", "--reason", "x")):
        answer = liangcun("assessment", *command)
        assert (answer.code, "没有编号为" in answer.err) == (2, True), answer.err


def test_a_level_goes_up_the_ladder(liangcun: Liangcun) -> None:
    about = ("220722201", "-s", "jiuyou-liuwu", "--level", "county", "--reason", "年度考核")
    assert "2024-01-31" in liangcun("ladder", "deadline", *about, "--day", "2024-01-31").out
    refused = liangcun("ladder", "accept", *about)
    assert (refused.code, "不能验收" in refused.err) == (2, True)
    assert "已上报" in liangcun("ladder", "submit", *about).out
    assert "已退回" in liangcun("ladder", "return", *about).out
    liangcun("ladder", "submit", *about)
    assert "锁定" in liangcun("ladder", "accept", *about).out
    shown = liangcun("ladder", "show", "220722201", "-s", "jiuyou-liuwu", "--format", "json")
    county = json.loads(shown.out)[2]
    assert (county["level"], county["state"], county["reported"]) == ("county", "accepted", 7)
    assert "填报中" in liangcun("ladder", "unlock", *about).out


def test_the_chain_holds_and_its_head_is_shown(liangcun: Liangcun) -> None:
    run(liangcun, "--within", "220722201")
    answer = liangcun("audit", "verify")
    assert (answer.code, "都与封记相符" in answer.out) == (0, True), answer.out
    head = answer.out.split("链头：")[1].strip()
    assert liangcun("audit", "verify", "--head", head).code == 0
    other = liangcun("audit", "verify", "--head", "f" * 64)
    assert (other.code, "没有通过验证" in other.out) == (1, True)
