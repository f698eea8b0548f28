"""How rules score: what they take in their own process is counted, and rows are tried in every way."""

from __future__ import annotations

import re

import numpy as np
import pytest
from tests.standards.conformance.cases import Asked, asked
from tests.standards.conformance.projects import HOOK, INIT, YAML, own_rule

from liangcun_standards import Bounds, Column, IndicatorTable, Input, Period
from liangcun_standards.conformance import CheckLimits
from liangcun_standards.conformance.pieces import in_groups, rows_of

__all__ = ["asked"]  # a fixture, found by its name

_SOUND = "return np.clip(values / 100, 0, 1) * max_score"
_BURNS = f"end = time.process_time() + 0.4\nwhile time.process_time() < end:\n    pass\n{_SOUND}"
_WAITS = f"time.sleep(0.4)\n{_SOUND}"
_EATS = f"np.ones(300 << 17)\n{_SOUND}"
_TIGHT = CheckLimits(seconds=0.3, memory=128 << 20)
_ROOMY = CheckLimits(seconds=5.0, memory=128 << 20)
_RELATIVE = "Own.peer_relative = property(lambda self: True)\n"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(_BURNS, r"s for 10000 villages, 0\.3 s at the most", id="busy"),
        pytest.param(_WAITS, r"s for 10000 villages, 0\.3 s at the most", id="waiting"),
        pytest.param(_EATS, r"[34]\d\d MiB of memory for 10000 villages, 128 MiB at the most", id="greedy"),
    ],
)
def test_what_a_rule_takes_in_its_own_process_counts(asked: Asked, body: str, words: str) -> None:
    faults, notes = asked("bounded", *own_rule(body, "import time\n"), limits=_TIGHT)

    assert any(re.search(words, one) for one in faults)
    assert len(notes) == 1


def test_what_was_measured_is_told_with_its_limits(asked: Asked) -> None:
    faults, [note] = asked("bounded", *own_rule(_SOUND))

    assert faults == []
    assert re.fullmatch(
        r"220722/county-lamps@2024: 10000 villages in \d+\.\d\d s \(at most 5\) and \d+ MiB of memory "
        r"\(at most 512\)",
        note,
    )


@pytest.mark.parametrize("code", ["pure", "vectorised"])
def test_what_is_too_slow_is_not_tried_any_further(asked: Asked, code: str) -> None:
    faults, _ = asked(code, *own_rule(_BURNS, "import time\n"), limits=_TIGHT)

    assert faults == ["not tried: too slow (see bounded)"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(
            f"if len(values) > 200:\n    values = values.copy()\n    values[100:200] = 0\n{_SOUND}",
            "in another order",
            id="some rows by their place",
        ),
        pytest.param(
            "return max_score * (np.arange(len(values)) == 0) * (values >= 0)", "alone", id="the first row"
        ),
        pytest.param(
            f"return max_score * (np.arange(len(values)) == {9_999}) * (values >= 0)", "alone", id="the last"
        ),
        pytest.param(
            f"if len(values) < 300:\n    return np.zeros(len(values))\n{_SOUND}",
            "in pieces",
            id="by how many there are",
        ),
        pytest.param(
            "return np.clip(np.cumsum(np.nan_to_num(values)), 0, max_score)",
            "in another order",
            id="by what came before",
        ),
    ],
)
def test_a_village_s_place_and_company_must_not_matter(asked: Asked, body: str, words: str) -> None:
    faults, _ = asked("vectorised", *own_rule(body))

    assert any(words in one and "villages come out otherwise" in one for one in faults)


def test_a_rule_that_goes_by_values_alone_is_vectorised(asked: Asked) -> None:
    assert asked("vectorised", *own_rule(_SOUND)) == ([], [])


def test_a_rule_that_no_standard_uses_is_said_to_be_untried(asked: Asked) -> None:
    bringing = own_rule(_SOUND)[:1]

    assert asked("vectorised", *bringing) == (
        [],
        ["not tried: lamps.own (none of the plugin's standards uses it)"],
    )


def test_a_standard_relative_to_peers_is_tried_by_whole_groups_and_that_is_told(asked: Asked) -> None:
    shipped = (YAML, "{kind: linear, indicator: county_lit_lanes_rate, from: 0, to: 100}",
               "{kind: relative, indicator: county_lit_lanes_rate, at_mean: 5}")  # fmt: skip
    faults, [note] = asked("vectorised", shipped)

    assert faults == []
    assert "relative to peers, so no peer group is split" in note


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(
            "return max_score * (values >= np.nanmean(values))",
            "with its peer group alone",
            id="all villages instead of peers",
        ),
        pytest.param(
            f"if len(values) > 2_000:\n    values = values.copy()\n    values[100:200] = 0\n{_SOUND}",
            "in another order",
            id="some rows by their place",
        ),
    ],
)
def test_a_rule_relative_to_peers_goes_by_peers_and_values_alone(asked: Asked, body: str, words: str) -> None:
    faults, _ = asked("vectorised", *own_rule(body, _RELATIVE))

    assert any(words in one for one in faults)


def test_a_rule_that_writes_to_what_it_is_given_is_not_pure(asked: Asked) -> None:
    faults, _ = asked("pure", *own_rule("values /= 100\nreturn np.clip(values, 0, 1) * max_score"))

    assert "lamps.own writes to the arrays that it is given" in faults


def test_an_aggregation_that_writes_to_what_it_is_given_is_not_pure(asked: Asked) -> None:
    best = """
from liangcun_standards import AggregationMethod, Text

def best(shares, weights, present, peers):
    shares.sort(axis=0)
    shares += 0.0 * (shares == 2)
    shares[0, :1] = 0.25
    return shares[-1]

@hookimpl
def liangcun_aggregations():
    return [AggregationMethod("best", Text("取最高", "the best"), best)]
"""
    faults, _ = asked(
        "pure",
        (INIT, HOOK, f"{best}\n\n{HOOK}"),
        (YAML, "level: village\n", "level: village\naggregation: {method: lamps.best}\n"),
    )

    assert "lamps.best writes to the arrays that it is given" in faults


@pytest.mark.parametrize(
    ("code", "told", "words"),
    [
        pytest.param(
            "vectorised", "shares * 0 + np.arange(shares.shape[1])", "in another order", id="by place"
        ),
        pytest.param("pure", "shares * np.random.random()", "another result", id="chance"),
        pytest.param("bounded", "np.ones(300 << 17)[:1] * shares", "MiB of memory for 10000", id="greedy"),
    ],
)
def test_what_a_scorer_tells_of_criteria_is_tried_as_well(
    asked: Asked, code: str, told: str, words: str
) -> None:
    scorer = f"""
import numpy as np
from liangcun_standards import Figure, Scorer, Text

def mean(shares, weights, present, peers):
    return shares.mean(axis=0)

def lost(shares, weights, present, peers):
    return {{"lost": {told}}}

@hookimpl
def liangcun_scorers():
    figure = Figure("lost", Text("失分", "lost"))
    return [Scorer("mean", Text("平均", "mean"), mean, tells=(figure,), figures=lost)]
"""
    document = (YAML, "level: village\n", "level: village\nscorer: lamps.mean\n")

    faults, _ = asked(code, (INIT, HOOK, f"{scorer}\n\n{HOOK}"), document, limits=_ROOMY)

    assert any(words in one for one in faults), faults


def test_rows_keep_their_values_bounds_and_peers_in_another_order() -> None:
    nan = np.nan
    bounds = Bounds(np.array([1, 3]), np.array([10.0, 30.0]), np.array([15.0, 35.0]))
    column = Column(np.array([1.0, nan, 2.0, nan, nan]), 0.0, 50.0, bounds)
    regions = [f"22072200000{row}" for row in range(5)]
    peers = np.array([0, 0, 4, 4, 7])
    table = IndicatorTable(Period.parse("2023"), regions, {Input("lamps"): column}, peers)

    moved = rows_of(table, np.array([3, 4, 0]))

    span = moved.columns[Input("lamps")].span(np.arange(3))
    assert span.low.tolist() == [30.0, 0.0, 1.0]
    assert span.high.tolist() == [35.0, 50.0, 1.0]
    assert moved.peers.tolist() == [1, 2, 0]
    assert list(moved.regions) == regions[:3]
    assert rows_of(table, np.array([2])).columns[Input("lamps")].bounds is None


def test_made_up_villages_stand_in_peer_groups_of_many_sizes() -> None:
    table = IndicatorTable(Period.parse("2023"), [f"22072200{row:04d}" for row in range(3_000)], {})

    grouped = in_groups(table, np.random.default_rng(1))

    sizes = np.bincount(grouped.peers)
    assert (np.diff(grouped.peers) >= 0).all()
    assert (len(sizes), sizes.sum()) == (21, 3_000)
    assert len(set(sizes.tolist())) > 10
