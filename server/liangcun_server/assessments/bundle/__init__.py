"""Assessments as one file: what they rest upon and came to, sealed, to be proved on any machine."""
