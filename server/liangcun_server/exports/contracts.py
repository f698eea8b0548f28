"""The contracts that others build on, as the files in schema/: the API, the documents' format, operations."""

from __future__ import annotations

import json

from graphql import build_schema as parse_schema
from graphql import lexicographic_sort_schema, print_schema

from liangcun_server.graphql.schema import build_schema
from liangcun_server.trusted_documents import shipped_ids, shipped_operations
from liangcun_standards.document.schema import document_schema


def contracts() -> dict[str, str]:
    """The text of each file by its name, the same for the same code."""
    # Sorted here and not in the schema that answers, whose unions of errors don't bear it.
    api = print_schema(lexicographic_sort_schema(parse_schema(build_schema().as_str())))
    documents = json.dumps(document_schema(), ensure_ascii=False, indent=2, sort_keys=True)
    ids = json.dumps(shipped_ids(), indent=2)
    return {
        "schema.graphql": f"{api}\n",
        "standard.schema.json": f"{documents}\n",
        **{f"operations/{name}": text for name, text in shipped_operations().items()},
        "operations/ids.json": f"{ids}\n",
    }
