"""History: what values changed between two moments, by whom and why, and what that did to ranks."""
