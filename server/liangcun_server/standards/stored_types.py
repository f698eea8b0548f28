"""Drafts and bindings in GraphQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import strawberry

from liangcun_server.graphql.batching import batched
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.regions.types import RegionType, regions_named
from liangcun_server.standards.stored import Binding, StoredDocument


async def load_bound_regions(
    parents: Sequence[BindingType], info: LiangcunInfo
) -> Sequence[RegionType | None]:
    """The region of each binding."""
    return await regions_named(info, [one.binding.region_code for one in parents])


@strawberry.type(name="StandardBinding", description="绑定：一个地方从何时起用标准的哪个版本")
class BindingType:
    binding: strawberry.Private[Binding]

    region: RegionType | None = batched(load_bound_regions)

    @strawberry.field(description="JURISDICTION/CODE of the standard.")
    def standard_id(self) -> strawberry.ID:
        return strawberry.ID(self.binding.standard_id)

    @strawberry.field(description="null: what was bound before is let go.")
    def version(self) -> str | None:
        return self.binding.version

    @strawberry.field(description="The first day.")
    def effective_from(self) -> str:
        return self.binding.effective_from.isoformat()

    @strawberry.field
    def author(self) -> str:
        return self.binding.author

    @strawberry.field
    def reason(self) -> str:
        return self.binding.reason

    @strawberry.field
    def recorded_at(self) -> datetime:
        return self.binding.recorded_at

    @strawberry.field
    def revision(self) -> int:
        return self.binding.revision


@strawberry.type(name="StandardDraft", description="草稿：已保存、未发布的标准文档")
class DraftType:
    stored: strawberry.Private[StoredDocument]

    @strawberry.field(description="JURISDICTION/CODE.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.stored.id)

    @strawberry.field
    def version(self) -> str:
        return self.stored.version

    @strawberry.field(description="The document as it was written.")
    def document(self) -> str:
        return self.stored.text

    @strawberry.field
    def file(self) -> str:
        return self.stored.file

    @strawberry.field
    def author(self) -> str:
        return self.stored.author

    @strawberry.field
    def reason(self) -> str:
        return self.stored.reason

    @strawberry.field
    def recorded_at(self) -> datetime:
        return self.stored.recorded_at

    @strawberry.field
    def revision(self) -> int:
        return self.stored.revision
