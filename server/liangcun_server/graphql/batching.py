"""Batched fields: one call resolves a field for all the parents that a query asks it of."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Sequence
from functools import cache, wraps
from typing import Any

import strawberry

from liangcun_server.observability.figures import note_batch

# (parents, info, **arguments) -> one result for each parent, in their order.
Batch = Callable[..., Coroutine[Any, Any, Sequence[Any]]]


def batched(batch: Batch, *, description: str | None = None) -> Any:
    """A field that `batch` resolves: `async def batch(parents, info, **arguments)`, one result a parent.

    A result that is an exception becomes the error of that parent's field alone. The field's type is what
    the class declares; its arguments are those of `batch` after the first two.
    """

    counted = _counted(batch)

    async def resolve(root: Any, info: strawberry.Info, **arguments: Any) -> Any:
        return await info.context.batches.load(counted, root, info, arguments)

    signature = inspect.signature(batch)
    arguments = list(signature.parameters.values())[2:]
    own = list(inspect.signature(resolve).parameters.values())[:2]
    asked = [argument.replace(kind=inspect.Parameter.KEYWORD_ONLY) for argument in arguments]
    resolve.__signature__ = inspect.Signature([*own, *asked])  # type: ignore[attr-defined]
    # Strawberry reads the arguments' types in the module where the batch was written.
    resolve.__annotations__ = {argument.name: argument.annotation for argument in arguments}
    resolve.__annotations__["info"] = strawberry.Info
    resolve.__module__, resolve.__name__ = batch.__module__, batch.__name__
    resolve.batch = counted  # type: ignore[attr-defined]
    return strawberry.field(resolver=resolve, description=description)


@cache  # one for each batch, since fields that share a batch share its loads
def _counted(batch: Batch) -> Batch:
    """The batch, noting for how many parents it is called."""

    @wraps(batch)
    async def counted(parents: Sequence[Any], info: strawberry.Info, **arguments: Any) -> Sequence[Any]:
        note_batch(len(parents))
        return await batch(parents, info, **arguments)

    return counted
