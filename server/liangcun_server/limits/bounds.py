"""The limits themselves, with the values that hold unless settings say otherwise."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """How much one request may ask for; each is the setting of its name.

    A document is measured as it is executed: a fragment counts wherever it is spread.
    """

    max_document_bytes: int = 100_000
    max_tokens: int = 5_000
    max_depth: int = 20
    max_fields: int = 2_000
    max_aliases: int = 100
    max_directives: int = 100
    max_fragments: int = 100
    max_cost: int = 200_000
    budget_points: int = 20_000_000
    budget_seconds: int = 60
    request_seconds: float = 30
    introspection: bool = True


DEFAULTS = Limits()
