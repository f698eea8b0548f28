"""Worked examples: regions with their values beside what a standard must make of them."""

from liangcun_standards.worked_examples.checking import check_example, score_example
from liangcun_standards.worked_examples.document import (
    Bounded,
    ExampleRegion,
    Expected,
    ExpectedCriterion,
    WorkedExample,
    load_examples,
    read_example,
)

__all__ = [
    "Bounded",
    "ExampleRegion",
    "Expected",
    "ExpectedCriterion",
    "WorkedExample",
    "check_example",
    "load_examples",
    "read_example",
    "score_example",
]
