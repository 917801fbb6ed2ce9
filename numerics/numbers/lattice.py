"""Partial sequences and their numbering.

A partial sequence is an integer array in which the mask is the number V, one past the last token. On the
lattice of all of them, y has the index whose digits in base V+1 are 0 for a mask and v+1 for token v, the
first position most significant: adding tokens only ever raises the index.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["lattice_index", "lattice_rows", "lattice_size", "sequence_index", "sequence_rows"]


def lattice_size(vocab: int, length: int) -> int:
    """Number of partial sequences, ``(V+1)^L``."""
    return (vocab + 1) ** length


def lattice_index(y: NDArray[np.integer], vocab: int) -> NDArray[np.int64]:
    """Lattice indices of partial sequences ``y`` of shape (n, L), entries 0..V with V the mask."""
    digits = (np.asarray(y, dtype=np.int64) + 1) % (vocab + 1)
    return digits @ _place_values(vocab + 1, digits.shape[-1])


def lattice_rows(start: int, stop: int, vocab: int, length: int) -> NDArray[np.int64]:
    """The partial sequences of indices ``start..stop-1``, shape (stop - start, L)."""
    return (_digits(np.arange(start, stop), vocab + 1, length) - 1) % (vocab + 1)


def sequence_index(x: NDArray[np.integer], vocab: int) -> NDArray[np.int64]:
    """Position of complete sequences (n, L) in a table of ``V^L`` entries, first token most significant."""
    x = np.asarray(x, dtype=np.int64)
    return x @ _place_values(vocab, x.shape[-1])


def sequence_rows(start: int, stop: int, vocab: int, length: int) -> NDArray[np.int64]:
    """The complete sequences at table positions ``start..stop-1``."""
    return _digits(np.arange(start, stop), vocab, length)


def _place_values(base: int, length: int) -> NDArray[np.int64]:
    return np.array([base**k for k in range(length - 1, -1, -1)], dtype=np.int64)


def _digits(indices: NDArray[np.int64], base: int, length: int) -> NDArray[np.int64]:
    return (indices[:, None] // _place_values(base, length)) % base
