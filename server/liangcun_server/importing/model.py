"""What an import is asked, what it reads from a file, and what it says at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from liangcun_server.observations.model import NewObservation, Observation
from liangcun_standards.errors import LiangcunError
from liangcun_standards.periods import Period
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import AssessorLevel, SourceStatus


class InvalidImport(LiangcunError):
    """A file that can't be imported at all; `where` names it."""

    code = "INVALID_IMPORT"


class Problem(NamedTuple):
    """Why a value isn't taken: file and row, column, reason."""

    place: str
    column: str
    message: Text


class Row(NamedTuple):
    """What a row of a file says of all its values; what the file hasn't is None, or missing in `fields`."""

    region: Any
    name: Any
    period: Any
    fields: Mapping[str, Any]


class Entry(NamedTuple):
    """One filled cell as it stands in a file. The cells of a row share its `row`, the very object."""

    place: str
    column: str
    row: Row
    indicator: str
    value: Any


@dataclass(slots=True)
class FileRead:
    """What was read of one file: its entries, what couldn't be read, and headings left alone."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    period: str | None = None


@dataclass(frozen=True, kw_only=True)
class ImportOptions:
    """How an import is to be done.

    `suspect_ratio`: 0 holds nothing as suspect. `restate`: a figure that stands already is recorded anew
    when it comes with another source or status. `values_at_once`: a large file in revisions of so many
    values, each of them whole or not at all, where None takes one for all of it.
    """

    period: Period | None = None
    level: AssessorLevel = AssessorLevel.COUNTY
    source_status: SourceStatus
    source: str | None = None
    accept_units: bool = False
    valid_only: bool = False
    dry_run: bool = False
    suspect_ratio: float = 10.0
    restate: bool = False
    values_at_once: int | None = None


class Change(NamedTuple):
    """A value that is new, or corrects `before`."""

    after: NewObservation
    before: Observation | None


@dataclass(frozen=True)
class ImportReport:
    """What an import did, or on a dry run would do.

    `refused`: there were problems, and nothing was written because all or nothing was asked for. `held` are
    the values recorded as suspect, with the reason in their notes. `as_before` figures came with another
    source than they stand with, and kept that. `new` counts all that had no value before, `corrections` those
    that had another; of a large file `changes` holds those alone that were held back or, up to ten thousand,
    correct others. `revision` is the last of `parts` revisions.
    """

    changes: Sequence[Change]
    new: int
    corrections: int
    unchanged: int
    problems: Sequence[Problem]
    held: Sequence[NewObservation]
    ignored: Sequence[str]
    as_before: int
    revision: int | None
    refused: bool
    parts: int = 1

    @property
    def corrected(self) -> list[Change]:
        """The changes of values that stood already."""
        return [one for one in self.changes if one.before is not None]
