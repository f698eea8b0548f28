"""The documents that are trusted, by identifier, and what may be wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
    validate,
)

from liangcun_server.trusted_documents.files import read_folder
from liangcun_server.trusted_documents.identifiers import PREFIX, document_id
from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Text


class UnknownDocument(LiangcunError):
    """A document identifier that no trusted document has."""

    code = "PERSISTED_DOCUMENT_NOT_FOUND"


class UnfitDocument(LiangcunError):
    """A trusted document that can't run on this schema."""

    code = "INVALID_TRUSTED_DOCUMENT"


@dataclass(frozen=True)
class TrustedDocuments:
    """Documents by identifier; `problems` are for the operator, and keep nothing else from working."""

    texts: Mapping[str, str]
    problems: tuple[LiangcunError, ...] = ()

    @classmethod
    def load(cls, schema: GraphQLSchema, shipped: Mapping[str, str], folder: Path | None = None) -> Self:
        """The shipped files (text by name) and every .graphql and .json file in `folder`.

        A document that doesn't fit the schema is among the problems, and still known by its identifier: who
        asks for it is told what is wrong with it. Raises UnreadableFolder.
        """
        sources = dict(shipped)
        problems: list[LiangcunError] = []
        if folder is not None:
            own, problems = read_folder(folder)
            sources |= own
        texts: dict[str, str] = {}
        for place, text in sources.items():
            identifier = document_id(text)
            if identifier not in texts:
                texts[identifier] = text
                problems += _unfit(schema, text, place)
        return cls(texts, tuple(problems))

    def find(self, identifier: str) -> str:
        """The document of an identifier, whose `sha256:` may be left out. Raises UnknownDocument."""
        text = self.texts.get(identifier) or self.texts.get(PREFIX + identifier)
        if text is None:
            raise UnknownDocument(
                Text(
                    f"没有标识为“{identifier[:80]}”的可信文档；请放进 LIANGCUN_TRUSTED_DOCUMENTS 目录后重启",
                    f"no trusted document has the identifier '{identifier[:80]}'; put it into the folder "
                    "LIANGCUN_TRUSTED_DOCUMENTS and start the server again",
                )
            )
        return text

    def choose(self, query: str | None, identifier: str | None) -> str | None:
        """The document of a request that gives its text, its identifier or, where they agree, both.

        Raises UnknownDocument for an identifier that isn't known, or is another document's.
        """
        if identifier is None:
            return query
        if query is not None and document_id(query) != PREFIX + identifier.removeprefix(PREFIX):
            raise UnknownDocument(
                Text(
                    "documentId 不是 query 的 SHA-256；请只发其中一个",
                    "documentId isn't the SHA-256 of query; send only one of them",
                )
            )
        return self.find(identifier)

    def allows(self, text: str) -> bool:
        """Whether this very text is a trusted document."""
        return document_id(text) in self.texts


def _unfit(schema: GraphQLSchema, text: str, place: str) -> list[LiangcunError]:
    """What keeps a document from running, with file, line and column."""
    try:
        document = parse(text)
    except GraphQLError as error:
        return [_problem(error, place)]
    errors = validate(schema, document)
    if not errors and not _holds_operation(document):
        return [
            UnfitDocument(
                Text(
                    "文件里没有操作；每个文件应是完整的文档，连同用到的片段",
                    "the file holds no operation; each file is a whole document, with the fragments it uses",
                ),
                where=place,
            )
        ]
    return [_problem(error, place) for error in errors]


def _holds_operation(document: DocumentNode) -> bool:
    return any(isinstance(one, OperationDefinitionNode) for one in document.definitions)


def _problem(error: GraphQLError, place: str) -> UnfitDocument:
    at = error.locations[0] if error.locations else None
    where = place if at is None else f"{place}:{at.line}:{at.column}"
    return UnfitDocument(
        Text(
            f"可信文档不能在本接口上运行：{error.message}",
            f"the trusted document can't run here: {error.message}",
        ),
        where=where,
    )
