"""Switching plugins through GraphQL."""

from __future__ import annotations

from typing import Annotated

import strawberry

from liangcun_server.application import Application
from liangcun_server.graphql.context import LiangcunInfo
from liangcun_server.graphql.refusals import InputRefused
from liangcun_server.graphql.writing import done
from liangcun_server.plugins.switching import bring_up_to_date, known_plugin, set_enabled
from liangcun_server.plugins.types import PluginType


@strawberry.input(description="Whether a plugin contributes.")
class SetPluginEnabledInput:
    name: strawberry.ID
    enabled: bool
    author: str = strawberry.field(description="Who does it, as it goes on record.")
    reason: str = strawberry.field(description="Why, as it goes on record.")


@strawberry.type(description="The plugin is switched, here and in every other process.")
class PluginSwitched:
    plugin: PluginType
    changed: bool = strawberry.field(description="Whether it wasn't so before.")


SetPluginEnabledResult = Annotated[PluginSwitched | InputRefused, strawberry.union("SetPluginEnabledResult")]


@strawberry.type
class PluginMutations:
    @strawberry.mutation(description="Switch a plugin on or off; what it contributes comes or goes at once.")
    async def set_plugin_enabled(
        self, info: LiangcunInfo, input: SetPluginEnabledInput
    ) -> SetPluginEnabledResult:
        async def work(application: Application) -> PluginSwitched:
            changed = await set_enabled(
                application.database,
                application.plugins,
                input.name,
                enabled=input.enabled,
                author=input.author,
                reason=input.reason,
            )
            async with application.database.read() as connection:
                await bring_up_to_date(application.plugins, connection)
            plugin = known_plugin(application.plugins, input.name)
            return PluginSwitched(plugin=PluginType(plugin=plugin), changed=changed)

        return await done(info, work)
