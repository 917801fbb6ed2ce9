"""Products of blocks at any length: which instances factorise, and into which small ones.

Given the reveal times, the blocks of a sequence do not know of each other, as long as the denoiser predicts a
block from that block alone. Under a Bernoulli policy their reveal times are independent too, so one block is
measured as a table and the rest is arithmetic; with fixed sets the reveal times are given, and blocks revealed in
the same pattern are measured once; with fixed sizes the blocks share a count of revealed tokens, see
:mod:`.profile`, :mod:`.counts` and :mod:`.steps`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ...denoisers import Exact
from ...instances import Instance
from ...languages import Blocks
from ...policies import Bernoulli, FixedSets, FixedSize, Policy
from .. import tabular
from ..needs import APART, Need, all_of
from ..workspace import Cost, Workspace

__all__ = [
    "block_count",
    "block_length",
    "block_of_sizes",
    "cost",
    "denoiser_obstacle",
    "language_block",
    "language_cost",
    "language_obstacle",
    "obstacle",
    "parts",
    "predicted_block",
    "prediction_cost",
    "revealed_patterns",
    "sized_cost",
]

MOST_KEPT = 4
"""Policies whose patterns are remembered: a cost is asked for once a quantity."""


language_obstacle = Need(
    "blocks", "the language is not a product of blocks", lambda instance: instance.language.is_product
)
denoiser_obstacle = all_of(
    language_obstacle,
    Need(
        "denoiser alike in every block",
        "the denoiser does not treat every block alike",
        lambda instance: instance.denoiser.alike,
    ),
)
obstacle = all_of(denoiser_obstacle, APART)


def _blocks(instance: Instance) -> Blocks:
    return Blocks.of(instance.language)


def block_count(instance: Instance) -> int:
    """m, the number of blocks."""
    return _blocks(instance).count


def _alone(instance: Instance, policy: Policy) -> Instance:
    """A single block under a policy of its own; a contradiction cannot reach further than the block."""
    return replace(instance, language=_blocks(instance).block, policy=policy, off_support_scope=None)


def block_length(instance: Instance) -> int:
    """b, the length of a block."""
    return _blocks(instance).block.length


def parts(work: Workspace) -> list[tuple[Workspace, int]]:
    """One block of every sort, and how many of it there are: one sort under Bernoulli, one a pattern for fixed sets."""
    return work.once(_parts)


def _parts(work: Workspace) -> list[tuple[Workspace, int]]:
    return [(Workspace(one, work.request), count) for one, count in _sorts(work.instance)]


def _sorts(instance: Instance) -> list[tuple[Instance, int]]:
    policy, language = instance.policy, _blocks(instance)
    if policy.sets is not None:
        found = revealed_patterns(policy, language.block.length)
        return [(_alone(instance, FixedSets(sets)), count) for sets, count in found]
    return [(_alone(instance, policy), language.count)]


def cost(instance: Instance, of_one: Callable[[Instance], Cost] = tabular.cost) -> Cost:
    """One block of every sort, each as a table unless told otherwise."""
    found = [of_one(one) for one, _ in _sorts(instance)]
    return Cost(20 * len(found) + sum(one.operations for one in found), sum(one.bytes for one in found))


def language_cost(instance: Instance, of_one: Callable[[Instance], Cost] = tabular.lattice_cost) -> Cost:
    """The lattice of one block."""
    return of_one(_language_of_one(instance))


def prediction_cost(instance: Instance, of_one: Callable[[Instance], Cost] = tabular.lattice_cost) -> Cost:
    """The lattice of one block, and the predictions there."""
    return of_one(_alone(instance, Bernoulli(1)))


def language_block(work: Workspace) -> Workspace:
    """One block, for what depends on the language only."""
    return work.once(_language_block)


def _language_block(work: Workspace) -> Workspace:
    if work.instance.policy.step_law is not None and work.instance.exact_denoiser:
        return parts(work)[0][0]
    return Workspace(_language_of_one(work.instance), work.request)


def _language_of_one(instance: Instance) -> Instance:
    return replace(_alone(instance, Bernoulli(1)), denoiser=Exact())


def predicted_block(work: Workspace) -> Workspace:
    """One block, for what depends on the language and the denoiser only."""
    return work.once(_predicted_block)


def _predicted_block(work: Workspace) -> Workspace:
    if work.instance.policy.step_law is not None:
        return parts(work)[0][0]
    return Workspace(_alone(work.instance, Bernoulli(1)), work.request)


def block_of_sizes(work: Workspace, sizes: tuple[int, ...]) -> Workspace:
    """One block revealed in random sets of given sizes, for what no off-support rule changes
    (definitions.md#off-support).
    """
    return Workspace(_sized(work.instance, sizes), work.request)


def sized_cost(instance: Instance, sizes: tuple[int, ...]) -> Cost:
    """The table of one block revealed in random sets of given sizes."""
    return tabular.cost(_sized(instance, sizes))


def _sized(instance: Instance, sizes: tuple[int, ...]) -> Instance:
    return replace(_alone(instance, FixedSize(sizes)), off_support="uniform")


@lru_cache(maxsize=MOST_KEPT)
def revealed_patterns(policy: FixedSets, block: int) -> tuple[tuple[tuple[tuple[int, ...], ...], int], ...]:
    """The distinct orders in which the blocks of a sequence are revealed, and how many blocks share each.

    Parameters
    ----------
    policy : FixedSets
        On a length that is a multiple of ``block``.
    block : int
        b, the length of a block.

    Returns
    -------
    tuple of (sets, count)
        Each ``sets`` holds the positions 0..b-1, step by step, without empty steps.

    Notes
    -----
    Cost: ``O(L log L)``.

    Examples
    --------
    >>> revealed_patterns(FixedSets([[0, 1, 2, 3], [4], [5]]), 2)
    ((((0, 1),), 2), (((0,), (1,)), 1))
    """
    sizes = [len(chosen) for chosen in policy.sets]
    tau = np.empty(sum(sizes), dtype=np.int64)
    tau[np.fromiter(itertools.chain.from_iterable(policy.sets), np.int64, len(tau))] = np.repeat(
        np.arange(len(sizes)), sizes
    )
    orders, counts = np.unique(_ranks(tau.reshape(-1, block)), axis=0, return_counts=True)
    return tuple(
        (tuple(tuple(np.flatnonzero(order == k).tolist()) for k in range(order.max() + 1)), count)
        for order, count in zip(orders, counts.tolist(), strict=True)
    )


def _ranks(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number of distinct smaller values in an entry's row, shape as ``rows``."""
    order = rows.argsort(axis=1, kind="stable")
    rises = np.diff(np.take_along_axis(rows, order, axis=1), axis=1) > 0
    ranked = np.concatenate([np.zeros((len(rows), 1), dtype=np.int64), rises.cumsum(axis=1)], axis=1)
    ranks = np.empty_like(rows)
    np.put_along_axis(ranks, order, ranked, axis=1)
    return ranks
