"""The gap between assessor levels: where one scores the same villages higher than another, and how surely."""

from liangcun_standards.assessor_gap.paired import Gap, GapPair, VillageGap, gap_between

__all__ = ["Gap", "GapPair", "VillageGap", "gap_between"]
