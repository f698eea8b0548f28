"""A result as one JSON file that any machine scores again: standard, values, exemptions, results, digest."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.assessments.bundle import records
from liangcun_server.assessments.bundle.exporting import exemption_values
from liangcun_server.assessments.bundle.proving import exemption_of, tables_of
from liangcun_server.assessments.figures import Figures
from liangcun_server.assessments.frozen import CannotRebuild, Frozen, freeze
from liangcun_server.assessments.recomputing import Inputs, Subject, scored
from liangcun_server.regions.region import Region
from liangcun_server.regions.repository import by_codes
from liangcun_server.scorecards.service import Scores
from liangcun_standards.errors import LiangcunError, PluginFailed
from liangcun_standards.periods import Period
from liangcun_standards.plugins import PluginRegistry
from liangcun_standards.regions import full_code
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import AssessorLevel

FORMAT = "liangcun-result/1"
MOST_BYTES = 1 << 30
_NAMED = 20
# Points are compared as the digest takes them.
_TOLERANCE = 1e-6

# What reading something that was tampered with can raise; ValidationError is a ValueError.
_UNREADABLE = (LiangcunError, KeyError, ValueError, TypeError, AttributeError, IndexError)


class InvalidResult(LiangcunError):
    """A file that holds no result, or one that can't be read."""

    code = "INVALID_RESULT"


async def portable(
    connection: AsyncConnection, scores: Scores, place: Region, plugins: PluginRegistry
) -> bytes:
    """The file of a result over a place, with everything that it rests upon.

    The connection sees the same data as the scores do.
    """
    question, result = scores.question, scores.result
    frozen = await asyncio.to_thread(freeze, question.resolved, plugins)
    subject = Subject(
        question.resolved.standard,
        question.resolved.id,
        frozen.indicators,
        result.table.regions,
        question.scope,
        question.period,
        question.assessor_level,
    )
    observations = [
        row async for some in records.rows_by(connection, subject, question.as_of_revision) for row in some
    ]
    regions = await by_codes(connection, result.table.regions)
    figures = await asyncio.to_thread(Figures.of, result, place.code)
    level = question.assessor_level
    return orjson.dumps(
        {
            "format": FORMAT,
            "region": place.code,
            "scope": question.scope,
            "period": str(question.period),
            "assessor_level": None if level is None else level.value,
            "standard_id": question.resolved.id,
            "frozen": orjson.loads(frozen.to_json()),
            "regions": [[code, regions[code].name] for code in result.table.regions],
            "observation_columns": records.COLUMNS,
            "observations": [[*map(_plain, row)] for row in observations],
            "exemptions": [exemption_values(one) for one in scores.exemptions.values()],
            "results": list(_results(figures, frozen)),
            "digest": result.digest,
        },
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )


def _plain(cell: Any) -> Any:
    return cell if isinstance(cell, int) else str(cell)


def _results(figures: Figures, frozen: Frozen) -> Iterator[dict[str, Any]]:
    for row, code in enumerate(figures.codes):
        grade = int(figures.grade[row])
        yield {
            "region": code,
            "rank": int(figures.rank[row]) or None,
            "score": _known(figures.total[row]),
            "grade": None if grade < 0 else frozen.grades[grade][0],
            "passed": bool(figures.passed[row]),
            "verdict": figures.verdict_of(row).value,
            "points": {
                criterion.code: _known(figures.points[place, row])
                for place, criterion in enumerate(frozen.criteria)
            },
        }


def _known(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)


@dataclass(frozen=True)
class Rescored:
    """A result scored again from its file. `differences`: where it isn't what the file says."""

    standard: str
    region: str
    period: Period
    digest: str
    region_count: int
    differences: tuple[Text, ...]


def rescored(data: bytes, plugins: PluginRegistry) -> Rescored:
    """Score a file's result again.

    Raises InvalidResult, and CannotRebuild or PluginFailed where Python of a plugin is missing or fails.
    """
    try:
        values = orjson.loads(data)
        if values["format"] != FORMAT:
            raise InvalidResult(
                Text(
                    f"格式是 {str(values['format'])[:40]}，本程序读 {FORMAT}",
                    f"it is {str(values['format'])[:40]}, and this program reads {FORMAT}",
                )
            )
        frozen = Frozen.from_json(orjson.dumps(values["frozen"]))
        subject = _subject(values, frozen, plugins)
        rows = (dict(zip(values["observation_columns"], row, strict=True)) for row in values["observations"])
        cells = records.cells_of(rows)
        exemptions = tuple(exemption_of(one, subject) for one in values["exemptions"])
        result = scored(subject, Inputs(tuple(tables_of(subject, cells)), exemptions))
        figures = Figures.of(result, full_code(values["region"]))
        differences = list(_differences(values["results"], list(_results(figures, frozen))))
        digest = str(values["digest"])
    except (InvalidResult, CannotRebuild, PluginFailed):
        raise
    except _UNREADABLE as error:
        raise InvalidResult(
            Text(
                "读不出结果；liangcun report -o 文件.json 写出这样的文件",
                "no result can be read from it; liangcun report -o FILE.json writes such files",
            )
        ) from error
    if result.digest != digest and not differences:
        differences.append(
            Text(
                "结果的摘要与文件里的不同：标准或数据被改动过",
                "the digest differs: standard or data were changed",
            )
        )
    return Rescored(
        standard=f"{subject.standard_id}@{subject.standard.version}",
        region=str(values["region"]),
        period=subject.period,
        digest=result.digest,
        region_count=len(figures.codes),
        differences=tuple(differences),
    )


def _subject(values: Mapping[str, Any], frozen: Frozen, plugins: PluginRegistry) -> Subject:
    level = values["assessor_level"]
    return Subject(
        frozen.standard(plugins.own),
        str(values["standard_id"]),
        frozen.indicators,
        [str(code) for code, _ in values["regions"]],
        full_code(values["scope"]),
        Period.parse(values["period"]),
        None if level is None else AssessorLevel(level),
    )


def _differences(kept: list[dict[str, Any]], again: list[dict[str, Any]]) -> Iterator[Text]:
    if [one["region"] for one in kept] != [one["region"] for one in again]:
        yield Text("地区与重算的不同", "the regions aren't those worked out again")
        return
    count = 0
    for before, now in zip(kept, again, strict=True):
        for name in now:
            pairs = [(name, before[name], now[name])]
            if name == "points":
                pairs = [(code, before[name].get(code), value) for code, value in now[name].items()]
            for what, old, new in pairs:
                if not _same(old, new):
                    count += 1
                    if count <= _NAMED:
                        region = now["region"]
                        yield Text(
                            f"{region} {what}：文件里是 {old}，重算为 {new}",
                            f"{region} {what}: {old} in the file, {new} worked out again",
                        )
    if count > _NAMED:
        yield Text(f"另有 {count - _NAMED} 处不同", f"{count - _NAMED} more differ")


def _same(old: Any, new: Any) -> bool:
    if isinstance(new, float) and isinstance(old, int | float):
        return abs(old - new) <= _TOLERANCE
    return bool(old == new)
