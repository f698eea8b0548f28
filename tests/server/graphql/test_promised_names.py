"""The names that frontends rely on are in the schema, with their arguments and types."""

from __future__ import annotations

from pathlib import Path

from graphql import build_schema, find_breaking_changes, print_schema
from tests.server.conftest import SCHEMA

_PROMISED = Path(__file__).with_name("promised.graphql")


def test_every_promised_name_is_there() -> None:
    promised = build_schema(_PROMISED.read_text(encoding="utf-8"))
    actual = build_schema(print_schema(SCHEMA._schema))
    missing = [str(change.description) for change in find_breaking_changes(promised, actual)]
    assert missing == []
