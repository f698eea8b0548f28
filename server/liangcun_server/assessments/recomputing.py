"""Scoring a frozen standard over the data as it stood at a revision: for a run, and to prove it later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.assessments.figures import Figures
from liangcun_server.assessments.frozen import Frozen
from liangcun_server.assessments.model import Assessment
from liangcun_server.exemptions.model import Exemption
from liangcun_server.exemptions.repository import exempt_rows, exemptions_for
from liangcun_server.observations.indicator_tables import load_table
from liangcun_server.observations.table_cache import peer_groups
from liangcun_server.scorecards.service import with_peers
from liangcun_standards.document import Standard
from liangcun_standards.indicators import Indicator
from liangcun_standards.periods import Period
from liangcun_standards.plugins import PluginRegistry
from liangcun_standards.scoring import ScoreResult, score, sub_periods
from liangcun_standards.scoring.derivation import measured
from liangcun_standards.table import IndicatorTable
from liangcun_standards.vocabulary import AssessorLevel

# Is told that so many of so many parts are done.
Step = Callable[[int, int], None]


@dataclass(frozen=True)
class Subject:
    """What is scored: a standard over regions (full codes, ascending) in a period.

    `indicators`: those that the standard reads. `scope`: the region (a twelve-digit code) whose exemptions
    count: the place, or that of its peers around it.
    """

    standard: Standard
    standard_id: str
    indicators: Mapping[str, Indicator]
    codes: Sequence[str]
    scope: str
    period: Period
    assessor_level: AssessorLevel | None

    @property
    def periods(self) -> tuple[Period, ...]:
        """The period itself, then those that it is blended of."""
        return (self.period, *sub_periods(self.standard, self.period))


@dataclass(frozen=True)
class Inputs:
    """The data that a result comes of: a table for each of the subject's periods, and who is exempt."""

    tables: tuple[IndicatorTable, ...]
    exemptions: tuple[Exemption, ...]


async def read_inputs(
    connection: AsyncConnection, subject: Subject, revision: int, step: Step = lambda done, total: None
) -> Inputs:
    """The data as it stood at `revision`."""
    tables = []
    periods = subject.periods
    for number, period in enumerate(periods):
        tables.append(
            await load_table(
                connection,
                subject.indicators,
                subject.codes,
                period,
                measured(subject.standard, subject.indicators),
                assessor_level=subject.assessor_level,
                as_of_revision=revision,
                peers=peer_groups(subject.codes, subject.standard.peer_level),
            )
        )
        step(number + 1, len(periods))
    exemptions = await exemptions_for(
        connection,
        subject.standard_id,
        subject.scope,
        on_date=subject.period.end,
        as_of_revision=revision,
    )
    return Inputs(tuple(tables), tuple(exemptions))


def scored(subject: Subject, inputs: Inputs) -> ScoreResult:
    """The result. Raises PluginFailed where Python of a plugin fails."""
    first, *rest = inputs.tables
    parts = {str(table.period): table for table in rest}
    exempt = exempt_rows(inputs.exemptions, first)
    return score(subject.standard, first, subject.indicators, exempt, parts)


def subject_of(found: Assessment, frozen: Frozen, figures: Figures, plugins: PluginRegistry) -> Subject:
    """What an assessment scored. Raises CannotRebuild."""
    standard = frozen.standard(plugins.own)
    return Subject(
        standard,
        found.standard_id,
        frozen.indicators,
        figures.codes,
        with_peers(standard, found.region_code),
        found.period,
        found.assessor_level,
    )
