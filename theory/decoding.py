"""Statements about decoding by confidence: what positions that are sure of themselves may do at once (M6.8)."""

from __future__ import annotations

from sympy import Integer

from .assumptions import EXACT_DENOISER, ONE_STEP
from .notation import L, least_confidence, mode_conflict, mode_conflict_uniform, tv
from .statement import Statement

__all__ = ["STATEMENTS"]

STATEMENTS = (
    Statement(
        id="M6.8-profile",
        title="Threshold decoding finds the joint mode where the doubts and the largest of them sum to less than 1",
        lhs=mode_conflict,
        relation=">=",
        rhs=Integer(1),
        assumptions=(),
        status="proved here",
        source="union bound; compare the heterogeneous rule of Fast-dLLM++, arXiv 2606.02955 (abstract read)",
        note="M6.8.md",
        tight="equality where a fair coin meets a certain token, and for the law 1/3, 1/3, 1/3 on 00, 01, 10",
    ),
    Statement(
        id="M6.8",
        title="Threshold decoding finds the joint mode of m positions of confidence above 1 - 1/(m+1)",
        lhs=mode_conflict_uniform,
        relation=">=",
        rhs=Integer(1),
        assumptions=(),
        status="proved here",
        source="Fast-dLLM, arXiv 2505.22618 (abstract read, theorem as recalled)",
        note="M6.8.md",
        tight="equality for the law 1/3, 1/3, 1/3 on 00, 01, 10: the constant m + 1 cannot be lowered",
        follows_from=("M6.8-profile", "M6.8-order"),
    ),
    Statement(
        id="M6.8-order",
        title="The rule by the sum of doubts allows whatever the rule by the largest doubt allows",
        lhs=mode_conflict,
        relation="<=",
        rhs=mode_conflict_uniform,
        assumptions=(),
        status="proved here",
        source="a sum of m doubts is at most m times the largest",
        note="M6.8.md",
        tight="equality where the doubts of the least set are equal",
    ),
    Statement(
        id="M6.8-tv",
        title="One step of confident tokens: total variation at most the sum of doubts",
        lhs=tv,
        relation="<=",
        rhs=L * (1 - least_confidence),
        assumptions=(EXACT_DENOISER, ONE_STEP),
        status="proved here",
        source="both laws are at the modes but for a union of doubts; Fast-dLLM, arXiv 2505.22618, has (3m - 1)/2 in the"
        " place of m (as recalled)",
        note="M6.8.md",
        tight="equality where every token is certain (both sides 0)",
    ),
)
