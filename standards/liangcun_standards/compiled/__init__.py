"""Scoring without arrays in between: what is done to columns is recorded, then run by a compiled machine.

NumPy stays the reference: a program is recorded from the very code that scores by NumPy (`recording`), and
`numba_machine` does row by row what NumPy does, to the last bit. What can't be recorded is scored by NumPy.
"""

from liangcun_standards.compiled.loading import Machine, machine, prepare
from liangcun_standards.compiled.program import Program, assembled
from liangcun_standards.compiled.recording import NotRecordable, StandIn, Tape

__all__ = ["Machine", "NotRecordable", "Program", "StandIn", "Tape", "assembled", "machine", "prepare"]
