"""What is found about a claim for every language of a length."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any

from maskbound.theory import Statement

from ..display import AsTable, Rows

__all__ = ["Decision", "Decided"]


class Decided(StrEnum):
    """The five answers."""

    HOLDS = "holds"
    FAILS = "fails"
    POLYMATROIDS = "fails for polymatroids"
    UNDECIDED = "undecided"
    OUT_OF_REACH = "out of reach"


@dataclass(frozen=True)
class Decision(AsTable):
    """The outcome for one claim.

    Parameters
    ----------
    claim : Statement
    verdict : Decided
    scope : str
        What the verdict is about: lengths, vocabularies, the denoiser and the policy.
    reason : str
        Why it holds, fails or stays open.
    constant : Fraction or None
        The least C with ``lhs <= C rhs`` (the largest with ``lhs >= C rhs``) for every language; None where there is
        none, or it is not known.
    witness : dict or None
        The spec of an instance, or of a pair, that violates the claim.
    judged : str
        What the engines say about the witness: "violated", or why they say nothing.
    proof : tuple of str
        Lines of mathematics, for verdicts that are reached symbolically.
    evidence : dict or None
        What a certificate is written from.
    at : str
        The length, and the sizes, that the constant and the language are about, where the scope is every length.
    no_constant : str
        Why there is none, where that is known.
    """

    claim: Statement
    verdict: Decided
    scope: str
    reason: str
    constant: Fraction | None = None
    witness: Mapping[str, Any] | None = None
    judged: str = ""
    proof: tuple[str, ...] = ()
    evidence: Mapping[str, Any] | None = field(default=None, repr=False)
    at: str = ""
    no_constant: str = ""

    @property
    def sharp(self) -> str:
        """What the constant says; empty where there is none."""
        if self.constant is None:
            return ""
        which = "largest" if self.claim.relation in (">=", ">") else "least"
        where = f", at {self.at}" if self.at else ""
        return f"the {which} factor of the right side with which the claim holds for every such language{where}"

    @property
    def words(self) -> list[str]:
        """The codes that the reason names, in words."""
        return [f"MDS_{K}: {_code(int(K))}" for K in dict.fromkeys(re.findall(r"MDS_(\d+)", self.reason))]

    def table(self) -> Rows:
        """The claim, what was found and for which languages."""
        rows = [("claim", str(self.claim)), ("verdict", self.verdict.value), ("for", self.scope), ("why", self.reason)]
        if self.constant is not None:
            rows.append(("sharp constant", f"{float(self.constant):.12g}: {self.sharp}"))
        rows += [("in words", line) for line in self.words]
        if self.witness is not None:
            rows.append(("violated by", str(self.witness.get("language", ""))))
        return Rows(("", ""), [*rows, *(("proof", line) for line in self.proof)])

    def _repr_latex_(self) -> str:
        return f"${self.claim.latex()}$: {self.verdict.value} for {self.scope}"


def _code(rank: int) -> str:
    """An MDS code of that rank, in words."""
    if rank == 0:
        return "one sequence alone"
    if rank == 1:
        return "copies of one token, which is uniform"
    return f"any {rank} tokens are independent and uniform, and determine the others (an MDS code; parity is one)"
