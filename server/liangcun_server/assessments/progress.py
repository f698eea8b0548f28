"""How far assessments under way have come, told to everyone who follows them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum

from liangcun_standards.text import Text


class Stage(StrEnum):
    """What a run is at."""

    READING = "reading"
    SCORING = "scoring"
    RECORDING = "recording"
    ACTIONS = "actions"
    DONE = "done"
    FAILED = "failed"

    @property
    def label(self) -> Text:
        """The stage for a reader."""
        return {
            Stage.READING: Text("读取数据", "reading the data"),
            Stage.SCORING: Text("计分", "scoring"),
            Stage.RECORDING: Text("写入结果", "recording the results"),
            Stage.ACTIONS: Text("插件的后续处理", "actions of plugins"),
            Stage.DONE: Text("完成", "done"),
            Stage.FAILED: Text("未完成", "failed"),
        }[self]


@dataclass(frozen=True, slots=True)
class Progress:
    """So many of so many parts of a stage are done. `error` says why a run failed."""

    assessment: int
    stage: Stage
    done: int = 0
    total: int = 1
    error: Text | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more follows."""
        return self.stage in (Stage.DONE, Stage.FAILED)


class Follower:
    """One who follows a run: sees where it stands, then each change; what passes meanwhile may be skipped."""

    def __init__(self, first: Progress) -> None:
        self._newest: Progress | None = first
        self._news = asyncio.Event()
        self._news.set()

    def tell(self, progress: Progress) -> None:
        """Note the newest."""
        self._newest = progress
        self._news.set()

    async def __aiter__(self) -> AsyncIterator[Progress]:
        over = False
        while not over:
            await self._news.wait()
            self._news.clear()
            progress, self._newest = self._newest, None
            if progress is not None:
                yield progress
                over = progress.over


class Runs:
    """The runs that this process is at work on."""

    def __init__(self) -> None:
        self._standing: dict[int, Progress] = {}
        self._followers: dict[int, list[Follower]] = {}

    def __contains__(self, number: int) -> bool:
        return number in self._standing

    def tell(self, progress: Progress) -> None:
        """Note how far a run has come, for all who follow it; what is over is forgotten."""
        number = progress.assessment
        if progress.over:
            self._standing.pop(number, None)
        else:
            self._standing[number] = progress
        for follower in self._followers.get(number, ()):
            follower.tell(progress)

    async def follow(self, number: int) -> AsyncIterator[Progress]:
        """Where a run under way stands, then every change until it is over; nothing for any other."""
        standing = self._standing.get(number)
        if standing is None:
            return
        follower = Follower(standing)
        self._followers.setdefault(number, []).append(follower)
        try:
            async for progress in follower:
                yield progress
        finally:
            self._followers[number].remove(follower)
            if not self._followers[number]:
                del self._followers[number]
