"""Statements about decoding by what the denoiser is sure of.

What confident positions may do at once (joint-mode/uniform-rule), what adaptive policies cost
(kl-path-kl/equality-deterministic, entropy-bound/path-kl), and what drawing tokens before choosing among them does to
the law (propose-then-choose/mode-bias).
"""

from __future__ import annotations

from sympy import Integer

from .assumptions import (
    CHOOSE_THEN_SAMPLE,
    CHOSEN_FIRST,
    ENTROPY_BOUND_POLICY,
    EXACT_DENOISER,
    FAVOURED_TOKEN,
    NO_BLOCKS,
    ONE_AT_A_TIME,
    ONE_CHOICE,
    PROPOSALS_ONE_AT_A_TIME,
    TEMPERATURE_ONE,
)
from .notation import (
    L,
    entropy_bound,
    expected_parallel_steps,
    iid_mode_probability_confidence_sampling,
    kl,
    least_confidence,
    mode_conflict,
    mode_conflict_uniform,
    mode_probability,
    path_kl,
    ser,
    step_correlation,
    tv,
)
from .statement import Statement

__all__ = ["STATEMENTS"]

STATEMENTS = (
    Statement(
        id="joint-mode/sum-rule",
        title="Threshold decoding finds the joint mode where the doubts and the largest of them sum to less than 1",
        lhs=mode_conflict,
        relation=">=",
        rhs=Integer(1),
        assumptions=(),
        status="proved here",
        source="union bound; compare the heterogeneous rule of Fast-dLLM++, arXiv 2606.02955 (abstract read)",
        note="joint-mode.md",
        tight="equality where a fair coin meets a certain token, and for the law 1/3, 1/3, 1/3 on 00, 01, 10",
    ),
    Statement(
        id="joint-mode/uniform-rule",
        title="Threshold decoding finds the joint mode of m positions of confidence above 1 - 1/(m+1)",
        lhs=mode_conflict_uniform,
        relation=">=",
        rhs=Integer(1),
        assumptions=(),
        status="proved here",
        source="Fast-dLLM, arXiv 2505.22618 (abstract read, theorem as recalled)",
        note="joint-mode.md",
        tight="equality for the law 1/3, 1/3, 1/3 on 00, 01, 10: the constant m + 1 cannot be lowered",
        follows_from=("joint-mode/sum-rule", "joint-mode/sum-rule-is-weaker"),
    ),
    Statement(
        id="joint-mode/sum-rule-is-weaker",
        title="The rule by the sum of doubts allows whatever the rule by the largest doubt allows",
        lhs=mode_conflict,
        relation="<=",
        rhs=mode_conflict_uniform,
        assumptions=(),
        status="proved here",
        source="a sum of m doubts is at most m times the largest",
        note="joint-mode.md",
        tight="equality where the doubts of the least set are equal",
    ),
    Statement(
        id="tv/confident-marginals",
        title="Confident tokens: total variation at most the sum of doubts",
        lhs=tv,
        relation="<=",
        rhs=L * (1 - least_confidence),
        assumptions=(EXACT_DENOISER, CHOSEN_FIRST, TEMPERATURE_ONE),
        status="proved here",
        source="both laws are at the modes but for a union of doubts; Fast-dLLM, arXiv 2505.22618, has (3m -"
        " 1)/2 in the"
        " place of m (as recalled)",
        note="joint-mode.md",
        tight="equality where every token is certain (both sides 0); approached by copies of a token in one step as its"
        " doubt falls",
    ),
    Statement(
        id="kl-path-kl/chosen-first",
        title="Positions chosen first: KL is at most PATH_KL",
        lhs=kl,
        relation="<=",
        rhs=path_kl,
        assumptions=(CHOSEN_FIRST,),
        status="proved here",
        source="data processing: the tokens are a function of tokens and history; Wen, Liang and Lu, arXiv 2608.25505"
        " (as recalled)",
        note="chosen-first.md",
        tight="equality where what is revealed decides the positions, and wherever given x the history has the same law"
        " under both",
    ),
    Statement(
        id="kl-path-kl/equality-deterministic",
        title="Positions decided by what is revealed: KL is PATH_KL",
        lhs=kl,
        relation="==",
        rhs=path_kl,
        assumptions=(ONE_CHOICE,),
        status="identity",
        source="one history leads to each sequence; Wen, Liang and Lu, arXiv 2608.25505, and DUEL, arXiv 2603.01367 (as"
        " recalled)",
        note="chosen-first.md",
        tight="always an equality",
    ),
    Statement(
        id="path-kl/step-correlations",
        title="PATH_KL adds the total correlations of what is drawn at once",
        lhs=path_kl,
        relation="==",
        rhs=step_correlation,
        assumptions=(EXACT_DENOISER, CHOOSE_THEN_SAMPLE, TEMPERATURE_ONE),
        status="identity",
        source="chain rule along the history",
        note="chosen-first.md",
        tight="always an equality",
    ),
    Statement(
        id="entropy-bound/path-kl",
        title="Entropy bound: a step that reveals several tokens costs at most g",
        lhs=path_kl,
        relation="<=",
        rhs=entropy_bound * expected_parallel_steps,
        assumptions=(EXACT_DENOISER, ENTROPY_BOUND_POLICY, TEMPERATURE_ONE),
        status="proved here",
        source="TC <= sum H - max H; the entropy-bound sampler of Ben-Hamu et al., arXiv 2505.24857 (as recalled)",
        note="entropy-bound.md",
        tight="equality for independent tokens with g = 0 (both sides 0); approached by copies whose entropy is g",
    ),
    Statement(
        id="entropy-bound/kl",
        title="Entropy bound: KL is at most g for each step that reveals several tokens",
        lhs=kl,
        relation="<=",
        rhs=entropy_bound * expected_parallel_steps,
        assumptions=(EXACT_DENOISER, ENTROPY_BOUND_POLICY, TEMPERATURE_ONE),
        status="proved here",
        source="entropy-bound/path-kl and kl-path-kl/chosen-first",
        note="entropy-bound.md",
        tight="as entropy-bound/path-kl",
        follows_from=("entropy-bound/path-kl", "kl-path-kl/chosen-first"),
    ),
    Statement(
        id="one-at-a-time/exact",
        title="One token at a time, its position chosen first: every score draws from the language",
        lhs=kl,
        relation="==",
        rhs=Integer(0),
        assumptions=(EXACT_DENOISER, ONE_AT_A_TIME),
        status="proved here",
        source="kl-path-kl/chosen-first and one-at-a-time/path-kl",
        note="propose-then-choose.md",
        tight="always an equality",
        follows_from=("kl-path-kl/chosen-first", "one-at-a-time/path-kl"),
    ),
    Statement(
        id="propose-then-choose/support",
        title="One token at a time, proposed first: no sequence is wrong",
        lhs=ser,
        relation="==",
        rhs=Integer(0),
        assumptions=(EXACT_DENOISER, PROPOSALS_ONE_AT_A_TIME),
        status="proved here",
        source="a token of positive chance in a possible context leaves one",
        note="propose-then-choose.md",
        tight="always an equality",
    ),
    Statement(
        id="propose-then-choose/mode-bias",
        title="Draw before you choose, and you do not sample the language: independent tokens come out too often at"
        " their mode",
        lhs=mode_probability,
        relation="==",
        rhs=iid_mode_probability_confidence_sampling,
        assumptions=(EXACT_DENOISER, FAVOURED_TOKEN, PROPOSALS_ONE_AT_A_TIME, NO_BLOCKS),
        status="identity",
        source="propose-then-choose/mode-bias: with m positions masked the favoured token is kept unless nobody proposes it",
        note="propose-then-choose.md",
        tight="always an equality",
    ),
)
