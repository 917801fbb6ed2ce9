"""What is known of each statement for every language: the stored verdicts of ``benchmarks/universal.py``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

__all__ = ["FILE", "UniversalVerdict", "universal_verdicts"]

FILE = "universal_verdicts.json"


@dataclass(frozen=True)
class UniversalVerdict:
    """A verdict over all languages and vocabularies.

    Parameters
    ----------
    verdict : str
        "holds", "fails", "undecided" or "out of reach".
    scope : str
        Lengths and policies.
    constant : str or None
        A rational: the largest of the sharp constants C of ``lhs <= C rhs`` among the policies tried; of a statement
        that fails, that of the case that refutes it.
    reason : str
    certificate : int
        Bytes of a certificate; 0 without one.
    seconds : float
        Processor time of all its cases, and of its certificates.
    """

    verdict: str
    scope: str
    constant: str | None
    reason: str
    certificate: int
    seconds: float

    @property
    def shown(self) -> str | None:
        """In a few words; None where the statement is out of reach."""
        if self.verdict == "out of reach":
            return None
        constant = f", constant {self.constant}" if self.constant is not None and len(self.constant) <= 20 else ""
        return f"{self.verdict}: {self.scope}{constant}"


@cache
def universal_verdicts() -> Mapping[str, UniversalVerdict]:
    """The stored verdicts by statement id."""
    stored = json.loads(resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8"))
    return MappingProxyType({name: UniversalVerdict(**entry) for name, entry in stored.items()})
