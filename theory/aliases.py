"""Names of earlier releases, understood for one more: ids of statements and names of quantities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

__all__ = ["OLD_IDS", "OLD_QUANTITIES", "Renamed"]

Value = TypeVar("Value")

OLD_IDS: Mapping[str, str] = {
    "M5.1-monotone": "profile/non-increasing",
    "M5.2": "area-theorem/defect",
    "M5.2-curve": "area-theorem/curve",
    "M5.2-profile": "area-theorem/profile",
    "M5.3": "profile/total-drop",
    "M5.3-vocabulary": "profile/vocabulary",
    "M5.4": "bernoulli/riemann-error",
    "M5.4-refinement": "refinement/path-kl-monotone",
    "M5.5": "fixed-size/riemann-error",
    "M5.6": "learning-error/worst-case",
    "M5.6-mean": "learning-error/mean",
    "M5.6-bernoulli": "learning-error/bernoulli",
    "M5.6-fixed-size": "learning-error/fixed-size",
    "M5.7": "curve/slope-is-mutual-information",
    "M5.8": "bernoulli/slope-identity",
    "M5.8-upper": "bernoulli/slope-upper",
    "M5.8-lower": "bernoulli/slope-lower",
    "M5.8-limit": "bernoulli/slope-limit",
    "M5.8-complexity": "odds-weighted-slope/quarter",
    "M5.8-complexity-tc": "odds-weighted-slope/tc",
    "M5.8-complexity-dtc": "odds-weighted-slope/dtc",
    "M5.8-growth": "bernoulli/odds-bound",
    "M5.9-path": "bernoulli/mixture-of-sizes-path-kl",
    "M5.9-ser": "bernoulli/mixture-of-sizes-ser",
    "M5.9-best-path": "fixed-size/no-worse-path-kl",
    "M5.9-best-ser": "fixed-size/no-worse-ser",
    "M6.1": "kl-path-kl/given-times",
    "M6.15-bound": "kl-path-kl/chosen-first",
    "M6.15": "kl-path-kl/equality-deterministic",
    "M6.15-steps": "path-kl/step-correlations",
    "M6.2": "bernoulli/max-weight",
    "M6.2-uniform": "bernoulli/uniform-rate",
    "M6.2-vocabulary": "bernoulli/vocabulary-rate",
    "M6.2-curve": "bernoulli/left-sum",
    "M6.2-weights": "bernoulli/uniform-weight",
    "M6.3": "fixed-size/max-size",
    "M6.3-balanced": "fixed-size/balanced",
    "M6.3-divisible": "fixed-size/equal",
    "M6.3-profile": "fixed-size/left-sum",
    "M6.3-sizes": "fixed-size/balanced-size",
    "M6.3-dyadic": "fixed-size/li-cai-form",
    "M6.3-dyadic-size": "fixed-size/dyadic-size",
    "M6.3-rate": "fixed-size/rate",
    "M6.3-vocabulary": "fixed-size/vocabulary",
    "M6.3-tc": "fixed-size/tc-only",
    "M6.3-dtc": "fixed-size/dtc-only",
    "M6.3-tc-steps": "fixed-size/log-length-steps",
    "M4-ter": "token-error/identity",
    "M6.4": "token-error/bernoulli",
    "M6.4-mean": "token-error/mean-learning-error",
    "M6.4-vocabulary": "token-error/vocabulary",
    "M6.4-fixed-size": "token-error/fixed-size",
    "M6.4-published": "token-error/feng-form",
    "M6.5-kl": "sequence-error/from-kl",
    "M6.5-path": "sequence-error/from-path-kl",
    "M6.10-ser": "sequence-error/from-log-mean",
    "M6.5-steps": "sequence-error/sufficient-steps",
    "M6.6": "pair/ser-lower",
    "M6.6-exponential": "pair/linear-steps",
    "M6.6-collision": "collision/at-least-1-over-n",
    "M6.11-pair": "pair/sharp-ser-lower",
    "M6.11-slack": "pair/l2-radius",
    "M6.11-conflict": "conflict/ser-lower",
    "M6.11-shifted": "shifted-pair/ser-lower",
    "M6.7-pinsker": "tv/pinsker",
    "M6.7-bretagnolle-huber": "tv/bretagnolle-huber",
    "M6.7-ser": "tv/at-least-ser",
    "M6.8-profile": "joint-mode/sum-rule",
    "M6.8": "joint-mode/uniform-rule",
    "M6.8-order": "joint-mode/sum-rule-is-weaker",
    "M6.8-tv": "tv/confident-marginals",
    "M6.9": "output-law/schedule-polynomial",
    "M6.10-kl": "log-mean-path-kl/lower",
    "M6.10-path": "log-mean-path-kl/upper",
    "M6.12": "pair/token-error-lower",
    "M6.12-steps": "pair/token-error-lower-rate",
    "M6.13": "independent-steps/path-kl",
    "M6.13-kl": "independent-steps/kl",
    "M6.13-ser": "independent-steps/ser",
    "M6.13-steps": "bisection/steps",
    "M6.13-depth": "markov/parallel-depth",
    "M6.14": "permutations/birthday",
    "M6.14-kl": "permutations/kl",
    "M6.14-path": "permutations/path-kl",
    "M6.14-steps": "permutations/linear-steps",
    "M6.14-sized": "permutations/linear-steps-any-policy",
    "M6.14-depth": "permutations/depth",
    "M6.16": "entropy-bound/path-kl",
    "M6.16-kl": "entropy-bound/kl",
    "M6.17": "propose-then-choose/mode-bias",
    "M6.17-exact": "one-at-a-time/exact",
    "M6.17-ser": "propose-then-choose/support",
    "M7-price": "break-even/price",
    "M7-steps": "break-even/steps",
    "M7-token": "break-even/token-error",
    "M7-sequence": "break-even/pair",
    "M7-permutations": "break-even/permutations",
    "M7-bisection": "break-even/bisection",
    "M9-independent": "iid/path-kl",
    "M9-one-at-a-time": "one-at-a-time/path-kl",
    "M9-one-step": "one-step/kl",
    "M9-pair-ser": "pair/ser",
    "M9-pair-kl": "pair/kl",
    "M9-pair-path": "pair/path-kl",
    "M9-parity-kl": "parity/kl",
    "M9-parity-path": "parity/path-kl",
    "M9-mds-kl": "mds/kl",
    "M9-mds-ser": "mds/ser",
    "M9-shifted-ser": "shifted-pair/ser",
    "false-convex-curve": "refuted/convex-curve",
    "false-path-kl-is-kl": "refuted/path-kl-is-kl",
    "false-tc-alone": "refuted/bernoulli-tc-only",
    "false-dtc-alone": "refuted/bernoulli-dtc-only",
    "false-any-policy": "refuted/vocabulary-rate-given-times",
    "false-size-minus-two": "refuted/fixed-size-minus-two",
    "false-indivisible-sizes": "refuted/fixed-size-equal-indivisible",
    "false-refining-lowers-kl": "refuted/refining-lowers-kl",
    "false-refining-lowers-ser": "refuted/refining-lowers-ser",
    "false-more-steps-lower-ser": "refuted/more-steps-lower-ser",
    "false-half-exponent": "refuted/ser-half-exponent",
    "false-pair-without-chance": "refuted/pair-without-agreement",
    "false-pair-mean-error": "refuted/pair-mean-error",
    "false-pair-fixed-size": "refuted/pair-fixed-size",
    "false-limit-is-bound": "refuted/slope-limit-is-upper-bound",
    "false-limit-is-lower-bound": "refuted/slope-limit-is-lower-bound",
    "false-growth-without-ends": "refuted/odds-bound-without-ends",
    "false-soft-is-kl": "refuted/log-mean-is-kl",
    "false-threshold-without-one": "refuted/uniform-rule-without-one",
    "false-bisection-any-language": "refuted/bisection-any-language",
    "false-conflict-fixed-size": "refuted/conflict-fixed-size",
    "false-any-adaptive-policy": "refuted/vocabulary-rate-adaptive",
    "false-identity-with-ties": "refuted/equality-with-ties",
    "false-entropy-bound-once": "refuted/entropy-bound-once",
    "false-proposals-are-exact": "refuted/proposals-are-exact",
}
"""Current ids of statements by old ones."""

OLD_QUANTITIES: Mapping[str, str] = {
    "soft_path_kl": "log_mean_path_kl",
    "crowded_steps": "expected_parallel_steps",
    "sized_success": "birthday_probability",
    "agreement_slack": "max_l2_deviation",
    "pair_conflict": "min_pair_conflict_probability",
    "mode_chance": "mode_probability",
    "best_proposals_chance": "iid_mode_probability_confidence_sampling",
    "curve_left_sum": "curve_left_riemann_sum",
    "growth_complexity": "odds_weighted_slope",
    "zero_error_depth": "exact_parallel_depth",
    "break_even_price": "speedup_at_unit_cost",
    "eps_learning_mean": "mean_learning_error",
}
"""Current names of quantities by old ones."""


class Renamed(Mapping[str, Value]):
    """A mapping by current name that also answers to old ones.

    Parameters
    ----------
    known : mapping
        By current name; iteration and length are its own.
    old : mapping of str to str
        Current names by old ones. ``name@2``, the second subject's, is renamed like ``name``.

    Examples
    --------
    >>> Renamed({"new": 1}, {"old": "new"})["old"]
    1
    """

    def __init__(self, known: Mapping[str, Value], old: Mapping[str, str]) -> None:
        self._known, self._old = known, old

    def current(self, name: str) -> str:
        """The current name of what was called ``name``; any other name as it is."""
        bare, at, which = name.partition("@")
        return self._old.get(bare, bare) + at + which

    def __getitem__(self, name: str) -> Value:
        return self._known[name] if name in self._known else self._known[self.current(name)]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name in self._known or self.current(name) in self._known)

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)
