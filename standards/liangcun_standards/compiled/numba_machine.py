"""The machine: runs a recorded program over columns, block by block, with no array in between.

Compiled by Numba, and imported by `loading` alone. Every operation gives the bits that NumPy's function
gives: no fast mathematics, nothing contracted, NaN and ties of zeros as there.
"""

# Numba's decorators and pointers have no types.
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, call-arg, var-annotated"

from __future__ import annotations

import numpy as np
from numba import types
from numba.extending import intrinsic

from liangcun_standards.compiled.operations import Operation

# Rows a block: what the registers hold of them stays in the innermost cache.
_BLOCK = 512

# Compiled code takes plain numbers for constants, no members of an enumeration.
_FILL = int(Operation.FILL)
_ADD = int(Operation.ADD)
_SUBTRACT = int(Operation.SUBTRACT)
_MULTIPLY = int(Operation.MULTIPLY)
_DIVIDE = int(Operation.DIVIDE)
_MAXIMUM = int(Operation.MAXIMUM)
_MINIMUM = int(Operation.MINIMUM)
_COPYSIGN = int(Operation.COPYSIGN)
_GREATER = int(Operation.GREATER)
_GREATER_EQUAL = int(Operation.GREATER_EQUAL)
_EQUAL = int(Operation.EQUAL)
_AND = int(Operation.AND)
_OR = int(Operation.OR)
_ADD_CONSTANT = int(Operation.ADD_CONSTANT)
_SUBTRACT_FROM_CONSTANT = int(Operation.SUBTRACT_FROM_CONSTANT)
_MULTIPLY_CONSTANT = int(Operation.MULTIPLY_CONSTANT)
_DIVIDE_CONSTANT = int(Operation.DIVIDE_CONSTANT)
_MAXIMUM_CONSTANT = int(Operation.MAXIMUM_CONSTANT)
_MINIMUM_CONSTANT = int(Operation.MINIMUM_CONSTANT)
_GREATER_CONSTANT = int(Operation.GREATER_CONSTANT)
_GREATER_EQUAL_CONSTANT = int(Operation.GREATER_EQUAL_CONSTANT)
_LESS_CONSTANT = int(Operation.LESS_CONSTANT)
_LESS_EQUAL_CONSTANT = int(Operation.LESS_EQUAL_CONSTANT)
_EQUAL_CONSTANT = int(Operation.EQUAL_CONSTANT)
_CLIP = int(Operation.CLIP)
_NOT = int(Operation.NOT)
_NEGATIVE = int(Operation.NEGATIVE)
_ABSOLUTE = int(Operation.ABSOLUTE)
_SQUARE_ROOT = int(Operation.SQUARE_ROOT)
_FLOOR = int(Operation.FLOOR)
_CEILING = int(Operation.CEILING)
_IS_NAN = int(Operation.IS_NAN)
_IS_INFINITE = int(Operation.IS_INFINITE)
_WHERE = int(Operation.WHERE)
_WHERE_CONSTANT = int(Operation.WHERE_CONSTANT)
_KEEP = int(Operation.KEEP)
_KEEP_SMALL = int(Operation.KEEP_SMALL)
_KEEP_STATUS = int(Operation.KEEP_STATUS)
_REFUSE_NAN = int(Operation.REFUSE_NAN)


@intrinsic
def _figures(context, address):
    """An address as a pointer to float64."""

    def generate(context, builder, signature, arguments):
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    return types.CPointer(types.float64)(address), generate


@intrinsic
def _bytes(context, address):
    """An address as a pointer to bytes."""

    def generate(context, builder, signature, arguments):
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    return types.CPointer(types.uint8)(address), generate


_NUMBERS, _FIGURES = types.Array(types.int64, 1, "C", True), types.Array(types.float64, 1, "C", True)
SIGNATURE = types.boolean(
    types.Array(types.int64, 2, "C", True), _FIGURES, types.int64, types.int64, _NUMBERS, *[types.int64] * 5
)


def run(code, constants, registers, kept, columns, figures, small, stride, start, stop):
    """Run a program over the rows from `start` to `stop`; True unless one of them was refused.

    `code`: (k, 6) operation, target, three operands, the place of the first constant. Operands below
    `registers` are registers; then come the columns, (c,) addresses of float64; then the `kept` rows of
    results at the address `figures`. The third operand of KEEP_SMALL and KEEP_STATUS is a row of bytes at the
    address `small`. A row of results has `stride` elements.
    """
    settled = True
    scratch = np.empty(registers * _BLOCK, np.float64)
    slots = np.empty(registers + len(columns) + kept, np.int64)
    for register in range(registers):
        slots[register] = scratch.ctypes.data + register * _BLOCK * 8
    first = start
    while first < stop:
        size = min(_BLOCK, stop - first)
        for column in range(len(columns)):
            slots[registers + column] = columns[column] + first * 8
        for row in range(kept):
            slots[registers + len(columns) + row] = figures + (row * stride + first) * 8
        for line in range(len(code)):
            operation = code[line, 0]
            x, y = _figures(slots[code[line, 2]]), _figures(slots[code[line, 3]])
            k = constants[code[line, 5]]
            out = _figures(slots[code[line, 1]])
            if operation == _FILL:
                for i in range(size):
                    out[i] = k
            elif operation == _ADD:
                for i in range(size):
                    out[i] = x[i] + y[i]
            elif operation == _SUBTRACT:
                for i in range(size):
                    out[i] = x[i] - y[i]
            elif operation == _MULTIPLY:
                for i in range(size):
                    out[i] = x[i] * y[i]
            elif operation == _DIVIDE:
                for i in range(size):
                    out[i] = x[i] / y[i]
            elif operation == _MAXIMUM:
                for i in range(size):
                    out[i] = x[i] if (x[i] > y[i]) | (x[i] != x[i]) else y[i]
            elif operation == _MINIMUM:
                for i in range(size):
                    out[i] = x[i] if (x[i] < y[i]) | (x[i] != x[i]) else y[i]
            elif operation == _COPYSIGN:
                for i in range(size):
                    out[i] = np.copysign(x[i], y[i])
            elif operation == _GREATER:
                for i in range(size):
                    out[i] = 1.0 if x[i] > y[i] else 0.0
            elif operation == _GREATER_EQUAL:
                for i in range(size):
                    out[i] = 1.0 if x[i] >= y[i] else 0.0
            elif operation == _EQUAL:
                for i in range(size):
                    out[i] = 1.0 if x[i] == y[i] else 0.0
            elif operation == _AND:
                for i in range(size):
                    out[i] = x[i] * y[i]
            elif operation == _OR:
                for i in range(size):
                    out[i] = x[i] if x[i] > y[i] else y[i]
            elif operation == _ADD_CONSTANT:
                for i in range(size):
                    out[i] = x[i] + k
            elif operation == _SUBTRACT_FROM_CONSTANT:
                for i in range(size):
                    out[i] = k - x[i]
            elif operation == _MULTIPLY_CONSTANT:
                for i in range(size):
                    out[i] = x[i] * k
            elif operation == _DIVIDE_CONSTANT:
                for i in range(size):
                    out[i] = x[i] / k
            elif operation == _MAXIMUM_CONSTANT:
                for i in range(size):
                    out[i] = x[i] if (x[i] > k) | (x[i] != x[i]) else k
            elif operation == _MINIMUM_CONSTANT:
                for i in range(size):
                    out[i] = x[i] if (x[i] < k) | (x[i] != x[i]) else k
            elif operation == _GREATER_CONSTANT:
                for i in range(size):
                    out[i] = 1.0 if x[i] > k else 0.0
            elif operation == _GREATER_EQUAL_CONSTANT:
                for i in range(size):
                    out[i] = 1.0 if x[i] >= k else 0.0
            elif operation == _LESS_CONSTANT:
                for i in range(size):
                    out[i] = 1.0 if x[i] < k else 0.0
            elif operation == _LESS_EQUAL_CONSTANT:
                for i in range(size):
                    out[i] = 1.0 if x[i] <= k else 0.0
            elif operation == _EQUAL_CONSTANT:
                for i in range(size):
                    out[i] = 1.0 if x[i] == k else 0.0
            elif operation == _CLIP:
                most = constants[code[line, 5] + 1]
                for i in range(size):
                    raised = k if x[i] < k else x[i]
                    out[i] = most if raised > most else raised
            elif operation == _NOT:
                for i in range(size):
                    out[i] = 1.0 - x[i]
            elif operation == _NEGATIVE:
                for i in range(size):
                    out[i] = -x[i]
            elif operation == _ABSOLUTE:
                for i in range(size):
                    out[i] = abs(x[i])
            elif operation == _SQUARE_ROOT:
                for i in range(size):
                    out[i] = np.sqrt(x[i])
            elif operation == _FLOOR:
                for i in range(size):
                    out[i] = np.floor(x[i])
            elif operation == _CEILING:
                for i in range(size):
                    out[i] = np.ceil(x[i])
            elif operation == _IS_NAN:
                for i in range(size):
                    out[i] = 1.0 if x[i] != x[i] else 0.0
            elif operation == _IS_INFINITE:
                for i in range(size):
                    out[i] = 1.0 if abs(x[i]) == np.inf else 0.0
            elif operation == _WHERE:
                z = _figures(slots[code[line, 4]])
                for i in range(size):
                    # Read before the choice: processors choose between registers many at a time.
                    chosen, other = y[i], z[i]
                    out[i] = chosen if x[i] != 0.0 else other
            elif operation == _WHERE_CONSTANT:
                for i in range(size):
                    other = y[i]
                    out[i] = k if x[i] != 0.0 else other
            elif operation == _KEEP:
                for i in range(size):
                    out[i] = x[i]
            elif operation == _KEEP_SMALL:
                into = _bytes(small + code[line, 4] * stride + first)
                for i in range(size):
                    into[i] = np.uint8(np.int32(x[i]))
            elif operation == _KEEP_STATUS:
                above = constants[code[line, 5] + 1]
                into = _bytes(small + code[line, 4] * stride + first)
                for i in range(size):
                    into[i] = np.uint8(x[i] >= k) + np.uint8(x[i] > above)
            elif operation == _REFUSE_NAN:
                for i in range(size):
                    settled &= x[i] == x[i]
        first += size
    return settled
