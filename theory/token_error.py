"""Statements about the token error rate, for every language and every denoiser; and a lower bound.

``log TER(p) - log TER(q) = D(q || p)/L``, so a bound on PATH_KL that does not grow faster than L bounds it at every
length. Both readings of the learning error are stated: the worst context, and the mean over visited contexts.
"""

from __future__ import annotations

from maskbound.theory.assumptions import BERNOULLI_POLICY, FIXED_SIZE_POLICY, PAIR_LANGUAGE, UNIFORM_STEPS
from maskbound.theory.bibliography import Citation
from maskbound.theory.statement import Statement

__all__ = ["STATEMENTS"]


STATEMENTS = (
    Statement(
        id="token-error/identity",
        title="The token error rate exceeds that of the language by KL per token",
        lhs="log_ter",
        relation="==",
        rhs="log_ter_language + kl/L",
        assumptions=(),
        status="identity",
        source="definitions",
        note="token-error.md",
        tight="always an equality",
    ),
    Statement(
        id="token-error/bernoulli",
        title="Token error rate of Bernoulli steps, any language and denoiser",
        lhs="log_ter",
        relation="<=",
        rhs="log_ter_language + eps_learning + max_step_weight*(total_correlation + dual_total_correlation)/L",
        assumptions=(BERNOULLI_POLICY,),
        status="proved here",
        source="kl-path-kl/given-times, learning-error/worst-case, bernoulli/max-weight",
        note="token-error.md",
        tight="equality where KL = PATH_KL, the learning term is L eps_learning and the tokens are independent: the"
        " exact denoiser on an i.i.d. language; or both sides are infinite",
        follows_from=(
            "token-error/identity",
            "kl-path-kl/given-times",
            "learning-error/bernoulli",
            "bernoulli/left-sum",
            "learning-error/worst-case",
        ),
    ),
    Statement(
        id="token-error/mean-learning-error",
        title="Token error rate of Bernoulli steps, with the mean learning error",
        lhs="log_ter",
        relation="<=",
        rhs="log_ter_language + mean_learning_error + max_step_weight*(total_correlation + dual_total_correlation)/L",
        assumptions=(BERNOULLI_POLICY,),
        status="proved here",
        source="kl-path-kl/given-times, learning-error/worst-case, bernoulli/max-weight",
        note="token-error.md",
        tight="equality where KL = PATH_KL and the tokens are independent: i.i.d. languages whose denoiser's prediction"
        " does not depend on the context; or both sides are infinite",
        follows_from=(
            "token-error/identity",
            "kl-path-kl/given-times",
            "learning-error/bernoulli",
            "bernoulli/left-sum",
            "learning-error/mean",
        ),
    ),
    Statement(
        id="token-error/vocabulary",
        title="Token error rate of Bernoulli steps, in terms of log V",
        lhs="log_ter",
        relation="<=",
        rhs="log_ter_language + eps_learning + max_step_weight*log(V)",
        assumptions=(BERNOULLI_POLICY,),
        status="proved here",
        source="token-error/bernoulli and profile/vocabulary",
        note="token-error.md",
        tight="equality for V = 1 (both sides 0), or both sides are infinite",
        follows_from=("token-error/bernoulli", "profile/vocabulary"),
    ),
    Statement(
        id="token-error/fixed-size",
        title="Token error rate of fixed sizes, any language and denoiser",
        lhs="log_ter",
        relation="<=",
        rhs="log_ter_language + eps_learning + (total_correlation + dual_total_correlation)*(max_step_size - 1)/L**2",
        assumptions=(FIXED_SIZE_POLICY,),
        status="proved here",
        source="kl-path-kl/given-times, learning-error/worst-case, fixed-size/max-size",
        note="token-error.md",
        tight="equality, with the exact denoiser, for the MDS codes of fixed-size/max-size, for independent tokens and"
        " for one token at a time; or both sides are infinite",
        follows_from=(
            "token-error/identity",
            "kl-path-kl/given-times",
            "learning-error/fixed-size",
            "fixed-size/left-sum",
            "learning-error/worst-case",
        ),
    ),
    Statement(
        id="token-error/feng-form",
        title="Token error rate after N = ceil(1/(4 eps)) uniform steps",
        lhs="log_ter",
        relation="<=",
        rhs="log_ter_language + eps_learning + 4*eps*log(V)",
        assumptions=(UNIFORM_STEPS,),
        status="proved here",
        source="the paper has n-gram languages, N of order (n-1)/eps^n and large L; number of steps and"
        " generality are ours",
        published=(Citation("feng2025", "Theorem 4.2", "our form, constant made explicit"),),
        note="token-error.md",
        tight="equality for V = 1 (both sides 0), or both sides are infinite",
        parameters={"eps": "1/(4*N)"},
        follows_from=("token-error/vocabulary", "bernoulli/uniform-weight"),
    ),
    Statement(
        id="pair/token-error-lower",
        title="Pair: the token error rate falls no faster than the collisions",
        lhs="log_ter",
        relation=">=",
        rhs="log_ter_language + collision_probability*(1 - 1/V - eps_learning)/2",
        assumptions=(BERNOULLI_POLICY, PAIR_LANGUAGE),
        status="proved here",
        source="pair/ser-lower and sequence-error/from-kl",
        note="pair-token-error.md",
        tight="equality for V = 1 (both sides 0); approached by the exact denoiser as the collisions vanish",
        follows_from=("token-error/identity", "sequence-error/from-kl", "pair/ser-lower"),
    ),
    Statement(
        id="pair/token-error-lower-rate",
        title="Pair: the token error rate falls no faster than 1/N",
        lhs="log_ter",
        relation=">=",
        rhs="log_ter_language + (1 - 1/V - eps_learning)/(2*N)",
        assumptions=(BERNOULLI_POLICY, PAIR_LANGUAGE),
        status="proved here",
        source="pair/token-error-lower, rho >= 1/N",
        note="pair-token-error.md",
        tight="equality for V = 1 (both sides 0); approached by the exact denoiser as N grows",
        follows_from=("token-error/identity", "pair/token-error-lower", "collision/at-least-1-over-n"),
    ),
)
