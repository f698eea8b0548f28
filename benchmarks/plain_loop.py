"""The benchmark's standard as one would first write it: a function of one village, called in a loop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import ceil, floor

from benchmarks.villages import Villages

Village = Mapping[str, float]

# The place of an answer among the choices of `terrain_class` and `award_review_state`.
_TOILETS_NEEDED = (85, 70, 60)
_AWARD_POINTS = (0, 1, 2, 5)
_ROWS_AT_ONCE = 20_000


def totals(villages: Iterable[Village]) -> list[float]:
    """The total of each village."""
    return [total(village) for village in villages]


def total(village: Village) -> float:
    """The total of one village, rounded half up to two decimals."""
    points = infrastructure(village) + environment(village) + green_and_bright(village) + governance(village)
    penalty = min(2 * village["rectifications_not_done"], 6)
    return floor(max(points - penalty, 0) * 100 + 0.5 + 1e-7) / 100


def infrastructure(village: Village) -> float:
    """基础设施: six criteria, 25 points."""
    points = 0.0
    if village["village_plan"] > 0:
        points += 3
    if village["tun_hardened_road_rate"] >= 95:
        points += 4
    gap = max(85 - village["lane_hardened_rate"], 0)
    points += max(5 - ceil(gap / 5 - 1e-9), 0)
    drained = village["drainage_ditch_rate"]
    if drained >= 80:
        points += 4
    elif drained >= 60:
        points += 3
    elif drained >= 40:
        points += 1.5
    points += 4 * min(max((village["safe_water_rate"] - 60) / 40, 0), 1)
    if village["sanitary_toilets_rate"] >= _TOILETS_NEEDED[int(village["terrain_class"])]:
        points += 5
    return points


def environment(village: Village) -> float:
    """环境卫生: seven criteria, 30 points."""
    points = max(
        6
        - village["garbage_piles_found"]
        - village["sewage_spots_found"]
        - 0.5 * village["manure_piles_found"],
        0,
    )
    points += max(5 - 2 * village["ruined_walls_found"] - 0.5 * village["straw_stacks_found"], 1)
    if not village["open_burning_found"]:
        points += max(4 - village["illegal_structures_found"], 0)
    if village["waste_collection"] > 0 and village["waste_collection_days"] >= 3:
        points += 4
    if village["manure_daily_clearance"] > 0:
        points += 3
    if village["sanitation_rectified_rate"] >= 95 or village["sanitation_problems_found"] <= 3:
        points += 4
    needed = ceil(village["population"] / 300 - 1e-9)
    return points + (4 * min(village["cleaners"] / needed, 1) if needed > 0 else 4)


def green_and_bright(village: Village) -> float:
    """绿化美化亮化: five criteria, 22 points."""
    points = 0.0
    green = village["greening_rate"]
    if green >= 35:
        points += 4
    elif green >= 25:
        points += 3
    elif green >= 15:
        points += 2
    points += 4 * min(1, village["trees_planted_in_year"] / max(village["households"], 1) / 4)
    lamps = village["street_lamps"]
    if lamps >= 1:
        points += min(1 + 0.05 * (lamps - 1), 4)
    lit = (village["lit_lanes_rate"] >= 70) + (village["lamps_working_rate"] >= 90)
    points += max(4 - 3 * (2 - lit), 0)
    return points + min(village["appearance_score"], 6)


def governance(village: Village) -> float:
    """乡村治理: five criteria, 23 points."""
    points: float = _AWARD_POINTS[int(village["award_review_state"])]
    if village["sampled_households_visited"] > 0:
        points += 5 - min(village["sampled_households_failed"], 4)
    points += (
        (village["clean_household_award_coverage"] >= 90)
        + (village["points_shop_coverage"] >= 90)
        + (village["cultural_yard_coverage"] >= 90)
        + (village["household_group_coverage"] >= 90)
    )
    points += 5 * min(max((village["resident_satisfaction"] - 60) / 35, 0), 1)
    earning = village["collective_income"] / max(village["households"], 1) >= 250
    if earning or (village["leading_industry"] > 0 and village["party_branch_cooperative"] > 0):
        points += 4
    return points


def in_pieces(villages: Villages) -> Iterator[list[dict[str, float]]]:
    """The villages as the loop reads them, some at a time: all of China at once would take gigabytes."""
    names = list(villages.columns)
    for start in range(0, len(villages), _ROWS_AT_ONCE):
        columns = [villages.columns[name][start : start + _ROWS_AT_ONCE].tolist() for name in names]
        yield [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
