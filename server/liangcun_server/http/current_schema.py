"""The schema as plugins make it now: they may be installed, switched and removed while the server runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import strawberry

from liangcun_server.application import Application
from liangcun_standards.query_fields import QueryField


class CurrentSchema:
    """Builds the schema again where plugins have come to answer other questions than before."""

    def __init__(self, application: Application, build: Callable[[], strawberry.Schema]) -> None:
        self._application = application
        self._build = build
        self._own: object = None
        self._declared: Any = None
        self._schema: strawberry.Schema | None = None

    def now(self) -> strawberry.Schema:
        """The schema for a request that begins now."""
        own = self._application.plugins.own
        if self._schema is None or own is not self._own:
            declared = _declared(own.queries)
            if self._schema is None or declared != self._declared:
                self._schema = self._build()
            self._own, self._declared = own, declared
        return self._schema


def _declared(queries: Mapping[str, QueryField]) -> Any:
    """What the schema is made of; the Python behind a field is looked up when it is asked."""
    return {name: (one.description, one.standard, one.columns) for name, one in queries.items()}
