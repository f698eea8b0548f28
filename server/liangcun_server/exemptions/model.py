"""One exemption, as it is granted and as it is read back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from liangcun_standards.text import Text
from liangcun_standards.vocabulary import ResultStatus


class ExemptionKind(StrEnum):
    """Why a criterion doesn't bind a region: someone let it off, or it can't apply there."""

    WAIVED = "waived"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> Text:
        """The kind for a reader."""
        return ResultStatus(self.value).label


@dataclass(frozen=True, slots=True, kw_only=True)
class NewExemption:
    """An exemption to grant: `authority` decides it, for `reason`, from `valid_from` to `expires_on`.

    Both days count; without `expires_on` it holds until it is revoked.
    """

    region_code: str
    standard_id: str
    criterion: str
    kind: ExemptionKind
    authority: str
    reason: str
    valid_from: date
    expires_on: date | None = None
    document_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption(NewExemption):
    """A granted exemption, with the write in which it came."""

    revision: int
    recorded_at: datetime
    recorded_by: str
