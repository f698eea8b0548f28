"""What a plugin does while it is loaded beside contributing: it should do nothing."""

from __future__ import annotations

from collections.abc import Iterator

from liangcun_standards.conformance.case import Case
from liangcun_standards.text import Text


def quiet(case: Case) -> Iterator[Text]:
    """Loading prints nothing, writes no file, starts nothing and changes nobody else's names.

    Python's audit events tell of files, processes, threads and the network: not what a library in C does by
    itself, nor what happens once loading is over.
    """
    seen = case.loading
    for deed in seen["deeds"]:
        yield Text(str(deed[0]), str(deed[1]))
    if seen["printed"]:
        yield Text(f"打印了：{seen['printed']}", f"it prints: {seen['printed']}")
    for name in seen["changed"]:
        yield Text(f"改动了 {name}", f"it changes {name}")
