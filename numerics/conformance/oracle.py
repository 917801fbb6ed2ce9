"""What a sampler under test is given in the place of a network: the spec's own conditionals."""

from __future__ import annotations

import math
from collections.abc import Callable
from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engines import adaptive, tabular
from ..engines.workspace import Workspace
from ..errors import BadInput, shown
from ..instances import Instance
from ..numbers.lattice import lattice_index, lattice_size
from ..numbers.limits import power, require_memory
from ..sampling.conditionals import batch_conditionals

__all__ = ["REVEALED", "Oracle"]

REVEALED = ("known", "uniform", "rest")

SOURCES_AT_ONCE = 1 << 14

LARGEST_TABLE = 1 << 26
"""Entries of a table of all conditionals; beyond it they are worked out as they are asked for."""

Rows = Callable[[NDArray[np.int64]], NDArray[np.float64]]


class Oracle:
    """The denoiser of an instance as sampler code sees a network.

    In a small language every partial sequence is worked out once; equal rationals become equal numbers, so that code
    that compares them meets the ties that the law has. At length they are worked out as they are asked for.

    Parameters
    ----------
    instance : Instance
        Not under the rule ``stop``.
    revealed : {"known", "uniform", "rest"}
        What the network says where a token is revealed, which sampler code should not look at: that token for certain;
        every token alike; the conditional given all other revealed tokens.
    floor : float, optional
        A logit in the place of -inf, for code that multiplies 0 by it.

    Attributes
    ----------
    vocab, length : int
        V and L.
    mask_id : int
        V, the number of the mask.

    Raises
    ------
    BadInput
        Under the rule ``stop``, by which there is nothing to draw from; for another ``revealed`` or ``floor``.

    Examples
    --------
    >>> import numpy as np
    >>> from maskbound.numerics import languages, policies
    >>> oracle = Oracle(Instance(languages.pair(2, 2), policies.Bernoulli(steps=2)))
    >>> np.exp(oracle.logits([[oracle.mask_id, 1]])[0, 0]).tolist()
    [0.0, 1.0]
    """

    def __init__(self, instance: Instance, revealed: str = "known", floor: float | None = None) -> None:
        if instance.off_support == "stop":
            raise BadInput("off_support", 'found "stop", which abandons sequences; "uniform" or "marginal" is accepted')
        if revealed not in REVEALED:
            raise BadInput("revealed", f"found {shown(revealed)}; one of {', '.join(REVEALED)} is accepted")
        if floor is not None and not -math.inf < floor < 0:
            raise BadInput("floor", f"found {shown(floor)}; a number below 0 is accepted")
        self.vocab, self.length, self.mask_id = instance.vocab, instance.length, instance.vocab
        self.revealed, self.floor = revealed, floor
        self._rows = _table(instance) if _small(instance) else _posteriors(instance)

    def other(self, revealed: str) -> Oracle:
        """The same network with another answer at revealed positions."""
        found = copy(self)
        found.revealed = revealed
        return found

    def logits(self, x: Any) -> NDArray[np.float64]:
        """Log conditionals of partial sequences.

        Parameters
        ----------
        x : (B, L) int
            Tokens 0..V-1, and V for a mask.

        Returns
        -------
        (B, L, V) float64
            ``log p_theta(v | x)`` in nats at masked positions, -inf (or the floor) for zero, by the off-support rule in
            a context of probability zero; by ``revealed`` elsewhere.

        Raises
        ------
        BadInput
            For another shape, type or token.

        Notes
        -----
        One look-up a partial sequence in a small language. At length: the edges between contexts for an n-gram,
        ``O(L K^2)`` for a hidden Markov model of K states; L times that where ``revealed`` is ``rest``.
        """
        x = np.asarray(x)
        if x.ndim != 2 or x.shape[1] != self.length or x.dtype.kind not in "iu":
            raise BadInput(
                "x", f"found {x.dtype} of shape {x.shape}; whole numbers of shape (B, {self.length}) are accepted"
            )
        if x.size and (x.min() < 0 or x.max() > self.mask_id):
            raise BadInput("x", f"found tokens from {x.min()} to {x.max()}; 0..{self.mask_id} are accepted")
        x = x.astype(np.int64)
        found = np.where((x == self.mask_id)[:, :, None], self._rows(x), self._at_revealed(x))
        return found if self.floor is None else np.maximum(found, self.floor)

    def _at_revealed(self, x: NDArray[np.int64]) -> NDArray[np.float64]:
        """What is said at revealed positions (B, L, V), or one row for all."""
        if self.revealed == "uniform":
            return np.full((1, 1, self.vocab), -math.log(self.vocab))
        if self.revealed == "known":
            return np.where(x[:, :, None] == np.arange(self.vocab), 0.0, -math.inf)
        found = np.zeros((*x.shape, self.vocab))
        row, place = np.nonzero(x < self.mask_id)
        for start in range(0, len(row), SOURCES_AT_ONCE):
            some = slice(start, start + SOURCES_AT_ONCE)
            without = x[row[some]]
            without[np.arange(len(without)), place[some]] = self.mask_id
            found[row[some], place[some]] = self._rows(without)[np.arange(len(without)), place[some]]
        return found

    def torch(self, dtype: Any = None) -> Any:
        """The same as a callable that looks to sampler code as a Hugging Face model does.

        Parameters
        ----------
        dtype : torch.dtype, optional
            Of the logits; float32 unless given.

        Returns
        -------
        callable
            ``model(input_ids, attention_mask=...)`` with ``.logits``, and ``.device``, ``.config``.
        """
        from .adapters import TorchModel

        return TorchModel(self, dtype)


def _small(instance: Instance) -> bool:
    V, L = instance.vocab, instance.length
    return L * V * power(V + 1, L) <= LARGEST_TABLE


def _posteriors(instance: Instance) -> Rows:
    """Log conditionals as they are asked for."""
    rows = batch_conditionals(instance, instance.off_support_scope or "global")

    def found(x: NDArray[np.int64]) -> NDArray[np.float64]:
        with np.errstate(divide="ignore"):
            return np.log(rows(x))

    return found


def _table(instance: Instance) -> Rows:
    """Log conditionals, looked up in a table ((V+1)^L, L, V)."""
    V, L = instance.vocab, instance.length
    needed = math.ceil(8 * L * V * power(V + 1, L) + tabular.lattice_cost(instance).bytes)
    require_memory(needed, f"the table of all conditionals of V={V}, L={L}")
    rows, size = adaptive.rows(Workspace(instance)), lattice_size(V, L)
    table = np.empty((size, L, V))
    for start in range(0, size, SOURCES_AT_ONCE):
        sources = np.arange(start, min(start + SOURCES_AT_ONCE, size))
        contexts = rows.at(sources, V, L)
        with np.errstate(divide="ignore"):
            table[sources] = np.log(contexts.weights / contexts.totals[:, None, None])
    return lambda x: table[lattice_index(x, V)]
