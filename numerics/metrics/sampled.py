"""Quantities measured on drawn sequences, where nothing exact reaches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..engines import sampled
from ..engines.workspace import Workspace
from ..numbers.enclosure import Enclosure
from .method import FINISHED, Method, Obstacle

__all__ = ["METHODS"]

COMPLETE = f"any language x any policy, {FINISHED}"
TRACKED = "any language but a linear code x given reveal times, exact denoiser"
DRAWN = f"{COMPLETE}; {TRACKED}"
PAIRS = COMPLETE.replace("any language", "any language but a linear code")
REPLAYED = f"any language x choose-then-sample, exact denoiser, temperature 1, {FINISHED}"


def _method(quantity: str, run: Callable[[Workspace], Enclosure], obstacle: Obstacle, scope: str) -> Method:
    price = "n sequences; see draw for the cost of one"
    return Method(quantity, "sampled", "statistical", obstacle, sampled.cost, run, scope, price)


def _learning(quantity: str, run: Callable[[Workspace], Enclosure], obstacle: Obstacle, policies: str) -> Method:
    price = "n calls of the denoiser and of the exact conditionals"
    scope = f"any language x {policies}"
    return Method(quantity, "sampled", "statistical", obstacle, sampled.learning_cost, run, scope, price)


def _replay(quantity: str, obstacle: Obstacle, scope: str, relies_on: set[str]) -> Method:
    price = "n sequences of the language; see draw for the cost of one"
    method = Method(quantity, "replay", "statistical", obstacle, sampled.cost, sampled.replayed, scope, price)
    return replace(method, relies_on=frozenset(relies_on))


METHODS = (
    _method("ser", sampled.sequence_error_rate, sampled.obstacle, DRAWN),
    _method("generative_nll_correct", sampled.nll_of_correct, sampled.likelihood_obstacle, DRAWN),
    _method(
        "off_support_mass",
        sampled.off_support_mass,
        sampled.tracking_obstacle,
        TRACKED,
    ),
    _method(
        "expected_steps",
        sampled.expected_steps,
        sampled.steps_obstacle,
        f"any language x thresholds or entropy bounds, {FINISHED}",
    ),
    _replay(
        "kl",
        sampled.replayed_kl_obstacle,
        f"{REPLAYED}, a score with ties to the lowest position",
        {"kl-path-kl/equality-deterministic"},
    ),
    _replay("path_kl", sampled.replay_obstacle, REPLAYED, set()),
    _learning("eps_learning", sampled.worst_learning_error, lambda instance: None, "any policy"),
    _learning("mean_learning_error", sampled.mean_learning_error, sampled.mean_learning_obstacle, "given reveal times"),
    _learning("learning_term", sampled.learning_term, sampled.mean_learning_obstacle, "given reveal times"),
    _method("bigram_kl_rate", sampled.bigram_kl_rate, sampled.bigram_obstacle, PAIRS),
    _method("bigram_tv_rate", sampled.bigram_tv_rate, sampled.bigram_obstacle, PAIRS),
)
