"""What plugins add: to the words of a document, to the questions of the API, to what follows a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from liangcun_standards.after_assessment import AfterAssessment
from liangcun_standards.aggregation.own import AggregationMethod
from liangcun_standards.aggregation.scorer import Scorer
from liangcun_standards.query_fields import QueryField
from liangcun_standards.rules.own import OwnKind


@dataclass(frozen=True)
class Contributions:
    """What all active plugins contribute, by PLUGIN.NAME; documents are read in its context."""

    rules: Mapping[str, OwnKind] = field(default_factory=dict)
    aggregations: Mapping[str, AggregationMethod] = field(default_factory=dict)
    scorers: Mapping[str, Scorer] = field(default_factory=dict)
    queries: Mapping[str, QueryField] = field(default_factory=dict)
    actions: Mapping[str, AfterAssessment] = field(default_factory=dict)


NOTHING = Contributions()
