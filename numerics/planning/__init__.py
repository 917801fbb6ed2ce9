"""Planning: the best schedule of N steps, and when fewer steps than tokens pay off
(definitions.md#speedup_at_unit_cost).
"""

from .best_schedule import best_schedule, best_sizes
from .break_even import BreakEven, break_even
from .output_polynomials import OutputPolynomials, output_polynomials
from .plan import Plan

__all__ = ["BreakEven", "OutputPolynomials", "Plan", "best_schedule", "best_sizes", "break_even", "output_polynomials"]
