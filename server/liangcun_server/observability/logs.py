"""Log lines on standard error, for people or for machines: this program's and its libraries' in one form."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any, TextIO

import orjson
import structlog

from liangcun_server.settings import Settings

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}
# What these say step by step holds the values of statements, or rows.
_TALKATIVE = ("aiosqlite", "sqlalchemy.engine", "sqlalchemy.pool", "psycopg", "urllib3", "asyncio")
# Passwords as they stand in an address (to the last @, for one that wasn't encoded) and in libpq's words.
_SECRETS = (
    (re.compile(r"(\w://[^\s:/@\"']*:)[^\s\"']*@"), r"\1***@"),
    (re.compile(r"(?i)(\bpassword\\?[\"']?\s*[=:]\s*\\?[\"']?)[^\s'\",;)\\]+"), r"\1***"),
)


def configure_logs(settings: Settings, stream: TextIO | None = None) -> None:
    """Write every line to `stream` (standard error) as the settings ask for.

    Lines carry what is bound for the request, such as its `request_id`. Database passwords are struck out;
    no line holds the values of a request's variables or of a statement, unless somebody logs them on purpose.
    """
    out = stream or sys.stderr
    level = _LEVELS[settings.log_level]
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    rendering = [*_rendering(settings, out), _strike_out]
    _route_libraries(shared, rendering, level, out)
    structlog.configure(
        processors=[*shared, *rendering, _as_bytes],
        # Past the standard library's handlers, which take three times as long for a line.
        logger_factory=structlog.BytesLoggerFactory(out.buffer),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # A cached logger would go on writing to a stream that has been closed.
        cache_logger_on_first_use=False,
    )


def _route_libraries(shared: list[Any], rendering: list[Any], level: int, out: TextIO) -> None:
    """Have what libraries log through `logging` written in the same form."""
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
        )
    )
    # What libraries do step by step is of interest to those alone who look for a fault.
    logging.basicConfig(
        handlers=[handler], level=logging.WARNING if level == logging.INFO else level, force=True
    )
    logging.captureWarnings(True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    # Uvicorn's own, which would be said twice: requests by ObserveRequests.
    logging.getLogger("uvicorn.access").disabled = True


def _rendering(settings: Settings, out: TextIO) -> list[Any]:
    if settings.log_format == "json":
        return [
            # Without local variables, which hold what requests are about.
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20)
            ),
            structlog.processors.JSONRenderer(serializer=_one_line),
        ]
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=plain)]


def _one_line(event: Any, **_: Any) -> str:
    return orjson.dumps(event, default=str).decode()


def _strike_out(_logger: Any, _method: str, line: str) -> str:
    """The line without passwords."""
    if "@" in line or "assword" in line or "ASSWORD" in line:
        for pattern, instead in _SECRETS:
            line = pattern.sub(instead, line)
    return line


def _as_bytes(_logger: Any, _method: str, line: Any) -> bytes:
    encoded: bytes = line.encode("utf-8", "backslashreplace")
    return encoded
