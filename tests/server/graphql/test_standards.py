"""Standards and plugins through the API."""

from __future__ import annotations

from tests.server.conftest import Ask


async def test_every_shipped_standard_is_listed_with_its_jurisdiction(ask: Ask) -> None:
    reply = await ask("{ standards { id jurisdiction { name } level status plugin digest } }")
    found = {one["id"]: one for one in reply["standards"]}
    assert set(found) == {
        "140000/wuge-quanfugai",
        "220000/jiuyou-liuwu",
        "220000/sanhua",
        "220000/village-obstacles",
        "220000/wuge-quanfugai",
        "220722/jiuyou-liuwu",
        "220722/wuge-daowei",
    }
    assert found["220000/sanhua"]["jurisdiction"] == {"name": "吉林省"}
    assert found["220722/wuge-daowei"]["level"] == "COUNTY"
    assert all(len(one["digest"]) == 64 for one in found.values())


async def test_standards_are_listed_by_place_and_level(ask: Ask) -> None:
    reply = await ask(
        """{ county: standards(region: "220722", level: COUNTY) { id }
             elsewhere: standards(region: "370783") { id } }"""
    )
    assert reply["county"] == [{"id": "220722/wuge-daowei"}]
    assert reply["elsewhere"] == []


async def test_a_bare_code_means_the_countys_own_tailoring(ask: Ask) -> None:
    reply = await ask(
        """{ own: standard(id: "jiuyou-liuwu") { id } base: standard(id: "220000/jiuyou-liuwu") { id }
             none: standard(id: "nothing") { id }
             old: standard(id: "220000/sanhua", version: "1999") { id } }"""
    )
    assert reply["own"] == {"id": "220722/jiuyou-liuwu"}
    assert reply["base"] == {"id": "220000/jiuyou-liuwu"}
    assert reply["none"] is None
    assert reply["old"] is None


async def test_of_two_provinces_standards_of_one_code_the_place_s_own_is_meant(ask: Ask) -> None:
    reply = await ask(
        """{ here: standard(id: "wuge-quanfugai") { id title }
             there: standard(id: "140000/wuge-quanfugai") { id title }
             listed: standards(region: "220722", level: VILLAGE) { id } }"""
    )
    assert reply["here"] == {"id": "220000/wuge-quanfugai", "title": "五个全覆盖"}
    assert reply["there"] == {"id": "140000/wuge-quanfugai", "title": "新五个全覆盖"}
    assert "140000/wuge-quanfugai" not in [one["id"] for one in reply["listed"]]


async def test_a_tailoring_shows_its_base_and_each_change_with_its_reason(ask: Ask) -> None:
    reply = await ask(
        """{ standard(id: "220722/jiuyou-liuwu") {
               extends { id version } tailoring { criterion change before after reason } document } }"""
    )
    standard = reply["standard"]
    assert standard["extends"] == {"id": "220000/jiuyou-liuwu", "version": "2021"}
    assert standard["tailoring"]
    assert all(change["reason"] for change in standard["tailoring"])
    assert "extends:" in standard["document"]


async def test_each_criterion_says_what_it_rests_on_and_none_claims_to_be_official(ask: Ask) -> None:
    reply = await ask(
        """{ standards { id groups { code title maxScore criteria { code } }
             criteria { code title group maxScore rule ruleText veto sourceStatus source
                        indicators { code } } } }"""
    )
    for standard in reply["standards"]:
        assert standard["criteria"]
        in_groups = [one["code"] for group in standard["groups"] for one in group["criteria"]]
        assert in_groups == [one["code"] for one in standard["criteria"]]
        for criterion in standard["criteria"]:
            assert criterion["sourceStatus"] in ("PUBLISHED", "INTERPRETATION")
            assert criterion["source"]
            assert criterion["ruleText"]
            assert criterion["indicators"]


async def test_the_rule_is_told_in_both_languages(ask: Ask) -> None:
    query = '{ standard(id: "220000/sanhua") { title criteria { ruleText } } }'
    chinese, english = (await ask(query))["standard"], (await ask(query, "en"))["standard"]
    assert chinese["title"] != english["title"]
    assert all(
        a["ruleText"] != b["ruleText"] for a, b in zip(chinese["criteria"], english["criteria"], strict=True)
    )


async def test_plugins_are_listed_with_what_they_bring(ask: Ask) -> None:
    reply = await ask("{ plugins { name distribution version status error sdk hooks standards { id } } }")
    found = {one["name"]: one for one in reply["plugins"]}
    assert found["sanhua"]["status"] == "ACTIVE"
    assert found["sanhua"]["error"] is None
    assert found["sanhua"]["distribution"] == "liangcun-sanhua"
    assert found["sanhua"]["standards"] == [{"id": "220000/sanhua"}]
    assert "liangcun_standards" in found["sanhua"]["hooks"]
    assert found["village-indicators"]["standards"] == []


async def test_what_a_change_touches_is_said_in_words(ask: Ask) -> None:
    query = """{ standard(id: "220722/jiuyou-liuwu", version: "2023") {
                   tailoring { criterion change before after } } }"""
    zh, en = (await ask(query))["standard"]["tailoring"], await ask(query, locale="en")
    road = next(one for one in zh if one["criterion"] == "hardened-road")
    assert road["change"] == "replace"
    assert road["before"].startswith("规则：（自然屯通硬化路率 ≥ 95% 且 屯内主巷路硬化率 ≥ 80%）")
    assert road["after"].startswith("规则：（自然屯通硬化路率 ≥ 100% 且 屯内主巷路硬化率 ≥ 85%）")
    assert en["standard"]["tailoring"][0]["before"].startswith("rule: ")
