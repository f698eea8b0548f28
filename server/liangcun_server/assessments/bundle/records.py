"""The observations of a bundle as a packed CSV file: written from the database, read back as rows."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.assessments.bundle.archive import MOST_UNPACKED, InvalidBundle
from liangcun_server.assessments.recomputing import Subject
from liangcun_server.observations import repository
from liangcun_server.observations.cell_rows import CellQuery, CellRows, Standing, standing_of
from liangcun_server.observations.model import Observation
from liangcun_standards.scoring.derivation import measured
from liangcun_standards.table import Input
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import AssessorLevel, Qualifier

COLUMNS = (
    *("region", "indicator", "period", "assessor_level", "value", "qualifier", "source_status", "source"),
    *("original_text", "scope_note", "method", "note", "revision", "recorded_at", "recorded_by"),
)
_REGIONS_AT_ONCE = 2_000


def inputs_of(subject: Subject) -> list[Input]:
    """The columns that every period's table has, ascending; a lag means the period before."""
    return sorted(set(measured(subject.standard, subject.indicators)))


async def written(connection: AsyncConnection, subject: Subject, revision: int) -> bytes:
    """The newest value of each key by `revision` that the subject reads, with who recorded it when."""
    target = io.BytesIO()
    # Without a time of its own the file depends on what is in it alone.
    with gzip.GzipFile(fileobj=target, mode="wb", mtime=0) as packed:
        text = io.TextIOWrapper(packed, encoding="utf-8", newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        async for some in rows_by(connection, subject, revision):
            writer.writerows(some)
        text.flush()
        text.detach()
    return target.getvalue()


async def rows_by(
    connection: AsyncConnection, subject: Subject, revision: int | None
) -> AsyncIterator[list[Sequence[Any]]]:
    """The newest value of each key by `revision` that the subject reads, in the order of COLUMNS."""
    inputs = inputs_of(subject)
    periods = set(subject.periods)
    periods |= {period.previous() for period in subject.periods if any(one.lag for one in inputs)}
    for start in range(0, len(subject.codes), _REGIONS_AT_ONCE):
        found = await repository.current(
            connection,
            subject.codes[start : start + _REGIONS_AT_ONCE],
            periods=sorted(periods),
            indicators=sorted({one.indicator for one in inputs}),
            assessor_level=subject.assessor_level,
            as_of_revision=revision,
        )
        yield [_row(one) for several in found.values() for one in several]


def _row(one: Observation) -> Sequence[Any]:
    return (
        one.region_code,
        one.indicator,
        one.period,
        one.assessor_level,
        "" if one.value is None else repr(float(one.value)),
        one.qualifier,
        one.source_status,
        one.source or "",
        one.original_text or "",
        one.scope_note or "",
        one.method or "",
        one.note or "",
        one.revision,
        one.recorded_at.isoformat(),
        one.recorded_by,
    )


class Cell(NamedTuple):
    """A row of the file, as far as scoring goes."""

    region: int
    indicator: str
    period: str
    authority: int
    standing: int
    value: float
    revision: int


def read_back(data: bytes) -> list[Cell]:
    """The cells in a file that `written` gave. Raises InvalidBundle."""
    try:
        text = zlib.decompressobj(wbits=31).decompress(data, MOST_UNPACKED).decode("utf-8")
        rows = csv.DictReader(io.StringIO(text, newline=""))
        return cells_of(rows)
    except (zlib.error, UnicodeDecodeError, csv.Error, KeyError, ValueError, TypeError) as error:
        raise InvalidBundle(
            Text("填报值文件读不出来", "the observations can't be read"), where="observations.csv.gz"
        ) from error


def cells_of(rows: Iterable[Mapping[str, Any]]) -> list[Cell]:
    """The cells in rows by the names of COLUMNS. Raises KeyError, ValueError or TypeError."""
    return [_cell(row) for row in rows]


def _cell(row: Mapping[str, Any]) -> Cell:
    value = float(row["value"]) if row["value"] else None
    return Cell(
        int(row["region"]),
        row["indicator"],
        row["period"],
        AssessorLevel(row["assessor_level"]).authority,
        int(Standing.WITHDRAWN if value is None else standing_of(Qualifier(row["qualifier"]))),
        0.0 if value is None else value,
        int(row["revision"]),
    )


def rows_for(cells: Iterable[Cell], query: CellQuery) -> CellRows:
    """The rows of a query among the cells."""
    slots = {
        (one.indicator, str(query.period if not one.lag else query.period.previous())): slot
        for slot, one in enumerate(query.inputs)
    }
    kept = [(one, slots[one.indicator, one.period]) for one in cells if (one.indicator, one.period) in slots]

    def column(values: Iterator[Any], kind: type) -> Any:
        return np.fromiter(values, kind, len(kept))

    return CellRows(
        number=column((one.region for one, _ in kept), np.int64),
        slot=column((slot for _, slot in kept), np.int64),
        authority=column((one.authority for one, _ in kept), np.int64),
        standing=column((one.standing for one, _ in kept), np.int64),
        value=column((one.value for one, _ in kept), np.float64),
        revision=column((one.revision for one, _ in kept), np.int64),
    )
