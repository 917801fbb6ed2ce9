"""Policies: which positions a sampler reveals at each step (definitions.md#policies)."""

from .adaptive import Adaptive
from .base import DrawStep, Partial, Policy, Transition
from .bernoulli import Bernoulli
from .fixed_sets import FixedSets, autoregressive, bisection
from .fixed_size import FixedSize, random_order
from .given_times import ExchangeableTimes, GivenTimes, pattern
from .kind import PolicyTable, read_policy
from .mixture_of_sizes import MixtureOfSizes
from .remasking import Remasking
from .schedule import Schedule

__all__ = [
    "Adaptive",
    "Bernoulli",
    "DrawStep",
    "ExchangeableTimes",
    "FixedSets",
    "FixedSize",
    "GivenTimes",
    "MixtureOfSizes",
    "Partial",
    "Policy",
    "PolicyTable",
    "Remasking",
    "Schedule",
    "Transition",
    "autoregressive",
    "bisection",
    "pattern",
    "random_order",
    "read_policy",
]
