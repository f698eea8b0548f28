"""Actions after an assessment: what they give is looked at before it goes on record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from liangcun_standards import AfterAssessment, Assessed, Notice, PluginFailed, ScoredRegions, Text
from liangcun_standards.after_assessment import LONGEST_NOTICE, MOST_NOTICES

VILLAGE = "220722201204"
SCORED = ScoredRegions(
    regions=(VILLAGE,),
    criteria=("lamps",),
    titles=(Text("路灯", "lamps"),),
    max_scores=np.array([5.0]),
    points=np.array([[4.0]]),
    total=np.array([4.0]),
    figures={},
)
ASSESSED = Assessed(
    assessment=7,
    standard="220722/own@2024",
    scope="220722201000",
    period="2024",
    level=None,
    scored=SCORED,
    passed=np.array([True]),
    grades=("good",),
)
WORDS = Text("好", "good")


def given(notices: Any) -> list[Notice]:
    action = AfterAssessment("county.remark", Text("附注", "remark"), lambda assessed: notices)
    return action.notices(ASSESSED)


def test_notices_come_as_they_are_given() -> None:
    notices = [Notice(WORDS), Notice(WORDS, VILLAGE)]
    assert given(notices) == notices
    assert given(()) == []


@pytest.mark.parametrize(
    "notices",
    [
        None,
        "good",
        5,
        ["good"],
        [WORDS],
        [Notice("good")],  # type: ignore[arg-type]
        [Notice(Text("", ""))],
        [Notice(Text("好" * (LONGEST_NOTICE + 1), "good"))],
        [Notice(WORDS, "220722201205")],
        [Notice(WORDS, 5)],  # type: ignore[arg-type]
        [Notice(WORDS)] * (MOST_NOTICES + 1),
    ],
    ids=range(11),
)
def test_what_are_no_notices_is_refused_with_the_plugin_s_name(notices: Any) -> None:
    with pytest.raises(PluginFailed) as raised:
        given(notices)
    assert raised.value.plugin == "county"
    assert "county.remark" in raised.value.message.zh


def test_what_an_action_raises_is_told() -> None:
    def fail(assessed: Assessed) -> Sequence[Notice]:
        raise OSError("the office's line is down")

    action = AfterAssessment("county.send", Text("上报", "send"), fail)
    with pytest.raises(PluginFailed, match="the office's line is down") as raised:
        action.notices(ASSESSED)
    assert raised.value.report is not None
    assert "in fail" in raised.value.report
