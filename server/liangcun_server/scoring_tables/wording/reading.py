"""What words come to: a rule with its indicator left open, or why they can't be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from liangcun_standards.text import Text
from liangcun_standards.vocabulary import Direction

Measure = Literal["rate", "count", "quantity", "boolean", "judged"]


@dataclass(frozen=True)
class Reading:
    """A rule that the words ask for, its indicator left open.

    `rule` makes the rule's fields from an indicator's code. `measure` is what the indicator must be, `unit`
    its unit in the words, `subject` what the words call it (may be empty), `what` names an indicator of the
    county's own (the item's title stands for {}). `better` says whether more of it earns more. `known`:
    whether an indicator that is there already may be meant. `note`: how an end was read that the words leave
    open.
    """

    rule: Callable[[str], dict[str, Any]]
    measure: Measure
    unit: str | None
    subject: str
    what: str
    better: Direction = Direction.HIGHER
    known: bool = True
    maximum: float | None = None
    note: Text | None = None


class Unclear(Exception):
    """The words can't be read as a rule, or in more than one way; `text` says what is missing."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)
