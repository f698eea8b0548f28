"""Proving an assessment: its result is worked out again from what it rests upon, and compared."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.assessments import repository
from liangcun_server.assessments.figures import Figures, digest_of
from liangcun_server.assessments.frozen import CannotRebuild, Frozen
from liangcun_server.assessments.model import Assessment, UnfinishedAssessment, UnknownAssessment
from liangcun_server.assessments.recomputing import read_inputs, scored, subject_of
from liangcun_server.storage.database import Database
from liangcun_standards.errors import LiangcunError, PluginFailed
from liangcun_standards.plugins import PluginRegistry
from liangcun_standards.scoring import ScoreResult
from liangcun_standards.text import Text

# Differences named one by one; after so many the count says enough.
_NAMED = 20


@dataclass(frozen=True)
class Verification:
    """What proving an assessment found.

    `differences`: each thing that isn't as it was. `unproved`: why the result could not be worked out again,
    None where it was. `changed`: plugins of which another version is installed now.
    """

    assessment: Assessment
    differences: tuple[Text, ...]
    unproved: Text | None
    changed: tuple[Text, ...]

    @property
    def holds(self) -> bool:
        """Whether the result was worked out again and is the same."""
        return not self.differences and self.unproved is None


async def verify(database: Database, plugins: PluginRegistry, number: int) -> Verification:
    """Prove an assessment of this database.

    Raises UnknownAssessment, UnfinishedAssessment.
    """
    async with database.read(at_length=True) as connection:
        found = (await repository.by_ids(connection, [number])).get(number)
        if found is None:
            raise UnknownAssessment.of(number)
        if found.result is None:
            raise UnfinishedAssessment.of(number)
        packed = await repository.figures_of(connection, number)
        frozen = (await repository.frozen_of(connection, [number]))[number]
        changed = tuple(plugin_changes(frozen, plugins))
        try:
            figures = Figures.unpacked(packed)
        except (ValueError, KeyError, zipfile.BadZipFile):
            return Verification(found, (_UNREADABLE,), None, changed)
        differences = []
        if digest_of(packed) != found.result.figures_digest:
            differences.append(_CHANGED)
        try:
            result = await _again(connection, found, frozen, figures, plugins)
        except ValueError:
            return Verification(found, (*differences, _NO_STANDARD), None, changed)
        except (CannotRebuild, PluginFailed) as error:
            told = Text(error.text("zh"), error.text("en"))
            return Verification(found, tuple(differences), told, changed)
    differences += await asyncio.to_thread(lambda: list(compared(found, figures, frozen, result)))
    return Verification(found, tuple(differences), None, changed)


_UNREADABLE = Text("保存的结果已损坏，读不出来", "the result kept is damaged and can't be read")
_NO_STANDARD = Text("保存的标准已损坏，读不出来", "the standard kept is damaged and can't be read")
_CHANGED = Text("保存的结果被改动过", "the result kept has been changed")


async def _again(
    connection: AsyncConnection,
    found: Assessment,
    frozen: Frozen,
    figures: Figures,
    plugins: PluginRegistry,
) -> ScoreResult:
    subject = await asyncio.to_thread(subject_of, found, frozen, figures, plugins)
    inputs = await read_inputs(connection, subject, found.started.revision)
    return await asyncio.to_thread(scored, subject, inputs)


def compared(found: Assessment, figures: Figures, frozen: Frozen, result: ScoreResult) -> Iterator[Text]:
    """Where a result worked out again differs from what stands on record."""
    assert found.result is not None
    if result.standard.digest != found.standard_digest:
        yield Text("标准与当时的摘要不符", "the standard isn't the one whose digest is on record")
    again = Figures.of(result, found.region_code)
    differences = list(_different(figures, again, frozen))
    yield from differences[:_NAMED]
    if len(differences) > _NAMED:
        more = len(differences) - _NAMED
        yield Text(f"另有 {more} 处不同", f"{more} more differ")
    if result.digest != found.result.digest and not differences:
        yield Text(
            "数据与当时不同（结果的摘要不符）",
            "the data aren't what they were (the digest of the result differs)",
        )


def _different(before: Figures, now: Figures, frozen: Frozen) -> Iterator[Text]:
    if before.points.shape != now.points.shape:
        yield Text("条目或地区的数目不同", "there are other numbers of criteria or of regions")
        return
    shares = ~np.isclose(before.points, now.points, rtol=0, atol=1e-6, equal_nan=True)
    for place, row in zip(*np.nonzero(shares), strict=True):
        title = frozen.criteria[place].title
        old, new = before.points[place, row], now.points[place, row]
        code = before.codes[row]
        yield Text(
            f"{code} {title.zh}：记录为 {old:g} 分，重算为 {new:g} 分",
            f"{code} {title.en}: {old:g} points on record, {new:g} worked out again",
        )
    totals = ~np.isclose(before.total, now.total, rtol=0, atol=1e-6, equal_nan=True)
    for row in np.flatnonzero(totals):
        code, old, new = before.codes[row], before.total[row], now.total[row]
        yield Text(
            f"{code} 总分：记录为 {old:g}，重算为 {new:g}",
            f"{code} total: {old:g} on record, {new:g} worked out again",
        )
    for name, told in _DECISIONS.items():
        for row in np.flatnonzero(getattr(before, name) != getattr(now, name)):
            code = before.codes[row]
            yield Text(f"{code} {told.zh}与重算的不同", f"{code} {told.en} isn't what is worked out again")


_DECISIONS = {
    "rank": Text("名次", "rank"),
    "passed": Text("达标与否", "passing"),
    "verdict": Text("结论", "verdict"),
    "grade": Text("等次", "grade"),
}


def plugin_changes(frozen: Frozen, plugins: PluginRegistry) -> Iterator[Text]:
    """Plugins that contributed and now are of another version, or gone."""
    for one in frozen.plugins:
        now = plugins.plugin(one.name)
        if now is None:
            yield Text(f"插件 {one} 已不在", f"the plugin {one} is gone")
        elif now.version != one.version:
            yield Text(
                f"插件 {one} 现在是 {now.version or '?'}", f"the plugin {one} is {now.version or '?'} now"
            )


def refuse_unless(verification: Verification) -> None:
    """Raises NotReproducible for an assessment that isn't proved."""
    if verification.holds:
        return
    told = verification.unproved or verification.differences[0]
    number = verification.assessment.id
    raise NotReproducible(
        Text(
            f"考评 {number} 重算后不一致，不能公布：{told.zh}",
            f"assessment {number} can't be reproduced, so it isn't published: {told.en}",
        )
    )


class NotReproducible(LiangcunError):
    """An assessment whose result can't be worked out again as it stands."""

    code = "NOT_REPRODUCIBLE"
