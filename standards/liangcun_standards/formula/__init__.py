"""The small expression language of a standard's document: read once, computed over columns, told in words.

    >>> formula = parse_formula("100 * lit_lanes / all_lanes >= 85")
    >>> [one.indicator for one in formula.inputs], formula.is_condition
    (['lit_lanes', 'all_lanes'], True)

Numbers, indicator codes, + - * /, comparisons, and/or/not, parentheses, and the functions `if`, `min`,
`max`, `abs`, `round` (half away from zero), `ln`, `exp`, `sqrt`, `previous` and `change`. Nothing else can
be reached.
"""

from liangcun_standards.formula._formula import Formula, parse_formula
from liangcun_standards.formula._rounding import round_half_away
from liangcun_standards.formula._steps import FUNCTION_NAMES, RESERVED_NAMES

__all__ = ["FUNCTION_NAMES", "RESERVED_NAMES", "Formula", "parse_formula", "round_half_away"]
