"""The figures of a result as bytes that are kept, and back; nothing in them can carry code."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from liangcun_standards.regions import code_range
from liangcun_standards.scoring import STATUSES, VERDICTS, ScoreResult
from liangcun_standards.table import Booleans, Floats, Integers
from liangcun_standards.vocabulary import ResultStatus, Verdict

_CODES = "codes"
_PARTS = (
    "points",
    "status",
    "total",
    "lowest",
    "highest",
    "completeness",
    "grade",
    "passed",
    "verdict",
    "rank",
)


@dataclass(frozen=True)
class Figures:
    """What every region came to: n regions by m criteria, as ScoreResult has them.

    `rank`: (n,) places within the place assessed, 0 for who isn't ranked or lies outside it.
    """

    codes: tuple[str, ...]
    points: Floats
    status: npt.NDArray[np.uint8]
    total: Floats
    lowest: Floats
    highest: Floats
    completeness: Floats
    grade: npt.NDArray[np.int8]
    passed: Booleans
    verdict: npt.NDArray[np.uint8]
    rank: Integers

    @classmethod
    def of(cls, result: ScoreResult, scope: str) -> Figures:
        """The figures of a result; ranks within `scope`, a twelve-digit code."""
        return cls(
            codes=tuple(str(one) for one in result.table.regions),
            points=result.points,
            status=result.status,
            total=result.total,
            lowest=result.lowest,
            highest=result.highest,
            completeness=result.completeness,
            grade=result.grade,
            passed=result.passed,
            verdict=result.verdict,
            rank=result.ranks(scope),
        )

    def rows_within(self, code: str) -> slice:
        """The rows that lie in a region (a twelve-digit code)."""
        low, high = code_range(code)
        codes = np.asarray(self.codes, dtype="<U12")
        start = int(np.searchsorted(codes, low, side="left"))
        return slice(start, int(np.searchsorted(codes, high, side="right")))

    def status_of(self, row: int, place: int) -> ResultStatus:
        """What the criterion at `place` came to for a row."""
        return STATUSES[int(self.status[place, row])]

    def verdict_of(self, row: int) -> Verdict:
        """The verdict on a row."""
        return VERDICTS[int(self.verdict[row])]

    def packed(self) -> bytes:
        """As bytes: the same figures give the same bytes."""
        codes = np.array([int(code) for code in self.codes], "<i8")
        # Archives of NumPy carry the time of day; what is kept is to depend on the figures alone.
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for name in (_CODES, *_PARTS):
                array = codes if name == _CODES else np.ascontiguousarray(getattr(self, name))
                part = io.BytesIO()
                np.lib.format.write_array(part, array, allow_pickle=False)
                archive.writestr(zipfile.ZipInfo(f"{name}.npy"), part.getvalue(), zipfile.ZIP_DEFLATED)
        return target.getvalue()

    @classmethod
    def unpacked(cls, data: bytes) -> Figures:
        """The figures in bytes that `packed` gave. Raises ValueError, KeyError or BadZipFile for others."""
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            codes = tuple(f"{int(code):012d}" for code in archive[_CODES])
            return cls(codes, **{name: archive[name] for name in _PARTS})


def digest_of(data: bytes) -> str:
    """SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
