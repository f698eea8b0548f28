"""Trying out changes: what they would make of every village, beside what is in force."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property

from liangcun_server.scorecards.service import Scores, ScoringService
from liangcun_server.standards.at_hand import Standards, check_resolves, read_publication
from liangcun_server.standards.preview import (
    Preview,
    Standing,
    compared,
    grade_texts,
    scored_both,
    standing_of,
)
from liangcun_server.storage.kept import Reading
from liangcun_server.whatif.drafting import Draft, placeless, read_draft
from liangcun_server.whatif.setting import InvalidChange
from liangcun_standards.catalogue import Publication, ResolvedStandard
from liangcun_standards.comparison import Pair, compare
from liangcun_standards.errors import InvalidDocument
from liangcun_standards.periods import Period
from liangcun_standards.plugins import PluginRegistry
from liangcun_standards.table import Integers
from liangcun_standards.text import Text


@dataclass(frozen=True)
class WhatIf:
    """What changes would come to. `text`: the document, which can be saved as it is."""

    preview: Preview
    old: Scores
    new: Scores
    pair: Pair
    text: str

    @cached_property
    def regions(self) -> list[str]:
        """Every region looked at, by code."""
        rows = self.new.result.rows_within(self.preview.scope)
        return [code for code in self.new.result.table.regions[rows] if code in self.old.result.table.row_of]

    def standings(self, code: str) -> tuple[Standing, Standing]:
        """Where a region stands before and after."""
        before, after = (
            standing_of(one.result, ranks, one.result.table.row_of[code], grade_texts(one.result))
            for one, ranks in zip((self.old, self.new), self._ranks, strict=True)
        )
        return before, after

    @cached_property
    def grade_moves(self) -> list[tuple[Text | None, Text | None, int]]:
        """How many go from which grade to which other one, the most first."""
        moved: Counter[tuple[Text | None, Text | None]] = Counter()
        for one in self.preview.changes:
            if one.before.grade != one.after.grade:
                moved[one.before.grade, one.after.grade] += 1
        return [(before, after, count) for (before, after), count in moved.most_common()]

    @property
    def newly_passing(self) -> int:
        """How many pass that didn't."""
        return sum(one.after.passed and not one.before.passed for one in self.preview.changes)

    @property
    def no_longer_passing(self) -> int:
        """How many passed and don't."""
        return sum(one.before.passed and not one.after.passed for one in self.preview.changes)

    @cached_property
    def _ranks(self) -> tuple[Integers, ...]:
        return tuple(one.result.ranks(self.preview.scope) for one in (self.old, self.new))


async def what_if(
    standards: Standards,
    scoring: ScoringService,
    plugins: PluginRegistry,
    *,
    standard: str,
    scope: str,
    period: Period,
    reading: Reading,
    draft: Draft,
    document: str | None = None,
) -> WhatIf:
    """What a draft, or a whole `document`, would change where it took the place of a standard in force.

    `scope` is a twelve-digit code. Nothing is kept. Raises UnknownStandard, InvalidChange with the setting,
    InvalidDocument with the place, LevelMismatch, InvalidComparison for a document of another level.
    """
    base = standards.in_force(standard, scope, period)
    if document is not None:
        if draft.settings or draft.changes is not None:
            raise InvalidChange(
                Text("有了整份文档就不能再写改动", "a whole document takes no changes besides")
            )
        publication = await asyncio.to_thread(read_publication, document, "standard.yaml", plugins)
    else:
        publication = await asyncio.to_thread(_drafted, standards, base, draft, scope, period, plugins)
    old, new = await scored_both(
        standards,
        scoring,
        publication,
        scope=scope,
        period=period,
        reading=reading,
        against=base.name,
    )

    def look() -> WhatIf:
        preview = compared(old, new, scope, plugins.indicators)
        return WhatIf(preview, old, new, compare(old.result, new.result, scope), publication.text)

    return await asyncio.to_thread(look)


def _drafted(
    standards: Standards,
    base: ResolvedStandard,
    draft: Draft,
    scope: str,
    period: Period,
    plugins: PluginRegistry,
) -> Publication:
    """The draft as a document that resolves. What is wrong is told with the setting behind it."""

    def attempt(one: Draft) -> Publication:
        publication = read_draft(base, one, scope, period, plugins)
        check_resolves(publication, standards.catalogue.extended([publication], replacing=True))
        return publication

    try:
        return attempt(draft)
    except InvalidDocument as error:
        for count in range(1, len(draft.settings) + 1):
            try:
                attempt(replace(draft, settings=draft.settings[:count]))
            except InvalidDocument as first:
                message = Text(placeless(first.text("zh")), placeless(first.text("en")))
                raise InvalidChange(message, where=draft.settings[count - 1][:200]) from None
        raise error
