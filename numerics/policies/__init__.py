"""Policies: which positions a sampler reveals at each step (definitions.md#policies)."""

from .adaptive import Adaptive
from .base import Partial, Policy, Transition
from .bernoulli import Bernoulli
from .fixed_sets import FixedSets, autoregressive, bisection
from .fixed_size import FixedSize, random_order
from .kind import PolicyTable, read_policy
from .remasking import Remasking
from .schedule import Schedule

__all__ = [
    "Adaptive",
    "Bernoulli",
    "FixedSets",
    "FixedSize",
    "Partial",
    "Policy",
    "PolicyTable",
    "Remasking",
    "Schedule",
    "Transition",
    "autoregressive",
    "bisection",
    "random_order",
    "read_policy",
]
