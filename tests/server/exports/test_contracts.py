"""The files in schema/: complete, sorted, the same for the same code."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from graphql import build_schema as parse_schema
from graphql import lexicographic_sort_schema, print_schema

from liangcun_server.exports.contracts import contracts
from liangcun_server.graphql.schema import build_schema
from liangcun_standards.document import Standard, Tailoring
from liangcun_standards.document.schema import document_schema


def test_the_schema_of_the_api_is_whole_and_sorted() -> None:
    text = contracts()["schema.graphql"]

    read = parse_schema(text)
    assert print_schema(lexicographic_sort_schema(read)) == text.rstrip("\n")
    assert set(read.type_map) == set(parse_schema(build_schema().as_str()).type_map)


def test_another_process_writes_the_same() -> None:
    program = (
        "from liangcun_server.exports.contracts import contracts; import json; print(json.dumps(contracts()))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert json.loads(done.stdout) == contracts()


def test_the_schema_of_documents_names_every_field_of_a_standard_and_of_a_tailoring() -> None:
    definitions = document_schema()["$defs"]

    for model in (Standard, Tailoring):
        fields = {field.alias or name for name, field in model.model_fields.items()}
        assert set(definitions[model.__name__]["properties"]) == fields
        assert definitions[model.__name__]["additionalProperties"] is False


def test_every_reference_in_it_leads_somewhere() -> None:
    schema = document_schema()

    def references(part: Any) -> list[str]:
        if isinstance(part, dict):
            own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
            return own + [found for value in part.values() for found in references(value)]
        return [found for value in part for found in references(value)] if isinstance(part, list) else []

    found = references(schema)
    assert found
    assert {one.removeprefix("#/$defs/") for one in found} <= set(schema["$defs"])


def test_numbers_that_nobody_quotes_are_allowed_where_the_reader_takes_them() -> None:
    fields = document_schema()["$defs"]["Standard"]["properties"]

    assert {"type": "integer"} in fields["jurisdiction"]["anyOf"]
    assert {"type": "integer"} in fields["version"]["anyOf"]
