"""Obstacles: what holds a place's villages back, and the three lists of a village."""
