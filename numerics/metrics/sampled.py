"""What is measured on drawn sequences, where nothing exact reaches (M8.8)."""

from __future__ import annotations

from collections.abc import Callable

from ..enclosure import Enclosure
from ..engines import sampled
from ..engines.workspace import Workspace
from .method import Method, Obstacle

__all__ = ["METHODS"]


def _method(quantity: str, run: Callable[[Workspace], Enclosure], obstacle: Obstacle, scope: str) -> Method:
    price = "n sequences; see draw for the cost of one"
    return Method(quantity, "sampled", "statistical", obstacle, sampled.cost, run, scope, price)


METHODS = (
    _method("ser", sampled.sequence_error_rate, sampled.obstacle, "any language x any policy"),
    _method("generative_nll_correct", sampled.nll_of_correct, sampled.likelihood_obstacle, "any language x any policy"),
    _method(
        "off_support_mass",
        sampled.off_support_mass,
        sampled.tracking_obstacle,
        "hmm, n-gram, table or blocks x any policy of given reveal times",
    ),
    _method("bigram_kl_rate", sampled.bigram_kl_rate, sampled.bigram_obstacle, "any language x any policy"),
    _method("bigram_tv_rate", sampled.bigram_tv_rate, sampled.bigram_obstacle, "any language x any policy"),
)
