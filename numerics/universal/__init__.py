"""Claims decided for every language of a length: verdicts, sharp constants, refuting languages, minimax schedules."""

from ..policies.minimax import Minimax, fixed_value, minimax
from .all_lengths import prove_everywhere
from .certificate import certificate, certificate_text, minimax_certificate
from .decision import Decided, Decision
from .mixture import Mixture
from .prove import prove

__all__ = [
    "Decided",
    "Decision",
    "Minimax",
    "Mixture",
    "certificate",
    "certificate_text",
    "fixed_value",
    "minimax",
    "minimax_certificate",
    "prove",
    "prove_everywhere",
]
