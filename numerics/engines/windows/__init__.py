"""Hidden Markov models and n-grams at any length, by windows."""

from .drawn_profile import drawn_entropy
from .engine import (
    cost,
    curve_at,
    dual_total_correlation,
    entropy,
    exact_obstacle,
    left_sum,
    obstacle,
    path_cost,
    path_kl,
    profile_at,
    sampled_cost,
    sampled_path_kl,
    total_correlation,
)
from .hidden import hidden_chain
from .layers import layered
from .step_correlations import correlations_cost, correlations_obstacle, path_kl_of_steps

__all__ = [
    "correlations_cost",
    "correlations_obstacle",
    "path_kl_of_steps",
    "cost",
    "curve_at",
    "drawn_entropy",
    "dual_total_correlation",
    "entropy",
    "exact_obstacle",
    "hidden_chain",
    "layered",
    "left_sum",
    "obstacle",
    "path_cost",
    "path_kl",
    "profile_at",
    "sampled_cost",
    "sampled_path_kl",
    "total_correlation",
]
