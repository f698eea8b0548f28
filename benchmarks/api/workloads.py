"""What is asked: each workload as a GraphQL document, once in the words of each API, with its variables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from benchmarks.api.load import Request

# 量村's words, which both Python peers share; PostGraphile's, from the tables; the bare route's paths.
Dialect = Literal["liangcun", "postgraphile", "bare"]

_OBSERVATIONS = {
    "liangcun": 'observations(period: "2023") { indicator { code } value qualifier }',
    "postgraphile": 'observations: observationsByRegionCodeList(condition: {period: "2023"}, '
    "orderBy: INDICATOR_ID_ASC) { indicator: indicatorByIndicatorId { code } value qualifier }",
}
_PAGE = {
    "liangcun": "query ($first: Int!) { villages(first: $first) { nodes { "
    f"code name parent {{ code name }} {_OBSERVATIONS['liangcun']} }} }} }}",
    "postgraphile": "query ($first: Int!) { villages: allRegions("
    'condition: {level: "village"}, orderBy: CODE_ASC, first: $first) { nodes { code name '
    f"parent: regionByParentCode {{ code name }} {_OBSERVATIONS['postgraphile']} }} }} }}",
    "bare": "/page",
}
_VILLAGE = {
    "liangcun": f"query ($code: ID!) {{ village(code: $code) {{ code name {_OBSERVATIONS['liangcun']} }} }}",
    "postgraphile": "query ($code: String!) { village: regionByCode(code: $code) { code name "
    f"{_OBSERVATIONS['postgraphile']} }} }}",
    "bare": "/village",
}
_NAMES = {
    "liangcun": "query ($first: Int!) { villages(first: $first) { nodes { code name level } } }",
    "postgraphile": 'query ($first: Int!) { villages: allRegions(condition: {level: "village"}, '
    "orderBy: CODE_ASC, first: $first) { nodes { code name level } } }",
    "bare": "/names",
}
_RANKING = {
    "liangcun": "query ($first: Int!) { ranking("
    'standard: "jiuyou-liuwu", within: "220722", period: "2023", first: $first) { nodes { '
    "rank region { code name } score grade { title } passed "
    "scorecard { criteria { criterion { code } score status } } } } }",
}


@dataclass(frozen=True, slots=True)
class Workload:
    """One question, asked again and again.

    `documents` has it in each dialect that knows it, `variables` the variables, taken in turn.
    """

    key: str
    title: str
    connections: int
    documents: dict[str, str] = field(repr=False)
    variables: Sequence[dict[str, Any]] = field(repr=False)

    def requests(self, dialect: Dialect) -> list[Request]:
        """The requests in a dialect, to be sent in turn."""
        document = self.documents[dialect]
        if dialect == "bare":
            return [Request(document, orjson.dumps(one).decode()) for one in self.variables]
        return [
            Request("/graphql", orjson.dumps({"query": document, "variables": one}).decode())
            for one in self.variables
        ]


def page(villages: int, connections: int = 8) -> Workload:
    """Villages with their township and 20 observations each, 64 leaves a village."""
    title = f"{villages:,} villages with township and 20 observations each"
    return Workload("page", title, connections, _PAGE, [{"first": villages}])


def one_village(codes: Sequence[str]) -> Workload:
    """One village with its observations, another one each time."""
    variables = [{"code": code} for code in codes]
    return Workload("village", "one village with its observations", 8, _VILLAGE, variables)


def names(villages: int) -> Workload:
    """Many villages, three fields."""
    return Workload("names", f"{villages:,} villages with three fields", 8, _NAMES, [{"first": villages}])


def ranking(villages: int) -> Workload:
    """A county's ranking with every criterion's result, for 32 readers."""
    title = f"ranking of {villages} villages with criterion results"
    return Workload("ranking", title, 32, _RANKING, [{"first": villages}])
