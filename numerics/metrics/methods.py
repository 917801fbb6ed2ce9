"""The registry of methods: the engine table."""

from __future__ import annotations

from functools import cache

from . import (
    adaptive,
    bigrams,
    block_sizes,
    chains,
    derived,
    divergence,
    error_rates,
    exact_products,
    exponentials,
    forbidden_pairs,
    hidden_chain,
    identities,
    information,
    joint_modes,
    length,
    linear_codes,
    log_forms,
    log_mean_path_kl,
    minimax,
    mixture_parts,
    mixtures,
    off_support,
    path,
    products,
    sampled,
    schedule,
    slopes,
    windows,
)
from .method import Method

__all__ = ["METHODS", "measured_in", "methods_for"]

FAMILIES = (
    divergence,
    information,
    path,
    adaptive,
    error_rates,
    identities,
    bigrams,
    off_support,
    schedule,
    minimax,
    products,
    block_sizes,
    mixture_parts,
    chains,
    linear_codes,
    windows,
    log_forms,
    exact_products,
    length,
    hidden_chain,
    slopes,
    mixtures,
    log_mean_path_kl,
    joint_modes,
    forbidden_pairs,
    derived,
    sampled,
    exponentials,
)

METHODS: tuple[Method, ...] = tuple(method for family in FAMILIES for method in family.METHODS)


@cache
def methods_for(quantity: str) -> tuple[Method, ...]:
    """Every method that measures ``quantity``."""
    return tuple(method for method in METHODS if method.quantity == quantity)


def measured_in(quantity: str) -> dict[str, list[str]]:
    """Engines that measure ``quantity``, by the file of the project that says how."""
    found: dict[str, list[str]] = {}
    for family in FAMILIES:
        for method in family.METHODS:
            if method.quantity == quantity:
                place = f"numerics/metrics/{family.__name__.rsplit('.', 1)[-1]}.py"
                if method.engine not in found.setdefault(place, []):
                    found[place].append(method.engine)
    return found
