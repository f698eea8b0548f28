"""Changes tried out through the API: who moves, and that nothing is kept unless saved."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.conftest import SCHEMA

from liangcun_server.application import Application
from liangcun_server.graphql.context import RequestContext
from liangcun_server.operators.tokens import issue_token

_TRY = """query ($standard: ID! = "jiuyou-liuwu", $within: ID! = "220722", $set: [String!]! = [],
                  $changes: String, $document: String, $version: String! = "whatif") {
  whatIf(input: {standard: $standard, within: $within, period: "2023", set: $set, changes: $changes,
                 document: $document, version: $version, reason: "讨论"}) {
    __typename
    ... on WhatIf {
      before { id version } after { id version tailoring { criterion change reason } }
      regionCount otherScore otherRank otherGrade otherPassed newlyPassing noLongerPassing
      gradeMoves { before after count } document notes
      changes(first: 300) { region { name } before { rank grade passed } after { rank grade passed }
                            because { criterion reason } }
      movers(first: 5) { region { name } rankA rankB shift because { criterion { code } contribution } }
      regions(first: 300) { region { code } before { rank score } after { rank score } } }
    ... on InputRefused { code message problems { message file line column } } } }"""
_SAVE = """mutation ($document: String!) {
  saveStandard(input: {document: $document, author: "王敏", reason: "试算满意"}) {
    __typename ... on StandardSaved { standard { id version extends { id version } } changed } } }"""


class Asking:
    """Asks as the operator does."""

    def __init__(self, application: Application, token: str | None) -> None:
        self._application, self._token = application, token

    async def __call__(self, query: str, **variables: Any) -> Any:
        async with RequestContext(self._application, "zh", token=self._token) as context:
            return await SCHEMA.execute(query, variable_values=variables, context_value=context)

    async def tried(self, **variables: Any) -> dict[str, Any]:
        result = await self(_TRY, **variables)
        assert result.errors is None, result.errors
        return dict(result.data["whatIf"])


@pytest.fixture
async def operator(application: Application) -> Asking:
    return Asking(application, await issue_token(application.database, author="王敏", reason="测试"))


async def test_a_weight_and_a_cut_off_change_ranks_grades_and_passing(operator: Asking) -> None:
    found = await operator.tried(set=["hardened-road.max_score=12", "excellent.min_score=95"])
    assert (found["before"]["version"], found["after"]["version"]) == ("2023", "whatif")
    assert found["regionCount"] == 255
    assert len(found["regions"]) == 255
    assert found["otherScore"] > 0
    assert found["otherPassed"] == found["newlyPassing"] + found["noLongerPassing"]
    assert sum(one["count"] for one in found["gradeMoves"]) == found["otherGrade"]
    assert all(one["because"] for one in found["changes"])
    moved = sum(one["before"]["rank"] != one["after"]["rank"] for one in found["regions"])
    assert moved == found["otherRank"]
    assert [abs(one["shift"]) for one in found["movers"]] == sorted(
        (abs(one["shift"]) for one in found["movers"]), reverse=True
    )
    assert [(one["criterion"], one["change"], one["reason"]) for one in found["after"]["tailoring"]] == [
        ("hardened-road", "reweigh", "讨论"),
        ("excellent", "reweigh", "讨论"),
    ]
    assert any("模拟" in one for one in found["notes"])


async def test_a_threshold_inside_a_rule_is_changed(operator: Asking) -> None:
    stricter = await operator.tried(set=["drainage.rule.when.at_least=100"])
    assert stricter["otherScore"] > 0
    assert stricter["newlyPassing"] == 0
    assert "at_least: 100" in stricter["document"]
    same = await operator.tried(set=["drainage.rule.when.at_least=75"])
    assert (same["otherScore"], same["changes"], same["movers"]) == (0, [], [])


async def test_a_setting_of_the_whole_and_a_fragment_of_tailoring(operator: Asking) -> None:
    strict = await operator.tried(set=["passing.grade=excellent"])
    assert strict["noLongerPassing"] > 0
    fragment = "changes:\n  - {change: remove, target: street-lamps, reason: 不考}\n"
    removed = await operator.tried(changes=fragment)
    assert removed["otherScore"] > 0
    assert removed["document"].startswith(fragment)


async def test_nothing_is_kept_and_the_document_can_be_saved_as_it_is(operator: Asking) -> None:
    found = await operator.tried(standard="sanhua", set=["lit.weight=0.5"], version="2024")
    drafts = await operator("{ standardDrafts { version } }")
    assert drafts.data == {"standardDrafts": []}
    saved = await operator(_SAVE, document=found["document"])
    assert saved.errors is None
    assert saved.data["saveStandard"] == {
        "__typename": "StandardSaved",
        "standard": {
            # The county's own change to the province's standard.
            "id": "220722/sanhua",
            "version": "2024",
            "extends": {"id": "220000/sanhua", "version": "2021"},
        },
        "changed": True,
    }


async def test_a_whole_document_is_tried_out(operator: Asking) -> None:
    text = (await operator("""{ standard(id: "220000/sanhua") { document } }""")).data["standard"]["document"]
    found = await operator.tried(
        standard="sanhua", document=text.replace("version: 2021", "version: 2030"), within="220722201"
    )
    assert (found["regionCount"], found["otherScore"], found["after"]["version"]) == (7, 0, "2030")


@pytest.mark.parametrize(
    ("asked", "code", "told"),
    [
        ({}, "INVALID_CHANGE", "二者取一"),
        ({"set": ["hardened-road"]}, "INVALID_CHANGE", "条目.字段=值"),
        ({"set": ["hardend-road.max_score=1"]}, "INVALID_CHANGE", "是否指 hardened-road"),
        ({"set": ["drainage.rule.whne.at_least=1"]}, "INVALID_CHANGE", "没有“whne”"),
        ({"set": ["drainage.rule.when.at_leest=1"]}, "INVALID_CHANGE", "没有这个字段"),
        ({"set": ["waste-collection.rule.conditions.7=1"]}, "INVALID_CHANGE", "没有“7”"),
        ({"set": ["drainage.max_score=-1"]}, "INVALID_CHANGE", "drainage.max_score=-1"),
        (
            {"set": ["drainage.max_score=1", "greening.max_score=many"]},
            "INVALID_CHANGE",
            "greening.max_score",
        ),
        ({"set": ["drainage.max_score={"]}, "INVALID_CHANGE", "YAML"),
        ({"set": ["passing.grade=best"]}, "INVALID_CHANGE", "best"),
        ({"changes": "- {change: remove, target: greening, reason: x}"}, "INVALID_DOCUMENT", "changes:"),
        ({"changes": "changes:\n  - {change: remove, target: green}"}, "INVALID_DOCUMENT", "whatif.yaml:2"),
        ({"changes": "changes: []", "document": "code: x"}, "INVALID_CHANGE", "整份文档"),
        ({"document": "code: x"}, "INVALID_DOCUMENT", "standard.yaml"),
        ({"standard": "nothing", "set": ["a.weight=1"]}, "UNKNOWN_STANDARD", "nothing"),
        ({"within": "370783", "set": ["a.weight=1"]}, "UNKNOWN_REGION", "370783"),
    ],
)
async def test_what_is_wrong_is_told_with_its_place(
    operator: Asking, asked: dict[str, Any], code: str, told: str
) -> None:
    found = await operator.tried(**asked)
    assert (found["__typename"], found["code"]) == ("InputRefused", code)
    assert told in found["message"]


async def test_trying_out_is_for_the_operator(application: Application) -> None:
    result = await Asking(application, None)(_TRY, set=["drainage.max_score=1"])
    assert [one.extensions["code"] for one in result.errors] == ["OPERATOR_TOKEN_NEEDED"]
