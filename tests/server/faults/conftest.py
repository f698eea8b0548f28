"""The indicators, as the observations' tests have them."""

from __future__ import annotations

from tests.server.observations.conftest import catalogue

__all__ = ["catalogue"]  # a fixture, found by its name
