"""Assessments: frozen, reproducible runs of a standard over a place, and the ladder of assessor levels."""
