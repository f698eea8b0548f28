"""HTTP statuses, as the GraphQL-over-HTTP specification (September 2026) asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

OK = 200
# The specification's own: data and errors both.
PARTIAL_SUCCESS = 294
UNPROCESSABLE = 422
_UNAUTHORIZED = 401

# Of what never ran, by the code of its error; validation, variables and limits are all unprocessable.
_OF_CODES: Mapping[str, int] = {
    "GRAPHQL_PARSE_FAILED": 400,
    "OPERATOR_TOKEN_NEEDED": _UNAUTHORIZED,
    "WRONG_OPERATOR_TOKEN": _UNAUTHORIZED,
    "DOCUMENT_TOO_LARGE": 413,
    "BUDGET_SPENT": 429,
    "INTERNAL_ERROR": 500,
    "UNKNOWN_EVIDENCE": 404,
    "EVIDENCE_UNAVAILABLE": 503,
    "DATABASE_NOT_INITIALISED": 503,
    "DATABASE_OUTDATED": 503,
    "DATABASE_UNAVAILABLE": 503,
    "DATABASE_DAMAGED": 503,
    "SERVER_BUSY": 503,
    "TIMEOUT": 503,
    "UPLOAD_NOT_KEPT": 503,
}


def status_of_refusal(errors: Sequence[Mapping[str, Any]]) -> int:
    """The status of an answer without data."""
    code = errors[0].get("extensions", {}).get("code")
    return _OF_CODES.get(code, UNPROCESSABLE)


def headers_of_refusal(errors: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The headers that say what to try: again after some time, or with a token."""
    wait = errors[0].get("extensions", {}).get("retryAfter")
    headers = {} if wait is None else {"Retry-After": str(wait)}
    if status_of_refusal(errors) == _UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return headers
