"""Claims decided for every language of a length: verdicts, sharp constants, refuting languages, minimax schedules."""

from .decision import Decided, Decision
from .prove import prove

__all__ = ["Decided", "Decision", "prove"]
