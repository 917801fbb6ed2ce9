"""The known answers that need no more than named quantities, as statements; the rest are in `known_answers`."""

from __future__ import annotations

from maskbound.theory.assumptions import (
    BERNOULLI_POLICY,
    EXACT_DENOISER,
    FIXED_SIZE_POLICY,
    INDEPENDENT_TOKENS,
    MDS_LANGUAGE,
    ONE_AT_A_TIME,
    ONE_STEP,
    ORDER_OBLIVIOUS,
    PAIR_LANGUAGE,
    PARITY_LANGUAGE,
    SHIFTED_PAIR_LANGUAGE,
    Assumption,
)
from maskbound.theory.statement import Statement

__all__ = ["STATEMENTS"]


def _identity(
    name: str,
    title: str,
    lhs: str,
    rhs: str,
    assumptions: tuple[Assumption, ...],
    source: str,
    follows_from: tuple[str, ...] = (),
) -> Statement:
    return Statement(
        id=name,
        title=title,
        lhs=lhs,
        relation="==",
        rhs=rhs,
        assumptions=(EXACT_DENOISER, *assumptions),
        status="identity",
        source=source,
        note="known-answers.md",
        tight="always an equality",
        follows_from=follows_from,
    )


STATEMENTS = (
    _identity(
        "iid/path-kl",
        "Independent tokens: no policy makes an error",
        "path_kl",
        "0",
        (INDEPENDENT_TOKENS, ORDER_OBLIVIOUS),
        "every conditional is the marginal",
    ),
    _identity(
        "one-at-a-time/path-kl",
        "One token at a time is exact, in every order",
        "path_kl",
        "0",
        (ONE_AT_A_TIME,),
        "chain rule",
    ),
    _identity(
        "one-step/kl",
        "One step draws the product of the marginals: KL is the total correlation",
        "kl",
        "total_correlation",
        (ONE_STEP,),
        "definition of the total correlation",
    ),
    _identity(
        "pair/ser",
        "Pair, Bernoulli: a block is wrong when its tokens come together and differ",
        "ser",
        "1 - (1 - collision_probability*(1 - 1/V))**(L/2)",
        (BERNOULLI_POLICY, PAIR_LANGUAGE),
        "blocks are independent",
    ),
    _identity(
        "pair/kl",
        "Pair, Bernoulli: KL adds over blocks",
        "kl",
        "-L*log(1 + collision_probability/V - collision_probability)/2",
        (BERNOULLI_POLICY, PAIR_LANGUAGE),
        "p is a multiple of q on the support",
    ),
    _identity(
        "pair/path-kl",
        "Pair, Bernoulli: PATH_KL counts the blocks whose tokens come together",
        "path_kl",
        "L*collision_probability*log(V)/2",
        (BERNOULLI_POLICY, PAIR_LANGUAGE),
        "bernoulli/riemann-error with Z(a) = L log V (1 - a)",
    ),
    _identity(
        "parity/kl",
        "Parity, Bernoulli: KL is -log(1 - SER)",
        "kl",
        "-log(1 - ser)",
        (BERNOULLI_POLICY, PARITY_LANGUAGE),
        "p is a multiple of q on the support",
    ),
    _identity(
        "parity/path-kl",
        "Parity, Bernoulli: PATH_KL is 2 log 2 SER",
        "path_kl",
        "2*ser*log(2)",
        (BERNOULLI_POLICY, PARITY_LANGUAGE),
        "only a last step of several tokens can go wrong",
    ),
    _identity(
        "mds/kl",
        "MDS codes, fixed sizes: KL is PATH_KL",
        "kl",
        "path_kl",
        (FIXED_SIZE_POLICY, MDS_LANGUAGE),
        "any K positions are free and fix the rest",
    ),
    _identity(
        "mds/ser",
        "MDS codes, given reveal times: SER is 1 - exp(-KL)",
        "ser",
        "1 - exp(-kl)",
        (ORDER_OBLIVIOUS, MDS_LANGUAGE),
        "p is a multiple of q on the support",
    ),
    _identity(
        "shifted-pair/ser",
        "ShiftedPair, Bernoulli: three of V differences are allowed",
        "ser",
        "1 - (1 - collision_probability*(1 - 3/V))**(L/2)",
        (BERNOULLI_POLICY, SHIFTED_PAIR_LANGUAGE),
        "any sequence of allowed differences is possible",
    ),
)
