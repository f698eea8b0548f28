"""The JSON Schema of a standard's document, for editors and for programs that write documents."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from liangcun_standards.document.definitions import IN_ENGLISH
from liangcun_standards.document.standard import Standard
from liangcun_standards.document.tailoring import Tailoring

_ID = "urn:liangcun:standard:1"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
# YAML reads these as numbers where nobody quoted them, and the reader takes them so.
_UNQUOTED = ("jurisdiction", "version")


def document_schema() -> dict[str, Any]:
    """The schema of a document, a standard or a tailoring of one, as JSON Schema 2020-12.

    What one part asks of another (codes that must exist, weights that must not sum to zero) is beyond JSON
    Schema: `read_standard` checks it.
    """
    definitions = TypeAdapter(Standard | Tailoring).json_schema(by_alias=True, mode="validation")["$defs"]
    for document in ("Standard", "Tailoring"):
        fields = definitions[document]["properties"]
        for name in _UNQUOTED:
            fields[name] = {"anyOf": [fields[name], {"type": "integer"}]}
    for part, optional in IN_ENGLISH.items():
        required = definitions[part]["required"]
        definitions[part]["required"] = [name for name in required if name not in optional]
    return {
        "$schema": _DIALECT,
        "$id": _ID,
        "title": "量村标准文档 / a standard's document",
        "description": "一个标准，或对另一个标准的调整 / a standard, or the tailoring of another",
        "$defs": definitions,
        # As the reader tells the two apart, so that an editor complains of the one that was meant.
        "if": {"required": ["extends"]},
        "then": {"$ref": "#/$defs/Tailoring"},
        "else": {"$ref": "#/$defs/Standard"},
    }
