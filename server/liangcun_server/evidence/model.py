"""Evidence as it stands on record: a file, known by its SHA-256, behind a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from liangcun_server.observations.model import ObservationKey
from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text


class InvalidEvidence(LiangcunError):
    """A file that can't be evidence: of no known kind, damaged, or too large."""

    code = "INVALID_EVIDENCE"


class UnknownEvidence(LiangcunError):
    """No such evidence, or it was taken back."""

    code = "UNKNOWN_EVIDENCE"

    @classmethod
    def of(cls, named: object) -> UnknownEvidence:
        """The error for a number or a digest that nothing has."""
        shown = str(named)[:70]
        return cls(Text(f"没有佐证材料“{shown}”", f"there is no evidence '{shown}'"))


class EvidenceUnavailable(LiangcunError):
    """The place where files are kept can't be reached, or has lost one."""

    code = "EVIDENCE_UNAVAILABLE"


class EvidenceLost(EvidenceUnavailable):
    """A file that isn't where it was kept, which answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFile:
    """A file as its content tells: `taken_at` as the camera wrote it, position in degrees (WGS 84)."""

    sha256: str
    media_type: str
    size: int
    width: int | None = None
    height: int | None = None
    taken_at: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A file behind the value under a key, under the name that it came by."""

    id: int
    key: ObservationKey
    file: EvidenceFile
    name: str
    caption: str | None
    revision: int
    recorded_at: datetime
    recorded_by: str
    reason: str
