"""Products of rational blocks at any length, exactly: what independent blocks do, from what one of each sort does.

The rationals and log forms of a block are those of a small instance; divergences and entropies add, and probabilities
of being correct multiply. What depends on how far a contradiction reaches is left to tables.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from flint import fmpq

from ..engines import blocks, rational
from ..engines.needs import BERNOULLI, RATIONAL_LANGUAGE, RATIONAL_SCHEDULE, Need, all_of
from ..engines.rational.information import Number, total
from ..engines.workspace import Workspace
from ..numbers.rationals import to_flint
from . import log_forms
from .log_forms import exact_method
from .method import Method, Obstacle
from .products import ALIKE

__all__ = ["METHODS"]

RATIONAL_DENOISER = Need(
    "rational denoiser", "the denoiser's predictions are no rationals", lambda instance: instance.denoiser.rational
)
_language = all_of(RATIONAL_LANGUAGE, blocks.language_obstacle)
_predictions = all_of(_language, blocks.denoiser_obstacle, RATIONAL_DENOISER)
_law = all_of(_predictions, blocks.obstacle, RATIONAL_SCHEDULE)

OF_LANGUAGE = ("entropy", "total_correlation", "dual_total_correlation", "profile_start", "profile_end", "curve_area")
ADDED = ("kl", "path_kl", "learning_term")
PER_TOKEN = ("log_ter", "mean_learning_error")


def _of_one(one: Workspace, quantity: str) -> Any:
    """The number of a single block, a log form or infinite; that of an error rate is a Fraction."""
    able = (each for each in log_forms.METHODS if each.quantity == quantity and each.obstacle(one.instance) is None)
    return next(able).run(one).exact


def _parts(work: Workspace, quantity: str) -> Sequence[tuple[Any, int]]:
    """The numbers of one block of every sort, and how many blocks there are of it."""
    return [(_of_one(one, quantity), count) for one, count in blocks.parts(work)]


def _added(work: Workspace, quantity: str) -> Number:
    return total((fmpq(count), number) for number, count in _parts(work, quantity))


def _per_token(work: Workspace, quantity: str) -> Number:
    """Blocks are equally long, so the mean over blocks is the mean over tokens."""
    whole = blocks.block_count(work.instance)
    return total((fmpq(count, whole), number) for number, count in _parts(work, quantity))


def _failure(work: Workspace, quantity: str) -> fmpq:
    """``1 - prod_i (1 - x_i)^{m_i}``."""
    right = fmpq(1)
    for number, count in _parts(work, quantity):
        right *= (1 - to_flint(number)) ** count
    return 1 - right


def _of_parts(
    combine: Callable[[Workspace, str], fmpq | Number], quantity: str, obstacle: Obstacle = _law, policies: str = ""
) -> Method:
    return exact_method(
        quantity,
        lambda work: combine(work, quantity),
        obstacle,
        partial(blocks.cost, of_one=rational.cost),
        "each sort of block of length b: (2V+1)^b N, in Python",
        f"rational blocks x {policies or 'Bernoulli or fixed sets'}, rational schedule, rational denoiser, {ALIKE}",
    )


def _of_language(quantity: str) -> Method:
    def run(work: Workspace) -> Number:
        return total([(fmpq(blocks.block_count(work.instance)), _of_one(blocks.language_block(work), quantity))])

    return exact_method(
        quantity,
        run,
        _language,
        partial(blocks.language_cost, of_one=rational.lattice_cost),
        "one block of length b: b (V+1)^b, in Python",
        "rational blocks x any policy",
    )


METHODS = (
    *map(_of_language, OF_LANGUAGE),
    *(_of_parts(_added, quantity) for quantity in ADDED),
    *(_of_parts(_per_token, quantity) for quantity in PER_TOKEN),
    _of_parts(_added, "curve_left_riemann_sum", all_of(_law, BERNOULLI), "Bernoulli"),
    _of_parts(_failure, "ser"),
    exact_method(
        "eps_learning",
        lambda work: _of_one(blocks.predicted_block(work), "eps_learning"),
        _predictions,
        partial(blocks.prediction_cost, of_one=rational.lattice_cost),
        "one block of length b: b (V+1)^b, in Python",
        f"rational blocks x any policy, rational denoiser, {ALIKE}",
    ),
)
