"""A text in Chinese and English: every label, reason and error that a user may read."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

Locale = Literal["zh", "en"]
LOCALES: tuple[Locale, ...] = ("zh", "en")


class Text(NamedTuple):
    """One text in both languages of the product."""

    zh: str
    en: str

    def pick(self, locale: Locale) -> str:
        """The text in `locale`."""
        return self.zh if locale == "zh" else self.en


def format_number(value: float) -> str:
    """A figure as a person writes it: no trailing zeros, at most six decimals, never in exponent form.

    >>> format_number(85.0), format_number(0.1 + 0.2), format_number(159600)
    ('85', '0.3', '159600')
    """
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
