"""Plugins in GraphQL."""

from __future__ import annotations

import strawberry

from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.standards.types import StandardType
from liangcun_standards.plugins import Plugin, PluginStatus

PluginStatusEnum = strawberry.enum(PluginStatus, name="PluginStatus")


@strawberry.type(name="Plugin", description="插件")
class PluginType:
    plugin: strawberry.Private[Plugin]

    @strawberry.field
    def name(self) -> strawberry.ID:
        return strawberry.ID(self.plugin.name)

    @strawberry.field(description="The package that it came in.")
    def distribution(self) -> str | None:
        return self.plugin.distribution

    @strawberry.field
    def version(self) -> str | None:
        return self.plugin.version

    @strawberry.field
    def status(self) -> PluginStatusEnum:  # type: ignore[valid-type]
        return self.plugin.status

    @strawberry.field(description="Why it is broken or incompatible.")
    def error(self, info: LiangcunInfo) -> str | None:
        return None if self.plugin.error is None else self.plugin.error.pick(info.context.locale)

    @strawberry.field(description="The range of SDK versions that it supports.")
    def sdk(self) -> str | None:
        return self.plugin.sdk

    @strawberry.field(description="The standards that it carries, every version.")
    def standards(self, info: LiangcunInfo) -> list[StandardType]:
        catalogue = info.context.application.plugins.standards
        return [
            StandardType(resolved=catalogue.resolve(one, one.document.effective.from_))
            for one in self.plugin.publications
        ]

    @strawberry.field(description="The hooks that it implements.")
    def hooks(self) -> list[str]:
        return list(self.plugin.hooks)
