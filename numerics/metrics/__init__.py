"""Metrics: every quantity of the vocabulary as an enclosure (M4, M5)."""

from .measure import measurable, measure, measure_one
from .method import Method
from .methods import METHODS

__all__ = ["METHODS", "Method", "measurable", "measure", "measure_one"]
