"""Cost of a step by how much is revealed before it: the profile z(j) and the curve Z(a) as arrays
(definitions.md#information-profile-and-curve).
"""

from __future__ import annotations

import numpy as np

from ..engines import blocks, markov, tabular, windows
from ..engines.blocks import profile as block_profile
from ..engines.markov import tabulated
from ..engines.workspace import Workspace
from ..errors import BadInput, BeyondReach
from ..metrics import linear_codes as codes
from ..metrics.information import Profile, profile
from ..metrics.method import too_costly
from ..metrics.path import learning_profile
from ..numbers.enclosure import RAISED, UNIT_ROUNDOFF
from ..numbers.limits import memory_budget, require_memory
from ..policies.bernoulli import binomial_law

__all__ = ["curve_of", "profile_of"]

SECONDS = 60.0

ROWS_AT_ONCE = 1 << 12
BYTES_A_TOKEN = 80


def profile_of(work: Workspace) -> Profile:
    """``z(0..L-1)``, with the learning error (learning-error/worst-case) where the denoiser is not exact.

    Returns
    -------
    Profile
        Values in nats and one absolute error.

    Raises
    ------
    BeyondReach
        When no engine can within a minute: blocks, Markov chains and linear codes are served at length, the rest as
        tables.

    Notes
    -----
    Blocks of length b ``O(b (V+1)^b + L b^2)``, chains ``O(D V^3 + L D)``, tables ``O(L (V+1)^L)``.
    """
    instance = work.instance
    if instance.exact_denoiser and codes.PROFILE(instance) is None:
        return codes.profile_in_floats(work)
    if blocks.denoiser_obstacle(instance) is None:
        require_memory(BYTES_A_TOKEN * instance.length, "the information profile")
        return _of_blocks(_block_profile(work), blocks.block_count(instance))
    if instance.exact_denoiser and markov.obstacle(instance) is None:
        require_memory(BYTES_A_TOKEN * instance.length, "the information profile")
        return Profile(*tabulated.profile_values(markov.lag_information(work)))
    _require_table(work, "the information profile")
    return _table_profile(work)


def curve_of(work: Workspace, cells: int) -> Profile:
    """``Z(m / cells)`` for m = 0..cells, a power of two, with the learning error where the denoiser is not exact.

    Raises
    ------
    BeyondReach
        As `profile_of`.
    """
    instance = work.instance
    if instance.exact_denoiser and codes.PROFILE(instance) is None:
        return _curve_of_table(codes.profile_in_floats(work), cells)
    if blocks.denoiser_obstacle(instance) is None:
        one = _curve_of_table(_block_profile(work), cells)
        count = blocks.block_count(instance)
        # A product is within a relative 2^-53.
        return Profile(count * one.values, count * (one.error + 2 * UNIT_ROUNDOFF * float(one.values.max())) * RAISED)
    if instance.exact_denoiser and markov.obstacle(instance) is None:
        return Profile(*tabulated.curve_values(markov.lag_information(work), cells))
    _require_table(work, "the information curve")
    return _curve_of_table(_table_profile(work), cells)


def _table_profile(work: Workspace) -> Profile:
    return profile(work) if work.instance.exact_denoiser else _sum(profile(work), learning_profile(work))


def _block_profile(work: Workspace) -> Profile:
    one = profile(blocks.language_block(work))
    if work.instance.exact_denoiser:
        return one
    return _sum(one, learning_profile(blocks.predicted_block(work)))


def _require_table(work: Workspace, what: str) -> None:
    cost = tabular.lattice_cost(work.instance)
    if cost.bytes > memory_budget() or cost.seconds > SECONDS:
        drawn = work.instance.exact_denoiser and windows.obstacle(work.instance) is None
        hint = "; samples (--samples 4000) plan fixed sizes by drawn sequences" if drawn else ""
        raise BeyondReach(f"{too_costly(what, work.instance, 'tabular', cost, SECONDS)}{hint}")


def _of_blocks(one: Profile, count: int) -> Profile:
    """Every sum over the block's own counts has weights of sum 1, so the block's error counts once a block."""
    values, relative = block_profile.profile_at_length(one.values, count)
    return Profile(values, (count * one.error + relative * float(values.max())) * RAISED)


def _curve_of_table(z: Profile, cells: int) -> Profile:
    """The profile does not increase; of the weights of sum 1, each has at most 8L roundings."""
    a = np.arange(cells + 1) / cells
    L = len(z.values)
    rows = [slice(start, start + ROWS_AT_ONCE) for start in range(0, cells + 1, ROWS_AT_ONCE)]
    values = np.concatenate([binomial_law(a[part, None], 1 - a[part, None], L - 1) @ z.values for part in rows])
    return Profile(values, z.error * RAISED + (10 * L + 10) * UNIT_ROUNDOFF * float(z.values.max()) * RAISED)


def _sum(first: Profile, second: Profile) -> Profile:
    values = first.values + second.values
    if not np.isfinite(values).all():
        raise BadInput("denoiser", "its learning error is infinite, so that no schedule has a finite path_kl")
    return Profile(values, first.error + second.error + UNIT_ROUNDOFF * float(values.max()))
