"""All servers give the same data, which is made sure of before anything is timed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from benchmarks.api.servers import Server
from benchmarks.api.workloads import Workload

# Stored in lower case, an enum's name in 量村 and the Python peers.
_ENUMS = frozenset({"level", "qualifier"})
_ASKED = 3


class Disagreement(Exception):
    """Two servers answer the same question differently; the message says where."""


def check_agreement(servers: Sequence[Server], workloads: Sequence[Workload]) -> None:
    """Ask every server the first questions of each workload. Raises Disagreement."""
    for workload in workloads:
        for number in range(min(_ASKED, len(workload.variables))):
            answers = {
                server.kind.name: _answer(server, workload, number)
                for server in servers
                if server.kind.dialect in workload.documents
            }
            (first, expected), *others = answers.items()
            for name, found in others:
                place = difference(expected, found)
                if place is not None:
                    raise Disagreement(f"{workload.title}: {first} and {name} differ at {place}")


def _answer(server: Server, workload: Workload, number: int) -> Any:
    body = orjson.loads(server.ask(workload.requests(server.kind.dialect)[number]))
    if body.get("errors"):
        raise Disagreement(f"{workload.title}: {server.kind.name} says {body['errors'][0]}")
    return normalised(body["data"])


def normalised(value: Any, name: str = "") -> Any:
    """Enum names in upper case; a whole number is the same whether written 2 or 2.0."""
    if isinstance(value, dict):
        return {key: normalised(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [normalised(inner, name) for inner in value]
    return value.upper() if name in _ENUMS and isinstance(value, str) else value


def difference(expected: Any, found: Any, place: str = "data") -> str | None:
    """Where the two first differ, and what each has there; None when they don't."""
    if isinstance(expected, dict) and isinstance(found, dict) and expected.keys() == found.keys():
        pairs = [(expected[key], found[key], f"{place}.{key}") for key in expected]
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = [(*both, f"{place}[{index}]") for index, both in enumerate(zip(expected, found, strict=True))]
    else:
        return None if expected == found else f"{place}: {expected!r:.200} and {found!r:.200}"
    return next((one for pair in pairs if (one := difference(*pair)) is not None), None)
