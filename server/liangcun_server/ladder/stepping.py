"""Taking a step on a ladder: which may be taken when, and what an acceptance locks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from liangcun_server.ladder.model import MOVES, LadderAction, LadderLevel, Subject
from liangcun_server.ladder.repository import add_step, levels_of
from liangcun_server.regions.region import UnknownRegion
from liangcun_server.regions.repository import by_codes
from liangcun_server.storage.database import Database
from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import AssessorLevel

KIND = "ladder"


class InvalidStep(LiangcunError):
    """A step that can't be taken from where the level stands."""

    code = "INVALID_STEP"


async def take_step(
    database: Database,
    subject: Subject,
    level: AssessorLevel,
    action: LadderAction,
    *,
    author: str,
    reason: str,
    deadline: date | None = None,
    indicators: Sequence[str] = (),
) -> LadderLevel:
    """Submit, return, accept or unlock a level, or set its deadline; returns where it stands then.

    `indicators`: those of the standard, which an acceptance locks. Raises InvalidStep, UnknownRegion, and
    LiangcunError when author or reason is blank.
    """
    if (deadline is not None) != (action is LadderAction.DEADLINE):
        raise InvalidStep(
            Text("定期限要写日期，其他步骤不写", "a deadline takes a day, and nothing else does"),
            where="deadline",
        )
    async with database.write(author=author, reason=reason, kind=KIND) as (connection, revision):
        if subject.region_code not in await by_codes(connection, [subject.region_code]):
            code = subject.region_code
            raise UnknownRegion(Text(f"数据库里没有区划 {code}", f"there is no region {code}"))
        standing = _level(await levels_of(connection, [subject]), subject, level)
        _check(standing, action)
        await add_step(
            connection,
            subject,
            level,
            action,
            deadline=deadline,
            indicators=indicators if action is LadderAction.ACCEPT else (),
            revision=revision,
        )
    async with database.read() as connection:
        return _level(await levels_of(connection, [subject]), subject, level)


def _level(levels: dict[Subject, list[LadderLevel]], subject: Subject, wanted: AssessorLevel) -> LadderLevel:
    return next(one for one in levels[subject] if one.assessor_level is wanted)


def _check(standing: LadderLevel, action: LadderAction) -> None:
    if action is LadderAction.DEADLINE or standing.state in MOVES[action][0]:
        return
    level, state = standing.assessor_level.label, standing.state.label
    wanted = [one.label for one in MOVES[action][0]]
    raise InvalidStep(
        Text(
            f"{level.zh}现在是“{state.zh}”，不能{action.label.zh}；"
            f"要在“{'”或“'.join(sorted(one.zh for one in wanted))}”时才行",
            f"{level.en} is {state.en} and can't be {_DONE[action]}; it would have to be "
            f"{' or '.join(sorted(one.en for one in wanted))}",
        )
    )


_DONE = {
    LadderAction.SUBMIT: "submitted",
    LadderAction.RETURN: "returned",
    LadderAction.ACCEPT: "accepted",
    LadderAction.UNLOCK: "unlocked",
}
