"""Statements that are proved in Coq, and the theorems of ``proofs_notes/coq`` that say them.

The index there lists the same, with what each theorem assumes and where it differs from the note.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["FORMAL"]

FORMAL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "area-theorem/curve": ("language_area_curve",),
        "area-theorem/profile": ("language_area_profile",),
        "bernoulli/left-sum": ("bernoulli_left_sum",),
        "bernoulli/max-weight": ("bernoulli_max_weight",),
        "bernoulli/mixture-of-sizes-path-kl": ("path_kl_mixture",),
        "bernoulli/mixture-of-sizes-ser": ("ser_mixture",),
        "bernoulli/riemann-error": ("bernoulli_riemann_error",),
        "bernoulli/uniform-rate": ("bernoulli_uniform_rate",),
        "bernoulli/vocabulary-rate": ("bernoulli_vocabulary_rate",),
        "collision/at-least-1-over-n": ("collision_at_least",),
        "fixed-size/left-sum": ("fixed_size_left_sum",),
        "fixed-size/max-size": ("fixed_size_max_size",),
        "fixed-size/no-worse-path-kl": ("some_sizes_no_worse_path_kl",),
        "fixed-size/no-worse-ser": ("some_sizes_no_worse_ser",),
        "fixed-size/riemann-error": ("fixed_size_riemann_error",),
        "fixed-size/vocabulary": ("fixed_size_vocabulary",),
        "kl-path-kl/given-times": ("kl_le_path_kl",),
        "learning-error/bernoulli": ("bernoulli_path_kl",),
        "learning-error/fixed-size": ("fixed_size_path_kl",),
        "learning-error/worst-case": ("learning_term_le",),
        "log-mean-path-kl/lower": ("log_mean_lower",),
        "log-mean-path-kl/upper": ("log_mean_upper",),
        "pair/linear-steps": ("pair_linear_steps", "pair_half_wrong"),
        "pair/ser-lower": ("pair_ser_lower",),
        "pair/token-error-lower": ("pair_token_error_lower",),
        "permutations/birthday": ("permutation_birthday",),
        "permutations/kl": ("permutation_kl",),
        "permutations/linear-steps": ("permutation_linear_steps", "permutation_half_wrong"),
        "permutations/path-kl": ("permutation_path_kl",),
        "profile/non-increasing": (
            "language_profile_non_increasing",
            "language_curve_non_increasing",
            "language_curve_bernstein",
        ),
        "profile/total-drop": ("language_total_drop", "language_curve_drop"),
        "profile/vocabulary": ("total_drop_vocabulary",),
        "sequence-error/from-kl": ("ser_from_kl",),
        "sequence-error/from-log-mean": ("ser_from_log_mean",),
        "sequence-error/from-path-kl": ("ser_from_path_kl",),
        "sequence-error/sufficient-steps": ("sequence_error_sufficient_steps",),
        "token-error/bernoulli": ("token_error_bernoulli",),
        "token-error/feng-form": ("token_error_feng_form",),
        "token-error/fixed-size": ("token_error_fixed_size",),
        "token-error/identity": ("token_error_identity",),
        "token-error/vocabulary": ("token_error_bernoulli_vocabulary",),
        "tv/at-least-ser": ("tv_at_least_ser",),
        "tv/bretagnolle-huber": ("bretagnolle_huber",),
        "tv/pinsker": ("pinsker_tv",),
    }
)
"""Names of theorems by the id of the statement."""
