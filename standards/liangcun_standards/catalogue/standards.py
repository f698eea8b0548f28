"""The standards at hand: every version of each, found by name, jurisdiction and day, tailorings resolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from liangcun_standards.catalogue.changes import AppliedChange, tailor
from liangcun_standards.catalogue.definitions import DefinedIndicators
from liangcun_standards.catalogue.identity import StandardReference, standard_id
from liangcun_standards.catalogue.publication import Publication
from liangcun_standards.contributions import NOTHING, Contributions
from liangcun_standards.document import Standard, Tailoring
from liangcun_standards.errors import (
    AmbiguousStandard,
    ContributionClash,
    InvalidDocument,
    InvalidPart,
    UnknownStandard,
)
from liangcun_standards.indicators import Indicator, IndicatorCatalogue
from liangcun_standards.regions import contains, implied_level
from liangcun_standards.text import Text
from liangcun_standards.vocabulary import RegionLevel

_NO_CHANGES: tuple[AppliedChange, ...] = ()


@dataclass(frozen=True, eq=False)
class ResolvedStandard:
    """A standard with its tailoring worked in, and how it came about.

    Compared by identity, so that questions about it can be kept in dictionaries: a catalogue resolves the
    same documents to the same object.
    """

    publication: Publication
    standard: Standard
    extends: ResolvedStandard | None = None
    tailoring: tuple[AppliedChange, ...] = ()

    @property
    def id(self) -> str:
        """JURISDICTION/CODE."""
        return self.publication.id

    @property
    def name(self) -> str:
        """JURISDICTION/CODE@VERSION."""
        return f"{self.id}@{self.standard.version}"


class StandardCatalogue:
    """Every published standard. `own` is what plugins add to the words of documents.

    Raises ContributionClash when two documents share jurisdiction, code and version, InvalidDocument when
    two give one indicator different meanings.
    """

    def __init__(
        self,
        publications: Iterable[Publication],
        indicators: Mapping[str, Indicator],
        own: Contributions = NOTHING,
    ) -> None:
        self._indicators = indicators
        self._own = own
        self._versions: dict[str, list[Publication]] = {}
        self._defined = DefinedIndicators(indicators)
        for publication in publications:
            self._add(publication)
        self._resolved: dict[tuple[int, int | None], ResolvedStandard] = {}
        self._latest: dict[int, ResolvedStandard] = {}

    def _add(self, publication: Publication) -> None:
        versions = self._versions.setdefault(publication.id, [])
        for other in versions:
            if other.document.version == publication.document.version:
                name, one, two = other.name, other.origin, publication.origin
                raise ContributionClash(
                    Text(
                        f"标准 {name} 由 {one} 和 {two} 重复提供",
                        f"the standard {name} is contributed by both {one} and {two}",
                    )
                )
        self._defined.add(publication)
        versions.append(publication)
        versions.sort(key=lambda version: (version.document.effective.from_, version.document.version))

    @cached_property
    def indicators(self) -> IndicatorCatalogue:
        """The indicators of plugins, and those that the documents here define."""
        known = self._indicators
        if not isinstance(known, IndicatorCatalogue):
            known = IndicatorCatalogue(("", one) for one in known.values())
        return known.with_definitions(self._defined)

    def extended(self, publications: Iterable[Publication], *, replacing: bool = False) -> StandardCatalogue:
        """A catalogue with more documents; what this one has resolved stays the same object in it.

        With `replacing` a document takes the place of one of the same id and version, without it that raises
        ContributionClash. Raises InvalidDocument for an indicator that means something else already.
        """
        new = list(publications)
        taken = {one.name for one in new} if replacing else set()
        kept = [one for one in self.publications() if one.name not in taken]
        more = StandardCatalogue([*kept, *new], self._indicators, self._own)
        more._resolved = dict(self._resolved)
        return more

    def publications(self) -> list[Publication]:
        """Every version of every standard, by id and date."""
        return [version for name in sorted(self._versions) for version in self._versions[name]]

    def ids(self) -> list[str]:
        """Every id."""
        return sorted(self._versions)

    def find(
        self,
        reference: str,
        *,
        version: str | None = None,
        region: str | None = None,
        day: date | None = None,
    ) -> ResolvedStandard:
        """The standard that a reference means.

        A bare code means the nearest jurisdiction around `region` (a twelve-digit code) that has such a
        standard in force or, where none is around it, the only one of that code anywhere. Without `version`
        the one in force on `day` is taken; without `day`, the newest, and for a tailoring that doesn't fit
        the newest version of its base, over the latest version that it fits.

        Raises UnknownStandard, with what there is, when nothing answers, AmbiguousStandard when several do,
        InvalidDocument for a tailoring that doesn't fit what it extends on that day, or ever.
        """
        named = StandardReference.parse(reference)
        wanted = version or named.version
        candidates = [
            self._choose(versions, wanted, day)
            for versions in self._versions.values()
            if versions[0].document.code == named.code
            and named.jurisdiction in (None, versions[0].document.jurisdiction)
        ]
        found = [candidate for candidate in candidates if candidate is not None]
        if not found:
            raise self._unknown(named, reference, wanted, day)
        if named.jurisdiction is None:
            found = self._nearest(found, region)
        if len(found) > 1:
            ids = sorted(candidate.id for candidate in found)
            raise AmbiguousStandard(
                Text(
                    f"“{reference}”有多个标准：{'、'.join(ids)}，请写全",
                    f"'{reference}' names more than one standard: {', '.join(ids)}; write it in full",
                )
            )
        return self._newest(found[0]) if day is None else self.resolve(found[0], day)

    def _newest(self, publication: Publication) -> ResolvedStandard:
        """The latest of what a document comes to. Raises InvalidDocument when it never comes to anything."""
        try:
            return self._latest.get(id(publication)) or self.resolve(publication)
        except InvalidDocument:
            for day in reversed(self.turning_days(publication)):
                try:
                    # Kept, since finding out what doesn't fit takes milliseconds.
                    return self._latest.setdefault(id(publication), self.resolve(publication, day))
                except InvalidDocument:
                    continue
            raise

    @staticmethod
    def _choose(versions: list[Publication], wanted: str | None, day: date | None) -> Publication | None:
        if wanted is not None:
            return next((version for version in versions if version.document.version == wanted), None)
        valid = versions if day is None else [version for version in versions if version.in_force(day)]
        return valid[-1] if valid else None

    @staticmethod
    def _nearest(found: list[Publication], region: str | None) -> list[Publication]:
        if region is None or len(found) == 1:
            return found
        around = [candidate for candidate in found if contains(candidate.document.jurisdiction, region)]
        if not around:
            return found
        levels = list(RegionLevel)
        return [max(around, key=lambda one: levels.index(implied_level(one.document.jurisdiction)))]

    def _unknown(
        self, named: StandardReference, reference: str, version: str | None, day: date | None
    ) -> UnknownStandard:
        same = [
            one
            for one in self.publications()
            if one.document.code == named.code and named.jurisdiction in (None, one.document.jurisdiction)
        ]
        if not same:
            known = self.ids() or ["—"]
            return UnknownStandard(
                Text(
                    f"没有标准“{reference}”，现有：{'、'.join(known)}",
                    f"there is no standard '{reference}'; there are: {', '.join(known)}",
                )
            )
        dates = [(one, one.document.effective) for one in same]
        listed = ", ".join(f"{one.name} ({days.from_} – {days.to or ''})" for one, days in dates)
        asked = f"@{version}" if version is not None else ("" if day is None else f" {day}")
        return UnknownStandard(
            Text(
                f"标准“{reference}”{asked} 没有对应的版本，现有：{listed}",
                f"no version of '{reference}' answers to{asked or ' that'}; there are: {listed}",
            )
        )

    def ever_fits(self, publication: Publication) -> bool:
        """Whether a document can be resolved at any time."""
        try:
            self._newest(publication)
        except InvalidDocument:
            return False
        return True

    def turning_days(self, publication: Publication) -> list[date | None]:
        """The days from which a document resolves to something else, and None for the newest of all.

        Those are its own first day and, for a tailoring in force, the first days of the documents that it
        builds on.
        """
        first = publication.document.effective.from_
        bases = self._bases(publication)
        if not bases:
            return [first]
        starts = {one.document.effective.from_ for one in self._built_on(publication)}
        later = (day for day in starts if day > first and publication.in_force(day))
        return [first, *sorted(day for day in later if any(one.in_force(day) for one in bases)), None]

    def _bases(self, publication: Publication) -> list[Publication]:
        """Every version of the standard that a tailoring extends."""
        document = publication.document
        if isinstance(document, Standard):
            return []
        try:
            named = StandardReference.parse(document.extends)
        except UnknownStandard:
            return []
        return self._versions.get(standard_id(named.jurisdiction or "", named.code), [])

    def _built_on(self, publication: Publication) -> list[Publication]:
        """Every version of every standard that a tailoring extends, its base's bases included."""
        found: list[Publication] = []
        waiting = self._bases(publication)
        while waiting:
            new = [one for one in waiting if one not in found]
            found += new
            waiting = [base for one in new for base in self._bases(one)]
        return found

    def resolve(self, publication: Publication, day: date | None = None) -> ResolvedStandard:
        """The standard with its tailoring worked in, checked against the indicators.

        Raises InvalidDocument for a cycle in `extends`, a base that isn't there, or a change that no longer
        fits the base.
        """
        return self._resolve(publication, day, ())

    def _resolve(
        self, publication: Publication, day: date | None, above: tuple[Publication, ...]
    ) -> ResolvedStandard:
        document = publication.document
        chain = (*above, publication)
        if publication in above:
            cycle = " → ".join(one.name for one in chain)
            raise InvalidDocument(
                Text(f"extends 形成循环：{cycle}", f"extends runs in a circle: {cycle}"),
                where=publication.place(("extends",)),
            )
        base = None if isinstance(document, Standard) else self._base(document, publication, day, chain)
        key = (id(publication), None if base is None else id(base))
        if key not in self._resolved:
            self._resolved[key] = self._work_in(publication, base)
        return self._resolved[key]

    def _base(
        self,
        document: Tailoring,
        publication: Publication,
        day: date | None,
        chain: tuple[Publication, ...],
    ) -> ResolvedStandard:
        try:
            named = StandardReference.parse(document.extends)
        except UnknownStandard as error:
            raise _of_extends(publication, error.message) from None
        if named.jurisdiction is None:
            raise _of_extends(
                publication,
                Text(
                    "extends 要写全，如 220000/jiuyou-liuwu",
                    "extends needs the full id, such as 220000/jiuyou-liuwu",
                ),
            )
        versions = self._versions.get(standard_id(named.jurisdiction, named.code), [])
        base = self._choose(versions, named.version, day)
        if base is None:
            unknown = self._unknown(named, document.extends, named.version, day)
            raise _of_extends(publication, unknown.message)
        return self._resolve(base, day, chain)

    def _work_in(self, publication: Publication, base: ResolvedStandard | None) -> ResolvedStandard:
        document = publication.document
        try:
            if isinstance(document, Standard):
                standard, applied = document, _NO_CHANGES
            else:
                assert base is not None
                standard, applied = tailor(base.standard, document, self._own)
            self._defined.check_used(standard)
            standard.check(self._indicators)
        except InvalidPart as error:
            where = _place(error, publication, base)
            raise InvalidDocument(Text(error.text("zh"), error.text("en")), where=where) from None
        return ResolvedStandard(publication, standard, base, applied)


def _of_extends(publication: Publication, message: Text) -> InvalidDocument:
    # The place is looked up in the text, which takes milliseconds: for an error only.
    return InvalidDocument(message, where=f"{publication.place(('extends',))}: extends")


def _place(error: InvalidPart, publication: Publication, base: ResolvedStandard | None) -> str:
    """Where the part stands that the error is about: in the document itself or in one that it extends."""
    place = publication.place_of(error)
    if place is None and error.path:
        return publication.place(error.path)
    while place is None and base is not None:
        place, base = base.publication.place_of(error), base.extends
    return place or publication.name
