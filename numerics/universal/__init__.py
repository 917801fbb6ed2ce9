"""Claims decided for every language of a length: verdicts, sharp constants, refuting languages, minimax schedules."""

from .all_lengths import prove_everywhere
from .decision import Decided, Decision
from .minimax import Minimax, fixed_value, minimax
from .prove import prove

__all__ = ["Decided", "Decision", "Minimax", "fixed_value", "minimax", "prove", "prove_everywhere"]
