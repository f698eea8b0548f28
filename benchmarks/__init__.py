"""Scoring measured against OpenFisca-Core and a plain loop, on the same rules and the same villages."""
