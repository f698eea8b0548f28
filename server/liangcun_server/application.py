"""The application put together: settings, database, plugins, and what answers questions from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

from liangcun_server.assessments.running import AssessmentService
from liangcun_server.evidence.store import FileStore
from liangcun_server.limits.turns import Turns
from liangcun_server.observations.kept import CurrentObservations
from liangcun_server.planning.kept import KeptPlans
from liangcun_server.plugins.loading import load_installed
from liangcun_server.regions.kept import KnownRegions
from liangcun_server.scorecards.service import ScoringService
from liangcun_server.settings import Settings
from liangcun_server.standards.at_hand import StandardsAtHand
from liangcun_server.storage.database import Database
from liangcun_standards.plugins import PluginRegistry


@dataclass(frozen=True)
class Application:
    """One running 量村: what the command line and the web server share."""

    settings: Settings
    database: Database
    plugins: PluginRegistry
    scoring: ScoringService

    @classmethod
    def open(cls, settings: Settings, plugins: PluginRegistry | None = None) -> Self:
        """Put it together; nothing is opened until the first question. Call `close` at the end."""
        registry = plugins or load_installed(settings)
        database = Database(settings.database_url, statement_seconds=settings.statement_seconds)
        return cls(settings, database, registry, ScoringService(registry, database))

    @cached_property
    def current_observations(self) -> CurrentObservations:
        """The observations kept in memory."""
        return CurrentObservations()

    @cached_property
    def standards(self) -> StandardsAtHand:
        """The standards of plugins and of the database, as they stand."""
        return StandardsAtHand(self.plugins)

    @cached_property
    def assessments(self) -> AssessmentService:
        """Runs assessments, and knows those under way."""
        return AssessmentService(self.database, self.plugins)

    @cached_property
    def evidence(self) -> FileStore:
        """The files of evidence."""
        return FileStore(self.settings.evidence_store)

    @cached_property
    def long_work(self) -> Turns:
        """For what takes a processor for seconds: one at a time, so that the rest is answered meanwhile."""
        return Turns(1)

    @cached_property
    def known_regions(self) -> KnownRegions:
        """The regions kept in memory."""
        return KnownRegions()

    @cached_property
    def kept_plans(self) -> KeptPlans:
        """The improvement plans kept in memory."""
        return KeptPlans()

    async def close(self) -> None:
        """Close the database and forget what was kept in memory."""
        await self.assessments.close()
        await self.scoring.close()
        await self.database.close()
