"""Markov chains at any length."""

from .engine import *  # noqa: F403  # what the engine offers is what the package does
from .engine import __all__ as __all__
