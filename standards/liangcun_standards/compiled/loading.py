"""Getting the machine ready: compiled once, kept on disk, and never in anybody's way."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from liangcun_standards.table import Floats, Integers

# Code, constants, registers, rows of figures kept, columns, figures, bytes, stride, start, stop.
Machine = Callable[[npt.NDArray[np.int64], Floats, int, int, Integers, int, int, int, int, int], bool]

_log = logging.getLogger(__name__)
_loading = Lock()
_machine: Machine | None = None


def machine() -> Machine | None:
    """The machine, None until `prepare` has got it ready."""
    return _machine


def prepare() -> bool:
    """Get the machine ready; whether it is.

    Takes half a second where its compiled form is on disk and some seconds the first time, so it is for
    processes that stay: a server calls it in a thread. Until then, and where Numba isn't installed, scoring
    comes to the same bytes without.
    """
    global _machine
    with _loading:
        if _machine is None:
            try:
                _machine = _compiled()
            except Exception as error:  # whatever Numba and LLVM may find on a machine
                _log.info("scoring stays with NumPy: %s", error)
    return _machine is not None


def _compiled() -> Machine:
    from numba import njit  # half a second, for those alone who asked for it

    from liangcun_standards.compiled.numba_machine import SIGNATURE, run

    def compile_(*, cache: bool) -> Any:
        return njit(SIGNATURE, nogil=True, error_model="numpy", cache=cache)(run)

    try:
        compiled: Machine = compile_(cache=True)
    except RuntimeError:
        # There is no folder that may be written, neither beside the source nor among the user's.
        compiled = compile_(cache=False)
    return compiled
