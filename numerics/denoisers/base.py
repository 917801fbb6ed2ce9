"""What every denoiser can do (M2): predict each masked token from a partial sequence."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..languages import Language

__all__ = ["Denoiser", "OffSupport", "Predictor"]

OffSupport = Literal["uniform", "marginal", "stop"]
"""What is drawn in a context of probability zero (M2)."""

Predictor = Callable[[NDArray[np.int64], NDArray[np.float64]], NDArray[np.float64]]
"""From partial sequences (n, L) and the exact conditionals (n, L, V), the predicted ones (n, L, V).

Only rows of masked positions in possible contexts are used."""


class Denoiser(ABC):
    """A rule of prediction, before it has met a language."""

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
