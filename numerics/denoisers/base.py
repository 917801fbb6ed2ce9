"""The interface of denoisers (definitions.md#denoisers): predict each masked token from a partial sequence."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..languages import Language
from ..traits import decides

__all__ = ["Denoiser", "NearRule", "OffSupport", "Predictor"]

OffSupport = Literal["uniform", "marginal", "stop", "denoiser"]
"""The rules for tokens drawn in a context of probability zero (definitions.md#off-support)."""

Predictor = Callable[[NDArray[np.int64], NDArray[np.float64]], NDArray[np.float64]]
"""From partial sequences (n, L) and the exact conditionals (n, L, V), the predicted ones (n, L, V).

Only rows of masked positions in possible contexts are used."""


@dataclass(frozen=True)
class NearRule:
    """Predictions from the two nearest revealed neighbours, by one rule for all positions.

    Attributes
    ----------
    predict : callable
        From the distances to the left and to the right neighbour (0: none) and the exact conditionals by the tokens
        of the two, shape (V or 1, V or 1, V), 1 where there is none, to the predicted ones, of the same shape.
    reach : int
        A neighbour farther away changes a prediction through the exact conditionals at most.
    sensitivity : float
        When exact conditionals move by factors between ``exp(-d)`` and ``exp(d)``, the divergence ``D(q || p_theta)``
        becomes that of laws q and p_theta within ``exp(sensitivity d)`` of the old ones.
    least : float
        A lower bound of all predictions; 0 where none is known.
    price : float
        Operations for one pair of distances, beside those for each of the ``V^3`` numbers.
    """

    predict: Callable[[int, int, NDArray[np.float64]], NDArray[np.float64]]
    reach: int = 0
    sensitivity: float = 1.0
    least: float = 0.0
    price: float = 0.0


class Denoiser(ABC):
    """A rule of prediction, before it has met a language."""

    alike = False
    """Whether it predicts a token from its exact conditional alone, by one function for all positions."""

    exact = False
    """Whether it predicts the language's own conditionals."""

    everywhere = False
    """Whether it predicts in impossible contexts, too, so that the rule ``denoiser`` can apply there."""

    @property
    @abstractmethod
    def rational(self) -> bool:
        """Whether rational exact conditionals give rational predictions."""

    @abstractmethod
    def depth(self, vocab: int, exact_depth: int) -> int:
        """Roundings in a prediction made from exact conditionals of ``exact_depth`` roundings."""

    @abstractmethod
    def predictor(self, language: Language) -> Predictor:
        """The rule applied to one language."""

    @abstractmethod
    def written(self) -> dict[str, Any]:
        """The ``[denoiser]`` table without its convention off the support; BadInput where no file can hold it."""

    def least(self, vocab: int) -> float:
        """A lower bound of all predictions; 0 where none is known."""
        return 0.0

    def nanoseconds(self, length: int) -> float:
        """Estimated time of its own for the predictions in one partial sequence."""
        return 0.0

    def near_rule(self, language: Language) -> NearRule | None:
        """The rule by which the two nearest revealed neighbours decide, given what they tell of a Markov chain.

        None where more than these decide, or the position does.
        """
        return None


@decides("ExactDenoiser", "denoiser")
def _is_exact(denoiser: Denoiser) -> bool:
    return denoiser.exact
