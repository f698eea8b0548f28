"""The three lists of a village: 短板弱项 what it lacks, 创建项目 what to do, 责任落实 whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from liangcun_standards.document import Criterion
from liangcun_standards.planning import Change, Plan
from liangcun_standards.text import Text

RESPONSIBILITIES_LATER = Text(
    "责任落实只列条目写明的责任部门；四级包保的责任人还没有登记在系统里",
    "responsibilities are the departments that the criteria name; persons at the four levels aren't on "
    "record yet",
)


@dataclass(frozen=True)
class Task:
    """What falls to one department: the weak criteria that name it, and the changes that serve these.

    `department` is None where the criteria name none. A change that serves criteria of several departments
    stands with each of them.
    """

    department: str | None
    criteria: tuple[Criterion, ...]
    changes: tuple[Change, ...]

    @property
    def cost(self) -> float:
        """What its changes cost, in yuan."""
        return round(sum(one.cost for one in self.changes), 2)


def tasks(weak: Sequence[Criterion], plan: Plan | None) -> list[Task]:
    """Who has to see to what, in the order of the weak criteria."""
    changes = () if plan is None else plan.changes
    found = []
    for department in dict.fromkeys(one.department for one in weak):
        own = tuple(one for one in weak if one.department == department)
        codes = {one.code for one in own}
        served = tuple(one for one in changes if codes.intersection(one.criteria))
        found.append(Task(department, own, served))
    return found
