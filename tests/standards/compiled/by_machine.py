"""The machine for tests: compiled once a process, and in use only inside a `with`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from unittest.mock import patch

from liangcun_standards.compiled import Machine, loading


@cache
def the_machine() -> Machine:
    """The machine as a server has it."""
    return loading._compiled()


@contextmanager
def by_machine() -> Iterator[None]:
    """Inside, scoring is as it is once the machine is ready."""
    with patch.object(loading, "_machine", the_machine()):
        yield


@contextmanager
def by_numpy() -> Iterator[None]:
    """Inside, scoring is as it is where there is no machine."""
    with patch.object(loading, "_machine", None):
        yield
