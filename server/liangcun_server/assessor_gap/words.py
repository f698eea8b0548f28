"""A gap in words."""

from __future__ import annotations

from liangcun_server.assessor_gap.comparing import LevelPair
from liangcun_standards.assessor_gap import Gap
from liangcun_standards.text import Text


def chance(gap: Gap) -> Text:
    """Whether a gap is hardly chance, in words."""
    told = gap.p_value if gap.adjusted is None else gap.adjusted
    if told is None:
        return Text("数量太少，不下结论", "too few to tell")
    shown = "<0.001" if told < 0.001 else f"={told:.3f}"
    if gap.systematic:
        higher = gap.mean > 0
        return Text(
            f"系统性偏{'高' if higher else '低'}（p{shown}）",
            f"systematically {'higher' if higher else 'lower'} (p{shown})",
        )
    return Text(f"看不出系统性差别（p{shown}）", f"no systematic difference (p{shown})")


def finding(found: LevelPair) -> Text:
    """What the totals of two levels come to, in a sentence."""
    gap, lower, upper = found.pair.total, found.lower.label, found.upper.label
    if not gap.count:
        return Text(
            f"{lower.zh}与{upper.zh}没有共同看过的条目",
            f"{lower.en} and {upper.en} have looked at nothing in common",
        )
    way = Text("高", "above") if gap.mean >= 0 else Text("低", "below")
    size, told = abs(gap.mean), chance(gap)
    return Text(
        f"{lower.zh}比{upper.zh}平均{way.zh} {size:.2f} 分（{gap.count} 个村，{gap.higher} 个偏高，"
        f"{gap.lower} 个偏低），{told.zh}",
        f"{lower.en} is on average {size:.2f} points {way.en} {upper.en} ({gap.count} villages, "
        f"{gap.higher} higher, {gap.lower} lower): {told.en}",
    )
