"""The benchmark's standard in OpenFisca-Core: a Variable with a vectorised formula for each criterion.

Written as OpenFisca's own country packages are, except that figures stand in the formulas rather than in a
parameter tree, and that there is no rounding of the total; both spare OpenFisca work.
"""

# OpenFisca-Core ships no types, so its base classes are unknown to mypy.
# mypy: disable-error-code="misc, no-untyped-def"

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from openfisca_core.entities import build_entity
from openfisca_core.model_api import YEAR, Variable, max_, min_, select, where
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem

from benchmarks.villages import PERIOD, Villages
from liangcun_standards import Indicator
from liangcun_standards.vocabulary import IndicatorKind

Formula = Callable[[Any, Any], Any]

Village = build_entity("village", "villages", "行政村", is_person=True)

_TYPES = {
    IndicatorKind.BOOLEAN: bool,
    IndicatorKind.COUNT: int,
    IndicatorKind.QUANTITY: float,
    IndicatorKind.RATE: float,
    IndicatorKind.CHOICE: int,
}
# OpenFisca computes in float32: steps are counted to a ten-thousandth, not to a billionth.
_STEP_TOLERANCE = 1e-4


_CRITERIA: dict[str, type[Variable]] = {}


def criterion(label: str) -> Callable[[Formula], Formula]:
    """Make a variable of a criterion's formula, as `class …(Variable)` would."""

    def register(formula: Formula) -> Formula:
        name = f"{formula.__name__}_points"
        _CRITERIA[name] = _variable(name, label, float, formula=formula)
        return formula

    return register


def _variable(name: str, label: str, value_type: type, **more: object) -> type[Variable]:
    body = {"value_type": value_type, "entity": Village, "definition_period": YEAR, "label": label, **more}
    return type(name, (Variable,), body)


@criterion("有村庄规划")
def village_plan(village, period):
    return village("village_plan", period) * 3


@criterion("自然屯通硬化路")
def tun_roads(village, period):
    return (village("tun_hardened_road_rate", period) >= 95) * 4


@criterion("主巷路硬化")
def lane_roads(village, period):
    gap = max_(85 - village("lane_hardened_rate", period), 0)
    return max_(5 - np.ceil(gap / 5 - _STEP_TOLERANCE), 0)


@criterion("排水沟")
def drainage(village, period):
    rate = village("drainage_ditch_rate", period)
    return select([rate < 40, rate < 60, rate < 80], [0, 1.5, 3], default=4)


@criterion("安全饮水")
def safe_water(village, period):
    return 4 * np.clip((village("safe_water_rate", period) - 60) / 40, 0, 1)


@criterion("卫生厕所（按地形分档）")
def sanitary_toilets(village, period):
    terrain = village("terrain_class", period)
    needed = select([terrain == 0, terrain == 1], [85, 70], default=60)
    return (village("sanitary_toilets_rate", period) >= needed) * 5


@criterion("垃圾、污水、粪污")
def tidiness(village, period):
    lost = (
        village("garbage_piles_found", period)
        + village("sewage_spots_found", period)
        + 0.5 * village("manure_piles_found", period)
    )
    return max_(6 - lost, 0)


@criterion("残垣断壁、柴草乱垛")
def walls_and_stacks(village, period):
    lost = 2 * village("ruined_walls_found", period) + 0.5 * village("straw_stacks_found", period)
    return max_(5 - lost, 1)


@criterion("私搭乱建（露天焚烧不得分）")
def structures(village, period):
    points = max_(4 - village("illegal_structures_found", period), 0)
    return where(village("open_burning_found", period) > 0, 0, points)


@criterion("保洁收运")
def collection(village, period):
    return (village("waste_collection", period) & (village("waste_collection_days", period) >= 3)) * 4


@criterion("畜禽粪污日产日清")
def manure_clearance(village, period):
    return village("manure_daily_clearance", period) * 3


@criterion("问题整改")
def rectification(village, period):
    rectified = village("sanitation_rectified_rate", period) >= 95
    return (rectified | (village("sanitation_problems_found", period) <= 3)) * 4


@criterion("保洁员配备")
def cleaners(village, period):
    needed = np.ceil(village("population", period) / 300 - _STEP_TOLERANCE)
    return where(needed > 0, 4 * min_(village("cleaners", period) / max_(needed, 1), 1), 4)


@criterion("绿化覆盖率")
def greening(village, period):
    rate = village("greening_rate", period)
    return select([rate < 15, rate < 25, rate < 35], [0, 2, 3], default=4)


@criterion("户均植树")
def trees(village, period):
    households = max_(village("households", period), 1)
    return 4 * min_(village("trees_planted_in_year", period) / households / 4, 1)


@criterion("路灯")
def lamps(village, period):
    lamps = village("street_lamps", period)
    return where(lamps >= 1, min_(1 + 0.05 * (lamps - 1), 4), 0)


@criterion("亮化率与完好率")
def lit_lanes(village, period):
    dark = village("lit_lanes_rate", period) < 70
    broken = village("lamps_working_rate", period) < 90
    return max_(4 - 3 * dark - 3 * broken, 0)


@criterion("村容村貌（酌情给分）")
def appearance(village, period):
    return min_(village("appearance_score", period), 6)


@criterion("干净人家评比")
def award(village, period):
    state = village("award_review_state", period)
    return select([state == 0, state == 1, state == 2], [0, 1, 2], default=5)


@criterion("入户抽查")
def households_visited(village, period):
    points = 5 - min_(village("sampled_households_failed", period), 4)
    return where(village("sampled_households_visited", period) > 0, points, 0)


@criterion("全覆盖")
def coverage(village, period):
    return (
        (village("clean_household_award_coverage", period) >= 90) * 1.0
        + (village("points_shop_coverage", period) >= 90)
        + (village("cultural_yard_coverage", period) >= 90)
        + (village("household_group_coverage", period) >= 90)
    )


@criterion("群众满意度")
def satisfaction(village, period):
    return 5 * np.clip((village("resident_satisfaction", period) - 60) / 35, 0, 1)


@criterion("产业带动")
def industry(village, period):
    earning = village("collective_income", period) / max_(village("households", period), 1) >= 250
    led = village("leading_industry", period) & village("party_branch_cooperative", period)
    return (earning | led) * 4


def total(village, period):
    """The total of the criteria less the penalty."""
    points = sum(village(name, period) for name in _CRITERIA)
    penalty = min_(2 * village("rectifications_not_done", period), 6)
    return max_(points - penalty, 0)


class OpenFisca:
    """The rules as an OpenFisca system, which is made once and serves any number of simulations."""

    def __init__(self, inputs: Mapping[str, Indicator]) -> None:
        self._system = TaxBenefitSystem([Village])
        for code, indicator in inputs.items():
            self._system.add_variable(_variable(code, indicator.name, _TYPES[indicator.kind]))
        self._system.add_variables(*_CRITERIA.values(), _variable("total", "总分", float, formula=total))
        self._period = str(PERIOD)

    def simulation(self, villages: Villages) -> Simulation:
        """A new simulation with every input set and nothing computed."""
        simulation = SimulationBuilder().build_default_simulation(self._system, len(villages))
        for code, values in villages.columns.items():
            simulation.set_input(code, self._period, values)
        return simulation

    def totals(self, simulation: Simulation) -> npt.NDArray[np.float32]:
        """(n,) the total of each village, computed unless it was before."""
        totals: npt.NDArray[np.float32] = simulation.calculate("total", self._period)
        return totals
