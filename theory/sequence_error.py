"""Statements about the sequence error rate: upper bounds, lower bounds, and distances."""

from __future__ import annotations

from sympy import Integer, Max, Symbol, ceiling, exp, sqrt

from .assumptions import BERNOULLI_POLICY, ORDER_OBLIVIOUS, PAIR_LANGUAGE, SHIFTED_PAIR_LANGUAGE, UNIFORM_STEPS
from .notation import (
    L,
    N,
    V,
    collision_probability,
    dual_total_correlation,
    eps_learning,
    kl,
    log_mean_path_kl,
    max_l2_deviation,
    min_pair_conflict_probability,
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
        id="sequence-error/from-kl",
        title="SER is at most 1 - exp(-KL)",
        lhs=ser,
        relation="<=",
        rhs=1 - exp(-kl),
        assumptions=(),
        status="proved here",
        source="data processing to {in the support, not}",
        note="sequence-error.md",
        tight="equality iff p restricted to the support is proportional to q: with the exact denoiser at positive"
        " temperature Parity, Pair, Copy, MDS codes and permutations; exact samplers",
    ),
    Statement(
        id="sequence-error/from-path-kl",
        title="SER is at most 1 - exp(-PATH_KL)",
        lhs=ser,
        relation="<=",
        rhs=1 - exp(-path_kl),
        assumptions=(ORDER_OBLIVIOUS,),
        status="proved here",
        source="sequence-error/from-kl and kl-path-kl/given-times",
        note="sequence-error.md",
        tight="equality iff moreover p_tau(x) does not depend on tau on the support: with the exact denoiser one step"
        " on these languages, MDS codes and permutations under fixed sizes",
        follows_from=("sequence-error/from-kl", "kl-path-kl/given-times"),
    ),
    Statement(
        id="sequence-error/from-log-mean",
        title="SER is at most 1 - E exp(-D(q || p_tau))",
        lhs=ser,
        relation="<=",
        rhs=1 - exp(-log_mean_path_kl),
        assumptions=(ORDER_OBLIVIOUS,),
        status="proved here",
        source="sequence-error/from-kl and log-mean-path-kl/lower",
        note="log-mean-path-kl.md",
        tight="equality for Pair, Copy, Parity and MDS codes with the exact denoiser",
        follows_from=("sequence-error/from-kl", "log-mean-path-kl/lower"),
    ),
    Statement(
        id="sequence-error/sufficient-steps",
        title="Enough steps for SER at most delta",
        lhs=ser,
        relation="<=",
        rhs=DELTA,
        assumptions=(UNIFORM_STEPS,),
        status="proved here",
        source="sequence-error/from-path-kl, learning-error/worst-case, bernoulli/uniform-rate; the published theorem of Feng et al., arXiv 2502.09622 (as recalled),"
        " has such a number of steps without the constant",
        note="sequence-error.md",
        tight="equality for independent tokens and the exact denoiser (both sides 0), or both sides 1",
        parameters={DELTA: 1 - exp(-2 * Max(L * eps_learning, INFORMATION / N))},
        follows_from=(
            "sequence-error/from-path-kl",
            "learning-error/bernoulli",
            "learning-error/worst-case",
            "bernoulli/left-sum",
            "bernoulli/uniform-weight",
        ),
    ),
    Statement(
        id="collision/at-least-1-over-n",
        title="N steps collide with chance at least 1/N",
        lhs=collision_probability,
        relation=">=",
        rhs=1 / N,
        assumptions=(ORDER_OBLIVIOUS,),
        status="proved here",
        source="rho - 1/N is a sum of squares",
        note="pair.md",
        tight="equality iff the steps are uniform",
    ),
    Statement(
        id="pair/l2-radius",
        title="What a learning error can add to chance agreement is at most that error",
        lhs=max_l2_deviation,
        relation="<=",
        rhs=eps_learning,
        assumptions=(),
        status="proved here",
        source="Pinsker, with max |p - u| <= TV",
        note="forbidden-pairs.md",
        tight="equality iff eps_learning = 0 (or V = 1 and no error)",
    ),
    Statement(
        id="pair/sharp-ser-lower",
        title="The least SER on Pair at a given learning error",
        lhs=ser,
        relation=">=",
        rhs=1 - (1 - collision_probability * (1 - 1 / V - max_l2_deviation)) ** (L / 2),
        assumptions=(BERNOULLI_POLICY, PAIR_LANGUAGE),
        status="proved here",
        source="pair/ser-lower with the largest agreement in the place of its bound",
        note="forbidden-pairs.md",
        tight="equality for the exact denoiser, and for the denoiser that says the worst law wherever a block"
        " is masked:"
        " for V = 2, noise `peak`",
    ),
    Statement(
        id="conflict/ser-lower",
        title="Conflict theorem: pairs that may clash bound SER from below, for every denoiser",
        lhs=ser,
        relation=">=",
        rhs=1
        - (1 - collision_probability * Max(0, min_pair_conflict_probability - sqrt(2 * eps_learning)))
        ** ceiling((L - 1) / Integer(2)),
        assumptions=(BERNOULLI_POLICY,),
        status="proved here",
        source="the argument of pair/ser-lower for any language",
        note="forbidden-pairs.md",
        tight="equality with the exact denoiser for Pair and wherever L = 2; otherwise for languages that forbid no"
        " pair (both sides 0)",
    ),
    Statement(
        id="shifted-pair/ser-lower",
        title="ShiftedPair needs many steps: a hidden Markov language",
        lhs=ser,
        relation=">=",
        rhs=1 - (1 - collision_probability * (1 - 3 / V - 3 * eps_learning)) ** (L / 2),
        assumptions=(BERNOULLI_POLICY, SHIFTED_PAIR_LANGUAGE),
        status="proved here",
        source="our instance of the published lower bound with a hidden Markov model over 16 symbols (Feng et"
        " al., arXiv"
        " 2502.09622, as recalled)",
        note="forbidden-pairs.md",
        tight="equality for the exact denoiser",
    ),
    Statement(
        id="pair/ser-lower",
        title="Pair needs many steps: a lower bound on SER for every denoiser",
        lhs=ser,
        relation=">=",
        rhs=1 - (1 - collision_probability * (1 - 1 / V - eps_learning)) ** (L / 2),
        assumptions=(BERNOULLI_POLICY, PAIR_LANGUAGE),
        status="proved here",
        source="our instance of the published lower bound (Feng et al., arXiv 2502.09622: an HMM over 16 symbols,"
        " eps_learning < 1/128, as recalled); its own HMM is another",
        note="pair.md",
        tight="equality for the exact denoiser",
        follows_from=("pair/sharp-ser-lower", "pair/l2-radius"),
    ),
    Statement(
        id="pair/linear-steps",
        title="Pair needs a number of steps linear in L",
        lhs=ser,
        relation=">=",
        rhs=1 - exp(-L * (1 - 1 / V - eps_learning) / (2 * N)),
        assumptions=(BERNOULLI_POLICY, PAIR_LANGUAGE),
        status="proved here",
        source="pair/ser-lower, rho >= 1/N",
        note="pair.md",
        tight="equality for the exact denoiser and V = 1 (both sides 0); approached as N grows",
        follows_from=("pair/ser-lower", "collision/at-least-1-over-n"),
    ),
    Statement(
        id="tv/pinsker",
        title="Pinsker's inequality",
        lhs=tv,
        relation="<=",
        rhs=sqrt(kl / 2, evaluate=False),
        assumptions=(),
        status="proved here",
        source="Pinsker; Csiszar 1967 for the constant",
        note="total-variation.md",
        tight="equality iff p = q (both sides 0)",
    ),
    Statement(
        id="tv/bretagnolle-huber",
        title="Bretagnolle-Huber inequality",
        lhs=tv,
        relation="<=",
        rhs=sqrt(1 - exp(-kl)),
        assumptions=(),
        status="proved here",
        source="Bretagnolle and Huber 1979",
        note="total-variation.md",
        tight="equality iff p = q (both sides 0) or p and q are disjoint (both sides 1)",
    ),
    Statement(
        id="tv/at-least-ser",
        title="SER is at most the total variation distance",
        lhs=ser,
        relation="<=",
        rhs=tv,
        assumptions=(),
        status="proved here",
        source="the support is an event",
        note="total-variation.md",
        tight="equality iff p(x) <= q(x) on the whole support: with the exact denoiser at positive temperature Pair,"
        " Copy, Parity, MDS codes and permutations",
    ),
)
