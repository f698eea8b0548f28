"""The process that fills in one template: values and template come in, a document or what is wrong goes out.

The answer begins with `=` before a document and with `!` before an explanation in both languages.
"""

from __future__ import annotations

import io
import json
import sys
from typing import Any

_SECONDS, _BYTES = 100, 1 << 30
# What text or a list may grow to by one multiplication.
_LONGEST = 1_000_000


def main() -> None:
    """Read the request, answer it."""
    _limit()
    asked = sys.stdin.buffer.read()
    size = int.from_bytes(asked[:8], "big")
    values, template = json.loads(asked[8 : 8 + size]), asked[8 + size :]
    # What a template's parts print must not get into the answer.
    answer, sys.stdout = sys.stdout.buffer, sys.stderr
    answer.write(_answer(template, values))
    answer.flush()


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the time is kept from outside
        return
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))


def _answer(template: bytes, values: dict[str, Any]) -> bytes:
    from docxtpl import DocxTemplate
    from jinja2 import TemplateError

    try:
        document = DocxTemplate(io.BytesIO(template))
        document.render(values, jinja_env=_environment(), autoescape=True)
        target = io.BytesIO()
        document.save(target)
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        at = "" if line is None else f" (line {line})"
        return _wrong(f"{error.message or type(error).__name__}{at}")
    except MemoryError:
        return _wrong("MemoryError")
    except Exception as error:  # a document that its library can't read raises anything
        return _wrong(f"{type(error).__name__}: {error}")
    return b"=" + target.getvalue()


def _wrong(told: str) -> bytes:
    return b"!" + json.dumps([told[:400], told[:400]]).encode()


def _environment() -> Any:
    from jinja2 import StrictUndefined
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Sandbox(ImmutableSandboxedEnvironment):
        """Refuses what would only grow."""

        intercepted_binops = frozenset({"*", "**"})

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            sizes = [len(one) for one in (left, right) if isinstance(one, str | list | tuple)]
            times = [one for one in (left, right) if isinstance(one, int | float)]
            grows = sizes and times and sizes[0] * times[0] > _LONGEST
            if operator == "**" or grows:
                raise SecurityError(f"{operator} is refused here")
            return super().call_binop(context, operator, left, right)

    return Sandbox(undefined=StrictUndefined, autoescape=True)


if __name__ == "__main__":
    main()
