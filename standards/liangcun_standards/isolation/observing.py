"""Watching a plugin while it is loaded: what it does beside contributing, and what it holds of the SDK."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import numpy as np

import liangcun_standards
from liangcun_standards.isolation.tampering import Fingerprint
from liangcun_standards.plugins.contributing import Contributor
from liangcun_standards.plugins.hookspecs import GROUP
from liangcun_standards.text import Text

_SDK = "liangcun_standards"
_LONGEST = 200
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_CHANGES_FILES = Text("改动文件", "changes files")
_STARTS = Text("启动程序", "starts a program")
_TALKS = Text("访问网络", "uses the network")
_SETS = Text("改动环境变量", "changes the environment")
# Not every Python has events for them; threads that go on are seen without.
_THREADS = Text("启动线程", "starts a thread")
_DEEDS: Mapping[str, Text] = {
    **dict.fromkeys(
        ("os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.link", "os.symlink", "os.truncate",
         "os.chmod", "os.chown", "sqlite3.connect"),
        _CHANGES_FILES,
    ),
    **dict.fromkeys(
        ("subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn"),
        _STARTS,
    ),
    **dict.fromkeys(
        ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto",
         "socket.sendmsg"),
        _TALKS,
    ),
    **dict.fromkeys(("os.putenv", "os.unsetenv"), _SETS),
    **dict.fromkeys(("_thread.start_new_thread", "_thread.start_joinable_thread"), _THREADS),
}  # fmt: skip


def observed(name: str, value: str) -> dict[str, Any]:
    """Load the plugin `name` by its entry point's value, and tell what happens meanwhile.

    `deeds`: what it does to the system, each once, in both languages. `printed`: the beginning of what it
    prints. `changed`: names and settings that aren't its own and stand for something else afterwards.
    `held`: names in its modules that stand for something inside the SDK, with what it is called there. The
    process can't be used for anything else afterwards. Raises what the plugin raises.
    """
    package = value.partition(":")[0].partition(".")[0]
    # Modules that are imported meanwhile leave no files.
    sys.dont_write_bytecode = True
    with tempfile.TemporaryFile() as printed:
        for stream in (1, 2):
            os.dup2(printed.fileno(), stream)
        fingerprint, settings = Fingerprint.of_everything(), _settings()
        deeds, threads = _Deeds(package), threading.active_count()
        sys.addaudithook(deeds.heard)
        try:
            Contributor(name, EntryPoint(name, value, GROUP).load()).everything()
        finally:
            deeds.over = True
        if threading.active_count() > threads and not any(_THREADS.en in one.en for one in deeds.done):
            deeds.done.append(Text(f"{package}：{_THREADS.zh}", f"{package}: {_THREADS.en}"))
        for one in (sys.stdout, sys.stderr):
            with contextlib.suppress(AttributeError, OSError, ValueError):
                one.flush()
        printed.seek(0)
        said = printed.read(4 * _LONGEST).decode("utf-8", "replace").strip()[:_LONGEST]
    now = _settings()
    return {
        "deeds": [list(one) for one in deeds.done],
        "printed": said,
        "changed": [*fingerprint.changes(), *(one for one in settings if settings[one] != now[one])],
        "held": [list(one) for one in _held(package)],
    }


class _Deeds:
    """What Python's audit events tell of, each deed once with the plugin's line that leads to it."""

    def __init__(self, package: str) -> None:
        self._inside = f"{os.sep}{package}"
        self._package = package
        self.over = False
        self.done: list[Text] = []

    def heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit hook; it must raise nothing."""
        if self.over or (event != "open" and event not in _DEEDS):
            return
        what = _written(arguments) if event == "open" else _DEEDS[event]
        if what is None or (event == "sqlite3.connect" and arguments[:1] == (":memory:",)):
            return
        place = self._place()
        about = "" if event.startswith("_thread") else _shown(event, arguments)
        told = Text(f"{place}：{what.zh}{about}", f"{place}: {what.en}{about}")
        if told not in self.done:
            self.done.append(told)

    def _place(self) -> str:
        """The innermost line of the plugin's own that is being run."""
        frame = sys._getframe(2)
        while frame is not None:
            file = frame.f_code.co_filename
            _, found, rest = file.rpartition(f"{self._inside}{os.sep}")
            if found:
                return f"{self._package}/{Path(rest).as_posix()}:{frame.f_lineno}"
            if file.endswith(f"{self._inside}.py"):
                return f"{self._package}.py:{frame.f_lineno}"
            frame = frame.f_back  # type: ignore[assignment]
        return self._package


def _written(arguments: tuple[Any, ...]) -> Text | None:
    """What opening a file comes to; None where it is only read."""
    path, mode, flags = (*arguments, None, None, None)[:3]
    writing = bool(set(mode) & set("wax+")) if isinstance(mode, str) else False
    if not writing and isinstance(flags, int):
        writing = bool(flags & _WRITING)
    return None if not writing or path == os.devnull else Text("写文件", "writes a file")


def _shown(event: str, arguments: tuple[Any, ...]) -> str:
    chosen = arguments[1:2] if event.startswith("socket.c") or event == "socket.bind" else arguments[:1]
    words = " ".join(_word(one) for one in chosen)
    return f" {words[:_LONGEST]}" if words else ""


def _word(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else repr(value)


def _settings() -> dict[str, object]:
    """What of the process is nobody's alone, in a form that can be compared."""
    made = np.random.get_state(legacy=True)
    return {
        "sys.path": list(sys.path),
        "warnings.filters": list(warnings.filters),
        "os.getcwd()": os.getcwd(),
        "sys.getrecursionlimit()": sys.getrecursionlimit(),
        "sys.stdout": id(sys.stdout),
        "sys.stderr": id(sys.stderr),
        "numpy.geterr()": np.geterr(),
        "numpy.random": (np.asarray(made[1]).tobytes(), made[2:]),  # type: ignore[index]
        "random": random.getstate(),
        "signal": [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)],
    }


def _held(package: str) -> Iterator[tuple[str, str, str]]:
    """The module, the name in it and what the SDK calls it, for all that isn't at the SDK's front door."""
    public = {id(getattr(liangcun_standards, name)) for name in liangcun_standards.__all__}
    for place, module in list(sys.modules.items()):
        if module is None or not (place == package or place.startswith(f"{package}.")):
            continue
        for name, value in list(vars(module).items()):
            inside = _name_inside(value)
            if inside is not None and id(value) not in public:
                yield place, name, inside


def _name_inside(value: object) -> str | None:
    """What the SDK calls one of its modules, classes or functions; None for anything else."""
    kinds: tuple[tuple[type, Callable[[Any], str]], ...] = (
        (ModuleType, lambda one: str(one.__name__)),
        (type, lambda one: f"{one.__module__}.{one.__qualname__}"),
        (FunctionType, lambda one: f"{one.__module__}.{one.__qualname__}"),
        (BuiltinFunctionType, lambda one: f"{one.__module__}.{one.__qualname__}"),
    )
    for kind, named in kinds:
        if isinstance(value, kind):
            found = named(value)
            return found if found.startswith(f"{_SDK}.") else None
    return None
