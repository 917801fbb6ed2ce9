"""Markov chains at any length (M8.4): entropies, the curve and PATH_KL from mutual informations, and what they bound.

The values are those of :mod:`maskbound.numerics.engines.markov.information`, where they are derived; it differentiates
the entropy of an erased sequence (M5.2) and so relies on the identities named here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..enclosure import UNIT_ROUNDOFF, Enclosure
from ..engines import markov
from ..engines.markov import information as information
from ..engines.markov.bigrams import bigram_kl_rate, bigram_tv_rate, generative_nll
from ..engines.markov.chain import Measured
from ..engines.workspace import Workspace
from ..instances import Instance
from ..policies import Bernoulli, FixedSize
from .method import Method, Obstacle

__all__ = ["METHODS", "enclosure"]

CUT = 30.0
"""A: what lies below -A has an expectation of at most exp(-A)."""

BY_CURVE = frozenset({"M5.2", "M5.2-curve", "M5.2-profile", "M5.4", "M5.5", "M5.6-bernoulli", "M5.6-fixed-size"})


def enclosure(found: Measured, least: float = 0.0, most: float = math.inf) -> Enclosure:
    """A measured number of a chain engine, cut to the quantity's range."""
    if math.isinf(found.rounding):
        return Enclosure(found.value, least, most, "truncation", note="whether it is infinite is lost in rounding")
    kind = "truncation" if found.truncation else "rounding"
    return Enclosure.around(found.value, found.error, kind, least=least, most=most)


def _path_kl(work: Workspace) -> Enclosure:
    policy, lags = work.instance.policy, markov.lag_information(work)
    if isinstance(policy, FixedSize):
        return enclosure(information.path_kl_fixed_size(lags, policy.sizes))
    assert isinstance(policy, Bernoulli)
    return enclosure(information.path_kl(lags, policy.schedule.weights))


def _entropy(work: Workspace) -> Enclosure:
    return enclosure(information.entropy(markov.lag_information(work)))


def _log_ter_language(work: Workspace) -> Enclosure:
    return _per_token(_entropy(work), work.instance.length)


def _per_token(whole: Enclosure, length: int) -> Enclosure:
    value = whole.value / length
    spread = max(whole.hi - whole.value, whole.value - whole.lo) / length
    return Enclosure.around(value, spread * (1 + 1e-9) + 2 * UNIT_ROUNDOFF * value, whole.kind, least=0.0)


def _curve_at(*fractions: float) -> Callable[[Workspace], Enclosure]:
    def run(work: Workspace) -> Enclosure:
        (found,) = information.curve(markov.lag_information(work), np.array(fractions))
        return enclosure(found)

    return run


def _kl_bound(work: Workspace) -> Enclosure:
    """``0 <= KL <= PATH_KL``."""
    path = _path_kl(work)
    return Enclosure(path.value / 2, 0.0, path.hi, "bound", note="anything from 0 to PATH_KL")


def _log_ter_bound(work: Workspace) -> Enclosure:
    """``H <= L log TER <= H + PATH_KL``."""
    H, path, L = _entropy(work), _path_kl(work), work.instance.length
    lo, hi = _per_token(H, L).lo, math.nextafter((H.hi + path.hi) / L * (1 + 2 * UNIT_ROUNDOFF), math.inf)
    return Enclosure((lo + hi) / 2, lo, hi, "bound", note="from H/L to (H + PATH_KL)/L")


def _ser_bound(work: Workspace) -> Enclosure:
    """``0 <= SER <= 1 - exp(-PATH_KL)``."""
    most = min(-math.expm1(-_path_kl(work).hi) * (1 + 8 * UNIT_ROUNDOFF), 1.0)
    return Enclosure(most / 2, 0.0, most, "bound", note="anything from 0 to 1 - exp(-PATH_KL)")


def _bernoulli(instance: Instance) -> str | None:
    if not isinstance(instance.policy, Bernoulli):
        return "it belongs to Bernoulli policies"
    return markov.exact_obstacle(instance)


def _curve_left_sum(work: Workspace) -> Enclosure:
    """``PATH_KL + H`` (M5.4)."""
    path, H = _path_kl(work), _entropy(work)
    value = path.value + H.value
    spread = path.width + H.width + 2 * UNIT_ROUNDOFF * value
    return Enclosure.around(value, spread, "truncation" if "truncation" in (path.kind, H.kind) else "rounding")


def _of_bigrams(quantity: str, run: Callable[[Workspace], Measured]) -> Method:
    return Method(
        quantity,
        "markov",
        "truncation",
        markov.bigram_obstacle,
        markov.bigram_cost,
        lambda work: replace(enclosure(run(work)), note="local scope off the support"),
        "Markov chain x Bernoulli or fixed-size; uniform or marginal off the support, local scope",
        "N D V^4; D distances until mixed",
    )


def _generative_nll(work: Workspace) -> Measured:
    return generative_nll(markov.bigrams(work), information.entropy(markov.lag_information(work)))


def _ser(work: Workspace) -> Enclosure:
    return enclosure(markov.sequence_error_rate(work), most=1.0)


def _sampled_kl(work: Workspace) -> Enclosure:
    """``KL`` from ``r(x) = log q(x)/p(x)`` at sequences drawn from q: a lower bound at the confidence asked for.

    Let Y be r cut to [-A, B]. Since ``E_q exp(-r) <= 1``, ``E r >= E Y - exp(-A)``, and for n values of Y with sample
    variance v the empirical Bernstein bound (Maurer and Pontil 2009) gives, with chance at least 1 - delta,
    ``E Y >= mean - sqrt(2 v log(2/delta)/n) - 7 (A+B) log(2/delta)/(3 (n-1))``. Above, ``KL <= PATH_KL`` (M6.1).
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


def _of_sets(quantity: str, run: Callable[[Workspace], Measured], relies_on: frozenset[str] = frozenset()) -> Method:
    return Method(
        quantity,
        "markov",
        "rounding",
        markov.sets_obstacle,
        markov.sets_cost,
        lambda work: enclosure(run(work)),
        "Markov chain x fixed sets",
        "L V^4",
        relies_on,
    )


def _method(
    quantity: str,
    run: Callable[[Workspace], Enclosure],
    obstacle: Obstacle,
    relies_on: frozenset[str] = frozenset(),
    kind: str = "truncation",
) -> Method:
    policies = "Bernoulli or fixed-size" if obstacle is markov.exact_obstacle else "any policy"
    return Method(
        quantity,
        "markov",
        kind,
        obstacle,
        markov.information_cost,
        run,
        f"Markov chain x {policies}",
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
    _method("curve_left_sum", _curve_left_sum, _bernoulli, BY_CURVE),
    _method("path_kl", _path_kl, markov.exact_obstacle, BY_CURVE),
    _of_bigrams("bigram_kl_rate", lambda work: bigram_kl_rate(markov.bigrams(work))),
    _of_bigrams("bigram_tv_rate", lambda work: bigram_tv_rate(markov.bigrams(work))),
    _of_bigrams("generative_nll", _generative_nll),
    Method(
        "ser",
        "markov",
        "truncation",
        markov.ser_obstacle,
        markov.ser_cost,
        _ser,
        "Markov chain x Bernoulli",
        "N D^3 V^4; D distances until mixed",
    ),
    Method(
        "kl",
        "markov",
        "statistical",
        markov.sampled_obstacle,
        markov.sampled_cost,
        _sampled_kl,
        "Markov chain x Bernoulli",
        "samples N L D^2",
        BY_CURVE | {"M6.1"},
    ),
    _of_sets("kl", markov.path_kl_of_sets),
    _of_sets("path_kl", markov.path_kl_of_sets),
    _of_sets("ser", markov.sequence_error_rate_of_sets),
    _method("kl", _kl_bound, markov.exact_obstacle, BY_CURVE | {"M6.1"}, "bound"),
    _method("log_ter", _log_ter_bound, markov.exact_obstacle, BY_CURVE | {"M6.1"}, "bound"),
    _method("ser", _ser_bound, markov.exact_obstacle, BY_CURVE | {"M6.1", "M6.5-kl", "M6.5-path"}, "bound"),
)
