"""What can be wrong with a workbook, and with the scoring table in it."""

from __future__ import annotations

from liangcun_standards.errors import LiangcunError


class UnreadableWorkbook(LiangcunError):
    """A file that is no workbook, is locked by a password, or is larger than a scoring table can be."""

    code = "UNREADABLE_WORKBOOK"


class InvalidScoringTable(LiangcunError):
    """A workbook without a scoring table in it, or one with figures that can't be used."""

    code = "INVALID_SCORING_TABLE"
