"""Statements that are proved in Coq, and the theorems of ``proofs_notes/coq`` that say them.

The index there lists the same, with what each theorem assumes and where it differs from the note.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["FORMAL", "file_of"]

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

FILES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Bernoulli.v": (
            "bernoulli_left_sum",
            "bernoulli_max_weight",
            "bernoulli_path_kl",
            "bernoulli_riemann_error",
            "bernoulli_uniform_rate",
            "bernoulli_vocabulary_rate",
        ),
        "FixedSize.v": (
            "fixed_size_left_sum",
            "fixed_size_max_size",
            "fixed_size_path_kl",
            "fixed_size_riemann_error",
            "fixed_size_vocabulary",
        ),
        "Information.v": (
            "language_area_curve",
            "language_area_profile",
            "language_curve_bernstein",
            "language_curve_drop",
            "language_curve_non_increasing",
            "language_profile_non_increasing",
            "language_total_drop",
            "total_drop_vocabulary",
        ),
        "Laws.v": ("ser_from_kl",),
        "LogMean.v": (
            "log_mean_lower",
            "log_mean_upper",
            "ser_from_log_mean",
        ),
        "Mixture.v": (
            "path_kl_mixture",
            "ser_mixture",
            "some_sizes_no_worse_path_kl",
            "some_sizes_no_worse_ser",
        ),
        "Pair.v": (
            "collision_at_least",
            "pair_half_wrong",
            "pair_linear_steps",
            "pair_ser_lower",
            "pair_token_error_lower",
        ),
        "Permutations.v": (
            "permutation_birthday",
            "permutation_half_wrong",
            "permutation_kl",
            "permutation_linear_steps",
            "permutation_path_kl",
        ),
        "Sampler.v": (
            "kl_le_path_kl",
            "learning_term_le",
            "ser_from_path_kl",
        ),
        "TokenError.v": (
            "sequence_error_sufficient_steps",
            "token_error_bernoulli",
            "token_error_bernoulli_vocabulary",
            "token_error_feng_form",
            "token_error_fixed_size",
            "token_error_identity",
        ),
        "TotalVariation.v": (
            "bretagnolle_huber",
            "pinsker_tv",
            "tv_at_least_ser",
        ),
    }
)
"""Those theorems by the file that states them."""


def file_of(theorem: str) -> str:
    """The file of ``proofs_notes/coq`` that states a theorem."""
    return next(file for file, theorems in FILES.items() if theorem in theorems)
