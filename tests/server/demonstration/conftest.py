"""The indicators of the installed plugins, found as the server finds them."""

from __future__ import annotations

import pytest

from liangcun_standards.indicators import IndicatorCatalogue
from liangcun_standards.plugins import load_plugins


@pytest.fixture(scope="session")
def catalogue() -> IndicatorCatalogue:
    """Every indicator that a plugin contributes."""
    return load_plugins().indicators
