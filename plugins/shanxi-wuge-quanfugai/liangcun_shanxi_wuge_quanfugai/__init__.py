"""新五个全覆盖 (山西): five kinds of coverage, with the indicators that they are scored by."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from liangcun_standards import Indicator, StandardText, documents_in, hookimpl, load_indicators


@hookimpl
def liangcun_indicators() -> Sequence[Indicator]:
    """The indicators of this plugin, from its indicators.yaml."""
    text = files(__name__).joinpath("indicators.yaml").read_text(encoding="utf-8")
    return load_indicators(text, "indicators.yaml")


@hookimpl
def liangcun_standards() -> Sequence[StandardText]:
    """The documents in the folder `standards`."""
    return documents_in(__name__)
