"""The application with plugins of its own, as the plugins' tests have it."""

from __future__ import annotations

from tests.server.plugins.conftest import packages, registry, served

__all__ = ["packages", "registry", "served"]  # fixtures, found by their names
