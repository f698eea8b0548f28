"""The server's log lines on standard error, for people or for machines."""

from __future__ import annotations

import logging
import logging.config
import sys
from typing import Any

import orjson
import structlog

from liangcun_server.settings import Settings


def configure_logs(settings: Settings) -> None:
    """Write this program's lines and its libraries' in the one form that the settings ask for."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(settings)],
        )
    )
    level = settings.log_level.upper()
    # What libraries do step by step is of interest to those alone who look for a fault.
    logging.basicConfig(handlers=[handler], level="WARNING" if level == "INFO" else level, force=True)
    logging.getLogger("liangcun").setLevel(level)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _rendering(settings: Settings) -> list[Any]:
    if settings.log_format == "json":
        return [
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(serializer=_one_line),
        ]
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]


def _one_line(event: Any, **_: Any) -> str:
    return orjson.dumps(event, default=str).decode()
