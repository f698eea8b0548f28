"""The errors that a user reads: what is wrong, where, and the way out, in both languages."""

from __future__ import annotations

import traceback

from liangcun_standards.text import Locale, Text


class LiangcunError(Exception):
    """The base of every error that the product expects and explains.

    `code` is stable and meant for programs (`extensions.code` in GraphQL); `where` names the file, line
    and field when there is one.
    """

    code = "INVALID_INPUT"

    def __init__(self, message: Text, *, where: str | None = None) -> None:
        super().__init__(message.en if where is None else f"{where}: {message.en}")
        self.message = message
        self.where = where

    def text(self, locale: Locale) -> str:
        """The message in `locale`, led by its place."""
        message = self.message.pick(locale)
        return message if self.where is None else f"{self.where}: {message}"


class Problem(ValueError):
    """What a validator of a document finds wrong, in both languages; the reader adds file, line and field.

    `at` leads from the part that is validated to the field that the problem is about.
    """

    def __init__(self, zh: str, en: str, *, at: tuple[str | int, ...] = ()) -> None:
        super().__init__(en)
        self.text = Text(zh, en)
        self.at = at


class InvalidPeriod(LiangcunError):
    """A period that is not a year, half, quarter or month."""

    code = "INVALID_PERIOD"


class InvalidRegionCode(LiangcunError):
    """A region code that is not a statistical division code."""

    code = "INVALID_REGION_CODE"


class InvalidDocument(LiangcunError):
    """A standard's document that breaks a rule of the format."""

    code = "INVALID_DOCUMENT"


class InvalidPart(InvalidDocument):
    """A part of a document that turns out not to fit once the document has been read.

    `part` is its code, or `path` leads to it; whoever holds the document adds the file and the line.
    """

    def __init__(
        self,
        message: Text,
        *,
        part: str | None = None,
        path: tuple[str | int, ...] = (),
        where: str | None = None,
    ) -> None:
        super().__init__(message, where=where)
        self.part = part
        self.path = path


class InvalidFormula(LiangcunError):
    """A formula that can't be read; `column` counts from 1."""

    code = "INVALID_FORMULA"

    def __init__(self, message: Text, *, column: int, where: str | None = None) -> None:
        place = f"column {column}" if where is None else f"{where}, column {column}"
        super().__init__(message, where=place)
        self.column = column


class InvalidValue(LiangcunError):
    """A figure outside what its indicator allows, or no finite number at all."""

    code = "INVALID_VALUE"


class InvalidWeights(LiangcunError):
    """Weights that can't be used: negative, all zero, or an inconsistent pairwise matrix."""

    code = "INVALID_WEIGHTS"


class UnknownStandard(LiangcunError):
    """No standard answers to this id, version and period."""

    code = "UNKNOWN_STANDARD"


class AmbiguousStandard(LiangcunError):
    """A bare code that several jurisdictions use."""

    code = "AMBIGUOUS_STANDARD"


class ContributionClash(LiangcunError):
    """Two plugins contribute under one name."""

    code = "CONTRIBUTION_CLASH"


class PluginFailed(LiangcunError):
    """Python of a plugin that failed: it raised, gave what can't be a result, or went past a limit.

    `plugin` is its name and `report` the traceback, where there is one, for whoever mends it.
    """

    code = "PLUGIN_FAILED"

    def __init__(self, plugin: str, message: Text, *, report: str | None = None) -> None:
        super().__init__(message)
        self.plugin = plugin
        self.report = report

    @classmethod
    def at(cls, name: str, method: str, error: BaseException) -> PluginFailed:
        """The failure of a method of what is called PLUGIN.NAME, with its traceback."""
        told = f"{type(error).__name__}: {error}"[:200]
        return cls(
            name.partition(".")[0],
            Text(
                f"插件的 {name} 在 {method} 中出错（{told}）",
                f"{name} of a plugin failed in {method} ({told})",
            ),
            report="".join(traceback.format_exception(error, limit=-8)),
        )
