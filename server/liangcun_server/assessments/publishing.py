"""Publishing an assessment: from then on it is the official one, and stays as it is."""

from __future__ import annotations

from liangcun_server.assessments import repository
from liangcun_server.assessments.model import Assessment, UnknownAssessment
from liangcun_server.assessments.running import KIND
from liangcun_server.assessments.verifying import refuse_unless, verify
from liangcun_server.storage.database import Database
from liangcun_standards.errors import LiangcunError
from liangcun_standards.plugins import PluginRegistry
from liangcun_standards.text import Text

_LONGEST_NUMBER = 200


class AlreadyPublished(LiangcunError):
    """An assessment that has been published."""

    code = "ALREADY_PUBLISHED"


async def publish(
    database: Database,
    plugins: PluginRegistry,
    number: int,
    *,
    document_number: str | None = None,
    author: str,
    reason: str,
) -> Assessment:
    """Make an assessment the official one, once its result has been worked out again and is the same.

    Raises UnknownAssessment, UnfinishedAssessment, NotReproducible, AlreadyPublished, and LiangcunError when
    author or reason is blank or the document's number too long.
    """
    document = None if document_number is None else document_number.strip() or None
    if document is not None and len(document) > _LONGEST_NUMBER:
        raise LiangcunError(
            Text(f"文号最长 {_LONGEST_NUMBER} 字", f"a document's number has {_LONGEST_NUMBER} marks at most")
        )
    refuse_unless(await verify(database, plugins, number))
    async with database.write(author=author, reason=reason, kind=KIND) as (connection, revision):
        standing = (await repository.by_ids(connection, [number]))[number]
        if standing.publication is not None:
            raise AlreadyPublished(
                Text(f"考评 {number} 已经公布", f"assessment {number} has been published already")
            )
        await repository.add_publication(connection, number, document, revision)
    async with database.read() as connection:
        found = (await repository.by_ids(connection, [number])).get(number)
    if found is None:
        raise UnknownAssessment.of(number)
    return found
