"""`liangcun waive`: let a region off a criterion, or take that back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from liangcun_server.cli.language import words
from liangcun_server.cli.options import By, DatabaseUrl, Language, Reason, RegionCode, StandardName
from liangcun_server.cli.output import say

if TYPE_CHECKING:
    from liangcun_server.application import Application
    from liangcun_server.regions.region import Region
    from liangcun_standards.catalogue import ResolvedStandard
    from liangcun_standards.periods import Period


def waive(
    region: RegionCode,
    standard: StandardName,
    criterion: Annotated[str, typer.Option("--criterion", metavar="CODE", help="条目代码 / the criterion")],
    reason: Reason,
    authority: Annotated[
        str | None,
        typer.Option("--authority", metavar="NAME", help="批准单位；撤销时不用写 / who decided it"),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="DATE", help="起始日，默认为最新有数据的时期的第一天 / from which day"
        ),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="到期日，默认一直有效 / until which day")
    ] = None,
    document: Annotated[
        str | None, typer.Option("--document", metavar="TEXT", help="文号 / its number")
    ] = None,
    not_applicable: Annotated[
        bool, typer.Option("--not-applicable", help="不适用，而不是豁免 / it can't apply there")
    ] = False,
    revoke: Annotated[bool, typer.Option("--revoke", help="撤销 / take it back")] = False,
    by: By = None,
    database_url: DatabaseUrl = None,
    language: Language = None,
) -> None:
    """豁免一个条目，写明批准单位、理由、期限 / exempt a region from a criterion, with the reason."""
    from liangcun_server.cli.reading import BadOption, author, day
    from liangcun_server.cli.session import ask
    from liangcun_server.exemptions.granting import grant_exemption, revoke_exemption
    from liangcun_server.exemptions.model import ExemptionKind, NewExemption
    from liangcun_standards.text import Text

    if authority is None and not revoke:
        raise BadOption(Text("请写明批准单位", "name who decided it"), where="--authority")
    begins = day(since, "--from")
    ends = day(until, "--until")
    who = author(by)
    kind = ExemptionKind.NOT_APPLICABLE if not_applicable else ExemptionKind.WAIVED

    async def work(application: Application) -> str:
        subject = await _subject(application, region, standard, criterion)
        database, standard_id = application.database, subject.standard.id
        if revoke:
            number = await revoke_exemption(
                database,
                region_code=subject.region.code,
                standard_id=standard_id,
                criterion=criterion,
                author=who,
                reason=reason,
            )
            return words(f"已撤销，修订号 {number}", f"revoked in revision {number}")
        new = NewExemption(
            region_code=subject.region.code,
            standard_id=standard_id,
            criterion=criterion,
            kind=kind,
            authority=authority or "",
            reason=reason,
            valid_from=begins or subject.newest.start,
            expires_on=ends,
            document_number=document,
        )
        number = await grant_exemption(database, new, author=who)
        label = words(*kind.label)
        span = f"{new.valid_from} – {ends or words('撤销前一直有效', 'until revoked')}"
        return words(f"已登记{label}（{span}），修订号 {number}", f"{label} ({span}), in revision {number}")

    say(ask(work, database_url=database_url))


class _Subject(NamedTuple):
    """What an exemption is about, and the newest period with data."""

    region: Region
    standard: ResolvedStandard
    newest: Period


async def _subject(application: Application, region: str, standard: str, criterion: str) -> _Subject:
    """Raises UnknownRegion, UnknownStandard, LevelMismatch, and BadOption for an unknown criterion."""
    from difflib import get_close_matches

    from liangcun_server.cli.finding import period_or_newest, region_named
    from liangcun_server.cli.reading import BadOption
    from liangcun_server.scorecards.service import LevelMismatch
    from liangcun_server.standards.at_hand import load_standards
    from liangcun_standards.scoring.derivation import measured
    from liangcun_standards.text import Text

    async with application.database.read() as connection:
        place = await region_named(connection, region)
        known = await load_standards(connection, application.plugins)
        found = known.catalogue.find(standard, region=place.code)
        inputs = {source.indicator for source in measured(found.standard, application.plugins.indicators)}
        newest = await period_or_newest(connection, None, place.code, inputs)
    wanted = found.standard.level
    if place.level is not wanted:
        raise LevelMismatch(
            Text(
                f"{found.name} 评的是{wanted.label.zh}，{place.name} 是{place.level.label.zh}",
                f"{found.name} scores regions of {wanted.label.en} level, {place.name} is of "
                f"{place.level.label.en} level",
            )
        )
    codes = [one.code for one in found.standard.criteria]
    if criterion not in codes:
        near = get_close_matches(criterion, codes, n=3) or codes
        raise BadOption(
            Text(
                f"{found.name} 没有条目“{criterion[:64]}”，是否指：{'、'.join(near)}",
                f"{found.name} has no criterion '{criterion[:64]}'; did you mean: {', '.join(near)}",
            ),
            where="--criterion",
        )
    return _Subject(place, found, newest.period)
