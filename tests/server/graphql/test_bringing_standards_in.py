"""A county's own standard through the API: saved, previewed, published, bound, by the operator alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.server.conftest import SCHEMA, Reply
from tests.server.standards.tailorings import NAME, OWN

from liangcun_server.application import Application
from liangcun_server.graphql.context import RequestContext
from liangcun_server.operators.tokens import issue_token

Operate = Callable[..., Awaitable[Reply]]

_SAVE = """mutation ($document: String!) {
  saveStandard(input: {document: $document, file: "own.yaml", author: "王敏", reason: "2024 年考核"}) {
    __typename
    ... on StandardSaved { changed breaks standard { id version status maxScore extends { version } } }
    ... on InputRefused { code message problems { file line column message } }
  }
}"""
_PUBLISH = """mutation {
  publishStandard(input: {id: "220722/jiuyou-liuwu", version: "2024", author: "王敏", reason: "定稿"}) {
    __typename
    ... on StandardPublished { changed breaks standard { status } }
    ... on InputRefused { code message }
  }
}"""
_BIND = """mutation ($region: ID!, $version: String, $from: Period!) {
  bindStandard(input: {region: $region, standard: "220722/jiuyou-liuwu", version: $version, from: $from,
                       author: "王敏", reason: "先行先试"}) {
    __typename
    ... on StandardBound { binding { region { name } standardId version effectiveFrom author reason } }
    ... on InputRefused { code message }
  }
}"""
_PREVIEW = """query ($document: String, $draft: ID) {
  previewStandard(input: {document: $document, draft: $draft, within: "220722", period: "2023"}) {
    __typename
    ... on StandardPreview {
      regionCount otherGrade otherPassed before { version } after { version status }
      changes(first: 3) {
        region { name }
        before { score rank grade passed verdict } after { score rank grade passed verdict }
        because { criterion title before after reason }
      }
    }
    ... on InputRefused { code message problems { line message } }
  }
}"""
# Ten million words from ten lines.
_BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{two}: &{two} [{', '.join([f'*{one}'] * 10)}]\n" for one, two in zip("abcdef", "bcdefg", strict=True)
)


@pytest.fixture
async def operate(application: Application) -> Operate:
    """`await operate(query, variable=value, …)`, as the operator."""
    token = await issue_token(application.database, author="王敏", reason="测试")

    async def asking(query: str, **variables: Any) -> Reply:
        async with RequestContext(application, "zh", token=token) as context:
            result = await SCHEMA.execute(query, variable_values=variables, context_value=context)
        errors = [dict(error.formatted) for error in getattr(result, "errors", None) or []]
        return Reply(getattr(result, "data", None), errors)

    return asking


async def test_from_a_document_to_the_ranking_that_goes_by_it(operate: Operate) -> None:
    saved = (await operate(_SAVE, document=OWN))["saveStandard"]
    assert saved["standard"] == {
        "id": "220722/jiuyou-liuwu",
        "version": "2024",
        "status": "draft",
        "maxScore": 106,
        "extends": {"version": "2023"},
    }
    drafts = (await operate("{ standardDrafts { id version document author reason } }"))["standardDrafts"]
    assert [(one["version"], one["document"]) for one in drafts] == [("2024", OWN)]

    published = (await operate(_PUBLISH))["publishStandard"]
    assert published == {
        "__typename": "StandardPublished",
        "changed": True,
        "breaks": [],
        "standard": {"status": "published"},
    }
    bound = (await operate(_BIND, region="220722201", version="2024", **{"from": "2023"}))["bindStandard"]
    assert bound["binding"]["effectiveFrom"] == "2023-01-01"

    reply = await operate(
        """{ here: ranking(standard: "jiuyou-liuwu", within: "220722201", period: "2023") {
               standard { version } }
             there: ranking(standard: "jiuyou-liuwu", within: "220722202", period: "2023") {
               standard { version } }
             standardBindings(region: "220722201204") { version region { name } } }"""
    )
    assert reply["here"] == {"standard": {"version": "2024"}}
    assert reply["there"] == {"standard": {"version": "2023"}}
    assert [one["version"] for one in reply["standardBindings"]] == ["2024"]


async def test_one_request_sees_what_its_earlier_mutations_did(operate: Operate) -> None:
    reply = await operate(
        """mutation ($document: String!) {
             save: saveStandard(input: {document: $document, author: "王敏", reason: "试"}) { __typename }
             publish: publishStandard(
               input: {id: "220722/jiuyou-liuwu", version: "2024", author: "王敏", reason: "试"}
             ) { __typename }
             bind: bindStandard(input: {region: "220722", standard: "220722/jiuyou-liuwu", version: "2024",
                                        from: "2024", author: "王敏", reason: "试"}) {
               ... on StandardBound { binding { region { name } } }
             }
           }""",
        document=OWN,
    )
    assert reply["publish"] == {"__typename": "StandardPublished"}
    assert reply["bind"] == {"binding": {"region": {"name": "长岭县"}}}


async def test_the_effect_is_shown_before_anything_counts(operate: Operate) -> None:
    found = (await operate(_PREVIEW, document=OWN))["previewStandard"]
    assert found["regionCount"] == 255
    assert found["before"] == {"version": "2023"}
    assert found["after"] == {"version": "2024", "status": "draft"}
    assert len(found["changes"]) == 3
    assert found["changes"][0]["because"][0] == {
        "criterion": "hardened-road",
        "title": "有硬化路",
        "before": 8,
        "after": 20,
        "reason": "分值由 8 改为 20",
    }

    await operate(_SAVE, document=OWN)
    assert (await operate(_PREVIEW, draft=NAME))["previewStandard"] == found


async def test_a_document_s_problems_come_with_their_lines(operate: Operate) -> None:
    refused = (await operate(_SAVE, document=OWN.replace("reweigh", "regrade")))["saveStandard"]

    assert refused["code"] == "INVALID_DOCUMENT"
    assert [(one["file"], one["line"]) for one in refused["problems"]] == [("own.yaml", 9)]
    assert "regrade" in refused["problems"][0]["message"]


@pytest.mark.parametrize(
    ("query", "variables", "field", "code"),
    [
        pytest.param(_PUBLISH, {}, "publishStandard", "UNKNOWN_STANDARD", id="no draft"),
        pytest.param(
            _BIND,
            {"region": "370783", "version": "2023", "from": "2024"},
            "bindStandard",
            "UNKNOWN_REGION",
            id="no region",
        ),
        pytest.param(
            _BIND,
            {"region": "220722", "version": "1999", "from": "2024"},
            "bindStandard",
            "UNKNOWN_STANDARD",
            id="no version",
        ),
        pytest.param(
            _BIND,
            {"region": "220722", "version": None, "from": "2024"},
            "bindStandard",
            "INVALID_BINDING",
            id="nothing to let go",
        ),
        pytest.param(_PREVIEW, {}, "previewStandard", "UNKNOWN_STANDARD", id="nothing to preview"),
        pytest.param(
            _PREVIEW, {"draft": "220722/none@1"}, "previewStandard", "UNKNOWN_STANDARD", id="no such draft"
        ),
        pytest.param(
            _PREVIEW, {"document": _BOMB}, "previewStandard", "INVALID_DOCUMENT", id="aliases that swell"
        ),
        pytest.param(_SAVE, {"document": _BOMB}, "saveStandard", "INVALID_DOCUMENT", id="a swelling draft"),
        pytest.param(
            _PREVIEW, {"document": "a: [1"}, "previewStandard", "INVALID_DOCUMENT", id="a broken document"
        ),
    ],
)
async def test_what_cannot_be_done_is_answered_by_a_typed_refusal(
    operate: Operate, query: str, variables: dict[str, Any], field: str, code: str
) -> None:
    refused = (await operate(query, **variables))[field]

    assert refused["__typename"] == "InputRefused"
    assert refused["code"] == code
    assert refused["message"]


async def test_nobody_else_may(application: Application) -> None:
    for token, code in ((None, "OPERATOR_TOKEN_NEEDED"), ("liangcun_wrong", "WRONG_OPERATOR_TOKEN")):
        for query in (_SAVE, _PREVIEW, "{ standardDrafts { id } }"):
            async with RequestContext(application, "zh", token=token) as context:
                result = await SCHEMA.execute(query, variable_values={"document": OWN}, context_value=context)
            assert result.data is None
            assert [error.extensions["code"] for error in result.errors] == [code]
