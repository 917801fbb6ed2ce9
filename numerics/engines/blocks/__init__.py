"""Products of independent blocks."""

from .engine import (
    block_count,
    block_length,
    block_of_sizes,
    cost,
    denoiser_obstacle,
    language_block,
    language_cost,
    language_obstacle,
    obstacle,
    of_kind,
    parts,
    predicted_block,
    prediction_cost,
    revealed_patterns,
    sized_cost,
)

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
    "of_kind",
    "parts",
    "predicted_block",
    "prediction_cost",
    "revealed_patterns",
    "sized_cost",
]
