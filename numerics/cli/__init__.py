"""The command: the only place that prints. Results go to stdout, messages to stderr.

Exit status: 0 fine, 1 a violation, a counterexample or a difference, 2 bad input, 3 inconclusive, 70 an internal error.
What measures is imported inside the commands: numba and sympy would keep `--help` waiting for half a second.
"""

from . import (
    checking,
    claiming,
    conforming,
    converting,
    falsifying,
    interactive,
    measuring,
    planning,
    playing,
    proving,
    reporting,
    sweeping,
    tables,
    training,
)
from .application import app, main

__all__ = [
    "app",
    "checking",
    "claiming",
    "conforming",
    "converting",
    "falsifying",
    "interactive",
    "main",
    "measuring",
    "planning",
    "playing",
    "proving",
    "reporting",
    "sweeping",
    "tables",
    "training",
]
