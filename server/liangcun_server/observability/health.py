"""Whether the server can do its work: what /readyz answers."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from liangcun_server.application import Application
from liangcun_standards.errors import LiangcunError
from liangcun_standards.plugins import PluginStatus

# A probe gives up after about as long.
_SECONDS = 5
# Probes by several balancers, or by anybody, cost no more than one a second.
_KEPT_SECONDS = 1
_UNFIT = (PluginStatus.BROKEN, PluginStatus.INCOMPATIBLE)


@dataclass(frozen=True)
class Readiness:
    """`status`: ok; degraded when something installed doesn't work but the rest does; unavailable."""

    status: str
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def http_status(self) -> int:
        """503 keeps requests away; a broken plugin is no reason to, since all else is served."""
        return 503 if self.status == "unavailable" else 200

    @property
    def body(self) -> dict[str, Any]:
        """What the probe reads."""
        return {"status": self.status, **self.details}


async def readiness(application: Application, seconds: float = _SECONDS) -> Readiness:
    """Ask the database for its state and for the version of its tables, and the plugins for theirs."""
    try:
        async with asyncio.timeout(seconds):
            await application.database.check()
            revision = await application.database.latest_revision()
    except LiangcunError as error:
        return Readiness("unavailable", {"code": error.code})
    except TimeoutError:
        return Readiness("unavailable", {"code": "TIMEOUT"})
    unfit = {one.name: one.status.value for one in application.plugins.plugins if one.status in _UNFIT}
    if unfit:
        return Readiness("degraded", {"revision": revision, "plugins": unfit})
    return Readiness("ok", {"revision": revision})


class ReadinessProbe:
    """The handler of /readyz. What it finds holds for a second, however many ask."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._turn = asyncio.Lock()
        self._found: tuple[float, Readiness] | None = None

    async def answer(self, _request: Request) -> Response:
        """Answer one probe."""
        async with self._turn:
            now = time.monotonic()
            if self._found is None or now - self._found[0] >= _KEPT_SECONDS:
                self._found = (now, await readiness(self._application))
        found = self._found[1]
        return JSONResponse(found.body, found.http_status)
