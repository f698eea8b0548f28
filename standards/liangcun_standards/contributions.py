"""What plugins add to the words of a document: the context in which documents are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from liangcun_standards.aggregation.own import AggregationMethod
from liangcun_standards.aggregation.scorer import Scorer
from liangcun_standards.rules.own import OwnKind


@dataclass(frozen=True)
class Contributions:
    """The rule kinds, aggregations and scorers of all active plugins, by PLUGIN.NAME."""

    rules: Mapping[str, OwnKind] = field(default_factory=dict)
    aggregations: Mapping[str, AggregationMethod] = field(default_factory=dict)
    scorers: Mapping[str, Scorer] = field(default_factory=dict)


NOTHING = Contributions()
