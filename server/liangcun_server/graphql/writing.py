"""What every mutation does around its work: ask for the operator, refuse what can't be, read anew after."""

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

_NOT_OF_THE_INPUT = (DatabaseNotInitialised, DatabaseOutdated, DatabaseUnavailable, StatementStopped)


async def done(info: LiangcunInfo, work: Callable[[Application], Awaitable[Done]]) -> Done | InputRefused:
    """What the work gives, or the refusal; a database that doesn't answer is no fault of the input."""
    await require_operator(info)
    # What was read before shows the time before the write.
    await info.context.start_again()
    try:
        return await work(info.context.application)
    except _NOT_OF_THE_INPUT:
        raise
    except LiangcunError as error:
        return refused(error, info.context.locale)
    finally:
        await info.context.start_again()
