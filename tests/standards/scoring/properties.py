"""How many examples a property is tried on, however slow or busy the machine is."""

from __future__ import annotations

from hypothesis import HealthCheck, settings


def examples(number: int) -> settings:
    """Settings for so many examples, without limits of time."""
    return settings(max_examples=number, deadline=None, suppress_health_check=[HealthCheck.too_slow])
