"""Points that each client may spend: a leaky bucket for each, as full as what was spent of late.

Own code, though the library `limits` counts too: its memory starts a thread for every hundredth of a second
with a request in it and looks through all clients each time, and its windows can't say when a cost will fit.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple


class Spending(NamedTuple):
    """What came of a cost: the points left, and the seconds to wait where it didn't fit (0 where it did)."""

    remaining: int
    wait: int


class Budget:
    """The points of every client of this process.

    A client may spend `points` at once, and what it has spent comes back evenly over `seconds`. No more than
    `clients` are remembered, those that spent last.
    """

    def __init__(
        self,
        points: int,
        seconds: float,
        *,
        clients: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._points = points
        self._rate = points / seconds
        self._clients = clients
        self._clock = clock
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def spend(self, client: str, cost: int) -> Spending:
        """Take `cost` points from a client's budget if it has them. No cost is more than the whole budget."""
        now = self._clock()
        spent, since = self._spent.get(client, (0.0, now))
        spent = max(0.0, spent - (now - since) * self._rate)
        over = spent + min(cost, self._points) - self._points
        if over > 0:
            return Spending(self._left(spent), math.ceil(over / self._rate))
        spent += min(cost, self._points)
        self._spent[client] = (spent, now)
        self._spent.move_to_end(client)
        if len(self._spent) > self._clients:
            self._spent.popitem(last=False)
        return Spending(self._left(spent), 0)

    def _left(self, spent: float) -> int:
        return math.floor(self._points - spent)
