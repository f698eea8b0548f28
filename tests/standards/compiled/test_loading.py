"""The machine is there for who asks, and where it can't be, scoring goes on without."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tests.standards.compiled.by_machine import the_machine

from liangcun_standards.compiled import loading, machine, prepare


def test_preparing_gets_the_machine_ready_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = the_machine()
    made = []
    monkeypatch.setattr(loading, "_machine", None)
    monkeypatch.setattr(loading, "_compiled", lambda: made.append(1) or compiled)
    assert machine() is None
    assert prepare()
    assert prepare()
    assert machine() is compiled
    assert made == [1]


def test_where_numba_is_missing_scoring_stays_with_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_machine", None)
    monkeypatch.setitem(sys.modules, "numba", None)
    assert not prepare()
    assert machine() is None


def test_where_no_folder_may_be_written_the_machine_is_compiled_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import numba

    asked = []

    def njit(*_arguments: object, cache: bool, **_options: object) -> object:
        asked.append(cache)
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(numba, "njit", njit)
    assert loading._compiled() is not None
    assert asked == [True, False]


def test_nobody_who_does_not_ask_loads_numba() -> None:
    code = "import sys, liangcun_standards.scoring; print('numba' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout == "False\n"
