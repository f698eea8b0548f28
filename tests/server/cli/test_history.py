"""`liangcun history` as an administrator uses it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from tests.server.cli.conftest import Liangcun


def test_a_confirmation_is_told_with_what_it_did(own_liangcun: Liangcun) -> None:
    since = datetime.now(UTC).isoformat()
    confirmed = own_liangcun(
        *("observations", "confirm", "220722", "drainage_ditch_built", "--period", "2023"),
        *("--value", "301000", "--reason", "核对台账", "--by", "县住建局"),
    )
    assert confirmed.code == 0, confirmed.err
    answer = own_liangcun("history", "values", "--since", since, "--format", "json")
    (only,) = json.loads(answer.out)
    assert (only["indicator"], only["after"], only["by"], only["reason"]) == (
        "drainage_ditch_built",
        301000.0,
        "县住建局",
        "核对台账",
    )
    ranks = own_liangcun("history", "ranks", "-s", "jiuyou-liuwu", "--since", since)
    assert (ranks.code, "0 个得分变了" in ranks.out) == (0, True), ranks.err


def test_moments_that_make_no_span_are_refused(liangcun: Liangcun) -> None:
    for since, until in (("yesterday", None), ("2024-01-02T00:00:00+08:00", "2024-01-01T00:00:00+08:00")):
        options = ("--since", since, *(("--until", until) if until else ()))
        assert liangcun("history", "values", *options).code == 2
        assert liangcun("history", "ranks", "-s", "sanhua", *options).code == 2
