"""The operator switches a plugin off and on; what it contributes goes and comes, everywhere, at once."""

from __future__ import annotations

import pytest
from tests.server.plugins.conftest import Operate

from liangcun_server.application import Application
from liangcun_server.plugins.changes import PluginAction, plugin_changes, switches_at_start
from liangcun_server.plugins.switching import set_enabled
from liangcun_server.storage.database import Database
from liangcun_standards.plugins import PluginRegistry, PluginStatus

_SWITCH = """mutation ($name: ID!, $enabled: Boolean!, $reason: String! = "本县不用") {
  setPluginEnabled(input: {name: $name, enabled: $enabled, author: "王敏", reason: $reason}) {
    __typename
    ... on PluginSwitched { changed plugin { name status standards { id } } }
    ... on InputRefused { code message }
  }
}"""
_STANDING = '{ standards { id } plugins { name status } standard(id: "220000/sanhua") { id } }'


def _status(standing: list[dict[str, str]], name: str) -> str:
    return next(one["status"] for one in standing if one["name"] == name)


async def test_a_plugin_goes_and_comes_back(operate: Operate, served: Application) -> None:
    off = (await operate(_SWITCH, name="sanhua", enabled=False))["setPluginEnabled"]
    assert off == {
        "__typename": "PluginSwitched",
        "changed": True,
        "plugin": {"name": "sanhua", "status": "DISABLED", "standards": []},
    }
    without = await operate(_STANDING)
    assert without["standard"] is None
    assert _status(without["plugins"], "sanhua") == "DISABLED"
    assert "220000/sanhua" not in [one["id"] for one in without["standards"]]
    assert "220722/ladder" in [one["id"] for one in without["standards"]]

    again = (await operate(_SWITCH, name="sanhua", enabled=False))["setPluginEnabled"]
    assert again["changed"] is False

    on = (await operate(_SWITCH, name="sanhua", enabled=True, reason="恢复"))["setPluginEnabled"]
    assert on["plugin"] == {"name": "sanhua", "status": "ACTIVE", "standards": [{"id": "220000/sanhua"}]}
    assert (await operate(_STANDING))["standard"] == {"id": "220000/sanhua"}

    async with served.database.read() as connection:
        recorded = await plugin_changes(connection)
    assert [(one.plugin, one.action, one.author, one.reason) for one in recorded] == [
        ("sanhua", PluginAction.DISABLED, "王敏", "本县不用"),
        ("sanhua", PluginAction.ENABLED, "王敏", "恢复"),
    ]


async def test_what_another_process_switched_is_seen_at_the_next_question(
    operate: Operate, served: Application
) -> None:
    assert (await operate(_STANDING))["standard"] is not None
    async with Database(served.settings.database_url) as elsewhere:
        await set_enabled(
            elsewhere, served.plugins, "sanhua", enabled=False, author="李军", reason="另一个进程"
        )
    standing = await operate(_STANDING)
    assert standing["standard"] is None
    assert _status(standing["plugins"], "sanhua") == "DISABLED"


async def test_what_was_switched_off_is_off_at_the_next_start(operate: Operate, served: Application) -> None:
    await operate(_SWITCH, name="sanhua", enabled=False)
    switches = switches_at_start(served.settings.database_url)
    assert switches.disabled == {"sanhua"}
    assert switches.change == served.plugins.change > 0


@pytest.mark.parametrize("address", ["sqlite:////nowhere/at/all.db", "postgresql://x@127.0.0.1:1/none"])
def test_without_a_database_nothing_is_switched_off(address: str) -> None:
    assert switches_at_start(address).disabled == frozenset()


async def test_switching_takes_the_operator(operate: Operate) -> None:
    refused = await operate(_SWITCH, token=None, name="sanhua", enabled=False)
    assert refused.codes == ["OPERATOR_TOKEN_NEEDED"]
    assert (await operate(_STANDING))["standard"] is not None


@pytest.mark.parametrize(
    ("name", "reason", "code"),
    [("never-heard-of", "举例", "UNKNOWN_PLUGIN"), ("sanhua", "  ", "INVALID_INPUT")],
)
async def test_what_can_t_be_switched_is_refused(
    operate: Operate, served: Application, name: str, reason: str, code: str
) -> None:
    answer = (await operate(_SWITCH, name=name, enabled=False, reason=reason))["setPluginEnabled"]
    assert (answer["__typename"], answer["code"]) == ("InputRefused", code)
    async with served.database.read() as connection:
        assert await plugin_changes(connection) == []


async def test_a_rule_that_never_ends_is_a_clear_error_and_no_one_else_waits_for_it(
    operate: Operate, registry: PluginRegistry
) -> None:
    query = """query ($standard: ID!) {
      ranking(standard: $standard, within: "220722", period: "2023", first: 1) { totalCount }
    }"""
    hung = await operate(query, standard="220722/loops-while-scoring", locale="en")
    assert hung.codes == ["PLUGIN_FAILED"]
    assert "gave no result within 0.5 seconds" in hung.errors[0]["message"]
    # From then on at once, and everyone else as ever.
    assert (await operate(query, standard="220722/loops-while-scoring")).codes == ["PLUGIN_FAILED"]
    for standard in ("220722/ladder", "220000/sanhua"):
        assert (await operate(query, standard=standard))["ranking"]["totalCount"] > 0
    plugins = await operate("{ plugins { name status error } }", locale="en")
    looping = next(one for one in plugins["plugins"] if one["name"] == "loops-while-scoring")
    assert looping["status"] == "BROKEN"
    assert "gave no result within 0.5 seconds" in looping["error"]
    found = registry.plugin("county-rules")
    assert found is not None
    assert found.status is PluginStatus.ACTIVE


async def test_a_rule_of_a_plugin_is_read_out_through_the_api(operate: Operate) -> None:
    answer = await operate('{ standard(id: "220722/ladder") { criteria { rule ruleText } } }')
    first = answer["standard"]["criteria"][0]
    assert first["ruleText"] == "亮化率每上一级（20、50、80）得分翻倍，最高 60 分"
    assert "county-rules.ladder" in first["rule"]


async def test_a_county_saves_a_document_with_a_rule_of_a_plugin(
    operate: Operate, registry: PluginRegistry
) -> None:
    plugin = registry.plugin("county-rules")
    assert plugin is not None
    text = plugin.publications[1].text.replace("version: 2023", "version: 2024")
    save = """mutation ($document: String!) {
      saveStandard(input: {document: $document, author: "王敏", reason: "举例"}) {
        __typename ... on StandardSaved { standard { version } } ... on InputRefused { message }
      }
    }"""
    assert (await operate(save, document=text))["saveStandard"]["standard"] == {"version": "2024"}
    refused = await operate(save, document=text.replace("rungs: [20, 50, 80]", "rungs: [a]"))
    assert "rungs.0" in refused["saveStandard"]["message"]
