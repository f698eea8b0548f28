"""Observations (填报值): recording, looking up and loading as indicator tables."""
