"""The language that the command line speaks: LIANGCUN_LANGUAGE, unless a command names another."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from liangcun_standards.text import Locale

VARIABLE = "LIANGCUN_LANGUAGE"

_named: Locale | None = None


def locale() -> Locale:
    """The language in use; a variable with another value is explained when the settings are read."""
    if _named is not None:
        return _named
    return "en" if os.environ.get(VARIABLE, "").strip().lower() == "en" else "zh"


def words(zh: str, en: str) -> str:
    """The one of two texts that the reader reads."""
    return zh if locale() == "zh" else en


def choose(language: str | None) -> str | None:
    """Speak `language` for the rest of this command; what the option --language calls."""
    global _named  # one process runs one command
    if language is not None:
        if language not in ("zh", "en"):
            raise typer.BadParameter("zh / en")
        _named = "zh" if language == "zh" else "en"
    return language


def forget() -> None:
    """Speak the language of the environment again."""
    global _named
    _named = None
