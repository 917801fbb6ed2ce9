"""Policies: which positions a sampler reveals at each step (M3)."""

from .adaptive import Adaptive
from .base import Partial, Policy, Transition
from .oblivious import (
    Bernoulli,
    FixedSets,
    FixedSize,
    autoregressive,
    bisection,
    random_order,
    reveal_times_are_certain,
)
from .remasking import Remasking
from .schedule import Schedule

__all__ = [
    "Adaptive",
    "Bernoulli",
    "FixedSets",
    "FixedSize",
    "Partial",
    "Policy",
    "Remasking",
    "Schedule",
    "Transition",
    "autoregressive",
    "bisection",
    "random_order",
    "reveal_times_are_certain",
]
