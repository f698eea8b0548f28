"""Plugins are found by entry point and kept apart: a broken one breaks nothing else, and says why."""

from __future__ import annotations

import sys
from datetime import date
from importlib.metadata import EntryPoint, distributions
from pathlib import Path

import pytest
from tests.standards.document.documents import TAILORING
from tests.standards.plugins.packages import GOOD, INDICATORS, STANDARDS, Packages, hook, lamps, packages

from liangcun_standards.errors import UnknownStandard
from liangcun_standards.isolation import nursery
from liangcun_standards.plugins import Plugin, PluginRegistry, PluginStatus, load_plugins
from liangcun_standards.text import Text

__all__ = ["packages"]  # a fixture, found by its name


def loaded(packages: Packages) -> PluginRegistry:
    return load_plugins(packages.points())


def plugin(registry: PluginRegistry, name: str) -> Plugin:
    found = registry.plugin(name)
    assert found is not None
    return found


def why(registry: PluginRegistry, name: str) -> Text:
    """What is wrong with a plugin, which must be broken and contribute no standard."""
    found = plugin(registry, name)
    assert found.status is PluginStatus.BROKEN
    assert found.publications == ()
    assert found.error is not None
    return found.error


def add_good(packages: Packages) -> None:
    packages.add("good", GOOD, {"lamps.yaml": lamps()})


def test_a_plugin_contributes_its_indicators_and_standards(packages: Packages) -> None:
    add_good(packages)
    registry = loaded(packages)
    good = plugin(registry, "good")
    assert good.status is PluginStatus.ACTIVE
    assert (good.distribution, good.version) == ("example-good", "1.2")
    assert good.sdk is not None
    assert ">=0.1" in good.sdk
    assert good.hooks == ("liangcun_standards", "liangcun_indicators")
    assert sorted(registry.indicators) == ["lamps_working_rate", "lit_lanes_rate"]
    assert registry.indicators.plugin("lit_lanes_rate") == "good"
    (publication,) = registry.standards.publications()
    assert (publication.plugin, publication.file) == ("good", "lamps.yaml")


def test_no_plugins_are_no_trouble() -> None:
    registry = load_plugins([])
    assert registry.plugins == ()
    assert registry.standards.ids() == []
    assert registry.plugin("good") is None


def test_documents_are_found_by_their_ending_in_the_order_of_their_names(packages: Packages) -> None:
    documents: dict[str, str | bytes] = {
        "b.yml": lamps("220723"),
        "a.yaml": lamps("220722"),
        "notes.txt": "不是标准",
    }
    packages.add("good", GOOD, documents)
    files = [one.file for one in plugin(loaded(packages), "good").publications]
    assert files == ["a.yaml", "b.yml"]


@pytest.mark.parametrize(
    ("module", "told"),
    [
        ("import a_package_that_nobody_has\n", "No module named 'a_package_that_nobody_has'"),
        ("1 / 0\n", "ZeroDivisionError"),
        ("def f(:\n", "SyntaxError"),
        ("import sys\nsys.exit('gone')\n", "SystemExit: gone"),
        ("class Odd(BaseException): pass\nraise Odd('odd')\n", "Odd: odd"),
        (INDICATORS + hook("liangcun_standards", "raise RuntimeError('late')"), "RuntimeError: late"),
        (INDICATORS + hook("liangcun_standards", "return 5"), "TypeError"),
        (INDICATORS + hook("liangcun_standard", "return []"), "liangcun_standard"),
        (f"{INDICATORS}\n@hookimpl\ndef liangcun_standards(county):\n    return []\n", "county"),
    ],
)
def test_a_plugin_that_breaks_as_it_loads_is_shown_with_its_traceback(
    packages: Packages, module: str, told: str
) -> None:
    add_good(packages)
    packages.add("bad", module)
    registry = loaded(packages)
    error = why(registry, "bad")
    assert told in error.en
    assert "Traceback" in error.en
    assert plugin(registry, "good").status is PluginStatus.ACTIVE
    assert registry.standards.ids() == ["220722/lamps"]


@pytest.mark.parametrize(
    ("module", "told"),
    [
        (
            hook("liangcun_standards", "return ['jurisdiction: 22']"),
            "liangcun_standards returns StandardTexts, not str",
        ),
        (
            hook("liangcun_indicators", "return [{'code': 'a'}]"),
            "liangcun_indicators returns Indicators, not dict",
        ),
    ],
)
def test_a_plugin_that_returns_the_wrong_thing_is_told_what_is_wanted(
    packages: Packages, module: str, told: str
) -> None:
    packages.add("bad", INDICATORS + module)
    error = why(loaded(packages), "bad")
    assert error.en == told
    assert "应返回若干" in error.zh


def test_interrupting_the_program_is_no_plugin_s_fault(packages: Packages) -> None:
    packages.add("bad", "raise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        load_plugins(packages.points(), isolate=False)


@pytest.mark.parametrize(
    ("document", "en", "zh"),
    [
        (lamps() + "code: again\n", "bad.yaml:30:1: duplicate key 'code'", "bad.yaml:30:1: 重复的键“code”"),
        (
            lamps(indicator="unlit"),
            "bad.yaml:14:15: lit-lanes: there is no indicator 'unlit'",
            "没有指标“unlit”",
        ),
        (
            lamps().replace("max_score: 60", "max_score: 1e400"),
            "bad.yaml:17:20: groups.0.criteria.0.max_score",
            "应为有限的数字",
        ),
        (lamps().encode("gbk"), "bad.yaml:4:9: the file is not UTF-8", "文件不是 UTF-8 编码"),
        (TAILORING, "bad.yaml:8:10: extends: there is no standard '220000/lamps'", "没有标准“220000/lamps”"),
    ],
)
def test_a_bad_document_breaks_its_plugin_and_no_other(
    packages: Packages, document: str | bytes, en: str, zh: str
) -> None:
    packages.add("good", GOOD, {"lamps.yaml": lamps("220723")})
    packages.add("bad", INDICATORS + STANDARDS, {"bad.yaml": document, "fine.yaml": lamps("220724")})
    registry = loaded(packages)
    error = why(registry, "bad")
    assert en in error.en
    assert zh in error.zh
    assert registry.standards.ids() == ["220723/lamps"]


def test_a_package_without_its_data_files_is_told_so(packages: Packages) -> None:
    packages.add(
        "bad",
        INDICATORS + "\n@hookimpl\ndef liangcun_standards():\n    return documents_in(__name__, 'rules')\n",
    )
    error = why(loaded(packages), "bad")
    assert error.en.startswith("the package example_bad has no folder rules")
    assert "没有文件夹 rules" in error.zh


def test_two_plugins_that_define_one_indicator_differently_clash(packages: Packages) -> None:
    add_good(packages)
    differing = hook("liangcun_indicators", 'return [rate("lit_lanes_rate", "另一回事"), rate("own_rate")]')
    packages.add("other", INDICATORS + differing)
    registry = loaded(packages)
    error = why(registry, "other")
    assert error.en == "the plugins good and other define the indicator lit_lanes_rate differently"
    assert error.zh == "插件 good 与 other 对指标 lit_lanes_rate 的定义不同"
    assert plugin(registry, "good").status is PluginStatus.ACTIVE
    assert "own_rate" not in registry.indicators


def test_two_plugins_may_carry_one_indicator_as_long_as_they_agree(packages: Packages) -> None:
    add_good(packages)
    packages.add("other", GOOD, {"lamps.yaml": lamps("220723")})
    registry = loaded(packages)
    assert {one.status for one in registry.plugins} == {PluginStatus.ACTIVE}
    assert registry.standards.ids() == ["220722/lamps", "220723/lamps"]


def test_two_plugins_that_carry_one_standard_clash_and_both_are_named(packages: Packages) -> None:
    add_good(packages)
    packages.add("other", INDICATORS + STANDARDS, {"lights.yaml": lamps()})
    registry = loaded(packages)
    error = why(registry, "other")
    assert error.en == (
        "the standard 220722/lamps@2023 is contributed by both good lamps.yaml and other lights.yaml"
    )
    assert error.zh == "标准 220722/lamps@2023 由 good lamps.yaml 和 other lights.yaml 重复提供"
    assert plugin(registry, "good").status is PluginStatus.ACTIVE


def test_two_distributions_that_use_one_name_clash(packages: Packages) -> None:
    packages.add("good", GOOD, {"lamps.yaml": lamps()}, distribution="first")
    packages.add("good", INDICATORS, distribution="second")
    first, second = loaded(packages).plugins
    assert (first.distribution, first.status) == ("first", PluginStatus.ACTIVE)
    assert second.status is PluginStatus.BROKEN
    assert second.error == Text(
        "插件名 good 由 first 和 second 重复使用", "the plugin name good is used by both first and second"
    )


def test_which_of_two_is_broken_does_not_depend_on_the_order_they_are_found_in(packages: Packages) -> None:
    add_good(packages)
    packages.add("other", INDICATORS + STANDARDS, {"lights.yaml": lamps()})
    points = packages.points()
    for order in (points, points[::-1]):
        registry = load_plugins(order)
        assert [(one.name, one.status.value) for one in registry.plugins] == [
            ("good", "active"),
            ("other", "broken"),
        ]


def add_county(packages: Packages) -> None:
    """A plugin that extends 220000/lamps, of whichever plugin that is."""
    packages.add("county", INDICATORS + STANDARDS, {"county.yaml": TAILORING})


def test_a_tailoring_finds_its_base_in_another_plugin(packages: Packages) -> None:
    add_county(packages)
    packages.add("province", GOOD, {"lamps.yaml": lamps("220000")})
    registry = loaded(packages)
    assert {one.status for one in registry.plugins} == {PluginStatus.ACTIVE}
    assert registry.standards.find("220722/lamps").standard.worth == 60


def test_a_base_that_goes_with_a_broken_plugin_breaks_what_extends_it(packages: Packages) -> None:
    add_county(packages)
    documents: dict[str, str | bytes] = {
        "lamps.yaml": lamps("220000"),
        "worse.yaml": lamps("220001", "unlit"),
    }
    packages.add("province", GOOD, documents)
    packages.add("rest", INDICATORS + STANDARDS, {"lamps.yaml": lamps("220723")})
    registry = loaded(packages)
    assert "there is no indicator 'unlit'" in why(registry, "province").en
    assert "there is no standard '220000/lamps'" in why(registry, "county").en
    assert registry.standards.ids() == ["220723/lamps"]
    assert registry.standards.find("220723/lamps").standard.worth == 100


def test_the_indicators_of_a_plugin_with_a_bad_document_stay(packages: Packages) -> None:
    packages.add("indicators", GOOD, {"bad.yaml": "code: lamps\n"})
    packages.add("standards", INDICATORS + STANDARDS, {"lamps.yaml": lamps()})
    registry = loaded(packages)
    assert "bad.yaml" in why(registry, "indicators").en
    assert plugin(registry, "standards").status is PluginStatus.ACTIVE
    assert registry.standards.find("lamps").standard.worth == 100


def test_a_tailoring_that_a_later_version_of_its_base_no_longer_fits_is_found_at_the_start(
    packages: Packages,
) -> None:
    add_county(packages)
    later = lamps("220000").replace("version: 2023", "version: 2025").replace("2023-01-01", "2025-01-01")
    later = later.replace("code: lamps-working", "code: lamps-whole")
    packages.add("province", GOOD, {"first.yaml": lamps("220000"), "later.yaml": later})
    registry = loaded(packages)
    error = why(registry, "county")
    assert "'lamps-working' isn't in the standard extended (a later version may have dropped it)" in error.en
    with pytest.raises(UnknownStandard):
        registry.standards.find("220722/lamps", day=date(2024, 6, 1))


def test_an_entry_point_that_leads_nowhere_is_a_broken_plugin() -> None:
    registry = load_plugins([EntryPoint("lost", "nowhere_at_all:plugin", "liangcun")])
    assert "nowhere_at_all" in why(registry, "lost").en


def test_a_status_has_a_name_in_both_languages() -> None:
    assert PluginStatus.BROKEN.label == ("故障", "broken")
    assert len({status.label for status in PluginStatus}) == 4


@pytest.mark.parametrize(
    ("requires", "shown"),
    [
        ("liangcun-standards>=2", ">=2"),
        ("liangcun_standards (<0.1)", "<0.1"),
        ("Liangcun.Standards==9.*", "==9.*"),
    ],
)
def test_a_plugin_for_another_sdk_is_incompatible_and_is_not_imported(
    packages: Packages, requires: str, shown: str
) -> None:
    add_good(packages)
    packages.add("other", "raise RuntimeError('imported')\n", requires=requires)
    registry = loaded(packages)
    other = plugin(registry, "other")
    assert (other.status, other.sdk) == (PluginStatus.INCOMPATIBLE, shown)
    assert other.error is not None
    assert f"asks for liangcun-standards {shown}" in other.error.en
    assert f"要求 liangcun-standards {shown}" in other.error.zh
    assert plugin(registry, "good").status is PluginStatus.ACTIVE


def test_requirements_that_make_no_sense_break_the_plugin(packages: Packages) -> None:
    add_good(packages)
    packages.add("odd", INDICATORS, requires="liangcun-standards ???")
    registry = loaded(packages)
    assert "InvalidRequirement" in why(registry, "odd").en
    assert plugin(registry, "good").status is PluginStatus.ACTIVE


def test_a_plugin_switched_off_is_not_imported_and_contributes_nothing(packages: Packages) -> None:
    add_good(packages)
    packages.add("off", "raise RuntimeError('imported')\n")
    registry = load_plugins(packages.points(), disabled={"off", "never-heard-of"})
    off = plugin(registry, "off")
    assert (off.status, off.error) == (PluginStatus.DISABLED, None)
    assert registry.standards.ids() == ["220722/lamps"]


def test_a_name_that_could_not_lead_the_names_of_rules_is_refused(packages: Packages) -> None:
    packages.add("good", GOOD, {"lamps.yaml": lamps()})
    packages.add("Bad.Name", INDICATORS, distribution="example-odd")
    registry = loaded(packages)
    assert "'Bad.Name' can't be a plugin's name" in why(registry, "Bad.Name").en


def test_a_plugin_in_a_folder_named_from_here_is_found_by_a_worker_that_was_started_elsewhere(
    packages: Packages, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    packages.install("county_rules")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setattr(nursery, "_shared", {})
    load_plugins(packages.points(), isolate=True).close()

    monkeypatch.chdir(packages.folder)
    monkeypatch.setattr(sys, "path", [one for one in sys.path if one != str(packages.folder)])
    found = [
        point for one in distributions(path=["."]) for point in one.entry_points if point.group == "liangcun"
    ]
    registry = load_plugins(found, isolate=True)
    plugin = registry.plugin("county-rules")
    registry.close()
    assert plugin is not None
    assert plugin.status is PluginStatus.ACTIVE, plugin.error
