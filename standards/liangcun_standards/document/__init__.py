"""A standard's document: its format, its model, and reading it with errors that name the line."""

from liangcun_standards.document.outcome import Adjustment, Effective, Entry, Grade, Passing, Tier
from liangcun_standards.document.reading import read_standard, read_standard_file
from liangcun_standards.document.standard import Standard
from liangcun_standards.document.tailoring import Tailoring
from liangcun_standards.document.tree import Aggregation, Criterion, Group, Source

__all__ = [
    "Adjustment",
    "Aggregation",
    "Criterion",
    "Effective",
    "Entry",
    "Grade",
    "Group",
    "Passing",
    "Source",
    "Standard",
    "Tailoring",
    "Tier",
    "read_standard",
    "read_standard_file",
]
