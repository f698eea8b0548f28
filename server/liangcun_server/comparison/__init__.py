"""Comparing schemes over a place: standards, their versions, tailorings and drafts, side by side."""
