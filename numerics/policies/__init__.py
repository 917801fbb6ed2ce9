"""Policies: which positions a sampler reveals at each step (M3)."""

from .base import Partial, Policy, Transition
from .oblivious import Bernoulli, FixedSets, FixedSize, autoregressive, bisection, random_order
from .schedule import Schedule

__all__ = [
    "Bernoulli",
    "FixedSets",
    "FixedSize",
    "Partial",
    "Policy",
    "Schedule",
    "Transition",
    "autoregressive",
    "bisection",
    "random_order",
]
