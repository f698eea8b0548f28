"""Memory for large results, used again once nobody holds the result that it was lent to.

The system hands out fresh pages zeroed, and over a nation zeroing them takes as long as a third of the
scoring. What was lent last is kept, so a process that ranks the nation again and again pays it once.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

# Smaller blocks come from the allocator's own store, without fresh pages.
_LARGE = 1 << 22
# What lies unused in a process: the two blocks of the result given back last. No lock: garbage is collected
# anywhere, also while a lock is held, and each step here is one that no other thread can come between.
_kept: deque[npt.NDArray[np.uint8]] = deque(maxlen=2)


def lend(shape: tuple[int, int], dtype: type[np.float64] | type[np.uint8]) -> npt.NDArray[Any]:
    """An array of any content, contiguous; its memory comes back when no view of it is left."""
    size = prod(shape) * np.dtype(dtype).itemsize
    if size < _LARGE:
        return np.empty(shape, dtype)
    return np.asarray(_Lent(_taken(size)))[:size].view(dtype).reshape(shape)


def _taken(size: int) -> npt.NDArray[np.uint8]:
    """Kept memory that is large enough and not twice too large, or fresh."""
    for _ in range(len(_kept)):
        with suppress(IndexError):
            memory = _kept.popleft()
            if size <= len(memory) <= 2 * size:
                return memory
            _kept.append(memory)
    return np.empty(size, np.uint8)


class _Lent:
    """Who owns a block while it is lent: the arrays over it hold this, and it gives the block back."""

    def __init__(self, memory: npt.NDArray[np.uint8]) -> None:
        self._memory = memory
        self.__array_interface__ = memory.__array_interface__

    def __del__(self) -> None:
        _kept.append(self._memory)
