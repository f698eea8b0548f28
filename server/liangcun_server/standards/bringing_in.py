"""Bringing a standard in without a plugin: saved as a draft, published, bound to regions that go by it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.regions.region import UnknownRegion
from liangcun_server.regions.repository import by_codes
from liangcun_server.standards.at_hand import (
    Standards,
    check_resolves,
    load_standards,
    misfits,
    read_publication,
)
from liangcun_server.standards.stored import (
    Binding,
    DocumentStatus,
    add_binding,
    add_document,
    all_bindings,
)
from liangcun_server.storage.database import Database
from liangcun_standards.catalogue import Publication, ResolvedStandard, StandardCatalogue
from liangcun_standards.catalogue.identity import StandardReference, standard_id
from liangcun_standards.errors import LiangcunError, UnknownStandard
from liangcun_standards.plugins import PluginRegistry
from liangcun_standards.regions import full_code
from liangcun_standards.text import Text

_KIND = "standard"
_LONGEST_FILE_NAME = 120


class StandardConflict(LiangcunError):
    """A document under an id and version that stand for something else already."""

    code = "STANDARD_CONFLICT"


class InvalidBinding(LiangcunError):
    """A binding that can't hold."""

    code = "INVALID_BINDING"


@dataclass(frozen=True)
class BroughtIn:
    """A document as it stands now; `changed`: whether anything was written.

    `breaks`: the standards that don't fit it where they extend it, by name, and why: once it is published,
    they go by it no longer from its first day on, and need a version of their own.
    """

    resolved: ResolvedStandard
    status: DocumentStatus
    changed: bool
    breaks: Mapping[str, Text] = field(default_factory=dict)


class _NothingNew(Exception):
    """Raised within a writing transaction to undo a revision that would be empty."""


async def save_draft(
    database: Database,
    plugins: PluginRegistry,
    text: str,
    *,
    author: str,
    reason: str,
    file: str | None = None,
) -> BroughtIn:
    """Check a document and keep it as a draft, in place of a draft of the same id and version.

    Earlier texts stay on record. Raises InvalidDocument, with every problem's place, and StandardConflict
    when the version is a plugin's or has been published with another text. Nothing is kept then.
    """
    # The longest document allowed takes a second and more, for which others shouldn't wait.
    publication = await asyncio.to_thread(read_publication, text, _file_name(file), plugins)

    async def write(connection: AsyncConnection, revision: int) -> BroughtIn:
        standards = await load_standards(connection, plugins)
        _refuse_plugins_own(publication, plugins)
        before = standards.document(publication.name)
        status = DocumentStatus.DRAFT if before is None else before.status
        changed = before is None or before.text != text
        if changed and status is DocumentStatus.PUBLISHED:
            raise StandardConflict(
                Text(
                    f"{publication.name} 已经发布，不能再改；请换一个版本号（version）另存",
                    f"{publication.name} has been published and stays as it is; save the change under "
                    "another version",
                )
            )
        resolved, breaks = _resolved(publication, standards)
        if changed:
            await _add(connection, publication, DocumentStatus.DRAFT, revision)
        return BroughtIn(resolved, status, changed, breaks)

    return await _written(database, write, author, reason)


async def publish(
    database: Database,
    plugins: PluginRegistry,
    name: str,
    *,
    author: str,
    reason: str,
    version: str | None = None,
) -> BroughtIn:
    """Publish a draft (JURISDICTION/CODE@VERSION); from then on it counts and stays as it is.

    It is checked again, since what it extends may have changed. One that has been published already is left
    alone. Raises UnknownStandard when there is no such draft, InvalidDocument, StandardConflict.
    """
    wanted = _full_name(name, version)

    async def write(connection: AsyncConnection, revision: int) -> BroughtIn:
        standards = await load_standards(connection, plugins)
        found = standards.document(wanted)
        if found is None:
            raise _no_draft(wanted, standards)
        publication = read_publication(found.text, found.file, plugins)
        _refuse_plugins_own(publication, plugins)
        resolved, breaks = _resolved(publication, standards)
        changed = found.status is DocumentStatus.DRAFT
        if changed:
            await _add(connection, publication, DocumentStatus.PUBLISHED, revision)
        return BroughtIn(resolved, DocumentStatus.PUBLISHED, changed, breaks)

    return await _written(database, write, author, reason)


async def bind(
    database: Database,
    plugins: PluginRegistry,
    name: str,
    *,
    region: str,
    effective_from: date,
    author: str,
    reason: str,
    version: str | None = None,
    release: bool = False,
) -> Binding:
    """From a day on, let a region and what lies in it go by a version of a standard.

    With `release` what was bound is let go instead. Raises UnknownRegion, UnknownStandard, and InvalidBinding
    for a version that is no longer in force on that day, or to release what isn't bound.
    """
    code = full_code(region)

    async with database.write(author=author, reason=reason, kind="binding") as (connection, revision):
        standards = await load_standards(connection, plugins)
        if not await by_codes(connection, [code]):
            raise UnknownRegion(
                Text(f"数据库里没有区划 {region}", f"there is no region {region} in this database")
            )
        chosen = None if release else standards.catalogue.find(name, version=version, region=code)
        named = _reference(name, chosen)
        if chosen is None:
            _refuse_release_of_nothing(standards, named, code)
        else:
            _refuse_ended(chosen, effective_from)
        await add_binding(
            connection,
            region_code=code,
            jurisdiction=named[0],
            code=named[1],
            version=None if chosen is None else chosen.standard.version,
            effective_from=effective_from,
            revision=revision,
        )
        return (await all_bindings(connection))[-1]


async def _written(
    database: Database,
    write: Callable[[AsyncConnection, int], Awaitable[BroughtIn]],
    author: str,
    reason: str,
) -> BroughtIn:
    done: BroughtIn | None = None
    try:
        async with database.write(author=author, reason=reason, kind=_KIND) as (connection, revision):
            done = await write(connection, revision)
            if not done.changed:
                raise _NothingNew
    except _NothingNew:
        pass
    assert done is not None
    return done


async def _add(
    connection: AsyncConnection, publication: Publication, status: DocumentStatus, revision: int
) -> None:
    document = publication.document
    await add_document(
        connection,
        jurisdiction=document.jurisdiction,
        code=document.code,
        version=document.version,
        status=status,
        file=publication.file or "",
        text=publication.text,
        revision=revision,
    )


def _resolved(publication: Publication, standards: Standards) -> tuple[ResolvedStandard, Mapping[str, Text]]:
    """The standard that a document comes to, and which others don't fit it. Raises InvalidDocument."""
    catalogue: StandardCatalogue = standards.catalogue.extended([publication], replacing=True)
    check_resolves(publication, catalogue)
    breaks = {name: why for name, why in misfits(catalogue).items() if name not in standards.faults}
    return catalogue.resolve(publication), breaks


def _refuse_plugins_own(publication: Publication, plugins: PluginRegistry) -> None:
    for other in plugins.standards.publications():
        if other.name == publication.name:
            raise StandardConflict(
                Text(
                    f"{publication.name} 由插件 {other.plugin} 提供；请换一个版本号（version），或用 extends "
                    "调整它",
                    f"{publication.name} comes with the plugin {other.plugin}; take another version, or "
                    "tailor it by extends",
                )
            )


def _refuse_ended(chosen: ResolvedStandard, day: date) -> None:
    end = chosen.standard.effective.to
    if end is not None and end < day:
        raise InvalidBinding(
            Text(
                f"{chosen.name} 到 {end} 就失效了，不能从 {day} 起绑定",
                f"{chosen.name} ends on {end} and can't be bound from {day} on",
            )
        )


def _refuse_release_of_nothing(standards: Standards, named: tuple[str, str], region: str) -> None:
    mine = [
        one for one in standards.bindings if (one.region_code, one.jurisdiction, one.code) == (region, *named)
    ]
    if not mine or mine[-1].version is None:
        raise InvalidBinding(
            Text(
                f"{region} 没有绑定这个标准，无需解除",
                f"{region} has no binding of that standard to release",
            )
        )


def _reference(name: str, chosen: ResolvedStandard | None) -> tuple[str, str]:
    if chosen is not None:
        return chosen.standard.jurisdiction, chosen.standard.code
    named = StandardReference.parse(name)
    if named.jurisdiction is None:
        raise InvalidBinding(
            Text(
                "解除绑定要写全标准，如 220722/jiuyou-liuwu",
                "to release a binding write the standard in full, such as 220722/jiuyou-liuwu",
            )
        )
    return named.jurisdiction, named.code


def _full_name(name: str, version: str | None) -> str:
    """JURISDICTION/CODE@VERSION as documents are named. Raises UnknownStandard for less than that."""
    named = StandardReference.parse(name)
    wanted = version or named.version
    if named.jurisdiction is None or wanted is None:
        raise UnknownStandard(
            Text(
                f"“{name[:80]}”要写全，如 220722/jiuyou-liuwu@2024",
                f"write '{name[:80]}' in full, such as 220722/jiuyou-liuwu@2024",
            )
        )
    return f"{standard_id(named.jurisdiction, named.code)}@{wanted}"


def _no_draft(wanted: str, standards: Standards) -> UnknownStandard:
    known = [one.name for one in standards.drafts] or ["—"]
    return UnknownStandard(
        Text(
            f"没有草稿 {wanted}，现有：{'、'.join(known)}",
            f"there is no draft {wanted}; there are: {', '.join(known)}",
        )
    )


def _file_name(file: str | None) -> str:
    if file is None or not file.strip():
        return "standard.yaml"
    # The name alone: of a path nothing is opened, and it says where somebody keeps things.
    return file.replace("\\", "/").rsplit("/", 1)[-1].strip()[:_LONGEST_FILE_NAME] or "standard.yaml"
