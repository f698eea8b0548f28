"""The fields that plugins add to the API: a type for each plugin under `Query.ext`, as it declares them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from types import GenericAlias
from typing import Any

import strawberry

from liangcun_server.graphql.connections import check_first
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.limits.weights import COST
from liangcun_server.regions.types import AssessorLevelEnum, RegionType, as_type, known_region
from liangcun_server.scorecards.for_plugins import scored_regions
from liangcun_server.scorecards.loaders import scores_about
from liangcun_standards.errors import PluginFailed
from liangcun_standards.periods import Period
from liangcun_standards.query_fields import ColumnType, QueryField
from liangcun_standards.text import Text

# As for a ranking: a scope is scored.
_POINTS = 50
_TYPES: Mapping[ColumnType, Any] = {
    "number": float | None,
    "whole": int | None,
    "text": str | None,
    "truth": bool | None,
    "region": RegionType | None,
}


def with_queries(query: type, fields: Mapping[str, QueryField]) -> type:
    """The type `query` with a field `ext` for what plugins answer; itself where none answers anything.

    `fields` by PLUGIN.NAME.
    """
    by_plugin: dict[str, list[QueryField]] = {}
    for name, one in fields.items():
        by_plugin.setdefault(name.partition(".")[0], []).append(one)
    if not by_plugin:
        return query
    root = _type("Ext", {_name(plugin): _namespace(plugin, own) for plugin, own in by_plugin.items()})
    extended = type("Query", (query,), {"__annotations__": {"ext": root}, "ext": _there(root)})
    return strawberry.type(extended, name="Query")


def _there(type_: type) -> Any:
    """A field that is always there and holds nothing itself."""

    def resolve() -> Any:
        return type_()

    words = "What plugins answer beside the API of the product, each under its own name."
    return strawberry.field(resolver=resolve, graphql_type=type_, description=words)


def _namespace(plugin: str, fields: Sequence[QueryField]) -> Any:
    type_ = _type(f"Ext{_camel(plugin)}", {one.name.partition(".")[2]: _field(plugin, one) for one in fields})
    return strawberry.field(
        resolver=lambda: type_(), graphql_type=type_, description=f"What the plugin {plugin} answers."
    )


def _field(plugin: str, field: QueryField) -> Any:
    name = f"Ext{_camel(plugin)}{_camel(field.name.partition('.')[2])}"
    columns = {
        one.name: strawberry.field(
            resolver=_column(one.name),
            graphql_type=_TYPES[one.type],
            description=_words(one.description),
        )
        for one in field.columns
    }
    row = _type(f"{name}Row", columns)
    rows = _type(
        name,
        {
            "total_count": strawberry.field(
                resolver=_of("total_count"), graphql_type=int, description="How many rows there are."
            ),
            "nodes": strawberry.field(
                resolver=_of("nodes"),
                graphql_type=GenericAlias(list, (row,)),
                description="The first of them.",
            ),
        },
    )

    async def resolve(
        info: LiangcunInfo,
        within: strawberry.ID,
        period: Period,
        assessor_level: AssessorLevelEnum | None = None,  # type: ignore[valid-type]
        first: int | None = 50,
    ) -> Any:
        size = check_first(first)
        found = await _rows(info, field, within, period, assessor_level)
        answer, nodes = rows(), []
        for one in await _with_regions(info, field, found[:size]):
            node = row()
            node.values = one
            nodes.append(node)
        answer.total_count, answer.nodes = len(found), nodes
        return answer

    return strawberry.field(
        resolver=resolve,
        # Nothing else of the answer is lost where a plugin fails.
        graphql_type=rows | None,
        description=_words(field.description),
        metadata={COST: _POINTS},
    )


def _of(name: str) -> Callable[[Any], Any]:
    def resolve(root: Any) -> Any:
        return getattr(root, name)

    return resolve


def _column(name: str) -> Callable[[Any], Any]:
    def value(root: Any) -> Any:
        return root.values[name]

    return value


async def _with_regions(
    info: LiangcunInfo, field: QueryField, rows: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The rows with regions in the place of their codes, all of them asked for at once."""
    named = [one.name for one in field.columns if one.type == "region"]
    codes = {row[name] for row in rows for name in named if row[name] is not None}
    if not codes:
        return list(rows)
    found = await info.context.application.known_regions.by_codes(info.context, codes)
    return [row | {name: as_type(found.get(row[name])) for name in named} for row in rows]


async def _rows(
    info: LiangcunInfo, field: QueryField, within: str, period: Period, assessor_level: Any
) -> list[dict[str, Any]]:
    await info.context.standards()  # which brings the plugins up to date with it
    plugin = field.name.partition(".")[0]
    active = info.context.application.plugins.own.queries.get(field.name)
    if active is None:
        raise PluginFailed(
            plugin,
            Text(
                f"插件 {plugin} 已停用、卸下或有故障，见 liangcun plugins",
                f"the plugin {plugin} is off, gone or broken; see liangcun plugins",
            ),
        )
    code = (await known_region(info, within)).code
    scores = await scores_about(info, code, field.standard, period, assessor_level, None)
    return await asyncio.to_thread(lambda: active.rows(scored_regions(scores.result, code)))


def _type(name: str, fields: Mapping[str, Any]) -> Any:
    return strawberry.type(type(name, (), dict(fields)), name=name)


def _name(plugin: str) -> str:
    """A plugin's name as a field: obstacle_degree."""
    return plugin.replace("-", "_")


def _camel(name: str) -> str:
    """A name as part of a type's: ObstacleDegree."""
    return "".join(part.capitalize() or "_" for part in name.replace("-", "_").split("_"))


def _words(text: Text) -> str:
    return f"{text.zh} {text.en}"
