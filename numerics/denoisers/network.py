"""Networks (definitions.md#denoisers): any torch module from partial sequences to logits."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ..errors import BadInput, shown
from ..languages import Language
from ..networks import require_torch
from ..numbers.lattice import lattice_rows
from ..numbers.limits import power, require_memory
from ..spec.python_file import load_callable
from ..spec.table import Text
from .base import Denoiser, Predictor
from .kind import DenoiserTable
from .table import Table

__all__ = ["Network"]

LARGEST_TABLE = 1 << 19
"""Contexts that are all asked about, once; with more of them, those that are met."""

NANOSECONDS_A_PARAMETER = 0.1
"""Two operations for a parameter and a token, at twenty in a nanosecond."""


class Network(Denoiser):
    """The probabilities of a module's logits: their softmax in float32, made to sum to 1 in float64.

    Where a language has few contexts all are asked about once, and the answers are a table like any other; elsewhere
    the module is called on what is met.

    Parameters
    ----------
    module : callable
        From a tensor (B, L) of int64, V for a mask, to logits (B, L, V), or (B, L, V+1) with a column for the mask that
        is left out, or to an object with ``.logits``. Its ``least_probability``, if it has one, is taken as a lower
        bound of all that it predicts; an answer below it is refused.
    place : str, optional
        The file that it came from.
    """

    everywhere = True

    def __init__(self, module: Any, place: str | None = None) -> None:
        require_torch("kind")
        if not callable(module):
            raise BadInput("module", f"found {type(module).__name__}; a callable from tokens to logits is accepted")
        self.module = module.eval() if hasattr(module, "eval") else module
        self.place = place
        least = getattr(module, "least_probability", 0.0)
        if not isinstance(least, int | float) or not 0 <= least < 1:
            raise BadInput("least_probability", f"found {shown(least)}; a number of at least 0, below 1 is accepted")
        self._least = float(least)
        self._tables: dict[tuple[int, int], Table] = {}

    @classmethod
    def from_file(cls, place: str | Path) -> Network:
        """What ``maskbound train`` wrote, or a module that a Python file defines, as ``FILE.py:NAME``; the file is run.

        NAME is the module itself, its class, or a function without parameters that returns it.
        """
        require_torch("kind")
        if ".py:" in str(place):
            found = load_callable(str(place), "path")
            makes = inspect.isclass(found) or (inspect.isfunction(found) and not inspect.signature(found).parameters)
            return cls(found() if makes else found, str(place))
        from ..networks.saved import read_network

        return cls(read_network(Path(place)), str(place))

    @property
    def rational(self) -> bool:
        return False

    def depth(self, vocab: int, exact_depth: int) -> int:
        return vocab + 3

    def least(self, vocab: int) -> float:
        return self._least

    def nanoseconds(self, length: int) -> float:
        from ..networks.answers import parameter_count

        return NANOSECONDS_A_PARAMETER * parameter_count(self.module) * length

    def check(self, language: Language) -> None:
        """Refuse a module for other sequences, and one that is no function of the sequence."""
        from ..networks.answers import require_function

        for name, size in (("vocab", language.vocab), ("length", language.length)):
            own = getattr(self.module, name, size)
            if own != size:
                raise BadInput("module", f"it is for {name} {own}, and the language has {size}")
        require_function(self.module, language.vocab, language.length)

    def predictor(self, language: Language) -> Predictor:
        from ..networks.answers import ask

        V, L = language.vocab, language.length
        self.check(language)
        if power(V + 1, L) <= LARGEST_TABLE:
            return self.tabulated(language).predictor(language)
        return lambda y, exact: ask(self.module, np.asarray(y, dtype=np.int64), V, self._least)

    def tabulated(self, language: Language) -> Table:
        """Its answers in every context of a small language."""
        from ..networks.answers import ask

        V, L = language.vocab, language.length
        if (V, L) not in self._tables:
            size = power(V + 1, L)
            require_memory(24 * L * V * size, f"a network's answers in all contexts of V={V}, L={L}")
            self._tables[V, L] = Table(conditionals=ask(self.module, lattice_rows(0, size, V, L), V, self._least))
        return self._tables[V, L]

    def written(self) -> dict[str, Any]:
        if self.place is None:
            raise BadInput("denoiser", "found a network made in Python, which an instance file cannot hold")
        return {"kind": "torch", "path": self.place}

    def __repr__(self) -> str:
        return f"Network({self.place or type(self.module).__name__})"


class NetworkTable(DenoiserTable):
    kind: Literal["torch"]
    path: Text

    def build(self, folder: Path, language: Language) -> Denoiser:
        network = Network.from_file(folder / self.path)
        network.check(language)
        return network

    def canonical(self, folder: Path) -> dict[str, Any]:
        return {**super().canonical(folder), "path": str(folder / self.path)}
