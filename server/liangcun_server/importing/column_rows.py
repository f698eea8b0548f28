"""Plain columns as rows of the table of observations: to be copied, to be sealed, or as tuples.

Texts of whole blocks are put together by Arrow from the few words that they are made of; a row has no object
of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from liangcun_server.importing.model import ImportOptions
from liangcun_server.importing.plain_columns import Keys, PlainColumns
from liangcun_server.observations.recording import COLUMNS
from liangcun_standards.vocabulary import Qualifier

# The columns that are copied: those that stay empty take less time so.
_EMPTY = frozenset({"original_text", "scope_note", "method"})
COPIED = ("id", *(name for name in COLUMNS if name not in _EMPTY))
_NULL = r"\N"
# What COPY's text format takes for something else than itself.
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


@dataclass(frozen=True)
class ColumnRows:
    """Rows of the table of observations.

    `indicator_ids` are the numbers of the columns' indicators, `doubtful` says of some rows why they are
    suspect, `first` is the number of the first row that is written.
    """

    columns: PlainColumns
    indicator_ids: Sequence[int]
    doubtful: Mapping[int, str]
    options: ImportOptions
    revision: int
    first: int

    def copied(self, part: Keys, done: int) -> memoryview:
        """The rows at the places `part` as lines of `COPIED`, in COPY's text format; `done` came before."""
        return self._joined(self._copied, part, done, self._copied_end)

    def sealed(self, part: Keys, done: int) -> memoryview:
        """The same rows as the audit chain seals them: a line of JSON each."""
        return self._joined(self._sealed, part, done, self._sealed_end)

    def tuples(self, part: Keys, done: int) -> Iterator[tuple[object, ...]]:
        """The same rows as values."""
        columns, options = self.columns, self.options
        periods = [str(one) for one in columns.periods]
        notes = [self.doubtful.get(row) for row in part.tolist()] if self.doubtful else repeat(None)
        exact, suspect = Qualifier.EXACT.value, Qualifier.SUSPECT.value
        return zip(
            range(self.first + done, self.first + done + len(part)),
            map(columns.codes.__getitem__, columns.region[part].tolist()),
            map(self.indicator_ids.__getitem__, columns.indicator[part].tolist()),
            map(periods.__getitem__, columns.period[part].tolist()),
            repeat(options.level.value),
            columns.value[part].tolist(),
            [exact if note is None else suspect for note in notes] if self.doubtful else repeat(exact),
            repeat(options.source_status.value),
            repeat(options.source),
            repeat(None),
            repeat(None),
            repeat(None),
            notes,
            repeat(self.revision),
            strict=False,
        )

    @cached_property
    def _copied(self) -> _Words:
        level = self.options.level.value
        return _Words(
            "",
            [f"\t{code}\t" for code in self.columns.codes],
            [f"{number}\t" for number in self.indicator_ids],
            [f"{period}\t{level}\t" for period in self.columns.periods],
        )

    @cached_property
    def _sealed(self) -> _Words:
        level = self.options.level.value
        return _Words(
            "[",
            [f",{_json(code)}," for code in self.columns.codes],
            [f"{_json(code)}," for code in self.columns.indicators],
            [f"{_json(str(period))},{_json(level)}," for period in self.columns.periods],
        )

    def _copied_end(self, note: str | None) -> str:
        given = (*self._said(note), note)
        texts = [_NULL if one is None else one.translate(_ESCAPES) for one in given]
        return "\t" + "\t".join([*texts, str(self.revision)]) + "\n"

    def _sealed_end(self, note: str | None) -> str:
        return f",{_json([*self._said(note), None, None, None, note, self.revision])[1:]}\n"

    def _said(self, note: str | None) -> tuple[str, str, str | None]:
        """Qualifier, status and source of a row with that note."""
        qualifier = Qualifier.EXACT if note is None else Qualifier.SUSPECT
        return qualifier.value, self.options.source_status.value, self.options.source

    def _joined(self, words: _Words, part: Keys, done: int, end: Any) -> memoryview:
        columns = self.columns
        numbers: Any = pa.array(np.arange(self.first + done, self.first + done + len(part))).cast(pa.string())
        ends: Any = pa.scalar(end(None))
        if self.doubtful:
            noted = np.isin(part, list(self.doubtful))
            notes = _array([end(self.doubtful[row]) for row in part[noted].tolist()])
            ends = pc.replace_with_mask(pa.repeat(ends, len(part)), pa.array(noted), notes)
        joined = pc.binary_join_element_wise(
            words.begin,
            numbers,
            words.region.take(columns.region[part]),
            words.indicator.take(columns.indicator[part]),
            words.period.take(columns.period[part]),
            _figures(columns.value[part]),
            ends,
            "",
        )
        _, offsets, data = joined.buffers()
        last = np.frombuffer(offsets, dtype=np.int32)[len(part)]
        return memoryview(data)[:last]


class _Words:
    """The words of a kind of text, as arrays to take from by place."""

    def __init__(
        self, begin: str, region: Sequence[str], indicator: Sequence[str], period: Sequence[str]
    ) -> None:
        self.begin: Any = pa.scalar(begin)
        self.region, self.indicator, self.period = (_array(one) for one in (region, indicator, period))


def _array(words: Sequence[str]) -> Any:
    return pa.array(words, pa.string())


def _figures(values: npt.NDArray[np.float64]) -> Any:
    """Each figure as JSON spells it, which COPY reads too."""
    text = orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY)
    return pa.array(text[1:-1].split(b","), pa.string())


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
