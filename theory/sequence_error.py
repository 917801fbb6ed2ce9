"""Statements about the sequence error rate: upper bounds, a lower bound, and distances (M6.5 to M6.7)."""

from __future__ import annotations

from sympy import Max, Symbol, exp, sqrt

from .assumptions import BERNOULLI_POLICY, ORDER_OBLIVIOUS, PAIR_LANGUAGE, UNIFORM_STEPS
from .notation import (
    L,
    N,
    V,
    collision_probability,
    dual_total_correlation,
    eps_learning,
    kl,
    path_kl,
    ser,
    total_correlation,
    tv,
)
from .statement import Statement

__all__ = ["STATEMENTS"]

INFORMATION = total_correlation + dual_total_correlation
DELTA = Symbol("delta", nonnegative=True)

STATEMENTS = (
    Statement(
        id="M6.5-kl",
        title="SER is at most 1 - exp(-KL)",
        lhs=ser,
        relation="<=",
        rhs=1 - exp(-kl),
        assumptions=(),
        status="proved here",
        source="data processing to {in the support, not}",
        note="M6.5.md",
        tight="equality iff p restricted to the support is proportional to q: with the exact denoiser Parity, Pair,"
        " Copy, MDS codes and permutations; exact samplers",
    ),
    Statement(
        id="M6.5-path",
        title="SER is at most 1 - exp(-PATH_KL)",
        lhs=ser,
        relation="<=",
        rhs=1 - exp(-path_kl),
        assumptions=(ORDER_OBLIVIOUS,),
        status="proved here",
        source="M6.5-kl and M6.1",
        note="M6.5.md",
        tight="equality iff moreover p_tau(x) does not depend on tau on the support: one step on these languages, MDS"
        " codes and permutations under fixed sizes",
    ),
    Statement(
        id="M6.5-steps",
        title="Enough steps for SER at most delta",
        lhs=ser,
        relation="<=",
        rhs=DELTA,
        assumptions=(UNIFORM_STEPS,),
        status="proved here",
        source="M6.5-path, M5.6, M6.2-uniform; the published theorem of Feng et al., arXiv 2502.09622 (as recalled),"
        " has such a number of steps without the constant",
        note="M6.5.md",
        tight="equality for independent tokens and the exact denoiser (both sides 0), or both sides 1",
        parameters={DELTA: 1 - exp(-2 * Max(L * eps_learning, INFORMATION / N))},
    ),
    Statement(
        id="M6.6",
        title="Pair needs many steps: a lower bound on SER for every denoiser",
        lhs=ser,
        relation=">=",
        rhs=1 - (1 - collision_probability * (1 - 1 / V - eps_learning)) ** (L / 2),
        assumptions=(BERNOULLI_POLICY, PAIR_LANGUAGE),
        status="proved here",
        source="our instance of the published lower bound (Feng et al., arXiv 2502.09622: an HMM over 16 symbols,"
        " eps_learning < 1/128, as recalled); its own HMM is another",
        note="M6.6.md",
        tight="equality for the exact denoiser",
    ),
    Statement(
        id="M6.6-exponential",
        title="Pair needs a number of steps linear in L",
        lhs=ser,
        relation=">=",
        rhs=1 - exp(-L * (1 - 1 / V - eps_learning) / (2 * N)),
        assumptions=(BERNOULLI_POLICY, PAIR_LANGUAGE),
        status="proved here",
        source="M6.6, rho >= 1/N",
        note="M6.6.md",
        tight="equality for the exact denoiser and V = 1 (both sides 0); approached as N grows",
    ),
    Statement(
        id="M6.7-pinsker",
        title="Pinsker's inequality",
        lhs=tv,
        relation="<=",
        rhs=sqrt(kl / 2, evaluate=False),
        assumptions=(),
        status="proved here",
        source="Pinsker; Csiszar 1967 for the constant",
        note="M6.7.md",
        tight="equality iff p = q (both sides 0)",
    ),
    Statement(
        id="M6.7-bretagnolle-huber",
        title="Bretagnolle-Huber inequality",
        lhs=tv,
        relation="<=",
        rhs=sqrt(1 - exp(-kl)),
        assumptions=(),
        status="proved here",
        source="Bretagnolle and Huber 1979",
        note="M6.7.md",
        tight="equality iff p = q (both sides 0) or p and q are disjoint (both sides 1)",
    ),
    Statement(
        id="M6.7-ser",
        title="SER is at most the total variation distance",
        lhs=ser,
        relation="<=",
        rhs=tv,
        assumptions=(),
        status="proved here",
        source="the support is an event",
        note="M6.7.md",
        tight="equality iff p(x) <= q(x) on the whole support: with the exact denoiser Pair, Copy, Parity, MDS codes"
        " and permutations",
    ),
)
