"""Quantities of adaptive policies: ``PATH_KL`` by its joint laws (M3.2), and the expected number of steps (M3.1)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..enclosure import UNIT_ROUNDOFF, Enclosure, gamma
from ..engines import push, tabular
from ..engines.workspace import Workspace
from ..instances import Instance
from ..policies import Adaptive
from .method import Method

__all__ = ["METHODS"]


def _path_kl_obstacle(instance: Instance) -> str | None:
    if not isinstance(instance.policy, Adaptive):
        return "the policy does not choose positions by their conditionals"
    if instance.policy.proposes:
        return "for sample-then-choose it is not defined: the choice depends on tokens that are thrown away (M3.2)"
    return None


def _path_kl(work: Workspace) -> Enclosure:
    """``sum_y omega(y) sum_i P(i revealed | y) E[-log p_theta(X_i | y)] - H(X)``.

    omega(y) is the chance that a run on the own tokens of ``x ~ q`` meets y. Relative errors of omega, of a share and
    of q move a term by themselves, and one of p_theta moves its logarithm.
    """
    instance = work.instance
    V, L = instance.vocab, instance.length
    omega, m = push.under_language(work), tabular.marginal_lattice(work)
    terms: list[float] = []
    for step, sources in push.levels(instance, omega):
        for piece in push.decided(work, step, sources):
            assert piece.choices is not None
            chances = omega[piece.sources, None] * push.inclusion(piece.choices)
            surprise = _cross_entropies(m, piece, V, L)
            used = chances > 0
            terms.append(math.fsum((chances[used] * surprise[used]).tolist()))
    value = math.fsum(terms)
    if math.isinf(value):
        return Enclosure.around(math.inf, 0.0)
    drawn = gamma(instance.policy.drawn_depth(V, push.rows(work).depth))
    mass = gamma(push.omega_depth(work) + tabular.exact_ratio_depth(instance) + V + 16)
    entropies, entropy_error = tabular.entropies(work)
    result = math.fsum([value, -entropies[-1]])
    error = value * (mass + 12 * UNIT_ROUNDOFF) + L * drawn + entropy_error + UNIT_ROUNDOFF * abs(result)
    return Enclosure.around(result, error * (1 + 1e-9), least=0.0)


def _cross_entropies(m: NDArray[np.float64], piece: push.Decided, V: int, L: int) -> NDArray[np.float64]:
    """``-sum_v q(v | y) log p_theta(v | y)`` at the masked positions of each source, (n, L)."""
    places = (V + 1) ** np.arange(L - 1, -1, -1)
    masked = piece.contexts.y == V
    filled = np.where(masked[..., None], piece.sources[:, None, None] + places[:, None] * np.arange(1, V + 1), 0)
    q = np.where(masked[..., None], m[filled] / m[piece.sources, None, None], 0.0)
    with np.errstate(divide="ignore"):
        logs = np.log(piece.drawn)
    return -np.where(q > 0, q * np.where(q > 0, logs, 0.0), 0.0).sum(axis=-1)


def _steps_obstacle(instance: Instance) -> str | None:
    if isinstance(instance.policy, Adaptive) and instance.policy.sizes is None:
        return None
    return "the number of steps is fixed"


def _expected_steps(work: Workspace) -> Enclosure:
    """Every partial sequence is met at most once, and every one that is and has a mask is a step."""
    visits = push.visits(work)
    L = work.instance.length
    incomplete = push.revealed_counts(work.instance.vocab, L) < L
    return Enclosure.relative(math.fsum(visits.mass[incomplete].tolist()), visits.depth + 1, most=float(L))


METHODS = (
    Method(
        "path_kl",
        "push",
        "rounding",
        _path_kl_obstacle,
        push.cost,
        _path_kl,
        "any language x choose-then-sample",
        "(2V+1)^L",
    ),
    Method(
        "expected_steps",
        "push",
        "rounding",
        _steps_obstacle,
        push.cost,
        _expected_steps,
        "any language x thresholds and entropy bounds",
        "(2V+1)^L; proposals V L times that",
    ),
)
