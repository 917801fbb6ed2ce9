"""Statements about the best random sizes: the value of the game of a schedule against a language, and its closed forms.

The *value* for a length and a number of steps is the least v such that some random sizes have ``PATH_KL <= v D`` for
every language, D one of TC, DTC and their sum. Since one language is the worst for every list of sizes at once, it is
also the least v with which the best sizes for a language cost at most ``v D``.
"""

from __future__ import annotations

from maskbound.theory.assumptions import ALL_BUT_ONE_STEP, BERNOULLI_POLICY, EXACT_DENOISER, TWO_STEPS, Assumption
from maskbound.theory.bibliography import Citation
from maskbound.theory.statement import Statement

__all__ = ["STATEMENTS"]


def _best(name: str, title: str, bound: str) -> Statement:
    return Statement(
        id=name,
        title=title,
        lhs="best_sizes_path_kl",
        relation="<=",
        rhs=bound,
        assumptions=(EXACT_DENOISER, BERNOULLI_POLICY),
        status="proved here",
        source="the mean over the best random sizes is at most that, for every language at once",
        note="random-sizes.md",
        tight="equality for the product of MDS codes that `maskbound minimax` gives the exponents of, under every list"
        " of sizes that it may draw, and for one token at a time (both sides 0)",
    )


def _about_value(
    name: str,
    title: str,
    sides: tuple[str, str, str],
    source: str,
    tight: str,
    *,
    needs: tuple[Assumption, ...] = (),
    note: str = "random-sizes.md",
    published: tuple[Citation, ...] = (),
) -> Statement:
    lhs, relation, rhs = sides
    return Statement(
        id=name,
        title=title,
        lhs=lhs,
        relation=relation,
        rhs=rhs,
        assumptions=(BERNOULLI_POLICY, *needs),
        status="identity" if relation == "==" else "proved here",
        source=source,
        note=note,
        tight=tight,
        published=published,
    )


STATEMENTS = (
    _best(
        "random-sizes/tc",
        "The best sizes cost at most the value of the game against TC",
        "minimax_tc*total_correlation",
    ),
    _best(
        "random-sizes/dtc",
        "The best sizes cost at most the value of the game against DTC",
        "dual_total_correlation*minimax_dtc",
    ),
    _best(
        "random-sizes/information",
        "The best sizes cost at most the value of the game against TC + DTC",
        "minimax_information*(total_correlation + dual_total_correlation)",
    ),
    _about_value(
        "random-sizes/two-steps-tc",
        "Two steps against TC: the value is 1 - 1/H_{L-1}",
        ("harmonic_number*(1 - minimax_tc)", "==", "1"),
        "partial summation over where the one boundary lies",
        "always an equality",
        needs=(TWO_STEPS,),
    ),
    _about_value(
        "random-sizes/two-steps-dtc",
        "Two steps against DTC: the value is a largest quotient of harmonic sums",
        ("minimax_dtc", "==", "two_step_dtc_value"),
        "partial summation over where the one boundary lies",
        "always an equality",
        needs=(TWO_STEPS,),
    ),
    _about_value(
        "random-sizes/two-steps-information",
        "Two steps against TC + DTC: the value is that of the secretary problem less 1/L",
        ("minimax_information", "==", "secretary_probability - 1/L"),
        "partial summation over where the one boundary lies",
        "always an equality",
        needs=(TWO_STEPS,),
    ),
    *(
        _about_value(
            name,
            f"L - 1 steps against {shown}: the value is {numerator}/(L (L - 1))",
            (f"L*{value}*(L - 1)", "==", str(numerator)),
            "the probabilities of the one step of two tokens add up to 1",
            "always an equality",
            needs=(ALL_BUT_ONE_STEP,),
        )
        for name, shown, value, numerator in (
            ("random-sizes/all-but-one-step-tc", "TC", "minimax_tc", 2),
            ("random-sizes/all-but-one-step-dtc", "DTC", "minimax_dtc", 2),
            ("random-sizes/all-but-one-step-information", "TC + DTC", "minimax_information", 1),
        )
    ),
    _about_value(
        "random-sizes/information-upper",
        "N steps against TC + DTC: the value is at most 1/M(N-1), for every length",
        ("minimax_information*uniforms_to_exceed", "<=", "1"),
        "one uniform number, and fractions at which a renewal function has equal mean distances",
        "not attained; approached by long sequences",
        note="best-sizes.md",
    ),
    _about_value(
        "random-sizes/information-lower",
        "N steps against TC + DTC: the value is at least 1/M(N-1) - 1/L",
        ("minimax_information", ">=", "1/uniforms_to_exceed - 1/L"),
        "a language against which every choice of fractions costs as much",
        "equality in one step",
        note="best-sizes.md",
    ),
    _about_value(
        "random-sizes/information-even",
        "N steps against TC + DTC: the value is at least (1/N - 1/L) L/(2 (L - 1))",
        ("N*minimax_information*(2*L - 2)", ">=", "L - N"),
        "the language whose profile falls evenly",
        "equality for N = L (both sides 0), and for L = 2 in one step",
        note="best-sizes.md",
    ),
    _about_value(
        "random-sizes/few-steps-tc-lower",
        "Few steps against TC: the value is at least 1 - (N - 1)/H_{L-1}",
        ("harmonic_number*(1 - minimax_tc)", "<=", "N - 1"),
        "each boundary saves at most 1 of the harmonic weight (1 - u/r after the first)",
        "equality in one step, and in two for L >= 2",
    ),
    _about_value(
        "random-sizes/few-steps-tc-upper",
        "Few steps against TC: the value is at most 1 - g (1 - exp(1 - 1/g)), g = (N - 1)/H_{L-1}",
        (
            "harmonic_number*(1 - minimax_tc)",
            ">=",
            "(1 - exp(1 - harmonic_number/max(1, N - 1)))*(N - 1)",
        ),
        "a step ends with u tokens masked with probability g/u",
        "equality in one step (both sides 0)",
    ),
    _about_value(
        "random-sizes/few-steps-dtc-lower",
        "Few steps against DTC: the value is at least of order (L + 1)^(1/N) N/log L",
        (
            "harmonic_number*minimax_dtc",
            ">=",
            "N*(exp(log(1 + L)/N) - 1) - L/(1 + L) - log(1 + L)",
        ),
        "a step from b revealed tokens to c costs at least c/b - 1 - log(c/b), up to what telescopes",
        "not attained",
    ),
)
