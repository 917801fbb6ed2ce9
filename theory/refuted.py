"""Statements that are false on purpose, each with the smallest known instance that breaks it.

They sound like the true ones, or drop one of their hypotheses; a checker that passes one of them checks nothing.
``counterexample`` is an instance in the format of instance files (for two subjects, a pair with its relation), from
which the gallery takes the instance called ``refuted_by``. The values in the comments are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from maskbound.theory.assumptions import (
    BALANCED_SIZES,
    BERNOULLI_POLICY,
    BISECTION_POLICY,
    CHOSEN_FIRST,
    ENTROPY_BOUND_POLICY,
    EXACT_DENOISER,
    FIXED_SIZE_POLICY,
    MORE_STEPS,
    ORDER_OBLIVIOUS,
    PAIR_LANGUAGE,
    PROPOSALS_ONE_AT_A_TIME,
    REFINES,
    SAME_LANGUAGE,
    TEMPERATURE_ONE,
    UNIFORM_STEPS,
)
from maskbound.theory.bibliography import Citation
from maskbound.theory.statement import Statement

__all__ = ["STATEMENTS"]


Spec = dict[str, Any]


def _pair_language(length: int) -> Spec:
    return {"kind": "pair", "vocab": 2, "length": length}


def _bernoulli(steps: int) -> Spec:
    return {"kind": "bernoulli", "steps": steps}


def _sizes(*sizes: int) -> Spec:
    return {"kind": "fixed-size", "sizes": list(sizes)}


def _confident(order: str = "choose-then-sample", **keys: Any) -> Spec:
    return {"kind": "adaptive", "score": "confidence", "order": order, **keys}


def _two(name: str, relation: str, language: Spec, first: Spec, other: Spec) -> Spec:
    """Two policies on one language."""
    return {
        "relation": relation,
        "first": {"name": f"{name}-first", "language": language, "policy": first},
        "second": {"name": f"{name}-second", "language": language, "policy": other},
    }


PARITY_3: Spec = {"kind": "parity", "length": 3}
COPY_3: Spec = {"kind": "copy", "vocab": 2, "copies": 3, "length": 3}
WEIGHT_TWO: Spec = {
    "kind": "tabular",
    "vocab": 2,
    "length": 4,
    "support": [
        [[0, 0, 1, 1], "1/6"],
        [[0, 1, 0, 1], "1/6"],
        [[0, 1, 1, 0], "1/6"],
        [[1, 0, 0, 1], "1/6"],
        [[1, 0, 1, 0], "1/6"],
        [[1, 1, 0, 0], "1/6"],
    ],
}
THIRDS_OF_TWO: Spec = {
    "kind": "tabular",
    "vocab": 2,
    "length": 2,
    "support": [[[0, 0], "1/3"], [[0, 1], "1/3"], [[1, 0], "1/3"]],
}
THIRDS_OF_THREE: Spec = {
    "kind": "tabular",
    "vocab": 2,
    "length": 3,
    "support": [[[0, 0, 0], "1/3"], [[0, 1, 1], "1/3"], [[1, 0, 1], "1/3"]],
}
LOADED_PAIR: Spec = {"kind": "tabular", "vocab": 2, "length": 2, "support": [[[0, 0], "2/3"], [[1, 1], "1/3"]]}
FIXED_MIDDLE: Spec = {
    "kind": "tabular",
    "vocab": 2,
    "length": 3,
    "support": [[[0, 0, 0], "1/2"], [[1, 0, 1], "1/2"]],
}
LOPSIDED: Spec = {
    "kind": "tabular",
    "vocab": 2,
    "length": 3,
    "probabilities": ["2/25", "0", "0", "1/25", "4/5", "1/25", "1/25", "0"],
}


def _false(
    name: str,
    near: str,
    title: str,
    sides: tuple[Any, str, Any],
    assumptions: tuple[Any, ...],
    note: str,
    tight: str,
    counterexample: Mapping[str, Any],
    **more: Any,
) -> Statement:
    """A statement ``refuted/NAME``, near the true one of that id, refuted by the instance ``refute-NAME``."""
    lhs, relation, rhs = sides
    if "relation" not in counterexample:
        counterexample = {"name": f"refute-{name}", **counterexample}
    return Statement(
        id=f"refuted/{name}",
        title=title,
        lhs=lhs,
        relation=relation,
        rhs=rhs,
        assumptions=assumptions,
        status="false on purpose",
        source="a stored counterexample",
        note=note,
        tight=tight,
        refuted_by=f"refute-{name}",
        counterexample=counterexample,
        near=near,
        **more,
    )


STATEMENTS = (
    _false(  # Z(a) = 3 log 2 (1 - a^2): excess (3/4) log 2
        "convex-curve",
        "profile/non-increasing",
        "The information curve is convex",
        ("curve_midpoint_excess", "<=", "0"),
        (),
        "profile.md",
        "holds with equality for every curve that is a straight line, such as Pair's",
        {"language": PARITY_3, "policy": _bernoulli(2)},
    ),
    _false(  # log 2 / 2 > log(4/3)
        "path-kl-is-kl",
        "kl-path-kl/given-times",
        "PATH_KL equals KL",
        ("path_kl", "==", "kl"),
        (ORDER_OBLIVIOUS,),
        "kl-path-kl.md",
        "true exactly where kl-path-kl/given-times is an equality",
        {"language": _pair_language(2), "policy": _bernoulli(2)},
    ),
    _false(  # (5/8) log 2 > (1/2) log 2
        "bernoulli-tc-only",
        "bernoulli/max-weight",
        "The largest weight times the total correlation alone bounds PATH_KL",
        ("path_kl", "<=", "max_step_weight*total_correlation"),
        (EXACT_DENOISER, BERNOULLI_POLICY),
        "bernoulli.md",
        "true, with equality, in one step, where PATH_KL = TC",
        {"language": PARITY_3, "policy": _bernoulli(2)},
    ),
    _false(  # 2 log 2 > log 2
        "bernoulli-dtc-only",
        "bernoulli/max-weight",
        "The largest weight times the dual total correlation alone bounds PATH_KL",
        ("path_kl", "<=", "dual_total_correlation*max_step_weight"),
        (EXACT_DENOISER, BERNOULLI_POLICY),
        "bernoulli.md",
        "equality for Pair in one step, where TC = DTC",
        {"language": COPY_3, "policy": _bernoulli(1)},
    ),
    _false(  # 3 log 2 > 2 log 2
        "vocabulary-rate-given-times",
        "bernoulli/vocabulary-rate",
        "L log V / N bounds PATH_KL of every policy of given times",
        ("path_kl", "<=", "L*log(V)/N"),
        (EXACT_DENOISER, ORDER_OBLIVIOUS),
        "bernoulli.md",
        "equality for Pair(V), L = 4, one block a step",
        {"language": _pair_language(6), "policy": {"kind": "fixed-sets", "sets": [[0, 1], [2, 3], [4, 5]]}},
    ),
    _false(  # log 2 > 0
        "fixed-size-minus-two",
        "fixed-size/max-size",
        "Fixed sizes: (s_max - 2)/L times TC + DTC bounds PATH_KL",
        ("path_kl", "<=", "(total_correlation + dual_total_correlation)*(max_step_size - 2)/L"),
        (EXACT_DENOISER, FIXED_SIZE_POLICY),
        "fixed-size.md",
        "both sides are 0 for independent tokens",
        {"language": _pair_language(2), "policy": _sizes(2)},
    ),
    _false(  # log 2 > (1/2) log 2
        "fixed-size-equal-indivisible",
        "fixed-size/equal",
        "Fixed sizes: (1/N - 1/L)(TC + DTC) bounds PATH_KL when N does not divide L",
        ("path_kl", "<=", "(1/N - 1/L)*(total_correlation + dual_total_correlation)"),
        (EXACT_DENOISER, BALANCED_SIZES),
        "fixed-size.md",
        "as fixed-size/max-size when N divides L",
        {"language": COPY_3, "policy": _sizes(2, 1)},
    ),
    _false(  # KL log(4/3) -> log(3/2)
        "refining-lowers-kl",
        "refinement/path-kl-monotone",
        "Refining a schedule never raises KL",
        ("kl@2", "<=", "kl"),
        (EXACT_DENOISER, ORDER_OBLIVIOUS),
        "refinement.md",
        "true with equality for independent tokens",
        _two("refute-refining-lowers-kl", "refines", WEIGHT_TWO, _sizes(2, 2), _sizes(1, 1, 2)),
        relation_between=REFINES,
    ),
    _false(  # SER 1/4 -> 1/3
        "refining-lowers-ser",
        "refinement/path-kl-monotone",
        "Refining a schedule never raises SER",
        ("ser@2", "<=", "ser"),
        (EXACT_DENOISER, ORDER_OBLIVIOUS),
        "refinement.md",
        "true with equality for independent tokens",
        _two("refute-refining-lowers-ser", "refines", WEIGHT_TWO, _sizes(2, 2), _sizes(1, 1, 2)),
        relation_between=REFINES,
    ),
    _false(  # SER .023296 at N = 1, .023588 at N = 2
        "more-steps-lower-ser",
        "bernoulli/uniform-rate",
        "With uniform Bernoulli steps SER falls with N",
        ("ser@2", "<=", "ser"),
        (EXACT_DENOISER, UNIFORM_STEPS),
        "refinement.md",
        "true with equality for independent tokens",
        _two("refute-more-steps-lower-ser", "more-steps", LOPSIDED, _bernoulli(1), _bernoulli(2)),
        relation_between=MORE_STEPS,
    ),
    _false(  # 4.4216 log 29 at N = 2, 4.5783 log 29 at N = 3; no language of fewer than 25 tokens does it from 2 to 3
        "more-steps-lower-path-kl",
        "bernoulli/uniform-rate",
        "With uniform Bernoulli steps PATH_KL falls with N",
        ("path_kl@2", "<=", "path_kl"),
        (EXACT_DENOISER, UNIFORM_STEPS),
        "refinement.md",
        "true with equality for independent tokens; true where the second N is a multiple of the first",
        _two(
            "refute-more-steps-lower-path-kl",
            "more-steps",
            {"kind": "mds", "field": 29, "dimension": 10, "length": 25},
            _bernoulli(2),
            _bernoulli(3),
        ),
        relation_between=MORE_STEPS,
    ),
    _false(  # 0 in sizes (3, 2), log 5 in sizes (2, 2, 1)
        "more-balanced-sizes",
        "fixed-size/balanced",
        "With balanced sizes PATH_KL never rises with the number of steps",
        ("(N@2 - N)*(path_kl@2 - path_kl)", "<=", "0"),
        (EXACT_DENOISER, BALANCED_SIZES),
        "refinement.md",
        "equality for independent tokens (both sides 0), and for as many steps",
        _two(
            "refute-more-balanced-sizes",
            "same-language",
            {"kind": "mds", "field": 5, "dimension": 3, "length": 5},
            _sizes(3, 2),
            _sizes(2, 2, 1),
        ),
        relation_between=SAME_LANGUAGE,
    ),
    _false(  # 1/2 > 1 - 1/sqrt 2
        "ser-half-exponent",
        "sequence-error/from-kl",
        "SER is at most 1 - exp(-KL/2)",
        ("ser", "<=", "1 - exp(-kl/2)"),
        (),
        "sequence-error.md",
        "equality where p = q (both sides 0)",
        {"language": _pair_language(2), "policy": _bernoulli(1)},
    ),
    _false(  # 1/2 < 1
        "pair-without-agreement",
        "pair/ser-lower",
        "Pair: two independent tokens never agree, 1 in the place of 1 - 1/V",
        ("ser", ">=", "1 - (1 - collision_probability*(1 - eps_learning))**(L/2)"),
        (BERNOULLI_POLICY, PAIR_LANGUAGE),
        "pair.md",
        "no instance with equality is known",
        {"language": _pair_language(2), "policy": _bernoulli(1)},
    ),
    _false(  # 2/9 < 1/4 - (3/16) log(9/8) = .2279
        "pair-mean-error",
        "pair/ser-lower",
        "Pair: the lower bound on SER with the mean learning error",
        ("ser", ">=", "1 - (1 - collision_probability*(1 - 1/V - mean_learning_error))**(L/2)"),
        (BERNOULLI_POLICY, PAIR_LANGUAGE),
        "pair.md",
        "equality for the exact denoiser",
        {
            "language": _pair_language(2),
            "policy": _bernoulli(2),
            "denoiser": {"kind": "perturbed", "noise": "peak", "strength": "1/3"},
        },
    ),
    _false(  # 1/4 < 7/16
        "pair-fixed-size",
        "pair/ser-lower",
        "Pair: the lower bound on SER for fixed sizes",
        ("ser", ">=", "1 - (1 - collision_probability*(1 - 1/V - eps_learning))**(L/2)"),
        (FIXED_SIZE_POLICY, PAIR_LANGUAGE),
        "pair.md",
        "equality for Pair in one step and the exact denoiser",
        {"language": _pair_language(4), "policy": _sizes(2, 2)},
    ),
    _false(  # 2 log 2 > (3/2) log 2
        "slope-limit-is-upper-bound",
        "bernoulli/slope-limit",
        "The limit of N PATH_KL is an upper bound",
        ("path_kl", "<=", "(total_correlation + dual_total_correlation)/(2*N)"),
        (EXACT_DENOISER, UNIFORM_STEPS),
        "slope-bounds.md",
        "equality for a straight curve, as Pair's; true of concave curves",
        {"language": COPY_3, "policy": _bernoulli(1)},
    ),
    _false(  # log(9/4) < .9548
        "slope-limit-is-lower-bound",
        "bernoulli/slope-limit",
        "The limit of N PATH_KL is a lower bound",
        ("path_kl", ">=", "(total_correlation + dual_total_correlation)/(2*N)"),
        (EXACT_DENOISER, UNIFORM_STEPS),
        "slope-bounds.md",
        "equality for a straight curve, as Pair's; true of convex curves",
        {"language": THIRDS_OF_THREE, "policy": _bernoulli(1)},
    ),
    _false(  # log 2 > log 2 / 3
        "odds-bound-without-ends",
        "bernoulli/odds-bound",
        "PATH_KL is at most the growth complexity, without a factor and without the ends",
        ("path_kl", "<=", "odds_weighted_slope"),
        (EXACT_DENOISER, BERNOULLI_POLICY),
        "odds-weighted-slope.md",
        "true with equality for independent tokens",
        {"language": _pair_language(2), "policy": _bernoulli(1)},
    ),
    _false(  # (49049/20000) log 2 > 2.2870 log 2
        "ratio-bound-in-log-time",
        "bernoulli/ratio-bound",
        "PATH_KL is at most the sum over steps of h_k times the integral of a |Z'|, h_k the step in the time log(1/a)",
        ("path_kl", "<=", "log_ratio_growth_bound"),
        (EXACT_DENOISER, BERNOULLI_POLICY),
        "effective-correlation.md",
        "true with exp(h_k) - 1 in the place of h_k, which is the same to first order in h_k",
        {
            "language": {"kind": "copy", "vocab": 2, "copies": 5, "length": 5},
            "policy": {"kind": "bernoulli", "weights": ["1/10", "9/10"]},
        },
        published=(Citation("dmitriev2026", "(85)", "compare"),),
    ),
    _false(  # .26845 > .25670
        "log-mean-is-kl",
        "log-mean-path-kl/lower",
        "KL is the soft minimum of PATH_KL, so that entropies of sets give it",
        ("log_mean_path_kl", "==", "kl"),
        (EXACT_DENOISER, BERNOULLI_POLICY),
        "log-mean-path-kl.md",
        "true of Pair, Copy and Parity, whose p_tau is a multiple of q on the support",
        {"language": LOADED_PAIR, "policy": _bernoulli(2)},
    ),
    _false(  # 1 < 3/2
        "uniform-rule-without-one",
        "joint-mode/uniform-rule",
        "Two tokens of confidence 1 - e have the joint mode when 2 e <= 1",
        ("mode_conflict_uniform", ">=", "3/2"),
        (),
        "joint-mode.md",
        "equality for Pair(2), whose tokens are fair coins",
        {"language": THIRDS_OF_TWO, "policy": _bernoulli(1)},
    ),
    _false(  # log 2 > 0
        "bisection-any-language",
        "independent-steps/kl",
        "Bisection is exact for every language",
        ("kl", "==", "0"),
        (EXACT_DENOISER, BISECTION_POLICY),
        "independent-steps.md",
        "true of Markov chains",
        {"language": FIXED_MIDDLE, "policy": {"kind": "bisection"}},
    ),
    _false(  # 0 < 1/4
        "conflict-fixed-size",
        "conflict/ser-lower",
        "The conflict theorem for fixed sizes",
        ("ser", ">=", "1 - (1 - collision_probability*min_pair_conflict_probability)**ceil(L/2 - 1/2)"),
        (EXACT_DENOISER, FIXED_SIZE_POLICY),
        "forbidden-pairs.md",
        "equality for Pair in one step",
        {"language": _pair_language(2), "policy": _sizes(1, 1)},
    ),
    _false(  # 3 log 2 > 2 log 2
        "vocabulary-rate-adaptive",
        "bernoulli/vocabulary-rate",
        "L log V / N bounds KL of every policy, adaptive ones included",
        ("kl", "<=", "L*log(V)/N"),
        (EXACT_DENOISER, CHOSEN_FIRST),
        "chosen-first.md",
        "equality for Pair(V), L = 4, one block a step",
        {"language": _pair_language(6), "policy": _confident(sizes=[2, 2, 2])},
    ),
    _false(  # log(4/3) < (2/3) log 2
        "equality-with-ties",
        "kl-path-kl/equality-deterministic",
        "KL is PATH_KL however ties are broken",
        ("kl", "==", "path_kl"),
        (CHOSEN_FIRST,),
        "chosen-first.md",
        "true where what is revealed decides the positions",
        {"language": _pair_language(4), "policy": _confident(sizes=[2, 2], ties="random")},
    ),
    _false(  # 2 log 2 > 7/10
        "entropy-bound-once",
        "entropy-bound/kl",
        "The entropy bound bounds the whole run",
        ("kl", "<=", "entropy_bound"),
        (EXACT_DENOISER, ENTROPY_BOUND_POLICY, TEMPERATURE_ONE),
        "entropy-bound.md",
        "true where at most one step reveals several tokens",
        {
            "language": _pair_language(4),
            "policy": {
                "kind": "adaptive",
                "score": "entropy",
                "order": "choose-then-sample",
                "entropy_bound": "7/10",
            },
        },
    ),
    _false(  # p(1, 1) = 891/1000, not 81/100
        "proposals-are-exact",
        "one-at-a-time/exact",
        "Confidence sampling at one token per step is exact",
        ("kl", "==", "0"),
        (EXACT_DENOISER, PROPOSALS_ONE_AT_A_TIME),
        "propose-then-choose.md",
        "true of uniform tokens, and of a single one",
        {
            "language": {"kind": "iid", "length": 2, "probabilities": ["1/10", "9/10"]},
            "policy": _confident(order="sample-then-choose", steps=2),
        },
    ),
)
