"""Indicators of documents in a catalogue: one meaning a code, inherited by tailorings."""

from __future__ import annotations

import numpy as np
import pytest
from tests.standards.catalogue.publications import (
    INDICATORS,
    TREE,
    catalogue,
    publication,
    resolved,
    standard,
    tailored,
)

from liangcun_standards.catalogue import Publication, StandardCatalogue
from liangcun_standards.errors import InvalidDocument
from liangcun_standards.explanation import explain
from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.periods import Period
from liangcun_standards.scoring import score
from liangcun_standards.table import Column, IndicatorTable, Input

LIT = """\
indicators:
  - {code: lanes_lit, name: 亮灯巷道率, kind: rate, unit: percent, definition: 夜间亮灯, source: 县考核细则}
"""
OWN = TREE.replace("indicator: lit_lanes_rate", "indicator: lanes_lit") + LIT


def own(jurisdiction: str = "220000", tree: str = OWN, **header: str) -> Publication:
    return standard(jurisdiction, tree=tree, **header)


def test_a_rule_goes_by_an_indicator_of_its_own_document() -> None:
    found = resolved(own()).standard
    table = IndicatorTable(
        Period.parse("2023"),
        ["220722201201"],
        {
            Input("lanes_lit"): Column(np.array([45.0]), 0.0, 100.0),
            Input("lamps_working_rate"): Column(np.array([95.0]), 0.0, 100.0),
        },
    )

    result = score(found, table, INDICATORS)

    assert float(result.total[0]) == 70.0
    assert "亮灯巷道率：45%" in explain(result, INDICATORS, 0, 0).zh


def test_a_catalogue_lists_them_with_the_standard_that_they_come_from() -> None:
    plugins = IndicatorCatalogue(("lamps", one) for one in INDICATORS.values())
    known = StandardCatalogue([own()], plugins).indicators

    assert known["lanes_lit"].name == "亮灯巷道率"
    assert (known.plugin("lanes_lit"), known.standard("lanes_lit")) == ("example", "220000/lamps@1")
    assert (known.plugin("lit_lanes_rate"), known.standard("lit_lanes_rate")) == ("lamps", None)


def test_the_same_definition_in_two_documents_is_one_indicator() -> None:
    known = catalogue(own(), own("220722")).indicators

    assert known.standard("lanes_lit") == "220000/lamps@1"


def test_another_definition_of_a_code_is_refused_with_line_and_column_and_both_sides() -> None:
    other = own("220722", OWN.replace("夜间亮灯", "夜间常亮"))
    with pytest.raises(InvalidDocument) as refused:
        catalogue(own(), other)

    assert refused.value.text("en").startswith("220722-1.yaml:31:12: indicators.0.code: ")
    assert "220722/lamps@1" in refused.value.text("en")
    assert "220000/lamps@1" in refused.value.text("zh")
    assert "definition、definition_en" in refused.value.text("zh")


def test_what_a_plugin_defines_stays_the_plugins() -> None:
    with pytest.raises(InvalidDocument) as refused:
        StandardCatalogue(
            [own(tree=OWN.replace("lanes_lit", "lit_lanes_rate"))],
            IndicatorCatalogue(("lamps", one) for one in INDICATORS.values()),
        )
    assert "插件 lamps" in refused.value.text("zh")
    assert "the plugin lamps" in refused.value.text("en")


def test_a_plugins_definition_said_again_is_the_plugins() -> None:
    one = INDICATORS["lit_lanes_rate"]
    again = (
        f"indicators: [{{code: {one.code}, name: {one.name}, kind: rate, unit: percent, definition: 举例, "
        "definition_en: example, source: 举例}]\n"
    )
    known = catalogue(own(tree=TREE + again)).indicators

    assert known.standard("lit_lanes_rate") is None


def test_a_tailoring_inherits_what_its_base_defines_and_brings_more() -> None:
    change = "{change: replace, target: lamps-working, with: {rule: {kind: presence, indicator: lamp_map}}, "
    county = tailored("220722", "220000/lamps", change + "reason: 县里要求}")
    text = (
        county.text + "indicators:\n  - {code: lamp_map, name: 路灯分布图, kind: boolean, definition: 有图, "
    )
    text += "source: 县考核细则}\n"
    found = resolved(own(), publication(text, "220722-1.yaml"))

    assert [one.code for one in found.standard.indicators] == ["lanes_lit", "lamp_map"]
    assert {one.indicator for one in found.standard.inputs} == {"lanes_lit", "lamp_map"}


def test_a_rule_can_not_go_by_what_another_standard_defines() -> None:
    with pytest.raises(InvalidDocument) as refused:
        resolved(own(), own("220722", OWN.removesuffix(LIT)))
    assert str(refused.value).startswith("220722-1.yaml:14:15: ")
    assert "the standard 220000/lamps@1's own" in str(refused.value)
    assert "写到本文档的 indicators 里" in refused.value.text("zh")


def test_what_is_wrong_with_a_criterion_is_not_told_at_an_indicator_of_its_name() -> None:
    tree = LIT.replace("lanes_lit", "lamps") + TREE.replace("code: lamps-working", "code: lamps").replace(
        "indicator: lamps_working_rate", "indicator: lamp_working_rate"
    )
    with pytest.raises(InvalidDocument) as refused:
        resolved(own(tree=tree))
    assert str(refused.value).startswith("220000-1.yaml:22:15: lamps: ")
