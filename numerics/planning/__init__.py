"""Planning: the best schedule of N steps, and when fewer steps than tokens pay off (M7, M8.7)."""

from .best_schedule import best_schedule, best_sizes
from .output_polynomials import OutputPolynomials, output_polynomials
from .plan import Plan

__all__ = ["OutputPolynomials", "Plan", "best_schedule", "best_sizes", "output_polynomials"]
