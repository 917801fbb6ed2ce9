"""Statements about the sequence error rate: upper bounds, lower bounds, and distances (M6.5 to M6.7, M6.10, M6.11)."""

from __future__ import annotations

from sympy import Integer, Max, Symbol, ceiling, exp, sqrt

from .assumptions import BERNOULLI_POLICY, ORDER_OBLIVIOUS, PAIR_LANGUAGE, SHIFTED_PAIR_LANGUAGE, UNIFORM_STEPS
from .notation import (
    L,
    N,
    V,
    agreement_slack,
    collision_probability,
    dual_total_correlation,
    eps_learning,
    kl,
    pair_conflict,
    path_kl,
    ser,
    soft_path_kl,
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
        tight="equality iff p restricted to the support is proportional to q: with the exact denoiser at positive"
        " temperature Parity, Pair, Copy, MDS codes and permutations; exact samplers",
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
        tight="equality iff moreover p_tau(x) does not depend on tau on the support: with the exact denoiser one step"
        " on these languages, MDS codes and permutations under fixed sizes",
        follows_from=("M6.5-kl", "M6.1"),
    ),
    Statement(
        id="M6.10-ser",
        title="SER is at most 1 - E exp(-D(q || p_tau))",
        lhs=ser,
        relation="<=",
        rhs=1 - exp(-soft_path_kl),
        assumptions=(ORDER_OBLIVIOUS,),
        status="proved here",
        source="M6.5-kl and M6.10-kl",
        note="M6.10.md",
        tight="equality for Pair, Copy, Parity and MDS codes with the exact denoiser",
        follows_from=("M6.5-kl", "M6.10-kl"),
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
        follows_from=("M6.5-path", "M5.6-bernoulli", "M5.6", "M6.2-curve", "M6.2-weights"),
    ),
    Statement(
        id="M6.6-collision",
        title="N steps collide with chance at least 1/N",
        lhs=collision_probability,
        relation=">=",
        rhs=1 / N,
        assumptions=(ORDER_OBLIVIOUS,),
        status="proved here",
        source="rho - 1/N is a sum of squares",
        note="M6.6.md",
        tight="equality iff the steps are uniform",
    ),
    Statement(
        id="M6.11-slack",
        title="What a learning error can add to chance agreement is at most that error",
        lhs=agreement_slack,
        relation="<=",
        rhs=eps_learning,
        assumptions=(),
        status="proved here",
        source="Pinsker, with max |p - u| <= TV",
        note="M6.11.md",
        tight="equality iff eps_learning = 0 (or V = 1 and no error)",
    ),
    Statement(
        id="M6.11-pair",
        title="The least SER on Pair at a given learning error",
        lhs=ser,
        relation=">=",
        rhs=1 - (1 - collision_probability * (1 - 1 / V - agreement_slack)) ** (L / 2),
        assumptions=(BERNOULLI_POLICY, PAIR_LANGUAGE),
        status="proved here",
        source="M6.6 with the largest agreement in the place of its bound",
        note="M6.11.md",
        tight="equality for the exact denoiser, and for the denoiser that says the worst law wherever a block"
        " is masked:"
        " for V = 2, noise `peak`",
    ),
    Statement(
        id="M6.11-conflict",
        title="Conflict theorem: pairs that may clash bound SER from below, for every denoiser",
        lhs=ser,
        relation=">=",
        rhs=1
        - (1 - collision_probability * Max(0, pair_conflict - sqrt(2 * eps_learning))) ** ceiling((L - 1) / Integer(2)),
        assumptions=(BERNOULLI_POLICY,),
        status="proved here",
        source="the argument of M6.6 for any language",
        note="M6.11.md",
        tight="equality with the exact denoiser for Pair and wherever L = 2; otherwise for languages that forbid no"
        " pair (both sides 0)",
    ),
    Statement(
        id="M6.11-shifted",
        title="ShiftedPair needs many steps: a hidden Markov language",
        lhs=ser,
        relation=">=",
        rhs=1 - (1 - collision_probability * (1 - 3 / V - 3 * eps_learning)) ** (L / 2),
        assumptions=(BERNOULLI_POLICY, SHIFTED_PAIR_LANGUAGE),
        status="proved here",
        source="our instance of the published lower bound with a hidden Markov model over 16 symbols (Feng et"
        " al., arXiv"
        " 2502.09622, as recalled)",
        note="M6.11.md",
        tight="equality for the exact denoiser",
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
        follows_from=("M6.11-pair", "M6.11-slack"),
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
        follows_from=("M6.6", "M6.6-collision"),
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
        tight="equality iff p(x) <= q(x) on the whole support: with the exact denoiser at positive temperature Pair,"
        " Copy, Parity, MDS codes and permutations",
    ),
)
