"""A worker as the program sees it: questions go in, answers or explained failures come out."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from liangcun_standards.errors import PluginFailed
from liangcun_standards.isolation.limits import WorkerLimits
from liangcun_standards.isolation.messages import Array, BrokenMessage, Channel, Message
from liangcun_standards.isolation.nursery import Nursery
from liangcun_standards.isolation.spending import Spent
from liangcun_standards.text import Text


class Worker:
    """One plugin in a process of its own; one question at a time.

    A question that goes past a limit ends the process for good: from then on `fault` says why, and every
    further question is refused at once. What the plugin's code merely raises is told, and the process goes
    on; `fault` says so until a question is answered again.
    """

    def __init__(self, plugin: str, paths: Sequence[str], nursery: Nursery, limits: WorkerLimits) -> None:
        self._plugin = plugin
        self._nursery = nursery
        self._limits = limits
        self._turn = threading.Lock()
        self.number, connected = nursery.worker(paths, limits)
        self._channel: Channel | None = Channel(connected)
        self.fault: PluginFailed | None = None
        self._written: set[str] | None = None

    def load(self, name: str, value: str) -> Message:
        """Load the plugin by its entry point. Raises PluginFailed."""
        return self._ask({"ask": "load", "name": name, "value": value}, (), self._limits.load_seconds)

    def load_many(self, plugins: Sequence[tuple[str, str, Sequence[str]]]) -> list[dict[str, Any]]:
        """What each plugin (its name, its entry point's value, its paths) contributes.

        Raises PluginFailed as soon as one of them can't be loaded, whichever it is.
        """
        asked = [{"name": name, "value": value, "paths": list(paths)} for name, value, paths in plugins]
        answer = self._ask({"ask": "load many", "plugins": asked}, (), self._limits.load_seconds)
        told: list[dict[str, Any]] = answer.said["plugins"]
        return told

    def ask(self, said: dict[str, Any], arrays: Sequence[Array] = ()) -> Message:
        """The plugin's answer. Raises PluginFailed."""
        if self._written is None:
            return self._ask(said, arrays, self._limits.call_seconds)
        answer = self._ask({**said, "watch": True}, arrays, self._limits.call_seconds)
        if answer.said.get("wrote"):
            self._written.add(str(said.get("name") or said["values"]["kind"]))
        return answer

    @contextmanager
    def watched(self) -> Iterator[set[str]]:
        """Meanwhile each question also asks whether the plugin writes to the arrays that come with it.

        Gives the names of the rules and aggregations that do, PLUGIN.NAME.
        """
        self._written = set()
        try:
            yield self._written
        finally:
            self._written = None

    def observe(self, name: str, value: str) -> dict[str, Any]:
        """What the plugin does while it is loaded, as `observing.observed` tells it. Raises PluginFailed.

        The worker is of no use afterwards.
        """
        return self._ask({"ask": "observe", "name": name, "value": value}, (), self._limits.load_seconds).said

    def spent(self) -> Spent:
        """The processor's time that the worker has used, and the most memory that it took beyond the SDK's.

        Raises PluginFailed.
        """
        said = self._ask({"ask": "spent"}, (), self._limits.call_seconds).said
        return Spent(float(said["seconds"]), int(said["memory"]))

    def close(self) -> None:
        """End the process."""
        with self._turn:
            self._end()

    def _ask(self, said: dict[str, Any], arrays: Sequence[Array], seconds: float) -> Message:
        with self._turn:
            if self._channel is None:
                raise self.fault or self._failure("的进程已结束", "'s process has ended")
            wait = self._limits.by_the_clock(seconds)
            try:
                self._channel.send(Message({**said, "seconds": seconds}, tuple(arrays)), seconds=wait)
                answer = self._channel.receive(seconds=wait)
            except TimeoutError:
                self._end()
                self.fault = self._too_long(seconds)
                raise self.fault from None
            except BrokenMessage:
                self.fault = self._ended(self._end(gone=True), seconds)
                raise self.fault from None
            self.fault = self._told(answer)
            if self.fault is not None:
                raise self.fault
            return answer

    def _told(self, answer: Message) -> PluginFailed | None:
        error = answer.said.get("error")
        if error is None:
            return None
        zh, en = str(error[0]), str(error[1])
        report = answer.said.get("report")
        return PluginFailed(self._plugin, Text(zh, en), report=None if report is None else str(report))

    def _too_long(self, seconds: float) -> PluginFailed:
        return self._failure(
            f"超过 {seconds:g} 秒没有结果，已结束其进程",
            f" gave no result within {seconds:g} seconds and was ended",
        )

    def _ended(self, by: int, seconds: float) -> PluginFailed:
        if by == signal.SIGXCPU:
            return self._too_long(seconds)
        how = Text(f"（信号 {by}）", f" (signal {by})") if by else Text("", "")
        return self._failure(
            f"的进程意外结束{how.zh}，可能是退出、崩溃或内存用尽",
            f"'s process ended unexpectedly{how.en}: it exited, crashed or ran out of memory",
        )

    def _failure(self, zh: str, en: str) -> PluginFailed:
        return PluginFailed(self._plugin, Text(f"插件 {self._plugin} {zh}", f"the plugin {self._plugin}{en}"))

    def _end(self, *, gone: bool = False) -> int:
        if self._channel is None:
            return 0
        self._channel.close()
        self._channel = None
        return self._nursery.end(self.number, gone=gone)
