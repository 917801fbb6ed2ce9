"""Products of blocks under fixed sizes, which the counts of revealed tokens couple.

What is linear in the reveal times needs only how many tokens of its block precede a given one: ``PATH_KL`` and its
parts come at any length. The probability of a sequence without error is an average of products over the blocks, by one
of two engines: block after block, or step after step. With it ``KL`` is enclosed from both sides,

    -log(1 - SER) <= KL <= -log E exp(-D_tau) <= PATH_KL        (sequence-error/from-kl, log-mean-path-kl/lower),

and the first two are equal where ``p_tau`` is constant on the support: for Pair, Copy, Parity and MDS blocks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..engines import blocks, tabular
from ..engines.blocks import counts as block_counts
from ..engines.blocks import probabilities as block_probabilities
from ..engines.blocks import profile as block_profile
from ..engines.blocks import steps as block_steps
from ..engines.blocks.counts import Composition, Tiny
from ..engines.blocks.probabilities import BlockProbabilities
from ..engines.needs import FIXED_SIZE, all_of
from ..engines.workspace import Cost, Workspace
from ..instances import Instance
from ..numbers.enclosure import LIBRARY, RAISED, UNIT_ROUNDOFF, Enclosure, Kind, gamma, margin
from ..policies import FixedSize
from . import information, path
from .method import Method
from .products import ALIKE, added, divided

__all__ = ["METHODS"]

BY_PROFILE = frozenset({"fixed-size/riemann-error", "learning-error/worst-case"})
SANDWICH = frozenset({"sequence-error/from-kl", "log-mean-path-kl/lower"})

obstacle = all_of(blocks.denoiser_obstacle, FIXED_SIZE)


def _sizes(instance: Instance) -> tuple[int, ...]:
    return FixedSize.of(instance.policy).sizes


def _profile_cost(instance: Instance) -> Cost:
    """One block's lattice, and a few numbers a token."""
    one, b = blocks.prediction_cost(instance), blocks.block_length(instance)
    return Cost(one.operations + 10.0 * b * b * instance.length, one.bytes + 40 * instance.length)


def _before(work: Workspace, values: information.Profile) -> Enclosure:
    """``(1/L) sum_k s_k v(S_{k-1})`` for a profile v of all blocks, from that of one."""
    weights, error = block_profile.before_law(_sizes(work.instance), len(values.values))
    used = weights > 0
    kept = information.Profile(values.values[used], values.error)
    one = Enclosure.around(*kept.weighted(weights[used], error), least=0.0)
    return added([(one, blocks.block_count(work.instance))])


def _learning_term(work: Workspace) -> Enclosure:
    if work.instance.exact_denoiser:
        return Enclosure.exactly(0)
    return _before(work, path.learning_profile(blocks.predicted_block(work)))


def _mean_learning_error(work: Workspace) -> Enclosure:
    return divided(_learning_term(work), work.instance.length)


def _profile_left_sum(work: Workspace) -> Enclosure:
    return _before(work, information.profile(blocks.language_block(work)))


def path_kl(work: Workspace) -> Enclosure:
    """``m sum_i weights[i] (z_b(i) - z_b(i+1))``, of which no term is negative, and the learning term."""
    return work.once(_path_kl)


def _path_kl(work: Workspace) -> Enclosure:
    z = information.profile(blocks.language_block(work))
    weights, error = block_profile.drop_weights(_sizes(work.instance), len(z.values))
    value = math.fsum(weights * np.maximum(z.values[:-1] - z.values[1:], 0.0))
    moved = math.fsum(weights) * 2 * z.error + value * (error + 4 * UNIT_ROUNDOFF)
    one = Enclosure.around(value, moved * RAISED, least=0.0)
    return _sum(added([(one, blocks.block_count(work.instance))]), _learning_term(work))


def _sum(first: Enclosure, second: Enclosure) -> Enclosure:
    return added([(first, 1), (second, 1)])


def _entropy(work: Workspace) -> Enclosure:
    H, error = tabular.entropies(blocks.language_block(work))
    return added([(Enclosure.around(H[-1], error, least=0.0), blocks.block_count(work.instance))])


def _log_ter(work: Workspace, kl: Enclosure) -> Enclosure:
    """``(H + KL) / L``."""
    H, L = _entropy(work), work.instance.length
    slack = 1 + 4 * UNIT_ROUNDOFF
    lo, hi = (H.lo + kl.lo) / L / slack, (H.hi + kl.hi) / L * slack
    return Enclosure.between(lo, hi)


def _profile_method(
    quantity: str,
    run: Callable[[Workspace], Enclosure],
    relies_on: frozenset[str] = frozenset(),
    kind: Kind = "rounding",
) -> Method:
    return Method(
        quantity,
        "blocks",
        kind,
        obstacle,
        _profile_cost,
        run,
        f"blocks x fixed-size, {ALIKE}",
        "one block of length b: b (V+1)^b; and L b^2",
        relies_on,
    )


def _probability(found: Tiny) -> Enclosure:
    """The number itself; too small a one comes out as zero and less than the smallest float64."""
    value, lost = math.ldexp(found.mantissa, found.exponent), math.ldexp(found.lost, found.exponent)
    error = (value and value * margin(found.depth)) * RAISED + lost + (math.ulp(0.0) if found.mantissa else 0.0)
    return Enclosure.around(value, error, least=0.0, most=1.0)


def _logs(mantissa: float, exponent: int) -> tuple[float, float]:
    """``-log(mantissa 2^exponent)``, and the sizes of its two terms added up."""
    one, other = math.log(mantissa), exponent * math.log(2)
    return 0.0 - (one + other), abs(one) + abs(other)


def _minus_log(found: Tiny) -> Enclosure:
    """``-log``, which needs no range."""
    if found.mantissa == 0:
        value, size = _logs(found.lost, found.exponent) if found.lost else (math.inf, 0.0)
        return Enclosure(math.inf, max(value - 2 * LIBRARY * size, 0.0), math.inf, "rounding")
    value, size = _logs(found.mantissa, found.exponent)
    relative = gamma(found.depth) + found.lost / found.mantissa
    if relative >= 0.5:
        most = math.log1p(margin(found.depth) + found.lost / found.mantissa)
        return Enclosure(max(value, 0.0), max(value - most - 8 * UNIT_ROUNDOFF * size, 0.0), math.inf, "rounding")
    return Enclosure.around(value, -math.log1p(-relative) * RAISED + 8 * UNIT_ROUNDOFF * size, least=0.0)


Product = Callable[[Mapping[Composition, float], Sequence[int], float], Tiny]


@dataclass(frozen=True)
class _Coupled:
    """An engine that averages products over all blocks.

    Parameters
    ----------
    name : str
    product : callable
        ``E prod_blocks beta`` from beta, the sizes and the roundings in beta.
    outcome : callable
        From the probabilities of a block and the sizes, the probability that all blocks come out right, and SER.
    cost : callable
        Of one such average, from the sizes and the length of a block.
    price : str
    """

    name: str
    product: Product
    outcome: Callable[[BlockProbabilities, Sequence[int]], tuple[Tiny, Enclosure]]
    cost: Callable[[Sequence[int], int], Cost]
    price: str


def _by_counts(probabilities: BlockProbabilities, sizes: Sequence[int]) -> tuple[Tiny, Enclosure]:
    """Nothing is subtracted."""
    right, wrong = block_counts.all_or_some(probabilities.right, probabilities.wrong, sizes, probabilities.depth)
    return right, _probability(wrong)


def _by_steps(probabilities: BlockProbabilities, sizes: Sequence[int]) -> tuple[Tiny, Enclosure]:
    """SER is one minus the other: its error is absolute."""
    right = block_steps.all_blocks(probabilities.right, sizes, probabilities.depth)
    probability = _probability(right)
    error = max(probability.hi - probability.value, probability.value - probability.lo) * RAISED + UNIT_ROUNDOFF
    return right, Enclosure.around(1 - probability.value, error, least=0.0, most=1.0)


def _sandwich(work: Workspace, right: Tiny, mean_ratio: Tiny) -> Enclosure:
    """KL from ``-log(1 - SER)`` to ``-log E exp(-D_tau)``."""
    low, high = _minus_log(right), _minus_log(mean_ratio)
    hi = max(min(high.hi, path_kl(work).hi), low.lo)
    return Enclosure.between(low.lo, hi, note="from -log(1 - SER) to -log E exp(-D)")


def _coupled_methods(engine: _Coupled) -> tuple[Method, ...]:
    def cost(instance: Instance) -> Cost:
        """The probabilities of a block, and an average of each of two functions."""
        one = block_probabilities.probabilities_cost(instance)
        average = engine.cost(_sizes(instance), blocks.block_length(instance))
        return Cost(one.operations + 2 * average.operations, one.bytes + average.bytes)

    def outcome(work: Workspace) -> tuple[Tiny, Enclosure]:
        return engine.outcome(block_probabilities.correct_probabilities(work), _sizes(work.instance))

    def sandwich(work: Workspace) -> Enclosure:
        ratios, depth = block_probabilities.likelihood_ratios(work)
        return _sandwich(work, work.once(outcome)[0], engine.product(ratios, _sizes(work.instance), depth))

    def ser(work: Workspace) -> Enclosure:
        return work.once(outcome)[1]

    def kl(work: Workspace) -> Enclosure:
        return work.once(sandwich)

    def method(quantity: str, run: Callable[[Workspace], Enclosure], kind: Kind, relies_on: frozenset[str]) -> Method:
        return Method(
            quantity, engine.name, kind, obstacle, cost, run, f"blocks x fixed-size, {ALIKE}", engine.price, relies_on
        )

    return (
        method("ser", ser, "rounding", frozenset()),
        method("kl", kl, "bound", SANDWICH),
        method("log_ter", lambda work: _log_ter(work, kl(work)), "bound", SANDWICH),
    )


COUPLED = (
    _Coupled(
        "block-counts",
        block_counts.all_blocks,
        _by_counts,
        block_counts.counts_cost,
        "m blocks of length b: m C(b+N-1, b) prod_k (s_k + 1)",
    ),
    _Coupled(
        "block-steps",
        block_steps.all_blocks,
        _by_steps,
        block_steps.steps_cost,
        "blocks of length b: sum_k min(S_k, L - S_k)^(2^(b-1) - 1) s_k^2, in Python",
    ),
)

METHODS = (
    _profile_method("path_kl", path_kl, BY_PROFILE),
    _profile_method("learning_term", _learning_term),
    _profile_method("mean_learning_error", _mean_learning_error),
    _profile_method("profile_left_sum", _profile_left_sum),
    *(method for engine in COUPLED for method in _coupled_methods(engine)),
)
