"""Statements about the price: when a run of N denoiser calls beats L autoregressive steps (M7).

A call that costs c autoregressive steps pays off while ``c < c* = L / E[steps]``, the break-even price. What c* a
target allows is what M6 says of the number of steps, read the other way round.
"""

from __future__ import annotations

from sympy import exp, log

from .assumptions import (
    BERNOULLI_POLICY,
    BISECTION_POLICY,
    EXACT_DENOISER,
    ORDER_OBLIVIOUS,
    PAIR_LANGUAGE,
    PERMUTATIONS_LANGUAGE,
    UNIFORM_STEPS,
)
from .notation import L, N, V, break_even_price, eps_learning, expected_steps, log_ter, log_ter_language, ser
from .statement import Statement

__all__ = ["STATEMENTS"]

STATEMENTS = (
    Statement(
        id="M7-price",
        title="The break-even price of N steps is L/N",
        lhs=break_even_price,
        relation="==",
        rhs=L / N,
        assumptions=(ORDER_OBLIVIOUS,),
        status="identity",
        source="definition",
        note="M7.md",
        tight="always an equality",
    ),
    Statement(
        id="M7-steps",
        title="A policy of given reveal times calls the denoiser N times",
        lhs=expected_steps,
        relation="==",
        rhs=N,
        assumptions=(ORDER_OBLIVIOUS,),
        status="identity",
        source="definition",
        note="M7.md",
        tight="always an equality",
    ),
    Statement(
        id="M7-token",
        title="Token errors: a fixed gap allows a price in proportion to the length",
        lhs=log_ter,
        relation="<=",
        rhs=log_ter_language + eps_learning + break_even_price / L * log(V),
        assumptions=(UNIFORM_STEPS,),
        status="proved here",
        source="M6.4-vocabulary",
        note="M7.md",
        tight="as M6.4-vocabulary",
        follows_from=("M6.4-vocabulary", "M6.2-weights", "M7-price"),
    ),
    Statement(
        id="M7-sequence",
        title="Sequence errors on Pair: the price is bounded whatever the length, in random order",
        lhs=ser,
        relation=">=",
        rhs=1 - exp(-break_even_price * (1 - 1 / V - eps_learning) / 2),
        assumptions=(BERNOULLI_POLICY, PAIR_LANGUAGE),
        status="proved here",
        source="M6.6-exponential",
        note="M7.md",
        tight="as M6.6-exponential",
        follows_from=("M6.6-exponential", "M7-price"),
    ),
    Statement(
        id="M7-permutations",
        title="Sequence errors on permutations: the price is bounded whatever the length, in every order",
        lhs=ser,
        relation=">=",
        rhs=1 - exp(-(break_even_price - 1) / 2),
        assumptions=(EXACT_DENOISER, PERMUTATIONS_LANGUAGE, ORDER_OBLIVIOUS),
        status="proved here",
        source="M6.14-steps",
        note="M7.md",
        tight="as M6.14-steps",
        follows_from=("M6.14-steps", "M7-price"),
    ),
    Statement(
        id="M7-bisection",
        title="Markov chains by bisection: a price of L over 1 + log2 L, without any error",
        lhs=break_even_price,
        relation=">=",
        rhs=L / (1 + log(L) / log(2)),
        assumptions=(BISECTION_POLICY,),
        status="proved here",
        source="M6.13-steps",
        note="M7.md",
        tight="equality where L is a power of two",
        follows_from=("M7-price", "M7-steps", "M6.13-steps"),
    ),
)
