"""Answers that come in pieces: GraphQL over server-sent events, one connection an operation.

After the GraphQL over SSE protocol's distinct connections mode: a `next` event for each result, `complete`
at the end. It is plain HTTP, which the proxies of an office let through.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import orjson

EVENTS = "text/event-stream"
# So often something is sent, for proxies that close what is silent.
_SILENCE_SECONDS = 15.0
_KEEP_ALIVE = b":\n\n"
_COMPLETE = b"event: complete\ndata:\n\n"


async def framed(results: Callable[[], AsyncGenerator[dict[str, Any], None]]) -> AsyncIterator[bytes]:
    """Results as events. They are worked out in one task, whatever task reads the events."""
    queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(maxsize=1)

    async def work() -> None:
        try:
            async with aclosing(results()) as stream:
                async for result in stream:
                    await queue.put(result)
        finally:
            # Whoever reads is told even where this was stopped, unless nobody reads any more.
            if not asyncio.current_task().cancelling():  # type: ignore[union-attr]
                await queue.put(None)

    task = asyncio.create_task(work())
    try:
        while True:
            try:
                result = await asyncio.wait_for(queue.get(), _SILENCE_SECONDS)
            except TimeoutError:
                yield _KEEP_ALIVE
                continue
            if result is None:
                break
            yield b"event: next\ndata: " + orjson.dumps(result) + b"\n\n"
        await task
        yield _COMPLETE
    finally:
        task.cancel()
