"""What a run waits for, and how it's let go when nobody needs it any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from inspect import CORO_CREATED, getcoroutinestate, iscoroutine
from typing import Any

from graphql.execution.executor import Executor

from liangcun_server.breadth_first.cells import Cells

# What goes on with awaited values: results in the order of the awaitables, exceptions among them.
Arrive = Callable[[list[Any]], None]


@dataclass(frozen=True, slots=True)
class Awaited:
    """Awaitables that the values of cells depend on, awaited together, and what goes on then."""

    cells: Cells
    awaitables: list[Any]
    arrive: Arrive

    async def results(self) -> list[Any]:
        """What they gave or raised."""
        if len(self.awaitables) == 1:
            try:
                return [await self.awaitables[0]]
            except Exception as error:
                return [error]
        results = await asyncio.gather(*self.awaitables, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, Exception):
                raise result
        return results

    def drop(self, executor: Executor[Any]) -> None:
        """Let go of them unawaited: what hasn't begun never does, the rest ends in the background."""
        begun: list[Any] = []
        for awaitable in self.awaitables:
            if iscoroutine(awaitable) and getcoroutinestate(awaitable) == CORO_CREATED:
                awaitable.close()
            else:
                begun.append(awaitable)
        if begun:
            executor.settle_in_background(begun)


async def cancel(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks and see them end; what they still raise is nobody's any more."""
    waiting = [task for task in tasks if not task.done()]
    for task in waiting:
        task.cancel()
    if waiting:
        await asyncio.wait(waiting)
