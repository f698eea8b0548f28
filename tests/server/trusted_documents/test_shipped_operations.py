"""The operations that come with the server: they run, and clients find their identifiers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.server.trusted_documents.conftest import TrustingServer

from liangcun_server.trusted_documents import TrustedDocuments, document_id, shipped_ids, shipped_operations

_EXPORTED = Path(__file__).parents[3] / "schema" / "operations"
_STANDARD = {"standard": "jiuyou-liuwu", "period": "2023"}
_ASKED: dict[str, dict[str, Any]] = {
    "Ranking": {**_STANDARD, "within": "220722", "first": 3},
    "Scorecard": {**_STANDARD, "region": "220722201204"},
    "PublishedFigures": {"region": "220722"},
    "Standards": {"region": "220722"},
    "VillageObservations": {
        "within": "220722",
        "period": "2023",
        "first": 2,
        "indicators": ["lane_hardened_rate"],
    },
}


def test_every_one_fits_the_schema(shipped: TrustedDocuments) -> None:
    assert shipped.problems == ()
    assert len(shipped.texts) == len(shipped_operations()) == len(_ASKED)


def test_each_file_is_named_for_the_operation_in_it() -> None:
    for name, text in shipped_operations().items():
        assert f"query {name.removesuffix('.graphql')}(" in text


@pytest.mark.parametrize("name", _ASKED)
async def test_every_one_is_answered_when_asked_by_its_identifier(
    trusting: TrustingServer, shipped: TrustedDocuments, name: str
) -> None:
    identifiers = json.loads((_EXPORTED / "ids.json").read_text(encoding="utf-8"))

    answer = await trusting.ask(shipped.find(identifiers[name]), **_ASKED[name])

    assert answer["errors"] == []
    (found,) = answer["data"].values()
    assert found


async def test_the_ranking_names_the_main_problems(
    trusting: TrustingServer, shipped: TrustedDocuments
) -> None:
    answer = await trusting.ask(shipped.find(shipped_ids()["Ranking"]), **_ASKED["Ranking"])

    ranking = answer["data"]["ranking"]
    assert len(ranking["nodes"]) == 3
    assert ranking["pageInfo"]["hasNextPage"] is True
    assert all(entry["rank"] and entry["region"]["parent"] for entry in ranking["nodes"])


async def test_published_figures_keep_their_words(
    trusting: TrustingServer, shipped: TrustedDocuments
) -> None:
    answer = await trusting.ask(shipped.find(shipped_ids()["PublishedFigures"]), **_ASKED["PublishedFigures"])

    figures = answer["data"]["region"]["observations"]
    assert {one["sourceStatus"] for one in figures} == {"PUBLISHED"}
    assert any(one["qualifier"] == "AT_LEAST" and "以上" in one["originalText"] for one in figures)


def test_the_exported_files_are_those_of_the_server() -> None:
    exported = {file.name: file.read_text(encoding="utf-8") for file in _EXPORTED.glob("*.graphql")}

    assert exported == shipped_operations()


def test_the_exported_identifiers_are_the_hashes_of_the_files() -> None:
    identifiers = json.loads((_EXPORTED / "ids.json").read_text(encoding="utf-8"))

    for file in _EXPORTED.glob("*.graphql"):
        assert identifiers.pop(file.stem) == document_id(file.read_bytes().decode())
    assert identifiers == {}
