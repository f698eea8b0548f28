"""The operator's token: shown when a database is made, replaced by `liangcun token renew`."""

from __future__ import annotations

from pathlib import Path


def test_a_new_database_shows_its_token_once(run, tmp_path: Path) -> None:
    database = ("--database-url", f"sqlite:///{tmp_path}/new.db")

    assert "操作员令牌（只显示这一次" in run("init", *database).out
    assert "操作员令牌" not in run("init", *database).out


def test_a_renewed_token_stands_alone_on_standard_output(own_liangcun) -> None:
    done = own_liangcun("token", "renew")

    assert done.code == 0
    assert len(done.lines) == 1
    assert done.lines[0].startswith("liangcun_")
    assert "不会再显示" in done.err
    assert own_liangcun("token", "renew").lines != done.lines
