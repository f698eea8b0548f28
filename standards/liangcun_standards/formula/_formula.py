"""A formula, read and checked once: its inputs, its exact values, what is known of them, its words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from liangcun_standards.formula._constants import fold_constants
from liangcun_standards.formula._exact import Program
from liangcun_standards.formula._source import Source
from liangcun_standards.formula._span import evaluate_span
from liangcun_standards.formula._steps import Checker, Step
from liangcun_standards.formula._syntax import parse_tree
from liangcun_standards.formula._words import describe
from liangcun_standards.table import Floats, Input, Span
from liangcun_standards.text import Locale, Text

# The steps through which an unknown input may fail to reach the result.
_FORGIVING = ("if", "and", "or")


@dataclass(frozen=True, slots=True)
class Formula:
    """An expression over indicators; made by `parse_formula`, immutable, equal and hashed by its text.

    `inputs`: the columns it reads, each once, in order of first appearance; `change(x)` reads x in both
    periods. `is_condition`: whether it says true or false (1 or 0) rather than a number.
    """

    text: str
    inputs: tuple[Input, ...] = field(compare=False, repr=False)
    is_condition: bool = field(compare=False, repr=False)
    _steps: tuple[Step, ...] = field(compare=False, repr=False)
    _folded: tuple[Step, ...] = field(compare=False, repr=False)
    _program: Program = field(compare=False, repr=False)
    _forgiving: bool = field(compare=False, repr=False)

    def exact(self, read: Callable[[Input], Floats]) -> Floats:
        """The value in each row, (n,) float64, in a new array; 1.0 or 0.0 for a condition.

        `read` is called once for each of `inputs` and gives (n,) float64, NaN where the value isn't known.
        A row is NaN when any input is NaN there, even one that turns out not to matter (`span` tells), or
        when the value is undefined: a division by zero, ln of zero or less, sqrt of less than zero, a number
        too large for a float. The undefined does no harm where it doesn't matter: in the branch of `if` that
        isn't taken, beside a false part of `and` or a true part of `or`. Never infinite; warns of nothing.
        A formula without inputs gives shape (1,), for the caller to broadcast.
        """
        columns = [read(one) for one in self.inputs]
        values = self._program.run(columns)
        if not self._forgiving:
            return values
        for column in columns:
            unknown = np.isnan(column)
            if unknown.any():
                values[unknown] = np.nan
        return values

    def span(self, read: Callable[[Input], Span]) -> Span:
        """What is known of the value in each row, [low, high], each (n,) float64.

        Whatever the inputs are within their spans, the value is within the result whenever it is defined.
        A condition is [1, 1] where surely true, [0, 0] where surely false, otherwise [0, 1]. Where the value
        may be undefined nothing is known: (-inf, inf), or [0, 1] for a condition. The ends are attained
        where each input appears once, but for a few units in the last place with exp and ln; where one
        appears twice (x - x) its appearances count as independent.

        A row whose inputs are exact has the same value as in `exact`, whatever the other rows are, and the
        result is `Span.exact` when every input's span is and the value is defined throughout.
        """
        spans = {one: read(one) for one in self.inputs}
        if not all(span.exact for span in spans.values()):
            return evaluate_span(self._folded, spans)
        values = self._program.run([spans[one].low for one in self.inputs])
        undefined = np.isnan(values)
        if not undefined.any():
            return Span(values, values)
        low, high = (0.0, 1.0) if self.is_condition else (-np.inf, np.inf)
        return Span(np.where(undefined, low, values), np.where(undefined, high, values))

    def describe(self, names: Mapping[str, Text], locale: Locale) -> str:
        """The formula in words, with the indicators' `names`; one that has none is shown by its code."""
        return describe(self._steps, names, locale)

    def __reduce__(self) -> tuple[Callable[[str], Formula], tuple[str]]:
        # The compiled program can't be pickled, and the text says it all.
        return parse_formula, (self.text,)


def parse_formula(text: str, *, known: Collection[str] | None = None, where: str | None = None) -> Formula:
    """Read a formula.

    `known`: the indicator codes there are, None for any; `where`: the file and field, for the errors.
    Raises InvalidFormula, with the column, for a text that doesn't follow the grammar, an unknown name, a
    wrong number or type of arguments, a division by a constant zero, more than 2000 characters, 50 levels
    of parentheses or 500 parts.
    """
    if not isinstance(text, str):
        message = Text("公式要写成文字，请加引号", "a formula is a text; put it in quotation marks")
        raise Source("", where).fault(0, message)
    source = Source(text, where)
    steps = Checker(source, known).steps(parse_tree(source))
    inputs = tuple(
        dict.fromkeys(step.input for step in steps if step.kind == "read" and step.input is not None)
    )
    folded = fold_constants(source, steps)
    forgiving = any(step.kind in _FORGIVING for step in folded)
    return Formula(text, inputs, steps[-1].condition, steps, folded, Program(folded, inputs), forgiving)
