"""What a check of a plugin found: a finding for each rule, and the level that they come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from liangcun_standards.text import Text

# What is shown of a rule's faults; the rest is counted.
_SHOWN = 20


class Level(StrEnum):
    """How far a plugin may be relied upon; each level asks for all below it."""

    NONE = "none"
    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"

    @property
    def label(self) -> Text:
        """The level for a reader."""
        return {
            Level.NONE: Text("未达铜级", "below bronze"),
            Level.BRONZE: Text("铜级", "bronze"),
            Level.SILVER: Text("银级", "silver"),
            Level.GOLD: Text("金级", "gold"),
        }[self]


class Note(NamedTuple):
    """What a rule has measured, or how it went about it: no fault."""

    text: Text


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's outcome: `faults` is empty where it holds. `notes` say what was measured or left out."""

    code: str
    level: Level
    title: Text
    advice: Text
    faults: tuple[Text, ...]
    notes: tuple[Text, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing was found against it."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class Report:
    """What was found of one plugin, rule by rule."""

    plugin: str
    version: str | None
    findings: tuple[Finding, ...]

    @property
    def level(self) -> Level:
        """The highest level whose rules, and those of the levels below, all hold."""
        reached = Level.NONE
        for level in (Level.BRONZE, Level.SILVER, Level.GOLD):
            if not all(one.holds for one in self.findings if one.level is level):
                break
            reached = level
        return reached

    def values(self) -> dict[str, Any]:
        """The report as JSON has it."""
        return {
            "plugin": self.plugin,
            "version": self.version,
            "level": self.level.value,
            "findings": [
                {
                    "code": one.code,
                    "level": one.level.value,
                    "title": list(one.title),
                    "advice": list(one.advice),
                    "holds": one.holds,
                    "faults": [list(fault) for fault in one.faults],
                    "notes": [list(note) for note in one.notes],
                }
                for one in self.findings
            ],
        }

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Report:
        """A report out of JSON."""
        return cls(
            values["plugin"],
            values["version"],
            tuple(
                Finding(
                    one["code"],
                    Level(one["level"]),
                    Text(*one["title"]),
                    Text(*one["advice"]),
                    tuple(Text(*fault) for fault in one["faults"]),
                    tuple(Text(*note) for note in one.get("notes", ())),
                )
                for one in values["findings"]
            ),
        )


def shortened(faults: Sequence[Text]) -> tuple[Text, ...]:
    """The first faults, and how many more there are."""
    if len(faults) <= _SHOWN:
        return tuple(faults)
    more = len(faults) - _SHOWN
    return (*faults[:_SHOWN], Text(f"……还有 {more} 处", f"… and {more} more"))
