"""三化: green, tidy and lit villages."""

from __future__ import annotations

from collections.abc import Sequence

from liangcun_standards import StandardText, documents_in, hookimpl


@hookimpl
def liangcun_standards() -> Sequence[StandardText]:
    """The documents in the folder `standards`."""
    return documents_in(__name__)
