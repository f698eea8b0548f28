"""Scoring what is in the database: live, from tables kept in memory, each result worked out once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from liangcun_server.exemptions.model import Exemption
from liangcun_server.exemptions.repository import exempt_rows, exemptions_for
from liangcun_server.observations.table_cache import TableCache
from liangcun_server.storage.database import Database
from liangcun_server.storage.kept import DatabaseReading, Reading
from liangcun_standards.catalogue import ResolvedStandard
from liangcun_standards.document import Standard
from liangcun_standards.document.own_names import uses_plugins
from liangcun_standards.errors import LiangcunError
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.plugins import PluginRegistry
from liangcun_standards.regions import SIGNIFICANT_DIGITS, implied_level
from liangcun_standards.scoring import ScoreResult, score, sub_periods
from liangcun_standards.scoring.derivation import measured
from liangcun_standards.table import IndicatorTable, Input, Integers
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import AssessorLevel, RegionLevel

# A county's result takes about 0.1 MB, a province's 4 MB.
_KEPT_RESULTS = 64
# Above this many villages scoring would hold up other requests noticeably.
_ROWS_IN_LINE = 5_000

_FROM_THE_TOP = {level: place for place, level in enumerate(RegionLevel)}


class LevelMismatch(LiangcunError):
    """A standard asked of a region of another level than it scores."""

    code = "LEVEL_MISMATCH"


@dataclass(frozen=True)
class Question:
    """What is to be scored: a standard over a scope (a twelve-digit code) in a period.

    `assessor_level` None takes, for each indicator, the level with the most authority that has a value.
    `as_of_revision` None means now.
    """

    resolved: ResolvedStandard
    scope: str
    period: Period
    assessor_level: AssessorLevel | None = None
    as_of_revision: int | None = None


@dataclass(frozen=True)
class Scores:
    """All scorecards of a scope, the exemptions that they take into account, and ranks once worked out."""

    question: Question
    result: ScoreResult
    exemptions: Mapping[tuple[str, str], Exemption]
    ranks: dict[str, Integers] = field(default_factory=dict, compare=False)

    def exemption(self, region: str, criterion: str) -> Exemption | None:
        """What exempts a region from a criterion."""
        return self.exemptions.get((region, criterion))


def scope_for(resolved: ResolvedStandard, region: str) -> str:
    """The scope to score for a question about `region`: itself or, below the peers' level, its peers.

    Raises LevelMismatch for a region below the level that the standard scores.
    """
    standard, level = resolved.standard, implied_level(region)
    if _FROM_THE_TOP[level] > _FROM_THE_TOP[standard.level]:
        raise LevelMismatch(
            Text(
                f"{resolved.name} 评的是{standard.level.label.zh}，{region} 是{level.label.zh}",
                f"{resolved.name} scores regions of {standard.level.label.en} level, {region} is a "
                f"{level.label.en}",
            )
        )
    return with_peers(standard, region)


def with_peers(standard: Standard, region: str) -> str:
    """The region itself or, where it lies below the level of the standard's peers, theirs around it."""
    if _FROM_THE_TOP[implied_level(region)] <= _FROM_THE_TOP[standard.peer_level]:
        return region
    return region[: SIGNIFICANT_DIGITS[standard.peer_level]].ljust(12, "0")


class ScoringService:
    """Answers questions, keeping the last results while nothing they rest on has changed."""

    def __init__(self, plugins: PluginRegistry, database: Database) -> None:
        self._plugins = plugins
        self._database = database
        self._tables = TableCache(database, plugins.indicators)
        self._results: OrderedDict[Question, _Kept] = OrderedDict()

    @property
    def tables(self) -> TableCache:
        """The indicator tables kept in memory."""
        return self._tables

    @property
    def indicators(self) -> IndicatorCatalogue:
        """The indicators of plugins."""
        return self._plugins.indicators

    async def close(self) -> None:
        """Forget every table and result."""
        await self._tables.close()
        self._results.clear()

    async def scores(self, question: Question, reading: Reading | None = None) -> Scores:
        """Every scorecard of the scope, with everything that was written before the call.

        A request that holds a connection of its own gives `reading`, which what it asks is asked through.
        """
        reading = reading or DatabaseReading(self._database)
        newest = await reading.newest_revision()
        kept = self._results.get(question)
        if kept is not None and kept.revision >= newest:
            self._results.move_to_end(question)
            return kept.scores
        self._tables.know(self._plugins.indicators)
        standard = question.resolved.standard
        periods = (question.period, *sub_periods(standard, question.period))
        tables = [await self._table(question, period, newest) for period in periods]
        exemptions = await self._exemptions(question, reading)
        kept = self._results.get(question)
        if kept is not None and _same(kept.tables, tables) and kept.scores.exemptions == exemptions:
            scores = kept.scores
        else:
            scores = await self._scored(question, tables, exemptions)
        self._keep(question, _Kept(tuple(tables), scores, newest))
        return scores

    async def beside(
        self, scores: Scores, inputs: Sequence[Input], reading: Reading | None = None
    ) -> IndicatorTable:
        """A table of the regions of a result with other columns than those that its standard reads."""
        reading = reading or DatabaseReading(self._database)
        question = scores.question
        return await self._table(question, question.period, await reading.newest_revision(), inputs)

    async def _scored(
        self, question: Question, tables: list[IndicatorTable], exemptions: dict[tuple[str, str], Exemption]
    ) -> Scores:
        standard = question.resolved.standard
        parts = {str(table.period): table for table in tables[1:]}
        exempt = exempt_rows(exemptions.values(), tables[0])
        # A plugin's Python may take its time, or wait for ever until it is ended.
        if len(tables[0]) > _ROWS_IN_LINE or uses_plugins(standard):
            result = await asyncio.to_thread(
                score, standard, tables[0], self._plugins.indicators, exempt, parts
            )
        else:
            result = score(standard, tables[0], self._plugins.indicators, exempt, parts)
        return Scores(question, result, exemptions)

    def _keep(self, question: Question, kept: _Kept) -> None:
        before = self._results.pop(question, None)
        # Of two who worked it out side by side, the one who knew more.
        self._results[question] = before if before is not None and before.revision > kept.revision else kept
        while len(self._results) > _KEPT_RESULTS:
            self._results.popitem(last=False)

    async def _table(
        self, question: Question, period: Period, newest: int, inputs: Sequence[Input] | None = None
    ) -> IndicatorTable:
        """The table of what the standard rests on, or of `inputs`."""
        standard = question.resolved.standard
        loaded = await self._tables.table(
            question.scope,
            period,
            measured(standard, self._plugins.indicators) if inputs is None else inputs,
            definitions=standard.indicators,
            level=standard.level,
            assessor_level=question.assessor_level,
            peers=standard.peer_level,
            as_of_revision=question.as_of_revision,
            newest=newest,
        )
        return loaded.table

    async def _exemptions(self, question: Question, reading: Reading) -> dict[tuple[str, str], Exemption]:
        async with reading.reading() as connection:
            found = await exemptions_for(
                connection,
                question.resolved.id,
                question.scope,
                on_date=question.period.end,
                as_of_revision=question.as_of_revision,
            )
        return {(one.region_code, one.criterion): one for one in found}


@dataclass(frozen=True, slots=True)
class _Kept:
    """A result, the tables that it was worked out from, and the revision that it is known to hold at."""

    tables: tuple[IndicatorTable, ...]
    scores: Scores
    revision: int


def _same(kept: tuple[IndicatorTable, ...], tables: list[IndicatorTable]) -> bool:
    return len(kept) == len(tables) and all(a is b for a, b in zip(kept, tables, strict=True))
