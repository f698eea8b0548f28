"""What commands that ask about one standard over one place share: the standard, the place, the period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from liangcun_server.application import Application
    from liangcun_server.regions.region import Region
    from liangcun_server.scorecards.service import Scores
    from liangcun_server.standards.at_hand import Standards
    from liangcun_standards.periods import Period
    from liangcun_standards.text import Text


@dataclass(frozen=True)
class Place:
    """Where and when a question is about, and the standards at hand."""

    standards: Standards
    region: Region
    period: Period


@dataclass(frozen=True)
class Scored:
    """A standard scored over a place, and what to know of it."""

    place: Place
    scores: Scores
    notes: Sequence[Text]


async def place_asked(
    application: Application, standard: str, within: str | None, period: str | None
) -> Place:
    """The place named or the database's own, the period named or the newest with data for the standard."""
    from liangcun_server.cli.compare import scheme_named
    from liangcun_server.cli.finding import period_or_newest, region_or_place
    from liangcun_server.scorecards.service import scope_for
    from liangcun_server.standards.at_hand import load_standards
    from liangcun_standards.scoring.derivation import measured

    async with application.database.read() as connection:
        known = await load_standards(connection, application.plugins)
        region = await region_or_place(connection, within)
        looked = scheme_named(known, standard, region.code, None, application)
        inputs = {source.indicator for source in measured(looked.standard, application.plugins.indicators)}
        chosen = await period_or_newest(connection, period, scope_for(looked, region.code), inputs)
    return Place(known, region, chosen.period)


async def scored_there(
    application: Application, standard: str, within: str | None, period: str | None, level: str | None
) -> Scored:
    """The standard, draft or document scored over the place."""
    from liangcun_server.cli.compare import scheme_named
    from liangcun_server.cli.reading import word
    from liangcun_server.exports.notes import notes_within
    from liangcun_server.scorecards.service import Question, scope_for
    from liangcun_standards.vocabulary import AssessorLevel

    chosen_level = word(AssessorLevel, level, "--level")
    place = await place_asked(application, standard, within, period)
    resolved = scheme_named(place.standards, standard, place.region.code, place.period, application)
    scope = scope_for(resolved, place.region.code)
    scores = await application.scoring.scores(Question(resolved, scope, place.period, chosen_level))
    async with application.database.read() as connection:
        notes = await notes_within(connection, scores, place.region.code)
    return Scored(place, scores, notes)


async def names_of(application: Application, codes: list[str]) -> dict[str, str]:
    """The name of each region."""
    from liangcun_server.regions.repository import by_codes

    async with application.database.read() as connection:
        return {code: one.name for code, one in (await by_codes(connection, codes)).items()}
