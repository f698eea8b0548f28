"""How far an import has come, told often enough to be seen and seldom enough to cost nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from liangcun_standards.text import Text

# Called with what is being done, how much of it is done, and of how much: 0 where that isn't known. What
# reads and checks calls it from a thread of its own.
Progress = Callable[[Text, int, int], None]

READING = Text("读取", "reading")
CHECKING = Text("核对", "checking")
COMPARING = Text("与已有的值比较", "comparing with what stands")
RECORDING = Text("写入", "recording")

_SECONDS = 0.1
# The clock is looked at once for so many.
_EVERY = 256
One = TypeVar("One")


class Telling:
    """Tells `progress`, where there is somebody to tell."""

    def __init__(self, progress: Progress | None = None) -> None:
        self._progress = progress

    def begin(self, stage: Text, total: int = 0) -> None:
        """Tell that a stage begins."""
        self.tell(stage, 0, total)

    def tell(self, stage: Text, done: int, total: int) -> None:
        """Tell how much of a stage is done."""
        if self._progress is not None:
            self._progress(stage, done, total)

    def over(self, stage: Text, items: Iterable[One], total: int = 0) -> Iterator[One]:
        """The items one after the other; how many of `total` have gone by is told at times and at the end."""
        return iter(items) if self._progress is None else self._counted(self._progress, stage, items, total)

    @staticmethod
    def _counted(progress: Progress, stage: Text, items: Iterable[One], total: int) -> Iterator[One]:
        progress(stage, 0, total)
        done, due = 0, time.monotonic() + _SECONDS
        for done, item in enumerate(items, 1):
            yield item
            if done % _EVERY == 0 and time.monotonic() >= due:
                progress(stage, done, total)
                due = time.monotonic() + _SECONDS
        progress(stage, done, done)
