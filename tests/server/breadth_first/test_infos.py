"""Resolvers find in `info` what Strawberry puts there, whether they look or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from tests.server.breadth_first.comparing import run

from liangcun_server.breadth_first import BreadthFirstExecutor

seen: list[strawberry.Info] = []


@strawberry.type
class Curious:
    number: int = 0

    @strawberry.field
    def more(self, info: strawberry.Info, first: int = 2) -> list[Curious]:
        seen.append(info)
        return [Curious(number=number) for number in range(first)]

    @strawberry.field
    def look(self, info: strawberry.Info) -> int:
        seen.append(info)
        return self.number

    @strawberry.field
    def look_at(self, info: strawberry.Info) -> Curious:
        seen.append(info)
        return self


class OwnInfo(strawberry.Info[Any, Any]):
    @property
    def twice(self) -> str:
        return self.field_name * 2


class OwnContextInfo(strawberry.Info[Any, Any]):
    @property
    def context(self) -> Any:
        return ("wrapped", self._raw_info.context)


@dataclass
class OwnMadeInfo(strawberry.Info[Any, Any]):
    def __post_init__(self) -> None:
        self.made = True


@pytest.mark.parametrize("info_class", [strawberry.Info, OwnInfo, OwnContextInfo, OwnMadeInfo])
async def test_resolvers_see_in_info_what_strawberry_shows_them(info_class: type[strawberry.Info]) -> None:
    schema = strawberry.Schema(query=Curious, config=StrawberryConfig(info_class=info_class))
    query = "query Q($n: Int = 3) { a: look more(first: $n) { look lookAt { ...F } } }"
    shown = []
    for executor in (StrawberryGraphQLCoreExecutionContext, BreadthFirstExecutor):
        seen.clear()
        answer = await run(
            schema,
            query + " fragment F on Curious { look }",
            executor,
            root=Curious(),
            context="the context",
            variables={},
        )
        assert answer.errors == ()
        shown.append(sorted((_shown(info) for info in seen), key=repr))
    assert shown[0] == shown[1]
    assert all(isinstance(info, info_class) for info in seen)
    assert len({str(info.path) for info in seen}) == 11


def _shown(info: strawberry.Info) -> dict[str, Any]:
    raw = info._raw_info
    fields = [name for name in raw._fields if name not in ("is_awaitable", "async_helpers")]
    names = ("context", "field_name", "path", "python_name", "return_type", "variable_values", "query")
    return {
        "path": info.path.as_list(),
        **{name: getattr(raw, name) for name in fields},
        **{
            f"info.{name}": getattr(info, name)
            for name in (*names, "input_extensions", "root_value", "schema")
        },
        "selected": repr(info.selected_fields),
        "own": (getattr(info, "twice", None), getattr(info, "made", None)),
    }
