"""Saving, publishing and binding standards through GraphQL."""

from __future__ import annotations

from typing import Annotated

import strawberry

from liangcun_server.application import Application
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.graphql.refusals import InputRefused
from liangcun_server.graphql.writing import AUTHOR, REASON, done
from liangcun_server.standards.bringing_in import BroughtIn, bind, publish, save_draft
from liangcun_server.standards.stored import Binding, DocumentStatus
from liangcun_server.standards.stored_types import BindingType
from liangcun_server.standards.types import StandardType
from liangcun_standards.periods import Period


@strawberry.input(description="A standard's document to keep as a draft.")
class SaveStandardInput:
    document: str = strawberry.field(description="The YAML text.")
    author: str = strawberry.field(description=AUTHOR)
    reason: str = strawberry.field(description=REASON)
    file: str | None = strawberry.field(default=None, description="The file's name, for places in errors.")


@strawberry.type(description="The document is kept as a draft.")
class StandardSaved:
    standard: StandardType
    changed: bool = strawberry.field(description="Whether it differs from what was kept before.")
    breaks: list[strawberry.ID] = strawberry.field(
        description="Standards extending it that its publication would leave without a base that they fit."
    )


@strawberry.input(description="A draft to publish: from then on it counts and stays as it is.")
class PublishStandardInput:
    id: strawberry.ID = strawberry.field(description="JURISDICTION/CODE, such as 220722/jiuyou-liuwu.")
    version: str
    author: str = strawberry.field(description=AUTHOR)
    reason: str = strawberry.field(description=REASON)


@strawberry.type(description="The standard is published.")
class StandardPublished:
    standard: StandardType
    changed: bool = strawberry.field(description="Whether it wasn't before.")
    breaks: list[strawberry.ID] = strawberry.field(
        description="Standards extending it that no longer fit; they need a version that does by that day."
    )


@strawberry.input(description="Which version of a standard a region, and what lies in it, goes by.")
class BindStandardInput:
    region: strawberry.ID
    standard: strawberry.ID = strawberry.field(description="JURISDICTION/CODE.")
    version: str | None = strawberry.field(
        default=None, description="The version; null lets go what the region had bound."
    )
    from_: Period = strawberry.field(name="from", description="The first period that it holds in.")
    author: str = strawberry.field(description=AUTHOR)
    reason: str = strawberry.field(description=REASON)


@strawberry.type(description="The binding holds.")
class StandardBound:
    binding: BindingType


SaveStandardResult = Annotated[StandardSaved | InputRefused, strawberry.union("SaveStandardResult")]
PublishStandardResult = Annotated[StandardPublished | InputRefused, strawberry.union("PublishStandardResult")]
BindStandardResult = Annotated[StandardBound | InputRefused, strawberry.union("BindStandardResult")]


@strawberry.type
class StandardMutations:
    @strawberry.mutation(description="Check a standard's document and keep it as a draft until published.")
    async def save_standard(self, info: LiangcunInfo, input: SaveStandardInput) -> SaveStandardResult:
        async def work(application: Application) -> StandardSaved:
            made = await save_draft(
                application.database,
                application.plugins,
                input.document,
                author=input.author,
                reason=input.reason,
                file=input.file,
            )
            return StandardSaved(standard=_standard(made), changed=made.changed, breaks=_breaks(made))

        return await done(info, work)

    @strawberry.mutation(description="Publish a draft; it is checked once more.")
    async def publish_standard(
        self, info: LiangcunInfo, input: PublishStandardInput
    ) -> PublishStandardResult:
        async def work(application: Application) -> StandardPublished:
            made = await publish(
                application.database,
                application.plugins,
                input.id,
                version=input.version,
                author=input.author,
                reason=input.reason,
            )
            return StandardPublished(standard=_standard(made), changed=made.changed, breaks=_breaks(made))

        return await done(info, work)

    @strawberry.mutation(
        description="From a period on, let a region go by a version of a standard; the nearest region wins."
    )
    async def bind_standard(self, info: LiangcunInfo, input: BindStandardInput) -> BindStandardResult:
        async def work(application: Application) -> StandardBound:
            made: Binding = await bind(
                application.database,
                application.plugins,
                input.standard,
                region=input.region,
                version=input.version,
                release=input.version is None,
                effective_from=input.from_.start,
                author=input.author,
                reason=input.reason,
            )
            return StandardBound(binding=BindingType(binding=made))

        return await done(info, work)


def _standard(done: BroughtIn) -> StandardType:
    return StandardType(resolved=done.resolved, draft=done.status is DocumentStatus.DRAFT)


def _breaks(done: BroughtIn) -> list[strawberry.ID]:
    return [strawberry.ID(name) for name in done.breaks]
