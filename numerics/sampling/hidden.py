"""Hidden Markov models as the arrays that kernels take (:mod:`.._kernels.arcs`)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._kernels.lattice import read_only
from ..languages import HMM
from ..languages.chains import ends_of
from ..numbers.arcs import Arcs

__all__ = ["HiddenArrays", "hidden_arrays"]


class HiddenArrays(NamedTuple):
    """Arcs, and the law of the first state that emits with the end weights; in the order of ``is_possible``."""

    initial: NDArray[np.float64]
    moves: tuple[NDArray[Any], ...]
    shown: tuple[NDArray[Any], ...]
    final: NDArray[np.float64]


def hidden_arrays(language: HMM) -> HiddenArrays:
    """The arrays of a hidden Markov model."""
    return hidden_arrays_of(
        language.start(lambda law: law.values), language.moves.arcs, language.shown, ends_of(language)
    )


def hidden_arrays_of(
    initial: NDArray[np.float64], moves: Arcs, shown: Arcs, final: NDArray[np.float64]
) -> HiddenArrays:
    """The same of its parts."""
    by_token = np.argsort(shown.columns, kind="stable")
    counts = np.bincount(shown.columns, minlength=shown.width)
    starts = np.concatenate([[0], np.cumsum(counts)])
    each = (shown.starts, shown.columns, shown.values, starts, shown.rows[by_token], shown.values[by_token])
    return HiddenArrays(
        read_only(initial),
        tuple(map(read_only, (moves.starts, moves.columns, moves.values))),
        tuple(map(read_only, each)),
        read_only(final),
    )
