"""Random numbers that stay put: what one village draws doesn't depend on which others are there."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from liangcun_standards.table import Floats

_VILLAGES_IN_A_TOWNSHIP = 1000


class Streams:
    """Standard normal numbers for villages (twelve-digit codes), by seed and subject.

    Each township has one PCG64 generator per subject, seeded with SHA-256 of seed, township and subject. The
    last three digits of a village's code are its place in that stream, so another village, township or
    subject changes nothing.
    """

    def __init__(self, codes: Sequence[str], seed: int) -> None:
        self.seed = seed
        numbers = np.array([int(code) for code in codes], np.int64)
        township, self._place = np.divmod(numbers, _VILLAGES_IN_A_TOWNSHIP)
        self._townships, self._of_village = np.unique(township, return_inverse=True)
        self._length = np.zeros(len(self._townships), np.int64)
        np.maximum.at(self._length, self._of_village, self._place + 1)
        self._start = np.concatenate([[0], np.cumsum(self._length)[:-1]]).astype(np.int64)

    def of_villages(self, subject: str, width: int = 1) -> Floats:
        """`width` numbers a village: (width, n) float64."""
        drawn = [
            self._generator(township, subject).standard_normal((length, width))
            for township, length in zip(self._townships.tolist(), self._length.tolist(), strict=True)
        ]
        numbers = np.concatenate([np.empty((0, width)), *drawn])
        return numbers[self._start[self._of_village] + self._place].T

    def of_townships(self, subject: str) -> Floats:
        """One number a township, repeated for each of its villages."""
        drawn = [
            self._generator(township, subject).standard_normal() for township in self._townships.tolist()
        ]
        return np.array(drawn, np.float64)[self._of_village]

    def _generator(self, township: int, subject: str) -> np.random.Generator:
        digest = hashlib.sha256(f"{self.seed}/{township}/{subject}".encode()).digest()
        return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))
