"""How many examples a property is tried on, however slow or busy the machine is.

The everyday run tries half of them: LIANGCUN_TEST_EXAMPLES=1 tries all, a larger number more.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_SHARE = float(os.environ.get("LIANGCUN_TEST_EXAMPLES", "0.5"))


def examples(number: int) -> settings:
    """Settings for so many examples, without limits of time."""
    tried = max(10, round(number * _SHARE))
    slow = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    return settings(max_examples=tried, deadline=None, suppress_health_check=slow)
