"""Asking the API as a client does, without the network in between."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from liangcun_server.application import Application
from liangcun_server.graphql.context import RequestContext
from liangcun_server.graphql.schema import build_schema
from liangcun_standards.text import Locale

SCHEMA = build_schema()

# What a query gives: its data, and its errors as a client sees them.
Ask = Callable[..., Awaitable["Reply"]]


class Reply:
    """The answer to one query."""

    def __init__(self, data: dict[str, Any] | None, errors: list[dict[str, Any]]) -> None:
        self.data = data
        self.errors = errors

    def __getitem__(self, name: str) -> Any:
        assert self.errors == []
        assert self.data is not None
        return self.data[name]

    @property
    def codes(self) -> list[str]:
        """The code of each error."""
        return [error["extensions"]["code"] for error in self.errors]


@pytest.fixture
def ask(application: Application) -> Ask:
    """`await ask(query, variable=value, …)`."""

    async def asking(query: str, locale: Locale = "zh", **variables: Any) -> Reply:
        async with RequestContext(application, locale) as context:
            result = await SCHEMA.execute(query, variable_values=variables, context_value=context)
        errors = [dict(error.formatted) for error in getattr(result, "errors", None) or []]
        return Reply(getattr(result, "data", None), errors)

    return asking
