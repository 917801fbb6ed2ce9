"""Policies: which positions a sampler reveals at each step (definitions.md#policies)."""

from .adaptive import Adaptive
from .base import Partial, Policy, Transition
from .oblivious import Bernoulli, FixedSets, FixedSize, autoregressive, bisection, random_order
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
]
