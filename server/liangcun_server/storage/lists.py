"""Lists of codes as one parameter of a statement, however long they are."""

from __future__ import annotations

from collections.abc import Iterable

import orjson
from sqlalchemy import ColumnElement, String, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection


def among(
    connection: AsyncConnection, column: ColumnElement[str] | ColumnElement[str | None], values: Iterable[str]
) -> ColumnElement[bool]:
    """Whether `column` is one of `values`.

    The list travels as one parameter (an array on PostgreSQL, JSON on SQLite): IN (…) would need one for
    each value, and both databases limit their number to a few ten thousand.
    """
    listed = list(values)
    if connection.dialect.name == "postgresql":
        return column == any_(literal(listed, ARRAY(String)))
    elements = func.json_each(orjson.dumps(listed).decode()).table_valued("value")
    return column.in_(select(elements.c.value))
