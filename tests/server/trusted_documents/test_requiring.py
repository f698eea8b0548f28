"""A server that runs trusted documents and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.trusted_documents.conftest import TrustingServer

from liangcun_server.trusted_documents import TrustedDocuments, shipped_ids

_VARIABLES: dict[str, Any] = {"region": "220722", "period": "2023"}


async def test_a_trusted_document_runs_also_when_it_comes_as_text(
    trusting: TrustingServer, shipped: TrustedDocuments
) -> None:
    answer = await trusting.ask(shipped.find(shipped_ids()["PublishedFigures"]), **_VARIABLES)

    assert answer["errors"] == []
    assert answer["data"]["region"]["name"] == "长岭县"


@pytest.mark.parametrize(
    "query",
    [
        "{ plugins { name } }",
        "{ __schema { queryType { name } } }",
        "{ nothing }",
        "{" * 1000,
        "mutation { a }",
    ],
)
async def test_any_other_is_refused_before_it_is_read(trusting: TrustingServer, query: str) -> None:
    answer = await trusting.ask(query)

    (error,) = answer["errors"]
    assert answer["data"] is None
    assert error["extensions"]["code"] == "UNTRUSTED_DOCUMENT"
    assert "documentId" in error["message"]


async def test_a_trusted_document_changed_by_a_space_is_another(
    trusting: TrustingServer, shipped: TrustedDocuments
) -> None:
    answer = await trusting.ask(shipped.find(shipped_ids()["PublishedFigures"]) + " ", **_VARIABLES)

    assert answer["errors"][0]["extensions"]["code"] == "UNTRUSTED_DOCUMENT"


async def test_the_refusal_is_in_the_readers_language(trusting: TrustingServer) -> None:
    chinese, english = await trusting.ask("{ a }"), await trusting.ask("{ a }", locale="en")

    assert "登记" in chinese["errors"][0]["message"]
    assert "registered" in english["errors"][0]["message"]
