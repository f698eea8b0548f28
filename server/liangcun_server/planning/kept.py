"""Plans kept in memory: another budget over the same villages asks for nothing to be worked out anew."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from liangcun_standards.planning import CostTable, Plan, Target
from liangcun_standards.scoring import ScoreResult

# A county's plans take well below a megabyte.
_MOST = 16

_Key = tuple[str, Target, str]


class KeptPlans:
    """The plans of the villages within a place, as long as they are scored as they were."""

    def __init__(self) -> None:
        self._kept: OrderedDict[_Key, tuple[ScoreResult, Sequence[Plan]]] = OrderedDict()

    def get(
        self, result: ScoreResult, within: str, costs: CostTable, target: Target
    ) -> Sequence[Plan] | None:
        """The plans that were worked out from this result by these costs, if they were."""
        key = _key(within, costs, target)
        kept = self._kept.get(key)
        if kept is None or kept[0] is not result:
            return None
        self._kept.move_to_end(key)
        return kept[1]

    def keep(
        self, result: ScoreResult, within: str, costs: CostTable, target: Target, plans: Sequence[Plan]
    ) -> None:
        """Keep plans, in place of those from an older result."""
        key = _key(within, costs, target)
        self._kept[key] = (result, plans)
        self._kept.move_to_end(key)
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)


def _key(within: str, costs: CostTable, target: Target) -> _Key:
    return within, target, costs.model_dump_json()
