"""What goes with a plan wherever it is shown: whose costs, what is simulated, what was assumed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.exports.notes import scope_notes
from liangcun_server.planning.stored_costs import Costs
from liangcun_server.scorecards.service import Scores
from liangcun_standards.planning import Plan
from liangcun_standards.scoring import VERDICTS
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import Verdict


async def plan_notes(
    connection: AsyncConnection, scores: Scores, costs: Costs, plans: Sequence[Plan], within: str
) -> list[Text]:
    """The notes on some plans within a place (a full code); three statements."""
    notes: dict[Text, None] = {costs.table.note: None}
    notes.update(dict.fromkeys(await scope_notes(connection, scores, within)))
    for text in _of_plans(scores, plans):
        notes[text] = None
    return list(notes)


def _of_plans(scores: Scores, plans: Sequence[Plan]) -> list[Text]:
    found = []
    if any(change.before is None for one in plans for change in one.changes):
        found.append(
            Text(
                "有的指标没有确切的填报值，费用从最差的可能值（或成本表里的 assumed）算起；"
                "先核实，可能不用花钱",
                "some values aren't known exactly: their cost is reckoned from the worst they can be (or "
                "from assumed in the cost table); to find them out first may cost nothing",
            )
        )
    found += dict.fromkeys(remark for one in plans for remark in one.remarks)
    if any(not one.proven for one in plans):
        found.append(
            Text(
                "没有算到底：给出的办法有效，但不能保证最省",
                "not worked out to the end: the plans hold, but may not be the cheapest",
            )
        )
    rows = scores.result.table.row_of
    open_ = VERDICTS.index(Verdict.UNDECIDED)
    if any(one.changes and scores.result.verdict[rows[one.region]] == open_ for one in plans):
        found.append(
            Text(
                "有的村还有缺报或只知道上下限的数据，按现在计分的办法规划，核实后再算一次",
                "some villages have values that are missing or only bounded: they are planned on what counts "
                "now; plan again once they are known",
            )
        )
    return found
