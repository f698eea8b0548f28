"""docs/operating.md names every metric, every field of the log line and every shipped operation there is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse
from prometheus_client.parser import text_string_to_metric_families
from tests.server.conftest import SCHEMA
from tests.server.observability.conftest import Lines, Watched

from liangcun_server.application import Application
from liangcun_server.trusted_documents import (
    TrustedDocuments,
    UntrustedDocument,
    shipped_ids,
    shipped_operations,
)
from liangcun_server.trusted_documents.documents import UnknownDocument

_PAGE = (Path(__file__).parents[3] / "docs" / "operating.md").read_text(encoding="utf-8")
_REQUESTS = ['{ bad: region(code: "1") { name } }', '{ region(code: "220722") { name } }']


async def test_every_metric_is_on_the_page_with_its_type_and_labels(
    watched: Watched, sqlite_application: Application
) -> None:
    async with watched(sqlite_application) as watching:
        for query in _REQUESTS:
            await watching.ask(query)
        text = (await watching.client.get("/metrics")).text

    found: dict[str, tuple[str, set[str]]] = {}
    for family in text_string_to_metric_families(text):
        # The client library tells when each counter began in a gauge of its own.
        if family.name.startswith("liangcun_") and not family.name.endswith("_created"):
            name = f"{family.name}_total" if family.type == "counter" else family.name
            labels = {label for sample in family.samples for label in sample.labels} - {"le"}
            found[name] = (family.type, labels)
    rows = re.findall(r"^\| `(liangcun_\w+)` \| (\w+) \| (.*?) ?\|", _PAGE, re.MULTILINE)
    assert {name: (kind, set(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows} == found


async def test_every_field_of_the_log_line_is_on_the_page(
    watched: Watched, sqlite_application: Application, lines: Lines
) -> None:
    async with watched(sqlite_application) as watching:
        for query in _REQUESTS:
            await watching.ask(query)

    section = _PAGE.split("## 指标")[0]
    named = set()
    for row in re.findall(r"^\| ((?:`\w+` ?)+)\|", section, re.MULTILINE):
        named |= set(re.findall(r"`(\w+)`", row))
    assert named == set().union(*lines) - {"event", "log_level"}


def test_the_example_line_has_the_fields_of_a_line() -> None:
    (example,) = re.findall(r"```json\n(.*?)\n```", _PAGE)

    line: dict[str, Any] = json.loads(example)

    assert line["event"] == "request"
    assert {"request_id", "operation", "cost", "statements"} <= set(line)


@pytest.mark.parametrize("name", shipped_operations())
def test_every_shipped_operation_is_on_the_page_with_its_variables(name: str) -> None:
    operation = parse(shipped_operations()[name]).definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    variables = [one.variable.name.value for one in operation.variable_definitions]

    row = re.search(rf"^\| `{name.removesuffix('.graphql')}` \| (.*?) \|", _PAGE, re.MULTILINE)

    assert row is not None
    assert re.findall(r"`(\w+)`", row[1]) == variables


def test_the_identifiers_shown_are_those_of_shipped_operations() -> None:
    shown = set(re.findall(r"sha256:[0-9a-f]{64}", _PAGE))

    assert shown == {shipped_ids()["Ranking"], shipped_ids()["PublishedFigures"]}
    trusted = TrustedDocuments.load(SCHEMA._schema, shipped_operations())
    assert all(trusted.find(one) for one in shown)


@pytest.mark.parametrize("code", [UnknownDocument.code, UntrustedDocument.code])
def test_the_codes_of_trusted_documents_are_on_the_page(code: str) -> None:
    assert f"`{code}`" in _PAGE
