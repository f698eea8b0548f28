"""Constant parts computed once, when the formula is read, and refused where they have no value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from liangcun_standards.formula._exact import Program
from liangcun_standards.formula._source import Source
from liangcun_standards.formula._steps import Step
from liangcun_standards.text import Text


def fold_constants(source: Source, steps: Sequence[Step]) -> tuple[Step, ...]:
    """The same formula with one step for each part that reads no indicator.

    Raises InvalidFormula for a division by a constant zero and a constant that is undefined.
    """
    folded: list[Step] = []
    # Of each operand: where its steps begin in `folded`. A constant one is a single number or truth.
    starts: list[int] = []
    for step in steps:
        begin = starts[-step.arity] if step.arity else len(folded)
        operands = folded[begin:]
        if step.kind == "/" and operands[-1].kind == "number" and operands[-1].value == 0.0:
            raise source.fault(operands[-1].position, Text("不能除以零", "division by zero"))
        folded.append(step)
        if step.arity:
            del starts[-step.arity :]
            if len(operands) == step.arity and all(one.kind in ("number", "truth") for one in operands):
                folded[begin:] = [_constant(source, [*operands, step])]
        starts.append(begin)
    return tuple(folded)


def _constant(source: Source, steps: Sequence[Step]) -> Step:
    step = steps[-1]
    value = float(Program(steps, ()).run(())[0])
    if np.isnan(value):
        message = Text(
            "这一部分没有值（超出定义域或太大）", "this part has no value: outside its domain, or too large"
        )
        raise source.fault(step.position, message)
    return Step("truth" if step.condition else "number", 0, step.position, step.condition, value)
