"""What a sampler was seen doing: the partial sequences that it asked about, call by call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .oracle import Oracle
from .steps import Rows, Transitions

__all__ = ["Denying", "Recorder", "Trace", "transitions"]


@dataclass(frozen=True)
class Trace:
    """The steps of one call of a sampler, rows by rows.

    Parameters
    ----------
    y : (K + 1, c, L) int64
        What the network was asked about at step 1, ..., K, and what was returned.
    logits : (K, c, L, V) float64
        What it answered.
    """

    y: NDArray[np.int64]
    logits: NDArray[np.float64]

    @property
    def writes_again(self) -> bool:
        """Whether a token is replaced by another without having been masked."""
        before, after = self.y[:-1], self.y[1:]
        mask = self.logits.shape[3]
        return bool(((before < mask) & (after < mask) & (after != before)).any())


class Recorder:
    """An oracle that remembers what it is asked; sampler code cannot tell it from an :class:`Oracle`.

    Parameters
    ----------
    oracle : Oracle
    """

    def __init__(self, oracle: Oracle) -> None:
        self._oracle = oracle
        self.vocab, self.length, self.mask_id = oracle.vocab, oracle.length, oracle.mask_id
        self._asked: list[NDArray[np.int64]] = []
        self._answered: list[NDArray[np.float64]] = []

    def logits(self, x: Any) -> NDArray[np.float64]:
        """As the oracle's."""
        found = self._oracle.logits(x)
        self._asked.append(np.array(x, dtype=np.int64))
        self._answered.append(found)
        return found.copy()

    def torch(self, dtype: Any = None) -> Any:
        """As the oracle's."""
        from .adapters import TorchModel

        return TorchModel(self, dtype)

    def trace(self, returned: NDArray[np.int64]) -> Trace | None:
        """The steps, if each question was about all rows in their order, the first about masks alone; else None.

        Parameters
        ----------
        returned : (c, L) int64
        """
        asked = self._asked
        if not asked or any(x.shape != returned.shape for x in asked) or (asked[0] != self.mask_id).any():
            return None
        return Trace(np.array([*asked, returned]), np.array(self._answered))


class Denying(Recorder):
    """A recorder by which another token is certain wherever one is revealed; of an oracle where that token is."""

    def logits(self, x: Any) -> NDArray[np.float64]:
        """As the oracle's at masks."""
        found = super().logits(x)
        revealed = np.asarray(x) != self.mask_id
        found[revealed] = np.roll(found[revealed], 1, axis=-1)
        return found


def transitions(
    traces: list[Trace], scores: Mapping[str, Rows], complete: bool
) -> tuple[Transitions, NDArray[np.int64], NDArray[np.float64]]:
    """Steps, whose they are (n,), and what the network had said one step earlier (n, L, V).

    Parameters
    ----------
    traces : list of Trace
    scores : mapping of str to callable
        As of :class:`~maskbound.numerics.conformance.steps.Transitions`.
    complete : bool
        Whether those of complete rows count, too.
    """
    parts, rows = [], 0
    for trace in traces:
        open_ = (trace.y[:-1] == trace.logits.shape[3]).any(axis=2) | (trace.y[1:] != trace.y[:-1]).any(axis=2)
        step, row = np.nonzero(open_ | complete)
        parts.append(
            (
                trace.y[step, row],
                trace.y[step + 1, row],
                trace.logits[step, row],
                step + 1,
                row + rows,
                trace.logits[np.maximum(step - 1, 0), row],
                np.full(len(step), len(trace.logits)),
            )
        )
        rows += trace.y.shape[1]
    y, reached, logits, step, row, earlier, calls = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Transitions(y, reached, logits, step, calls, scores), row, earlier
