"""Quantities of the output law from drawn sequences, with intervals that hold whatever the law is."""

from .bigrams import bigram_kl_rate, bigram_obstacle, bigram_tv_rate
from .learning import (
    learning_cost,
    learning_term,
    mean_learning_error,
    mean_learning_obstacle,
    worst_learning_error,
)
from .probabilities import (
    likelihood_obstacle,
    nll_of_correct,
    off_support_mass,
    sequence_error_rate,
    tracking_obstacle,
)
from .replay import replay_obstacle, replayed, replayed_kl_obstacle
from .steps import expected_steps, steps_obstacle
from .tally import cost, obstacle

__all__ = [
    "bigram_kl_rate",
    "bigram_obstacle",
    "bigram_tv_rate",
    "cost",
    "expected_steps",
    "learning_cost",
    "learning_term",
    "likelihood_obstacle",
    "mean_learning_error",
    "mean_learning_obstacle",
    "nll_of_correct",
    "obstacle",
    "off_support_mass",
    "replay_obstacle",
    "replayed",
    "replayed_kl_obstacle",
    "sequence_error_rate",
    "steps_obstacle",
    "tracking_obstacle",
    "worst_learning_error",
]
