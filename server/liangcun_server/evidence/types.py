"""Evidence in GraphQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import strawberry

from liangcun_server.application import Application
from liangcun_server.evidence import repository
from liangcun_server.evidence.attaching import take_back
from liangcun_server.evidence.model import Evidence, UnknownEvidence
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.graphql.refusals import InputRefused
from liangcun_server.graphql.writing import AUTHOR, REASON, done


@strawberry.type(name="Evidence", description="佐证材料：一个填报值背后的照片或文件")
class EvidenceType:
    evidence: strawberry.Private[Evidence]

    @strawberry.field
    def id(self) -> strawberry.ID:
        return strawberry.ID(str(self.evidence.id))

    @strawberry.field(description="By its content: the same file has the same digest.")
    def sha256(self) -> str:
        return self.evidence.file.sha256

    @strawberry.field(description="image/jpeg, image/png or application/pdf.")
    def media_type(self) -> str:
        return self.evidence.file.media_type

    @strawberry.field(description="In bytes.")
    def size(self) -> int:
        return self.evidence.file.size

    @strawberry.field(description="In pixels; null for a document.")
    def width(self) -> int | None:
        return self.evidence.file.width

    @strawberry.field
    def height(self) -> int | None:
        return self.evidence.file.height

    @strawberry.field(description="The name that it came by.")
    def name(self) -> str:
        return self.evidence.name

    @strawberry.field
    def caption(self) -> str | None:
        return self.evidence.caption

    @strawberry.field(description="When the photo was taken, as the camera wrote it.")
    def taken_at(self) -> str | None:
        return self.evidence.file.taken_at

    @strawberry.field(description="Where it was taken, in degrees, as the camera wrote it. For the operator.")
    async def latitude(self, info: LiangcunInfo) -> float | None:
        return self.evidence.file.latitude if await info.context.is_operator() else None

    @strawberry.field(description="For the operator.")
    async def longitude(self, info: LiangcunInfo) -> float | None:
        return self.evidence.file.longitude if await info.context.is_operator() else None

    @strawberry.field(description="Where to fetch it, without what a photo says of itself.")
    def url(self) -> str:
        return f"/evidence/{self.evidence.file.sha256}"

    @strawberry.field(description="Where to fetch a small picture; null for a document.")
    def thumbnail_url(self) -> str | None:
        return None if self.evidence.file.width is None else f"{self.url()}/thumbnail"

    @strawberry.field
    def recorded_at(self) -> datetime:
        return self.evidence.recorded_at

    @strawberry.field
    def recorded_by(self) -> str:
        return self.evidence.recorded_by


async def load_evidence(parents: Sequence[Any], info: LiangcunInfo) -> list[list[EvidenceType]]:
    """What stands behind each observation."""
    async with info.context.reading() as connection:
        found = await repository.behind(connection, [one.observation.key for one in parents])
    return [[EvidenceType(evidence=each) for each in found[one.observation.key]] for one in parents]


@strawberry.input(description="Evidence to take back.")
class RemoveEvidenceInput:
    id: strawberry.ID
    author: str = strawberry.field(description=AUTHOR)
    reason: str = strawberry.field(description=REASON)


@strawberry.type(description="The evidence shows no more; it stays on record.")
class EvidenceRemoved:
    id: strawberry.ID


RemoveEvidenceResult = Annotated[EvidenceRemoved | InputRefused, strawberry.union("RemoveEvidenceResult")]


@strawberry.type
class EvidenceMutations:
    @strawberry.mutation(description="Take evidence back. Files are attached by POST /evidence.")
    async def remove_evidence(self, info: LiangcunInfo, input: RemoveEvidenceInput) -> RemoveEvidenceResult:
        async def work(application: Application) -> EvidenceRemoved:
            if not (input.id.isascii() and input.id.isdigit() and len(input.id) <= 18):
                raise UnknownEvidence.of(input.id)
            await take_back(application.database, int(input.id), author=input.author, reason=input.reason)
            return EvidenceRemoved(id=input.id)

        return await done(info, work)
