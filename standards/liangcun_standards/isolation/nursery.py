"""The nursery: a process that has the SDK loaded and forks a worker in milliseconds."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence

from liangcun_standards.errors import LiangcunError
from liangcun_standards.isolation.limits import WorkerLimits
from liangcun_standards.isolation.messages import GONE, KILL, received
from liangcun_standards.text import Text

_BOOT = (
    "import json, sys\n"
    "sys.path[:] = json.loads(sys.argv[1])\n"
    "from liangcun_standards.isolation.forking import main\n"
    "main(int(sys.argv[2]))\n"
)
# A plugin has no business with the settings of the server, its database address least of all.
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH")
_START_SECONDS = 60.0


class NoWorkers(LiangcunError):
    """This system can't keep plugins in processes of their own."""

    code = "PLUGIN_WORKERS_UNAVAILABLE"


class Nursery:
    """Started with the first worker; ends, with every worker, when it is closed or the program ends."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._owner = os.getpid()

    def prepare(self) -> None:
        """Begin to start, so that the first worker is there sooner; what goes wrong is told with that."""
        with self._turn, contextlib.suppress(OSError):
            self._started()

    def worker(self, paths: Sequence[str], limits: WorkerLimits) -> tuple[int, socket.socket]:
        """A new worker's number and the connection to it. `paths` is where it finds modules.

        Raises NoWorkers when there is no way to start one.
        """
        if not hasattr(os, "fork") or not hasattr(socket, "send_fds"):
            raise NoWorkers(
                Text(
                    "本系统不支持隔离运行插件（需要 Linux 或 macOS）",
                    "this system can't run plugins apart (Linux or macOS can)",
                )
            )
        with self._turn:
            for last in (False, True):
                ours, theirs = socket.socketpair()
                try:
                    control = self._started()
                    asked = json.dumps({"paths": list(paths), "memory": limits.memory}).encode()
                    socket.send_fds(control, [len(asked).to_bytes(4, "big")], [theirs.fileno()])
                    control.sendall(asked)
                    number = int.from_bytes(received(control, 4), "big")
                except OSError as error:
                    ours.close()
                    self._end()
                    if last:
                        told = str(error)
                        raise NoWorkers(
                            Text(f"无法启动插件进程（{told}）", f"a worker can't be started ({told})")
                        ) from None
                else:
                    return number, ours
                finally:
                    theirs.close()
        raise AssertionError  # one of the two rounds returns or raises

    def end(self, number: int, *, gone: bool = False) -> int:
        """End a worker, whatever it is doing, and what it has started; `gone` when it has hung up itself.

        Returns the number of the signal by which it had ended before; 0 for none.
        """
        with self._turn:
            if self._control is None:
                return 0
            try:
                self._control.sendall((GONE if gone else KILL).to_bytes(4, "big") + number.to_bytes(4, "big"))
                return int.from_bytes(received(self._control, 4), "big")
            except OSError:
                self._end()
                return 0

    def close(self) -> None:
        """End every worker and the nursery itself."""
        with self._turn:
            self._end()

    def _started(self) -> socket.socket:
        if self._process is not None and self._process.poll() is None and self._control is not None:
            return self._control
        self._end()
        ours, theirs = socket.socketpair()
        ours.settimeout(_START_SECONDS)
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        # A thread would be lost in the fork; and each worker has one table to work on.
        environment |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the interpreter that runs this
                [sys.executable, "-I", "-c", _BOOT, json.dumps(sys.path), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,  # Ctrl-C is for the program, which ends the nursery itself
            )
        finally:
            theirs.close()
        self._control = ours
        self._finalizer = weakref.finalize(self, _end_process, self._process, ours, os.getpid())
        return ours

    def _end(self) -> None:
        if self._process is not None:
            self._finalizer()
            self._process = self._control = None


def _end_process(process: subprocess.Popen[bytes], control: socket.socket, owner: int) -> None:
    control.close()
    if os.getpid() != owner:
        # A fork of the program has a copy of the connection, not the process.
        return
    try:
        # It ends its workers when the connection closes.
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


_shared: dict[int, Nursery] = {}
_sharing = threading.Lock()


def shared_nursery() -> Nursery:
    """The nursery of this process: nothing runs in it until a plugin needs a worker."""
    with _sharing:
        if os.getpid() not in _shared:
            _shared.clear()
            _shared[os.getpid()] = Nursery()
        return _shared[os.getpid()]
