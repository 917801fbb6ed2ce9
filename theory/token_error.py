"""Statements about the token error rate, for every language and every denoiser (M6.4); and a lower bound (M6.12).

``log TER(p) - log TER(q) = D(q || p)/L``, so a bound on PATH_KL that does not grow faster than L bounds it at every
length. Both readings of the learning error are stated: the worst context, and the mean over visited contexts.
"""

from __future__ import annotations

from sympy import Symbol, log

from .assumptions import BERNOULLI_POLICY, FIXED_SIZE_POLICY, PAIR_LANGUAGE, UNIFORM_STEPS
from .notation import (
    L,
    N,
    V,
    collision_probability,
    dual_total_correlation,
    eps_learning,
    eps_learning_mean,
    kl,
    log_ter,
    log_ter_language,
    max_step_size,
    max_step_weight,
    total_correlation,
)
from .statement import Statement

__all__ = ["STATEMENTS"]

INFORMATION = total_correlation + dual_total_correlation
EPS = Symbol("eps", positive=True)

STATEMENTS = (
    Statement(
        id="M4-ter",
        title="The token error rate exceeds that of the language by KL per token",
        lhs=log_ter,
        relation="==",
        rhs=log_ter_language + kl / L,
        assumptions=(),
        status="identity",
        source="definitions",
        note="M6.4.md",
        tight="always an equality",
    ),
    Statement(
        id="M6.4",
        title="Token error rate of Bernoulli steps, any language and denoiser",
        lhs=log_ter,
        relation="<=",
        rhs=log_ter_language + eps_learning + max_step_weight * INFORMATION / L,
        assumptions=(BERNOULLI_POLICY,),
        status="proved here",
        source="M6.1, M5.6, M6.2",
        note="M6.4.md",
        tight="equality where KL = PATH_KL, the learning term is L eps_learning and the tokens are independent: the"
        " exact denoiser on an i.i.d. language; or both sides are infinite",
        follows_from=("M4-ter", "M6.1", "M5.6-bernoulli", "M6.2-curve", "M5.6"),
    ),
    Statement(
        id="M6.4-mean",
        title="Token error rate of Bernoulli steps, with the mean learning error",
        lhs=log_ter,
        relation="<=",
        rhs=log_ter_language + eps_learning_mean + max_step_weight * INFORMATION / L,
        assumptions=(BERNOULLI_POLICY,),
        status="proved here",
        source="M6.1, M5.6, M6.2",
        note="M6.4.md",
        tight="equality where KL = PATH_KL and the tokens are independent: i.i.d. languages whose denoiser's prediction"
        " does not depend on the context; or both sides are infinite",
        follows_from=("M4-ter", "M6.1", "M5.6-bernoulli", "M6.2-curve", "M5.6-mean"),
    ),
    Statement(
        id="M6.4-vocabulary",
        title="Token error rate of Bernoulli steps, in terms of log V",
        lhs=log_ter,
        relation="<=",
        rhs=log_ter_language + eps_learning + max_step_weight * log(V),
        assumptions=(BERNOULLI_POLICY,),
        status="proved here",
        source="M6.4 and M5.3-vocabulary",
        note="M6.4.md",
        tight="equality for V = 1 (both sides 0), or both sides are infinite",
        follows_from=("M6.4", "M5.3-vocabulary"),
    ),
    Statement(
        id="M6.4-fixed-size",
        title="Token error rate of fixed sizes, any language and denoiser",
        lhs=log_ter,
        relation="<=",
        rhs=log_ter_language + eps_learning + (max_step_size - 1) / L * INFORMATION / L,
        assumptions=(FIXED_SIZE_POLICY,),
        status="proved here",
        source="M6.1, M5.6, M6.3",
        note="M6.4.md",
        tight="equality, with the exact denoiser, for the MDS codes of M6.3, for independent tokens and for one token"
        " at a time; or both sides are infinite",
        follows_from=("M4-ter", "M6.1", "M5.6-fixed-size", "M6.3-profile", "M5.6"),
    ),
    Statement(
        id="M6.4-published",
        title="Token error rate in the published form, after N = ceil(1/(4 eps)) uniform steps",
        lhs=log_ter,
        relation="<=",
        rhs=log_ter_language + eps_learning + 4 * EPS * log(V),
        assumptions=(UNIFORM_STEPS,),
        status="proved here",
        source="form: Feng et al., arXiv 2502.09622, for n-gram languages, N of order (n-1)/eps^n and large L (as"
        " recalled); number of steps and generality: M6.4",
        note="M6.4.md",
        tight="equality for V = 1 (both sides 0), or both sides are infinite",
        parameters={EPS: 1 / (4 * N)},
        follows_from=("M6.4-vocabulary", "M6.2-weights"),
    ),
    Statement(
        id="M6.12",
        title="Pair: the token error rate falls no faster than the collisions",
        lhs=log_ter,
        relation=">=",
        rhs=log_ter_language + collision_probability / 2 * (1 - 1 / V - eps_learning),
        assumptions=(BERNOULLI_POLICY, PAIR_LANGUAGE),
        status="proved here",
        source="M6.6 and M6.5",
        note="M6.12.md",
        tight="equality for V = 1 (both sides 0); approached by the exact denoiser as the collisions vanish",
        follows_from=("M4-ter", "M6.5-kl", "M6.6"),
    ),
    Statement(
        id="M6.12-steps",
        title="Pair: the token error rate falls no faster than 1/N",
        lhs=log_ter,
        relation=">=",
        rhs=log_ter_language + (1 - 1 / V - eps_learning) / (2 * N),
        assumptions=(BERNOULLI_POLICY, PAIR_LANGUAGE),
        status="proved here",
        source="M6.12, rho >= 1/N",
        note="M6.12.md",
        tight="equality for V = 1 (both sides 0); approached by the exact denoiser as N grows",
        follows_from=("M4-ter", "M6.12", "M6.6-collision"),
    ),
)
