"""Claims of papers: a file with an inequality and what to try it on, and the page that says what was found."""

from .claim_file import SUFFIX, ClaimFile
from .decide import decide
from .findings import Findings

__all__ = ["SUFFIX", "ClaimFile", "Findings", "decide"]
