"""Nothing but trusted documents: the check that stands before every operation, whichever way it came."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import GraphQLError
from strawberry.extensions import SchemaExtension

from liangcun_server.trusted_documents.documents import TrustedDocuments
from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Locale, Text


class UntrustedDocument(LiangcunError):
    """A document that isn't registered, on a server that runs no other."""

    code = "UNTRUSTED_DOCUMENT"


class RequireTrustedDocument(SchemaExtension):
    """Refuses every document that isn't trusted, before it is even read.

    A trusted document may also come as its full text. Stands before the extensions that read the document:
    `extensions=[…, lambda: RequireTrustedDocument(trusted), …]`.
    """

    def __init__(self, trusted: TrustedDocuments) -> None:
        super().__init__()
        self._trusted = trusted

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        if not self._trusted.allows(context.query or ""):
            error = UntrustedDocument(_WORDS)
            locale: Locale = getattr(context.context, "locale", "zh")
            raise GraphQLError(error.text(locale), original_error=error, extensions={"code": error.code})
        yield


_WORDS = Text(
    "本服务只运行登记过的查询；请用 documentId 调用，或请管理员登记这份文档",
    "only registered documents run here; ask by documentId, or have the administrator register this one",
)
