"""The standards at hand: those of plugins and those published in the database, and what is bound where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.plugins.switching import bring_up_to_date
from liangcun_server.standards.stored import (
    Binding,
    DocumentStatus,
    StoredDocument,
    all_bindings,
    newest_change,
    newest_documents,
)
from liangcun_server.storage.kept import Reading
from liangcun_standards.catalogue import Publication, ResolvedStandard, StandardCatalogue
from liangcun_standards.catalogue.identity import StandardReference
from liangcun_standards.document import read_standard
from liangcun_standards.errors import LiangcunError, UnknownStandard
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.plugins import PluginRegistry
from liangcun_standards.regions import contains, implied_level
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import RegionLevel

_DEPTH = {level: place for place, level in enumerate(RegionLevel)}


@dataclass(frozen=True, eq=False)
class Standards:
    """All standards as they stand at one revision.

    `faults`: the published documents that can't be resolved at some time of their life, by name, with the
    reason, also those of plugins that a later version of their base has left behind. They hold nothing else
    up; what can't be resolved at any time isn't in the catalogue.
    """

    catalogue: StandardCatalogue
    documents: Sequence[StoredDocument] = ()
    bindings: Sequence[Binding] = ()
    faults: Mapping[str, Text] = field(default_factory=dict)

    @property
    def indicators(self) -> IndicatorCatalogue:
        """The indicators of plugins, and those that published documents define."""
        return self.catalogue.indicators

    @property
    def drafts(self) -> list[StoredDocument]:
        """What has been saved and not been published."""
        return [one for one in self.documents if one.status is DocumentStatus.DRAFT]

    def document(self, name: str) -> StoredDocument | None:
        """The document of this name (JURISDICTION/CODE@VERSION), draft or published."""
        return next((one for one in self.documents if one.name == name), None)

    def listed(self, region: str | None = None, level: RegionLevel | None = None) -> list[ResolvedStandard]:
        """The newest version of each standard, of the places around `region` and of `level`, by id."""
        found = [self.catalogue.find(identity) for identity in self.catalogue.ids()]
        return [
            one
            for one in found
            if (region is None or contains(one.standard.jurisdiction, region))
            and (level is None or one.standard.level is level)
        ]

    def named(self, name: str, version: str | None, place: str) -> ResolvedStandard | None:
        """The standard of this id, the newest version unless one is named; None when there is none.

        A bare code means the one nearest to `place`, the twelve-digit code of the database's own place.
        """
        try:
            return self.catalogue.find(name, version=version, region=place)
        except UnknownStandard:
            return None

    def in_force(self, name: str, region: str, period: Period) -> ResolvedStandard:
        """The version that a region (a twelve-digit code) goes by at the end of the period.

        That is the version named or, without one, the one bound to the nearest region around, or else the
        one whose effective dates hold the last day of the period. Raises UnknownStandard, with what there
        is.
        """
        named = StandardReference.parse(name)
        bound = None if named.version is not None else self.bound(named, region, period.end)
        if bound is not None:
            return self.catalogue.find(bound, region=region, day=period.end)
        return self.catalogue.find(name, region=region, day=period.end)

    def bound(self, named: StandardReference, region: str, day: date) -> str | None:
        """The name of the version bound for a region on a day; None where nothing is.

        The nearest region that has a binding wins; there the one that began last, or was made last.
        """
        at: dict[tuple[str, str], Binding] = {}
        for one in self.bindings:
            if (
                one.code == named.code
                and named.jurisdiction in (None, one.jurisdiction)
                and one.effective_from <= day
                and contains(one.region_code, region)
            ):
                # By region and standard: who lets one standard go leaves others bound.
                key = (one.region_code, one.jurisdiction)
                before = at.get(key)
                if before is None or before.effective_from <= one.effective_from:
                    at[key] = one
        holding = [one for one in at.values() if one.version is not None]
        if not holding:
            return None
        chosen = max(holding, key=_nearness)
        return f"{chosen.standard_id}@{chosen.version}"


def _nearness(binding: Binding) -> tuple[int, date, int]:
    return _DEPTH[implied_level(binding.region_code)], binding.effective_from, binding.revision


class StandardsAtHand:
    """Keeps the standards in memory and brings them up to date when something was published or bound."""

    def __init__(self, plugins: PluginRegistry) -> None:
        self._plugins = plugins
        self._standards = Standards(plugins.standards)
        # The last write to documents or bindings that is in them, and up to where there was none since.
        self._change = 0
        self._revision = 0

    @property
    def of_plugins(self) -> Standards:
        """Those of plugins alone: all there are without a database."""
        return Standards(self._plugins.standards)

    @property
    def latest(self) -> Standards:
        """The standards as the last request saw them."""
        return self._standards

    async def now(self, reading: Reading) -> Standards:
        """The standards as they stand for a request."""
        newest = await reading.newest_revision()
        if self._revision >= newest:
            return self._standards
        async with reading.reading() as connection:
            change = await newest_change(connection)
            if change == self._change:
                standards = self._standards
            else:
                await bring_up_to_date(self._plugins, connection)
                standards = await load_standards(connection, self._plugins)
        # Of two that read side by side, what the later one saw stays.
        if change >= self._change and newest >= self._revision:
            self._standards, self._change, self._revision = standards, change, newest
        return standards


async def load_standards(connection: AsyncConnection, plugins: PluginRegistry) -> Standards:
    """The standards as a connection sees them."""
    documents = await newest_documents(connection)
    bindings = await all_bindings(connection)
    published = [one for one in documents if one.status is DocumentStatus.PUBLISHED]
    catalogue, faults = _taken_in(plugins, published)
    return Standards(catalogue, documents, bindings, faults)


def _taken_in(
    plugins: PluginRegistry, published: Sequence[StoredDocument]
) -> tuple[StandardCatalogue, dict[str, Text]]:
    """A catalogue with the published documents that can be used, and why the others can't."""
    faults: dict[str, Text] = {}
    kept: dict[str, Publication] = {}
    defining: list[Publication] = []
    # Of two that define an indicator differently, the one published first stays.
    for one in sorted(published, key=lambda one: one.revision):
        try:
            publication = read_publication(one.text, one.file, plugins)
            plugins.standards.extended([*defining, publication])
            kept[one.name] = publication
            if publication.document.indicators:
                defining.append(publication)
        except LiangcunError as error:
            faults[one.name] = _told(error)
    while True:
        catalogue = plugins.standards.extended(kept.values())
        found = misfits(catalogue)
        fallen = [name for name, one in kept.items() if name in found and not catalogue.ever_fits(one)]
        if not fallen:
            return catalogue, faults | found
        # What falls away may be what another one extends.
        faults |= {name: found[name] for name in fallen}
        kept = {name: one for name, one in kept.items() if name not in fallen}


def read_publication(text: str, file: str, plugins: PluginRegistry) -> Publication:
    """A document as the catalogue takes it in. Raises InvalidDocument."""
    return Publication(read_standard(text, file, plugins.own), text, None, file)


def misfits(catalogue: StandardCatalogue) -> dict[str, Text]:
    """The documents that don't fit what they extend at some time of their life, by name, and why."""
    found: dict[str, Text] = {}
    for one in catalogue.publications():
        try:
            check_resolves(one, catalogue)
        except LiangcunError as error:
            found[one.name] = _told(error)
    return found


def check_resolves(publication: Publication, catalogue: StandardCatalogue) -> None:
    """Raises InvalidDocument when the document can't be resolved at some time of its life."""
    for day in catalogue.turning_days(publication):
        catalogue.resolve(publication, day)


def _told(error: LiangcunError) -> Text:
    return Text(error.text("zh"), error.text("en"))
