"""Statements about the price: when a run of N denoiser calls beats L autoregressive steps
(definitions.md#speedup_at_unit_cost).

A call that costs c autoregressive steps pays off while ``c < c* = L / E[steps]``, the break-even price. What c* a
target allows is what the bounds say of the number of steps, read the other way round.
"""

from __future__ import annotations

from maskbound.theory.assumptions import (
    BERNOULLI_POLICY,
    BISECTION_POLICY,
    EXACT_DENOISER,
    ORDER_OBLIVIOUS,
    PAIR_LANGUAGE,
    PERMUTATIONS_LANGUAGE,
    UNIFORM_STEPS,
)
from maskbound.theory.statement import Statement

__all__ = ["STATEMENTS"]

STATEMENTS = (
    Statement(
        id="break-even/price",
        title="The break-even price of N steps is L/N",
        lhs="speedup_at_unit_cost",
        relation="==",
        rhs="L/N",
        assumptions=(ORDER_OBLIVIOUS,),
        status="identity",
        source="definition",
        note="break-even.md",
        tight="always an equality",
    ),
    Statement(
        id="break-even/steps",
        title="A policy of given reveal times calls the denoiser N times",
        lhs="expected_steps",
        relation="==",
        rhs="N",
        assumptions=(ORDER_OBLIVIOUS,),
        status="identity",
        source="definition",
        note="break-even.md",
        tight="always an equality",
    ),
    Statement(
        id="break-even/token-error",
        title="Token errors: a fixed gap allows a price in proportion to the length",
        lhs="log_ter",
        relation="<=",
        rhs="log_ter_language + eps_learning + speedup_at_unit_cost*log(V)/L",
        assumptions=(UNIFORM_STEPS,),
        status="proved here",
        source="token-error/vocabulary",
        note="break-even.md",
        tight="as token-error/vocabulary",
        follows_from=("token-error/vocabulary", "bernoulli/uniform-weight", "break-even/price"),
    ),
    Statement(
        id="break-even/pair",
        title="Sequence errors on Pair: the price is bounded whatever the length, in random order",
        lhs="ser",
        relation=">=",
        rhs="1 - exp(-speedup_at_unit_cost*(1 - 1/V - eps_learning)/2)",
        assumptions=(BERNOULLI_POLICY, PAIR_LANGUAGE),
        status="proved here",
        source="pair/linear-steps",
        note="break-even.md",
        tight="as pair/linear-steps",
        follows_from=("pair/linear-steps", "break-even/price"),
    ),
    Statement(
        id="break-even/permutations",
        title="Sequence errors on permutations: the price is bounded whatever the length, in every order",
        lhs="ser",
        relation=">=",
        rhs="1 - exp(1/2 - speedup_at_unit_cost/2)",
        assumptions=(EXACT_DENOISER, PERMUTATIONS_LANGUAGE, ORDER_OBLIVIOUS),
        status="proved here",
        source="permutations/linear-steps",
        note="break-even.md",
        tight="as permutations/linear-steps",
        follows_from=("permutations/linear-steps", "break-even/price"),
    ),
    Statement(
        id="break-even/bisection",
        title="Markov chains by bisection: a price of L over 1 + log2 L, without any error",
        lhs="speedup_at_unit_cost",
        relation=">=",
        rhs="L/(1 + log(L)/log(2))",
        assumptions=(BISECTION_POLICY,),
        status="proved here",
        source="bisection/steps",
        note="break-even.md",
        tight="equality where L is a power of two",
        follows_from=("break-even/price", "break-even/steps", "bisection/steps"),
    ),
)
