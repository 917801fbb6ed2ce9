"""Metrics: every quantity of the vocabulary as an enclosure (definitions.md#quantities)."""

from .measure import measurable, measure, measure_exactly, measure_one
from .method import Method
from .methods import METHODS

__all__ = ["METHODS", "Method", "measurable", "measure", "measure_exactly", "measure_one"]
