"""From what a command asks for to a question that scoring answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.application import Application
from liangcun_server.cli.finding import ChosenPeriod, period_or_newest, region_or_place
from liangcun_server.cli.reading import moment, word
from liangcun_server.regions.region import Region
from liangcun_server.scorecards.service import Question, scope_for
from liangcun_server.standards.at_hand import load_standards
from liangcun_server.storage.revisions import revision_at
from liangcun_standards.scoring.derivation import measured
from liangcun_standards.vocabulary import AssessorLevel


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command asks for, as it was typed."""

    standard: str
    region: str | None
    period: str | None
    level: str | None
    as_of: str | None


@dataclass(frozen=True, slots=True)
class Understood:
    """The question, the region that it is about, and how the period was chosen."""

    question: Question
    region: Region
    period: ChosenPeriod
    as_of: datetime | None


async def understand(application: Application, connection: AsyncConnection, asked: Asked) -> Understood:
    """The question that is meant. Raises what is wrong with the first part that can't be understood."""
    level = word(AssessorLevel, asked.level, "--level")
    as_of = moment(asked.as_of, "--as-of")
    region = await region_or_place(connection, asked.region)
    standards = await load_standards(connection, application.plugins)
    newest = standards.catalogue.find(asked.standard, region=region.code)
    scope = scope_for(newest, region.code)
    inputs = {source.indicator for source in measured(newest.standard, application.plugins.indicators)}
    period = await period_or_newest(connection, asked.period, scope, inputs)
    resolved = standards.in_force(asked.standard, region.code, period.period)
    revision = None if as_of is None else await revision_at(connection, as_of)
    question = Question(resolved, scope_for(resolved, region.code), period.period, level, revision)
    return Understood(question, region, period, as_of)
