"""The operations that a recorded program is made of: each does to rows what one NumPy function does.

Numbers are float64 throughout: truths are 1.0 and 0.0, small whole numbers are themselves.
"""

from __future__ import annotations

from enum import IntEnum


class Operation(IntEnum):
    """What is done to each row; `x`, `y` and `z` are the operands, `k` the constants.

    A compiled machine on somebody's disk knows the numbers: new ones are added, none gets another meaning.
    """

    FILL = 0  # k
    ADD = 1
    SUBTRACT = 2
    MULTIPLY = 3
    DIVIDE = 4
    MAXIMUM = 5  # x where x > y or x is NaN, else y
    MINIMUM = 6
    COPYSIGN = 7
    GREATER = 8
    GREATER_EQUAL = 9
    EQUAL = 10
    AND = 11
    OR = 12
    ADD_CONSTANT = 13
    SUBTRACT_FROM_CONSTANT = 14
    MULTIPLY_CONSTANT = 15
    DIVIDE_CONSTANT = 16
    MAXIMUM_CONSTANT = 17
    MINIMUM_CONSTANT = 18
    GREATER_CONSTANT = 19
    GREATER_EQUAL_CONSTANT = 20
    LESS_CONSTANT = 21
    LESS_EQUAL_CONSTANT = 22
    EQUAL_CONSTANT = 23
    CLIP = 24  # within k[0] and k[1]
    NOT = 25
    NEGATIVE = 26
    ABSOLUTE = 27
    SQUARE_ROOT = 28
    FLOOR = 29
    CEILING = 30
    IS_NAN = 31
    IS_INFINITE = 32
    WHERE = 33  # y where x is true, else z
    WHERE_CONSTANT = 34  # k where x is true, else y
    KEEP = 35  # x, in a row of figures
    KEEP_SMALL = 36  # x, in a row of bytes
    KEEP_STATUS = 37  # how many of k[0] <= x and k[1] < x hold, in a row of bytes
    REFUSE_NAN = 38  # nothing; but where any x is NaN, the rows are refused
