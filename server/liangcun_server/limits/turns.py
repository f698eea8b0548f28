"""Long work taken in turns: a thread can't be stopped from outside, so only so many may be at it at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from liangcun_server.limits.errors import ServerBusy

Given = ParamSpec("Given")
Made = TypeVar("Made")


class Turns:
    """Lets so many pieces of long work run at once, each in a thread; the others wait.

    A request that is given up leaves its thread at work: its turn ends when the work does, not before, so
    that however many ask and go away, no more than that many threads are busy.
    """

    def __init__(self, at_once: int) -> None:
        self._free = asyncio.Semaphore(at_once)

    async def run(self, work: Callable[Given, Made], /, *given: Given.args, **named: Given.kwargs) -> Made:
        """What the work gives, once it has had its turn. Raises what it raises."""
        await self._free.acquire()
        task = asyncio.create_task(asyncio.to_thread(work, *given, **named))
        task.add_done_callback(self._over)
        return await asyncio.shield(task)

    async def see_through(self, work: Callable[[], Coroutine[Any, Any, Made]], *, wait: float) -> Made:
        """What work with threads and statements of its own gives, once it has had its turn.

        It goes on to its end and keeps its turn until then, whoever waits for it. Raises what it raises, and
        ServerBusy, with the work not begun, where no turn came in `wait` seconds.
        """
        try:
            async with asyncio.timeout(wait):
                await self._free.acquire()
        except TimeoutError:
            raise ServerBusy.without_turn(wait) from None
        task = asyncio.create_task(work())
        task.add_done_callback(self._over)
        return await asyncio.shield(task)

    def _over(self, task: asyncio.Task[Made]) -> None:
        self._free.release()
        if not task.cancelled():
            # Looked at here, since whoever waited for it may be gone.
            task.exception()
