"""The command line as a whole: help, language, pipes, what is typed wrongly, what nobody expected."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from liangcun_server.plugins import loading as plugins_of_commands
from liangcun_server.regions import loading
from liangcun_server.storage.database import Database
from liangcun_standards.plugins import load_plugins

Liangcun = Callable[..., Any]

# What the first answer to a newcomer must not wait for.
_HEAVY = (
    "numpy",
    "pydantic",
    "sqlalchemy",
    "strawberry",
    "pyarrow",
    "liangcun_standards",
    "uvicorn",
    "alembic",
)


def test_help_lists_every_command(run: Liangcun) -> None:
    answer = run("--help")

    assert answer.code == 0
    for command in (
        "init",
        "serve",
        "score",
        "explain",
        "waive",
        "plugins",
        "regions",
        "standards",
        "schema",
    ):
        assert f"\n  {command} " in answer.out
    assert run().out == answer.out


def test_a_group_of_commands_shows_its_help(run: Liangcun) -> None:
    answer = run("regions")

    assert answer.code == 0
    assert "\n  load " in answer.out


def test_the_version_is_told(run: Liangcun) -> None:
    assert run("--version").out.startswith("liangcun 0.")


def test_help_waits_for_no_heavy_library() -> None:
    program = (
        "import sys\n"
        "from liangcun_server.cli.app import app\n"
        "try:\n    app(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {_HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("scor",), "没有命令 'scor'，是否指 'score', 'rescore'？"),
        (("xyzzy",), "没有命令 'xyzzy'"),
        (("score", "--standrd", "x"), "没有选项 --standrd，是否指 --standard？"),
        (("score", "--standard"), "选项 '--standard' 后面要写值"),
        (("plugins", "extra"), "多余的参数：extra"),
        (("plugins", "--language", "fr"), "'--language' 的值不可用：zh / en"),
    ],
)
def test_what_is_typed_wrongly_is_explained_in_chinese(
    run: Liangcun, arguments: tuple[str, ...], said: str
) -> None:
    failed = run(*arguments)

    assert failed.code == 2
    assert failed.err.startswith(f"错误：{said}\n")


def test_what_is_typed_wrongly_is_explained_in_english(
    run: Liangcun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIANGCUN_LANGUAGE", "en")

    failed = run("scor")

    assert failed.err.startswith("error: No such command 'scor'")
    assert "see liangcun --help" in failed.err


def test_a_wrong_variable_is_named(liangcun: Liangcun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANGCUN_LANGUAGE", "fr")

    failed = liangcun("regions", "list")

    assert failed.code == 2
    assert failed.err.startswith("错误：LIANGCUN_LANGUAGE: 值“fr”不可用")


def test_one_command_speaks_another_language_without_the_next_one_doing_so(liangcun: Liangcun) -> None:
    assert "plugin " in liangcun("plugins", "--language", "en").lines[0]
    assert "插件" in liangcun("plugins").lines[0]


def test_what_nobody_expected_is_written_down_and_told_in_one_line(
    liangcun: Liangcun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(Database, "read", broken)

    failed = liangcun("regions", "list")

    assert failed.code == 1
    assert len(failed.err.splitlines()) == 1
    assert "程序内部出错（ZeroDivisionError: a fault of ours）" in failed.err
    log = tmp_path / "home" / "liangcun" / "errors.log"
    assert str(log) in failed.err
    assert "Traceback" in log.read_text(encoding="utf-8")


def test_a_write_that_fails_half_way_leaves_nothing(
    own_liangcun: Liangcun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "new.csv"
    file.write_text(
        "code,name,parent_code,level\n220722201299,新建村,220722201000,village\n", encoding="utf-8"
    )

    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(loading, "_update", broken)
        assert own_liangcun("regions", "load", str(file)).code == 1

    assert own_liangcun("regions", "show", "220722201299").code == 2


def test_a_database_of_another_version_is_told(own_liangcun: Liangcun, tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "own.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'later'")

    failed = own_liangcun("regions", "list")

    assert failed.code == 1
    assert "数据库由更新版本的量村建立" in failed.err


def test_a_name_can_not_steer_the_terminal(own_liangcun: Liangcun) -> None:
    own_liangcun(
        *("waive", "220722201204", "-s", "jiuyou-liuwu", "--criterion", "village-plan"),
        *("--authority", "县\x1b[31m局", "--reason", "r"),
    )

    answer = own_liangcun("explain", "220722201204", "-s", "jiuyou-liuwu")

    assert "县\ufffd[31m局" in answer.out
    assert "\x1b" not in answer.out


def test_a_broken_plugin_is_warned_of_and_the_rest_works(
    liangcun: Liangcun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    installed = site / "county_table-1.0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: county-table\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("[liangcun]\ncounty-table = county_table_that_is_missing\n")
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setattr(plugins_of_commands, "load_plugins", load_plugins)

    found = {one["name"]: one for one in json.loads(liangcun("plugins", "-f", "json").out)}
    ranking = liangcun("score", "-s", "sanhua", "--limit", "1")

    assert found["county-table"]["status"] == "broken"
    assert "county_table_that_is_missing" in found["county-table"]["error"]
    assert ranking.code == 0
    assert "插件 county-table 有故障" in ranking.err


def test_whoever_stops_reading_ends_the_command_quietly(demonstration: Path) -> None:
    program = f"{sys.executable} -m liangcun_server regions list --format csv | head -1"

    done = subprocess.run(
        program,
        shell=True,
        capture_output=True,
        check=False,
        env={**os.environ, "LIANGCUN_DATABASE_URL": f"sqlite:///{demonstration}"},
    )

    assert done.stdout.decode().startswith("区划代码")
    assert done.stderr == b""


def test_on_a_terminal_tables_are_drawn_and_in_a_pipe_they_are_plain(run: Liangcun) -> None:
    command = [sys.executable, "-m", "liangcun_server", "plugins"]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "200", "PYTHONIOENCODING": "utf-8"}
    reader, terminal = pty.openpty()
    with subprocess.Popen(command, stdout=terminal, stderr=subprocess.PIPE, env=environment):
        os.close(terminal)
        drawn = b""
        while part := _read(reader):
            drawn += part
    os.close(reader)

    piped = run("plugins").out

    assert "━" in drawn.decode() or "─" in drawn.decode()
    assert b"\x1b[" in drawn
    assert "\x1b[" not in piped
    assert "─" not in piped


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:
        # The other end is closed: Linux says so with an error.
        return b""
