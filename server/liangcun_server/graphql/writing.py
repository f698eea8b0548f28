"""What stands around the operator's work: who may ask for it, what is refused, what is read anew after."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from liangcun_server.application import Application
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.graphql.refusals import InputRefused, refused
from liangcun_server.operators.requiring import require_operator
from liangcun_server.storage.errors import (
    DatabaseNotInitialised,
    DatabaseOutdated,
    DatabaseUnavailable,
    StatementStopped,
)
from liangcun_standards.errors import LiangcunError

Done = TypeVar("Done")

# Words for the fields that every mutation has.
AUTHOR = "Who does it, as it goes on record."
REASON = "Why, as it goes on record."

_NOT_OF_THE_INPUT = (DatabaseNotInitialised, DatabaseOutdated, DatabaseUnavailable, StatementStopped)


async def done(info: LiangcunInfo, work: Callable[[Application], Awaitable[Done]]) -> Done | InputRefused:
    """What the operator's writing gives, or the refusal."""
    await require_operator(info)
    # What was read before shows the time before the write.
    await info.context.start_again()
    try:
        return await answered(info, work)
    finally:
        await info.context.start_again()


async def answered(info: LiangcunInfo, work: Callable[[Application], Awaitable[Done]]) -> Done | InputRefused:
    """What the work gives, or the refusal; a database that doesn't answer is no fault of the input."""
    try:
        return await work(info.context.application)
    except _NOT_OF_THE_INPUT:
        raise
    except LiangcunError as error:
        return refused(error, info.context.locale)
