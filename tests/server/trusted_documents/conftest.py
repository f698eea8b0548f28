"""A server that knows some documents, asked over HTTP's conventions without the network."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.conftest import SCHEMA

from liangcun_server.application import Application
from liangcun_server.graphql.context import RequestContext
from liangcun_server.graphql.schema import build_schema
from liangcun_server.trusted_documents import RequireTrustedDocument, TrustedDocuments, shipped_operations
from liangcun_standards.text import Locale


@pytest.fixture(scope="session")
def shipped() -> TrustedDocuments:
    """The documents that come with the server."""
    return TrustedDocuments.load(SCHEMA._schema, shipped_operations())


class TrustingServer:
    """Runs trusted documents only."""

    def __init__(self, application: Application, trusted: TrustedDocuments) -> None:
        self._application = application
        self._schema = build_schema()
        first, *others = self._schema.extensions
        self._schema.extensions = [first, lambda: RequireTrustedDocument(trusted), *others]

    async def ask(self, query: str, locale: Locale = "zh", **variables: Any) -> dict[str, Any]:
        """The answer as a client reads it."""
        async with RequestContext(self._application, locale) as context:
            result = await self._schema.execute(query, variable_values=variables, context_value=context)
        return {"data": result.data, "errors": [error.formatted for error in result.errors or ()]}


@pytest.fixture
def trusting(application: Application, shipped: TrustedDocuments) -> TrustingServer:
    return TrustingServer(application, shipped)
