"""The exported contracts are those of the code, and what would break a client is named in the changelog."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import pytest
from graphql import GraphQLSchema, build_schema, find_breaking_changes

from liangcun_server.graphql.schema import build_schema as build_own
from liangcun_standards.document.schema import document_schema

_ROOT = Path(__file__).parents[2]
_EXPORTED = _ROOT / "schema" / "schema.graphql"
_RELEASED = _ROOT / "schema" / "released.graphql"
_DOCUMENT = _ROOT / "schema" / "standard.schema.json"


def unnamed_breaks(before: GraphQLSchema, after: GraphQLSchema, changelog: str) -> list[str]:
    """The breaking changes whose type and field the changelog's unreleased part doesn't name."""
    unreleased = re.split(r"^## ", changelog, flags=re.MULTILINE)[1]
    return [
        change.description
        for change in find_breaking_changes(before, after)
        if not any(
            name in unreleased for name in re.findall(r"\w+\.\w+", change.description) or [change.description]
        )
    ]


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_the_exported_schema_is_the_codes() -> None:
    exported, own = build_schema(_read(_EXPORTED)), build_schema(build_own().as_str())
    assert find_breaking_changes(exported, own) == []
    assert find_breaking_changes(own, exported) == []


def test_the_exported_document_schema_is_the_models() -> None:
    assert orjson.loads(_read(_DOCUMENT)) == document_schema()


def test_what_breaks_a_client_of_the_last_release_is_named_in_the_changelog() -> None:
    released, own = build_schema(_read(_RELEASED)), build_schema(build_own().as_str())
    assert unnamed_breaks(released, own, _read(_ROOT / "CHANGELOG.md")) == []


@pytest.mark.parametrize(
    ("changelog", "found"),
    [
        ("# Changes\n\n## Unreleased\n- nothing\n\n## 0.1.0\n- Query.old", 1),
        ("# Changes\n\n## Unreleased\n- `Query.old` is gone: ask Query.new\n\n## 0.1.0\n", 0),
    ],
)
def test_a_removed_field_must_be_named_among_the_unreleased_changes(changelog: str, found: int) -> None:
    before = build_schema("type Query { old: Int new: Int }")
    after = build_schema("type Query { new: Int }")
    assert len(unnamed_breaks(before, after, changelog)) == found
