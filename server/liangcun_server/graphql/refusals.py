"""What a mutation answers in place of its payload when the input can't be taken: a code, words, places."""

from __future__ import annotations

import re

import strawberry

from liangcun_standards.errors import LiangcunError
from liangcun_standards.text import Locale

# As problems of a document lead: file:line:column: …
_PLACE = re.compile(r"(?P<file>[^\n:]+):(?P<line>\d+):(?P<column>\d+): (?P<rest>.*)", re.DOTALL)


@strawberry.type(description="One thing that is wrong with an input, and where in the document it stands.")
class InputProblem:
    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None


@strawberry.type(description="The input was refused and nothing was written.")
class InputRefused:
    code: str = strawberry.field(description="Stable, as extensions.code of errors is.")
    message: str
    problems: list[InputProblem]


def refused(error: LiangcunError, locale: Locale) -> InputRefused:
    """The answer that an error comes to; a document's problems stand one on a line in its message."""
    text = error.text(locale)
    return InputRefused(code=error.code, message=text, problems=[_problem(one) for one in text.splitlines()])


def _problem(line: str) -> InputProblem:
    found = _PLACE.match(line)
    if found is None:
        return InputProblem(message=line)
    return InputProblem(
        message=found["rest"], file=found["file"], line=int(found["line"]), column=int(found["column"])
    )
