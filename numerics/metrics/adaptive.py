"""Quantities of adaptive policies: ``PATH_KL`` by its joint laws (definitions.md#joint-law), steps, and the sides of
the statements about them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from .._kernels.choices import CERTAIN
from .._kernels.pushes import correlations
from ..engines import adaptive, tabular
from ..engines.law import Law
from ..engines.workspace import Cost, Workspace
from ..instances import Instance
from ..languages import NGram
from ..numbers.enclosure import RAISED, UNIT_ROUNDOFF, Enclosure, gamma
from ..numbers.probabilities import PARAMETER_DEPTH
from ..policies import Adaptive
from .method import Method, Obstacle, methods_by_law

__all__ = ["METHODS"]

LONGEST_PRODUCT = 2000
"""Tokens for which a product of rationals is multiplied out."""


def _path_kl_obstacle(instance: Instance) -> str | None:
    if not instance.policy.compares:
        return "the policy does not choose positions by their conditionals"
    if instance.policy.proposes:
        return "for sample-then-choose it is not defined: the choice depends on tokens that are thrown away"
    return None


def _path_kl(work: Workspace) -> Enclosure:
    """``sum_y omega(y) sum_i P(i revealed | y) E[-log p_theta(X_i | y)] - H(X)``.

    omega(y) is the probability that a run on the own tokens of ``x ~ q`` meets y. Relative errors of omega, of a share
    and of q move a term by themselves, and one of p_theta moves its logarithm.
    """
    instance = work.instance
    V, L = instance.vocab, instance.length
    omega, m = adaptive.under_language(work), tabular.marginal_lattice(work)
    terms: list[float] = []
    for step, sources in adaptive.levels(instance, omega):
        for piece in adaptive.decided(work, step, sources):
            assert piece.choices is not None
            probabilities = omega[piece.sources, None] * adaptive.inclusion(piece.choices)
            surprise = _cross_entropies(m, piece, V, L)
            used = probabilities > 0
            terms.append(math.fsum((probabilities[used] * surprise[used]).tolist()))
    value = math.fsum(terms)
    if math.isinf(value):
        return Enclosure.around(math.inf, 0.0)
    drawn = gamma(instance.policy.drawn_depth(V, adaptive.rows(work).depth))
    mass = gamma(adaptive.omega_depth(work) + tabular.exact_ratio_depth(instance) + V + 16)
    entropies, entropy_error = tabular.entropies(work)
    result = math.fsum([value, -entropies[-1]])
    error = value * (mass + 12 * UNIT_ROUNDOFF) + L * drawn + entropy_error + UNIT_ROUNDOFF * abs(result)
    return Enclosure.around(result, error * RAISED, least=0.0)


def _cross_entropies(m: NDArray[np.float64], piece: adaptive.Decided, V: int, L: int) -> NDArray[np.float64]:
    """``-sum_v q(v | y) log p_theta(v | y)`` at the masked positions of each source, (n, L)."""
    q = adaptive.exact_conditionals(m, piece, V, L)
    with np.errstate(divide="ignore"):
        logs = np.log(piece.drawn)
    return -np.where(q > 0, q * np.where(q > 0, logs, 0.0), 0.0).sum(axis=-1)


def _step_correlation(work: Workspace) -> Enclosure:
    """``sum_y omega(y) E[TC of what is revealed | y]``; each term errs by a few roundings of its size."""
    instance = work.instance
    V, L = instance.vocab, instance.length
    omega, m = adaptive.under_language(work), tabular.marginal_lattice(work)
    depth = adaptive.omega_depth(work) + 3 * tabular.exact_ratio_depth(instance) + L + 20
    terms, errors = [], []
    for step, sources in adaptive.levels(instance, omega):
        for piece in adaptive.decided(work, step, sources):
            assert piece.choices is not None
            rows = adaptive.exact_conditionals(m, piece, V, L)
            found = correlations(m, piece.sources, rows, piece.choices.state, piece.choices.drawn)
            weights = omega[piece.sources]
            terms.append(math.fsum((weights * found[:, 0]).tolist()))
            # A log moves by the error of its argument, in each of at most L factors.
            size = weights * (found[:, 1] * (1 + L * UNIT_ROUNDOFF) + L)
            errors.append(math.fsum((size * [gamma(depth + int(count)) for count in found[:, 2]]).tolist()))
    return Enclosure.around(math.fsum(terms), math.fsum(errors) * RAISED, least=0.0)


def _expected_parallel_steps(work: Workspace) -> Enclosure:
    """The probabilities of the partial sequences from which more than one position is revealed."""
    omega = adaptive.under_language(work)
    terms = []
    for step, sources in adaptive.levels(work.instance, omega):
        for piece in adaptive.decided(work, step, sources):
            assert piece.choices is not None
            count = (piece.choices.state == CERTAIN).sum(axis=1) + piece.choices.drawn
            terms.append(math.fsum(omega[piece.sources][count > 1].tolist()))
    return Enclosure.relative(math.fsum(terms), adaptive.omega_depth(work) + 2)


def _entropy_bound_obstacle(instance: Instance) -> str | None:
    return None if instance.has("EntropyBoundPolicy") else "the policy has no entropy bound"


def _entropy_bound(work: Workspace) -> Enclosure:
    bound = Adaptive.of(work.instance.policy).bound
    assert bound is not None
    return Enclosure.exactly(Fraction(bound))


def _mode_probability(work: Workspace, law: Law) -> Enclosure:
    """p where q is largest; between several that rounding cannot tell apart, rationals decide, or all are enclosed."""
    q = law.q
    near = np.flatnonzero(q >= q.max() * (1 - 2 * gamma(law.q_depth)))
    if len(near) > 1 and work.instance.language.rational:
        exact = work.instance.language.exact_table()[near]
        near = near[[int(np.flatnonzero(exact == exact.max())[0])]]
    found = [Enclosure.relative(p, law.p_depth, most=1.0) for p in law.p[near].tolist()]
    lo, hi = min(one.lo for one in found), max(one.hi for one in found)
    return Enclosure(found[0].value, lo, hi, "rounding")


def _one_law(instance: Instance) -> str | None:
    if instance.language.memory != 0:
        return "the tokens are not i.i.d. by form"
    return None if instance.length <= LONGEST_PRODUCT else f"it is for at most {LONGEST_PRODUCT} tokens"


def _iid_mode_probability_confidence_sampling(work: Workspace) -> Enclosure:
    law = NGram.of(work.instance.language).transition
    L = work.instance.length
    if law.rational:
        return Enclosure.exactly(_all_largest(max(law.fractions[0]), L))
    # Every factor moves by at most m times as much as t, of itself.
    t = Fraction(law.values[0].max())
    return Enclosure.relative(float(_all_largest(t, L)), PARAMETER_DEPTH * L * (L + 1) // 2 + 1, most=1.0)


def _all_largest(t: Fraction, length: int) -> Fraction:
    return math.prod((1 - (1 - t) ** m for m in range(1, length + 1)), start=Fraction(1))


def _steps_obstacle(instance: Instance) -> str | None:
    if instance.policy.compares and instance.policy.sizes is None:
        return None
    return "the number of steps is fixed"


def _expected_steps(work: Workspace) -> Enclosure:
    """Every partial sequence is met at most once, and every one that is and has a mask is a step."""
    visits = adaptive.visits(work)
    L = work.instance.length
    incomplete = adaptive.revealed_counts(work.instance.vocab, L) < L
    return Enclosure.relative(math.fsum(visits.mass[incomplete].tolist()), visits.depth + 1, most=float(L))


def _pushed(quantity: str, run: Callable[[Workspace], Enclosure], obstacle: Obstacle, policies: str) -> Method:
    return Method(
        quantity, "adaptive", "rounding", obstacle, adaptive.cost, run, f"any language x {policies}", adaptive.PRICE
    )


def _of_parameters(quantity: str, run: Callable[[Workspace], Enclosure], obstacle: Obstacle, scope: str) -> Method:
    return Method(quantity, "schedule", "exact", obstacle, lambda instance: Cost(instance.length, 0), run, scope, "L")


METHODS = (
    _pushed("path_kl", _path_kl, _path_kl_obstacle, "choose-then-sample"),
    _pushed("step_correlation", _step_correlation, _path_kl_obstacle, "choose-then-sample"),
    _pushed("expected_parallel_steps", _expected_parallel_steps, _path_kl_obstacle, "choose-then-sample"),
    _pushed("expected_steps", _expected_steps, _steps_obstacle, "thresholds or entropy bounds"),
    _of_parameters("entropy_bound", _entropy_bound, _entropy_bound_obstacle, "any language x entropy bounds"),
    _of_parameters(
        "iid_mode_probability_confidence_sampling",
        _iid_mode_probability_confidence_sampling,
        _one_law,
        "i.i.d. tokens x any policy",
    ),
    *methods_by_law("mode_probability", lambda work, law: _mode_probability(work, law(work))),
)
