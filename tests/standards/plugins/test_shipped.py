"""The plugins that ship: all found through their entry points, and what they carry together."""

from __future__ import annotations

from importlib.metadata import entry_points

from liangcun_standards.plugins import GROUP, PluginStatus, load_plugins
from liangcun_standards.vocabulary import SourceStatus

REGISTRY = load_plugins()


def test_every_installed_plugin_is_active() -> None:
    assert {plugin.name for plugin in REGISTRY.plugins} == {point.name for point in entry_points(group=GROUP)}
    assert {plugin.name: plugin.error for plugin in REGISTRY.plugins if plugin.error} == {}
    assert {plugin.status for plugin in REGISTRY.plugins} == {PluginStatus.ACTIVE}


def test_no_criterion_anywhere_claims_to_be_official() -> None:
    for publication in REGISTRY.standards.publications():
        for criterion in REGISTRY.standards.resolve(publication).standard.criteria:
            assert criterion.source.status is not SourceStatus.OFFICIAL
            assert criterion.source.text
            assert criterion.source.text_en
