"""Obstacles: which criteria hold a village, or the villages of a place, back, and by how much."""

from liangcun_standards.obstacles.degrees import Obstacles, PlaceObstacle, Weighting, obstacles

__all__ = ["Obstacles", "PlaceObstacle", "Weighting", "obstacles"]
