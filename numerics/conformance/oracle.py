"""The stand-in for a network that a sampler under test is given: the spec's own conditionals, looked up."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engines import push, tabular
from ..engines.workspace import Workspace
from ..errors import BadInput
from ..instances import Instance
from ..partial import lattice_index, lattice_size
from ..reach import power, require_memory

__all__ = ["Oracle"]

SOURCES_AT_ONCE = 1 << 14


class Oracle:
    """The denoiser of an instance as sampler code sees a network.

    Every partial sequence is worked out once; equal rationals become equal numbers, so that code that compares them
    meets the ties that the law has.

    Parameters
    ----------
    instance : Instance
        Small enough for its lattice; not under the rule ``stop``.

    Attributes
    ----------
    vocab, length : int
        V and L.
    mask_id : int
        V, the number of the mask.

    Raises
    ------
    BadInput
        Under the rule ``stop``, by which there is nothing to draw from.
    BeyondReach
        When the ``8 L V (V+1)^L`` bytes of the table do not fit the memory.

    Examples
    --------
    >>> import numpy as np
    >>> from maskbound.numerics import languages, policies
    >>> oracle = Oracle(Instance(languages.pair(2, 2), policies.Bernoulli(steps=2)))
    >>> np.exp(oracle.logits([[oracle.mask_id, 1]])[0, 0]).tolist()
    [0.0, 1.0]
    """

    def __init__(self, instance: Instance) -> None:
        if instance.off_support == "stop":
            raise BadInput("off_support", 'found "stop", which abandons sequences; "uniform" or "marginal" is accepted')
        V, L = instance.vocab, instance.length
        needed = math.ceil(8 * L * V * power(V + 1, L) + tabular.lattice_cost(instance).bytes)
        require_memory(needed, f"the table of all conditionals of V={V}, L={L}")
        self.vocab, self.length, self.mask_id = V, L, V
        self._table = _table(instance)

    def logits(self, x: Any) -> NDArray[np.float64]:
        """Log conditionals of partial sequences.

        Parameters
        ----------
        x : (B, L) int
            Tokens 0..V-1, and V for a mask.

        Returns
        -------
        (B, L, V) float64
            ``log p_theta(v | x)`` in nats at masked positions, -inf for zero, by the off-support rule in a context of
            probability zero; ``-log V`` at revealed positions.

        Raises
        ------
        BadInput
            For another shape, type or token.

        Notes
        -----
        One look-up a partial sequence.
        """
        x = np.asarray(x)
        if x.ndim != 2 or x.shape[1] != self.length or x.dtype.kind not in "iu":
            raise BadInput(
                "x", f"found {x.dtype} of shape {x.shape}; whole numbers of shape (B, {self.length}) are accepted"
            )
        if x.size and (x.min() < 0 or x.max() > self.mask_id):
            raise BadInput("x", f"found tokens from {x.min()} to {x.max()}; 0..{self.mask_id} are accepted")
        return self._table[lattice_index(x, self.vocab)]

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


def _table(instance: Instance) -> NDArray[np.float64]:
    """Log conditionals ((V+1)^L, L, V)."""
    V, L = instance.vocab, instance.length
    rows, size = push.rows(Workspace(instance)), lattice_size(V, L)
    table = np.empty((size, L, V))
    for start in range(0, size, SOURCES_AT_ONCE):
        sources = np.arange(start, min(start + SOURCES_AT_ONCE, size))
        contexts = rows.at(sources, V, L)
        with np.errstate(divide="ignore"):
            chances = np.log(contexts.weights / contexts.totals[:, None, None])
        table[sources] = np.where((contexts.y == V)[:, :, None], chances, -math.log(V))
    return table
