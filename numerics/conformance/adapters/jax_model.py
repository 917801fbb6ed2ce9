"""An oracle that JAX code can call, compiled or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

if TYPE_CHECKING:
    from ..oracle import Oracle
    from ..trace import Recorder

__all__ = ["JaxModel"]


class JaxModel:
    """``model(x)``: float32 logits (B, L, V + extra) of partial sequences (B, L), looked up outside of compiled code.

    Parameters
    ----------
    oracle : Oracle
    extra : int
        Columns of logits after those of the V tokens, all -inf.
    """

    def __init__(self, oracle: Oracle | Recorder, extra: int = 0) -> None:
        self._oracle, self._extra = oracle, extra

    def __call__(self, x: Any) -> Any:
        """The logits of x."""
        shape = jax.ShapeDtypeStruct((*x.shape, self._oracle.vocab + self._extra), jnp.float32)
        return jax.pure_callback(self._found, shape, x)

    def _found(self, x: Any) -> Any:
        found = self._oracle.logits(np.asarray(x)).astype(np.float32)
        return np.pad(found, ((0, 0), (0, 0), (0, self._extra)), constant_values=-np.inf)
