"""Bringing data in: templates that counties fill in, and reading what comes back."""
