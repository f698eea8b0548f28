"""Documents made to be hard on a server, for the tests of limits."""

from __future__ import annotations


def doubling(count: int, selection: str = "__typename") -> str:
    """`count` fragments, each spread twice by the one before: 2 ** (count - 1) times the last one."""
    chain = "".join(f"fragment F{n} on Query{{...F{n + 1} ...F{n + 1}}}" for n in range(count - 1))
    return f"{{...F0}}{chain}fragment F{count - 1} on Query{{{selection}}}"


def aliases(count: int) -> str:
    """So many aliases of one field."""
    return "{" + " ".join(f"a{n}:__typename" for n in range(count)) + "}"


def conflicting(count: int) -> str:
    """So many fields of one name, each with an argument of its own."""
    return "{" + " ".join(f'region(code:"{n}"){{name}}' for n in range(count)) + "}"


def directives(count: int) -> str:
    """So many directives on one field."""
    return "{__typename" + " @skip(if:false)" * count + "}"


def nested(depth: int) -> str:
    """Fields nested so deep."""
    return '{region(code:"220722")' + "{parent" * (depth - 2) + "{name}" + "}" * (depth - 1)
