"""The token that a request brings (RFC 6750)."""

from __future__ import annotations

from starlette.requests import HTTPConnection

# Longer than any token that is issued; what is longer is wrong without a look at the database.
_LONGEST = 200


def bearer_token(request: HTTPConnection) -> str | None:
    """The token of the Authorization header; None where it brings none."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    return token.strip()[:_LONGEST] or None if scheme.lower() == "bearer" else None
