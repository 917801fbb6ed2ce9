"""An n-gram as a hidden Markov chain: the state is the last n - 1 tokens, fewer at the start
(definitions.md#languages).
"""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

from .n_gram import NGram

__all__ = ["context_chain"]


def context_chain(
    language: NGram,
) -> tuple[NDArray[np.float64], scipy.sparse.csr_array, NDArray[np.float64], NDArray[np.float64]]:
    """The chain of an n-gram of order n at least 2.

    Returns
    -------
    initial : (K,) float64
        K = V + V^2 + .. + V^{n-1}, the shorter contexts first, up to L tokens.
    transition : (K, K) sparse
        Its row is zero where a shorter context has no probability. Conditional probabilities of the first tokens are
        ratios of numpy's sums; the others are the language's own.
    emission : (K, V) float64
        0 or 1.
    final : (K,) float64
        End weights, 0 after the shorter contexts; ones where the language has none.
    """
    V, order, L = language.vocab, language.order, language.length
    longest = min(order - 1, L)
    head = language.initial.values.reshape(V**longest, -1).sum(axis=1)
    laws = [head.reshape(V**j, -1).sum(axis=1) for j in range(1, longest + 1)]
    first = np.cumsum([0, *(law.size for law in laws)])
    rows, columns, probabilities = [], [], []
    for j in range(longest - 1):
        # From j + 1 tokens to j + 2.
        following = laws[j + 1].reshape(-1, V)
        ratio = np.divide(following, laws[j][:, None], out=np.zeros_like(following), where=laws[j][:, None] > 0)
        at = np.arange(following.size)
        rows.append(first[j] + at // V)
        columns.append(first[j + 1] + at)
        probabilities.append(ratio.reshape(-1))
    if longest == order - 1:
        contexts = laws[-1].size
        at = np.arange(contexts * V)
        rows.append(first[longest - 1] + at // V)
        columns.append(first[longest - 1] + at % contexts)
        probabilities.append(language.transition.values.reshape(-1))
    K = int(first[-1])
    transition = scipy.sparse.csr_array((K, K))
    if rows:
        entries = (np.concatenate(probabilities), (np.concatenate(rows), np.concatenate(columns)))
        transition = scipy.sparse.csr_array(scipy.sparse.coo_array(entries, shape=(K, K)))
    emission = np.concatenate([np.tile(np.eye(V), (law.size // V, 1)) for law in laws])
    final = np.ones(K)
    if language.ends:
        final[:] = 0.0
        final[first[longest - 1] :] = language.final(lambda law: law.values)
    return np.concatenate([laws[0], np.zeros(K - V)]), transition, emission, final
