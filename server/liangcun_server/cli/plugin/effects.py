"""What another version of a plugin would change in the current rankings, before it takes hold."""

from __future__ import annotations

from collections.abc import Collection

from liangcun_server.cli.finding import period_or_newest
from liangcun_server.scorecards.service import Question, ScoringService, scope_for
from liangcun_server.standards.preview import Preview, compared
from liangcun_server.storage.database import Database
from liangcun_standards.catalogue import ResolvedStandard
from liangcun_standards.plugins import PluginRegistry
from liangcun_standards.scoring.derivation import measured


async def effects(
    database: Database, before: PluginRegistry, after: PluginRegistry, names: Collection[str], scope: str
) -> list[Preview]:
    """For each standard that the plugins carry before and after: what changes within a region.

    The newest version of each is scored in the newest period with data. `scope` is a twelve-digit code.
    """
    old, new = ScoringService(before, database), ScoringService(after, database)
    found = []
    try:
        for one, other in _pairs(before, after, names):
            inputs = {source.indicator for source in measured(other.standard, after.indicators)}
            async with database.read() as connection:
                period = (await period_or_newest(connection, None, scope_for(other, scope), inputs)).period
            scores = [
                await service.scores(Question(standard, scope_for(standard, scope), period))
                for service, standard in ((old, one), (new, other))
            ]
            indicators = {**before.indicators, **after.indicators}
            found.append(compared(scores[0], scores[1], scope, indicators))
    finally:
        await old.close()
        await new.close()
    return found


def _pairs(
    before: PluginRegistry, after: PluginRegistry, names: Collection[str]
) -> list[tuple[ResolvedStandard, ResolvedStandard]]:
    ids = [
        {one.id for plugin in registry.plugins if plugin.name in names for one in plugin.publications}
        for registry in (before, after)
    ]
    return [(before.standards.find(id_), after.standards.find(id_)) for id_ in sorted(ids[0] & ids[1])]
