"""Scoring a standard over an indicator table."""

from liangcun_standards.scoring.blend import sub_periods
from liangcun_standards.scoring.criteria import STATUSES, Exempt, Open
from liangcun_standards.scoring.engine import score
from liangcun_standards.scoring.result import VERDICTS, CriterionScore, ScoreResult

__all__ = [
    "STATUSES",
    "VERDICTS",
    "CriterionScore",
    "Exempt",
    "Open",
    "ScoreResult",
    "score",
    "sub_periods",
]
