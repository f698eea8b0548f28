"""How a document is named: by the SHA-256 of its text, after GraphQL over HTTP, appendix A."""

from __future__ import annotations

import hashlib

PREFIX = "sha256:"


def document_id(text: str) -> str:
    """The SHA256 hex document identifier, such as `sha256:7dba4b…`: of its text in UTF-8."""
    return PREFIX + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
