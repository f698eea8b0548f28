"""Long work takes turns, also when those who asked for it have gone."""

from __future__ import annotations

import asyncio
import threading

import pytest

from liangcun_server.limits.errors import ServerBusy
from liangcun_server.limits.turns import Turns


async def test_no_more_run_at_once_than_may_even_when_those_who_asked_go_away() -> None:
    turns, started, go = Turns(1), threading.Event(), threading.Event()
    busy = most = 0
    lock = threading.Lock()

    def work() -> str:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        started.set()
        go.wait(5)
        with lock:
            busy -= 1
        return "done"

    asked = [asyncio.create_task(turns.run(work)) for _ in range(4)]
    await asyncio.to_thread(started.wait, 5)
    asked[0].cancel()
    await asyncio.sleep(0.02)
    assert busy == 1
    go.set()
    assert await asyncio.gather(*asked[1:]) == ["done"] * 3
    assert most == 1


async def test_what_the_work_raises_comes_out_and_the_turn_ends() -> None:
    turns = Turns(1)

    def fail() -> None:
        raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await turns.run(fail)
    assert await turns.run(len, "abc") == 3


async def test_work_of_its_own_keeps_its_turn_to_its_end_and_others_are_told_that_none_came() -> None:
    turns, started, go = Turns(1), asyncio.Event(), asyncio.Event()

    async def work() -> str:
        started.set()
        await go.wait()
        return "done"

    first = asyncio.create_task(turns.see_through(work, wait=60))
    await started.wait()
    first.cancel()
    with pytest.raises(ServerBusy) as refused:
        await turns.see_through(work, wait=0.01)
    assert refused.value.details["retryAfter"] > 0
    go.set()
    assert await turns.see_through(work, wait=60) == "done"
