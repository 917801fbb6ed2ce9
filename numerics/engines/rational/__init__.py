"""Exact laws in rationals, and information as log forms."""

from .engine import (
    MOST_ENTRIES,
    MOST_PAIRS,
    RationalLaw,
    cost,
    exact_rows,
    has_rational_conditionals,
    language_obstacle,
    lattice_cost,
    law,
    law_obstacle,
    marginals,
    obstacle,
    operations,
    pair_count,
    rows,
    stopped_mass,
)

__all__ = [
    "MOST_ENTRIES",
    "MOST_PAIRS",
    "RationalLaw",
    "cost",
    "exact_rows",
    "has_rational_conditionals",
    "language_obstacle",
    "lattice_cost",
    "law",
    "law_obstacle",
    "marginals",
    "obstacle",
    "operations",
    "pair_count",
    "rows",
    "stopped_mass",
]
