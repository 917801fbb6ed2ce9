"""Statements that came out of deciding claims for every language: given orders, and the best of random sizes."""

from __future__ import annotations

from maskbound.theory.assumptions import (
    BERNOULLI_POLICY,
    CHOSEN_FIRST,
    EXACT_DENOISER,
    MIXTURE_OF_SIZES_POLICY,
    SIZED_POLICY,
    TEMPERATURE_ONE,
)
from maskbound.theory.statement import Statement

__all__ = ["STATEMENTS"]


STATEMENTS = (
    Statement(
        id="chosen-first/tc",
        title="However positions are chosen first: PATH_KL is at most TC",
        lhs="path_kl",
        relation="<=",
        rhs="total_correlation",
        assumptions=(EXACT_DENOISER, CHOSEN_FIRST, TEMPERATURE_ONE),
        status="proved here",
        source="conditioning lowers entropy; found as a sum of Shannon's inequalities for given sets",
        note="positions-chosen-first.md",
        tight="equality in one step, for independent tokens, and for given sets whose dependence lies inside the first",
    ),
    Statement(
        id="chosen-first/dtc",
        title="However positions are chosen first: PATH_KL is at most (s_max - 1) DTC",
        lhs="path_kl",
        relation="<=",
        rhs="dual_total_correlation*(max_step_size - 1)",
        assumptions=(EXACT_DENOISER, CHOSEN_FIRST, SIZED_POLICY, TEMPERATURE_ONE),
        status="proved here",
        source="TC of s variables is at most s - 1 times their DTC; found as a sum of Shannon's inequalities",
        note="positions-chosen-first.md",
        tight="equality for a copied symbol inside a largest set, and for one token at a time (both sides 0)",
    ),
    Statement(
        id="chosen-first/both",
        title="However positions are chosen first: PATH_KL is at most (1 - 1/s_max)(TC + DTC)",
        lhs="path_kl",
        relation="<=",
        rhs="(1 - 1/max_step_size)*(total_correlation + dual_total_correlation)",
        assumptions=(EXACT_DENOISER, CHOSEN_FIRST, SIZED_POLICY, TEMPERATURE_ONE),
        status="proved here",
        source="fixed-size/max-size in one step, given what is revealed; found as a sum of Shannon's inequalities",
        note="positions-chosen-first.md",
        tight="equality for a copied symbol inside a largest set, and for one token at a time (both sides 0);"
        " random order gains the factor s_max/L (fixed-size/max-size)",
    ),
    Statement(
        id="best-sizes/rate",
        title="The best fixed sizes of N steps cost at most (TC + DTC)/(2 (N - 1))",
        lhs="best_sizes_path_kl*(2*N - 2)",
        relation="<=",
        rhs="total_correlation + dual_total_correlation",
        assumptions=(EXACT_DENOISER, BERNOULLI_POLICY),
        status="proved here",
        source="N - 1 evenly spaced boundaries with a random shift",
        note="best-sizes.md",
        tight="equality for independent tokens only (both sides 0); the least constant for all lengths is"
        " 1/M(N-1) in the place of 1/(2 (N - 1)) (random-sizes/information-lower)",
    ),
    Statement(
        id="mixture-of-sizes/best-list",
        title="A mixture of sizes is nearly as good as its best list: KL is at most min_s (PATH_KL_s + log 1/pi_s)",
        lhs="kl",
        relation="<=",
        rhs="best_list_path_kl",
        assumptions=(MIXTURE_OF_SIZES_POLICY,),
        status="proved here",
        source="p is at least pi_s times the law of the list s, sequence by sequence",
        note="random-sizes.md",
        tight="equality for one list whose KL is its PATH_KL, as on MDS codes",
    ),
)
