"""`liangcun serve`, as a process of its own on a port of this machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

Liangcun = Callable[..., Any]
# Starts the server with these arguments, waits until it answers, and gives the process and its address.
Serve = Callable[..., contextlib.AbstractContextManager["Serving"]]


class Serving:
    """A server that answers, and what it printed before."""

    def __init__(self, process: subprocess.Popen[str], said: list[str]) -> None:
        self.process = process
        self.said = "".join(said)
        self.url = next(line for line in said if "/graphql" in line).split("：", 1)[1].split("（")[0]

    def ask(self, query: str) -> Any:
        """The data of a GraphQL answer."""
        answer = httpx.post(self.url, json={"query": query}, timeout=30)
        return answer.json()["data"]


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """Servers that end with the test."""

    @contextlib.contextmanager
    def serving(*arguments: str) -> Iterator[Serving]:
        command = [sys.executable, "-m", "liangcun_server", "serve", "--port", "0", *arguments]
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=(tmp_path / "stderr").open("w"),
            text=True,
            encoding="utf-8",
            cwd=tmp_path,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )
        assert process.stdout is not None
        try:
            said = []
            for line in process.stdout:
                said.append(line)
                if "Ctrl-C" in line:
                    break
            assert process.poll() is None, (tmp_path / "stderr").read_text(encoding="utf-8")
            yield Serving(process, said)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()

    return serving


def test_one_command_creates_serves_and_says_what_to_try(serve: Serve, tmp_path: Path) -> None:
    with serve("--init", "--demo") as server:
        found = server.ask('{ region(code: "220722") { name } }')

        assert found == {"region": {"name": "长岭县"}}
        assert "长岭县 220722" in server.said
        assert "乡级 33，村级 255" in server.said
        assert "公开报道 40，模拟数据 25" in server.said
        assert "220722/jiuyou-liuwu@2023" in server.said
        assert "启用 7，故障 0" in server.said
        assert f"curl -s {server.url} " in server.said
        assert "score --standard jiuyou-liuwu --within 220722" in server.said
        assert "explain 2207" in server.said
        warned = (tmp_path / "stderr").read_text(encoding="utf-8")
        assert "屯内排水沟的值存疑" in warned
        assert "observations confirm 220722000000 drainage_ditch_built --period 2023" in warned


def test_a_second_start_loads_nothing_twice(serve: Serve, demonstration: Path, tmp_path: Path) -> None:
    shutil.copyfile(demonstration, tmp_path / "own.db")

    with serve("--init", "--demo", "--database-url", "sqlite:///own.db") as server:
        assert "区划已在库中，未重复载入" in server.said
        assert "演示数据已在库中" in server.said
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(timeout=20) == 0


def test_what_it_says_to_try_can_be_typed(serve: Serve, demonstration: Path, tmp_path: Path) -> None:
    shutil.copyfile(demonstration, tmp_path / "own.db")

    with serve("--database-url", "sqlite:///own.db") as server:
        lines = [line.strip() for line in server.said.splitlines() if line.startswith("  ")]
        commands = [line for line in lines if line.startswith(("curl", sys.executable, "liangcun"))]
        answers = [
            subprocess.run(line, shell=True, cwd=tmp_path, capture_output=True, check=False)
            for line in commands[:2]
            if shutil.which(line.split()[0]) is not None
        ]

    assert len(commands) == 4
    assert [answer.returncode for answer in answers] == [0] * len(answers)
    assert all(answer.stdout for answer in answers)


def test_a_taken_port_is_told_with_the_way_out(liangcun: Liangcun) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        failed = liangcun("serve", "--port", str(port))

    assert failed.code == 1
    assert f"端口 {port} 已被占用" in failed.err
    assert "make run PORT=8123" in failed.err
    assert failed.out == ""


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--port", "70000"), 2, "--port: 值“70000”不可用（不能大于 65535）"),
        (("--port", "http"), 2, "应为整数"),
        (("--host", "no such host"), 1, "主机名“no such host”无法解析"),
        (("--host", "192.0.2.1"), 1, "192.0.2.1 不是本机的地址"),
        (("--init", "--within", "22072220120"), 2, "有 11 位"),
        (("--init", "--within", "220182"), 2, "不包含 220182 榆树市"),
    ],
)
def test_what_can_not_be_served_is_explained(
    liangcun: Liangcun, arguments: tuple[str, ...], code: int, said: str
) -> None:
    port = () if "--port" in arguments else ("--port", "0")

    failed = liangcun("serve", *arguments, *port)

    assert failed.code == code
    assert said in failed.err


def test_without_a_database_the_way_to_one_is_told(run: Liangcun, tmp_path: Path) -> None:
    failed = run("serve", "--port", "0", "--database-url", f"sqlite:///{tmp_path}/none.db")

    assert failed.code == 1
    assert "请先运行 liangcun init" in failed.err
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("half", [0, 1])
def test_a_file_with_a_torn_page_is_not_served(
    run: Liangcun, demonstration: Path, tmp_path: Path, half: int
) -> None:
    file, page = tmp_path / "torn.db", 4096
    data = bytearray(demonstration.read_bytes())
    # One half of a page of values is what the next page has there.
    start = data.index(b"220722201204") // page * page + half * page // 2
    data[start : start + page // 2] = data[start + page : start + page + page // 2]
    file.write_bytes(data)

    failed = run("serve", "--init", "--port", "0", "--database-url", f"sqlite:///{file}")

    assert failed.code == 1
    assert "数据库文件已损坏" in failed.err
    assert "liangcun restore" in failed.err
    assert failed.out == ""
    assert file.read_bytes() == data
