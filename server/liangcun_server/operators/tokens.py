"""The operator's token: issued once, kept as a hash, compared without telling how much of it was right."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from sqlalchemy.ext.asyncio import AsyncConnection

from liangcun_server.storage.database import Database
from liangcun_server.storage.facts import read_fact, write_fact

# What a token begins with, so that one found in a log or a mail is known for what it is.
PREFIX = "liangcun_"
_DIGEST = "operator token sha256"
_BYTES = 32


async def issue_token(database: Database, *, author: str, reason: str, anew: bool = False) -> str | None:
    """A new token, which can't be read again later; None where there is one already and `anew` is False.

    With `anew` the token before ends at once.
    """
    async with database.write(author=author, reason=reason, kind="operator token") as (connection, _):
        if not anew and await read_fact(connection, _DIGEST) is not None:
            return None
        token = PREFIX + secrets.token_urlsafe(_BYTES)
        await write_fact(connection, _DIGEST, _digest(token))
    return token


async def has_token(connection: AsyncConnection) -> bool:
    """Whether a token was ever issued for this database."""
    return await read_fact(connection, _DIGEST) is not None


async def is_operators(connection: AsyncConnection, token: str) -> bool:
    """Whether this is the operator's token."""
    kept = await read_fact(connection, _DIGEST)
    return kept is not None and hmac.compare_digest(kept, _digest(token))


def _digest(token: str) -> str:
    # A plain hash is enough: 256 random bits can't be guessed from it, as a chosen password could.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
