"""Markov chains at any length: entropies, the curve and PATH_KL from mutual informations, and what they bound.

The values are those of :mod:`maskbound.numerics.engines.markov.information`, where they are derived; it differentiates
the entropy of an erased sequence (area-theorem/defect) and so relies on the identities named here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..engines import markov
from ..engines.markov import bigrams, information
from ..engines.markov.chain import Measured, mean_of
from ..engines.needs import BERNOULLI, COUNTED, ONE_SCHEDULE, all_of, scope_of
from ..engines.workspace import Cost, Workspace
from ..instances import Instance
from ..numbers.enclosure import RAISED, UNIT_ROUNDOFF, Enclosure, Kind
from ..policies import Bernoulli
from .method import FINISHED, Method, Obstacle

__all__ = ["METHODS", "OBLIVIOUS", "enclosure"]

OBLIVIOUS = COUNTED.words

CUT = 30.0
"""A: what lies below -A has an expectation of at most exp(-A)."""

BY_CURVE = frozenset(
    {
        "area-theorem/defect",
        "area-theorem/curve",
        "area-theorem/profile",
        "bernoulli/riemann-error",
        "fixed-size/riemann-error",
        "learning-error/bernoulli",
        "learning-error/fixed-size",
    }
)


def enclosure(found: Measured, least: float = 0.0, most: float = math.inf) -> Enclosure:
    """A measured number of a chain engine, cut to the quantity's range."""
    if math.isinf(found.rounding):
        return Enclosure.between(least, most, "truncation", note="whether it is infinite is lost in rounding")
    kind: Kind = "truncation" if found.truncation else "rounding"
    return Enclosure.around(found.value, found.error, kind, least=least, most=most)


def _path_kl(work: Workspace) -> Enclosure:
    exact = _path_kl_of_exact(work)
    return enclosure(exact if work.instance.exact_denoiser else _added(exact, markov.learning_term(work)))


def _path_kl_of_exact(work: Workspace) -> Measured:
    policy, lags = work.instance.policy, markov.lag_information(work)
    if policy.size_law:
        return mean_of(
            [(probability, information.path_kl_fixed_size(lags, sizes)) for probability, sizes in policy.size_law]
        )
    return information.path_kl(lags, Bernoulli.of(policy).schedule.weights)


def _added(first: Measured, second: Measured) -> Measured:
    value = first.value + second.value
    if math.isinf(value):
        return Measured(value, 0.0)
    return Measured(
        value, first.rounding + second.rounding + UNIT_ROUNDOFF * value, first.truncation + second.truncation
    )


def _learning_term(work: Workspace) -> Enclosure:
    return enclosure(markov.learning_term(work))


def _mean_learning_error(work: Workspace) -> Enclosure:
    return _per_token(_learning_term(work), work.instance.length)


def _entropy(work: Workspace) -> Enclosure:
    return enclosure(information.entropy(markov.lag_information(work)))


def _log_ter_language(work: Workspace) -> Enclosure:
    return _per_token(_entropy(work), work.instance.length)


def _per_token(whole: Enclosure, length: int) -> Enclosure:
    if math.isinf(whole.value):
        return whole
    value = whole.value / length
    spread = max(whole.hi - whole.value, whole.value - whole.lo) / length
    return Enclosure.around(value, spread * RAISED + 2 * UNIT_ROUNDOFF * value, whole.kind, least=0.0)


def _curve_at(*fractions: float) -> Callable[[Workspace], Enclosure]:
    def run(work: Workspace) -> Enclosure:
        (found,) = information.curve(markov.lag_information(work), np.array(fractions))
        return enclosure(found)

    return run


def _curve_left_riemann_sum(work: Workspace) -> Enclosure:
    """``PATH_KL`` of the exact denoiser and ``H`` (bernoulli/riemann-error)."""
    return enclosure(_added(_path_kl_of_exact(work), information.entropy(markov.lag_information(work))))


def _of_predictions(quantity: str, run: Callable[[Workspace], Enclosure], obstacle: Obstacle, policies: str) -> Method:
    def imperfect(instance: Instance) -> str | None:
        return "the denoiser is exact" if instance.exact_denoiser else obstacle(instance)

    return Method(
        quantity,
        "markov",
        "truncation",
        imperfect,
        markov.learning_cost,
        run,
        f"homogeneous Markov chain x {policies}, inexact denoiser of two neighbours",
        "D^2 V^3; D distances until mixed, or seen",
    )


def _of_bigrams(quantity: str, run: Callable[[Workspace], Measured]) -> Method:
    return Method(
        quantity,
        "markov",
        "truncation",
        markov.bigram_obstacle,
        markov.bigram_cost,
        lambda work: replace(enclosure(run(work)), note="local scope off the support"),
        f"homogeneous Markov chain x {ONE_SCHEDULE.words}, exact denoiser, {FINISHED}, local scope",
        "N D V^4; D distances until mixed",
    )


def _generative_nll(work: Workspace) -> Measured:
    return bigrams.generative_nll(markov.pooled_bigrams(work), information.entropy(markov.lag_information(work)))


def _ser(work: Workspace) -> Enclosure:
    return enclosure(markov.sequence_error_rate(work), most=1.0)


def _sampled_kl(work: Workspace) -> Enclosure:
    """``KL`` from ``r(x) = log q(x)/p(x)`` at sequences drawn from q: a lower bound at the confidence asked for.

    Let Y be r cut to [-A, B]. Since ``E_q exp(-r) <= 1``, ``E r >= E Y - exp(-A)``, and for n values of Y with sample
    variance v the empirical Bernstein bound (Maurer and Pontil 2009) gives, with probability at least 1 - delta,
    ``E Y >= mean - sqrt(2 v log(2/delta)/n) - 7 (A+B) log(2/delta)/(3 (n-1))``. Above, ``KL <= PATH_KL``
    (kl-path-kl/given-times).
    """
    request, path = work.request, _path_kl(work)
    ratios = markov.log_ratios(work)
    low, high = -CUT, 4 * path.hi + CUT
    cut = np.clip([found.lo for found in ratios], low, high)
    n, delta = len(cut), 1 - request.confidence
    spread = math.sqrt(2 * float(np.var(cut, ddof=1)) * math.log(2 / delta) / n)
    spread += 7 * (high - low) * math.log(2 / delta) / (3 * (n - 1))
    mean = min(math.fsum(found.value for found in ratios) / n, path.hi)
    lo = min(max(float(cut.mean()) - spread - math.exp(-CUT), 0.0), path.hi)
    note = f"{n} sequences, seed {request.seed}; their mean, from a Bernstein bound to PATH_KL"
    return Enclosure(max(mean, lo), lo, path.hi, "statistical", confidence=request.confidence, note=note)


def _kl_from_below(work: Workspace) -> Enclosure:
    """From what neighbouring tokens tell of q and p to PATH_KL."""
    path = work.once(_path_kl)
    lo = min(markov.kl_from_below(work), path.hi)
    return Enclosure.between(lo, path.hi, note="by the sampler's bigrams, to PATH_KL")


def _of_sets(quantity: str, run: Callable[[Workspace], Measured], relies_on: frozenset[str] = frozenset()) -> Method:
    return Method(
        quantity,
        "markov",
        "rounding",
        markov.sets_obstacle,
        markov.sets_cost,
        lambda work: enclosure(run(work)),
        scope_of(markov.sets_obstacle),
        "L V^4",
        relies_on,
    )


def _information_cost(instance: Instance) -> Cost:
    cost = markov.information_cost(instance)
    if instance.exact_denoiser:
        return cost
    learning = markov.learning_cost(instance)
    return Cost(cost.operations + learning.operations, cost.bytes + learning.bytes)


def _method(
    quantity: str,
    run: Callable[[Workspace], Enclosure],
    obstacle: Obstacle,
    relies_on: frozenset[str] = frozenset(),
    scope: str = "",
    cost: Callable[[Instance], Cost] = markov.information_cost,
) -> Method:
    return Method(
        quantity,
        "markov",
        "truncation",
        obstacle,
        cost,
        run,
        scope or scope_of(obstacle),
        "D V^3 + N D; D distances until mixed",
        relies_on,
    )


METHODS = (
    _method("entropy", _entropy, markov.obstacle),
    _method("log_ter_language", _log_ter_language, markov.obstacle),
    _method(
        "total_correlation",
        lambda work: enclosure(information.total_correlation(markov.lag_information(work))),
        markov.obstacle,
    ),
    _method(
        "dual_total_correlation",
        lambda work: enclosure(information.dual_total_correlation(markov.lag_information(work))),
        markov.obstacle,
        BY_CURVE,
    ),
    _method("profile_start", _curve_at(0.0), markov.obstacle),
    _method("profile_end", _curve_at(1.0), markov.obstacle, BY_CURVE),
    _method("curve_area", _entropy, markov.obstacle, BY_CURVE),
    _method("profile_area", _entropy, markov.obstacle, BY_CURVE),
    _method(
        "curve_left_riemann_sum",
        _curve_left_riemann_sum,
        all_of(markov.obstacle, BERNOULLI),
        BY_CURVE,
    ),
    _method(
        "path_kl",
        _path_kl,
        markov.path_obstacle,
        BY_CURVE,
        f"Markov chain x {OBLIVIOUS}, exact denoiser; "
        f"homogeneous Markov chain x {OBLIVIOUS}, inexact denoiser of two neighbours",
        _information_cost,
    ),
    _of_predictions("learning_term", _learning_term, markov.near_obstacle, OBLIVIOUS),
    _of_predictions("mean_learning_error", _mean_learning_error, markov.near_obstacle, OBLIVIOUS),
    _of_predictions(
        "eps_learning", lambda work: enclosure(markov.worst_divergence(work)), markov.prediction_obstacle, "any policy"
    ),
    _of_bigrams("bigram_kl_rate", lambda work: bigrams.bigram_kl_rate(markov.pooled_bigrams(work))),
    _of_bigrams("bigram_tv_rate", lambda work: bigrams.bigram_tv_rate(markov.pooled_bigrams(work))),
    _of_bigrams("generative_nll", _generative_nll),
    Method(
        "ser",
        "markov",
        "truncation",
        markov.ser_obstacle,
        markov.ser_cost,
        _ser,
        scope_of(markov.ser_obstacle),
        "N D^3 V^4; D distances until mixed",
    ),
    Method(
        "ser",
        "markov",
        "rounding",
        markov.sizes_obstacle,
        markov.sizes_cost,
        lambda work: enclosure(markov.sequence_error_rate_of_sizes(work), most=1.0),
        scope_of(markov.sizes_obstacle),
        "L^2 V^4 prod_k (s_k + 1)^2 at most, in Python",
    ),
    Method(
        "kl",
        "markov",
        "bound",
        markov.kl_from_below_obstacle,
        markov.kl_from_below_cost,
        _kl_from_below,
        scope_of(markov.kl_from_below_obstacle),
        "N D^3 V^4; D distances until mixed",
        BY_CURVE | {"kl-path-kl/given-times"},
    ),
    Method(
        "kl",
        "markov",
        "statistical",
        markov.sampled_obstacle,
        markov.sampled_cost,
        _sampled_kl,
        scope_of(markov.sampled_obstacle),
        "samples N L D^2",
        BY_CURVE | {"kl-path-kl/given-times"},
    ),
    _of_sets("path_kl", markov.path_kl_of_sets),
    _of_sets("ser", markov.sequence_error_rate_of_sets),
)
