"""Chains that may end, with sequences of up to L tokens: an end token fills the rest (definitions.md#end-weights)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput
from ..numbers.arcs import Arcs
from ..numbers.probabilities import Probabilities, numbers, whole
from ..spec.table import within
from .base import Language
from .hidden_markov import HMM, HMMTable
from .kind import LanguageTable
from .n_gram import MarkovTable, NGram, NGramTable

__all__ = ["padded_hmm", "padded_ngram"]


def padded_hmm(
    length: int, initial: Any, transition: Any, emission: Any, end: Any, shorter: Any = 0, vocab: int | None = None
) -> HMM:
    """The first L tokens of a hidden chain that, once it has ended, shows token V for ever.

    Parameters
    ----------
    length : int
        L.
    initial : N probabilities
    transition : N rows of N probabilities
    emission : K rows of V probabilities
    end : N probabilities
    shorter : probability
    vocab : int, optional
        All as for :class:`HMM`; V counts no end token.

    Examples
    --------
    >>> coins = padded_hmm(2, [1], [["1/2"]], [["1/2", "1/2"]], end=["1/2"])
    >>> [str(q) for q in coins.exact_table()]
    ['1/8', '1/8', '1/4', '1/8', '1/8', '1/4', '0', '0', '0']
    """
    start, beyond = Probabilities.parse_with_rest(initial, shorter, (None,), "initial", "shorter")
    N = start.values.size
    rows, ends = Arcs.parse(transition, end, (N, N), "transition", "end")
    assert ends is not None
    shown, _ = Arcs.parse(emission, None, (None, vocab), "emission")
    K, V = shown.shape
    exact = all(law.rational for law in (start, beyond, rows, ends, shown))
    first, last, ended = (_numbers(law, exact).tolist() for law in (start, beyond, ends))
    moves = [
        {**{target + (target >= K): p for target, p in row.items()}, K: p_end}
        for row, (p_end,) in zip(rows.tables(), ended, strict=True)
    ]
    emissions = [*shown.tables(), {V: 1}]
    return HMM(length, [*first[:K], *last, *first[K:]], [*moves[:K], {K: 1}, *moves[K:]], emissions, vocab=V + 1)


def padded_ngram(
    order: int, vocab: int, length: int, initial: Any, transition: Any, end: Any, shorter: Any = 0
) -> NGram:
    """The same of an n-gram, n at least 2: of n >= 3 with no sequence of fewer than n - 1 tokens.

    Parameters
    ----------
    order, vocab, length : int
    initial, transition, end, shorter : nested lists of probabilities, and one
        As for :class:`NGram`; V counts no end token.
    """
    n, V = whole(order, "order", 2), whole(vocab, "vocab", 1)
    contexts = V ** (n - 1)
    given = Probabilities.parse_with_rest(initial, shorter, (contexts,), "initial", "shorter")
    rows = Probabilities.parse_with_rest(transition, end, (contexts, V), "transition", "end")
    if n > 2 and given[1].values.any():
        raise BadInput("shorter", "found it above 0 at order 3 or more, where the shorter sequences are not told apart")
    exact = all(law.rational for law in (*given, *rows))
    start, beyond, moves, ends = (_numbers(law, exact) for law in (*given, *rows))
    inside = (slice(0, V),) * (n - 1)
    T = _absorbing((V + 1) ** (n - 1), V + 1, exact).reshape((V + 1,) * n)
    T[inside] = np.concatenate([moves, ends], axis=1).reshape((V,) * (n - 1) + (V + 1,))
    first = 0 * T[..., 0]
    first[inside] = start.reshape((V,) * (n - 1))
    if n == 2:
        first[V] = beyond[0]
    return NGram(n, V + 1, length, first.reshape(-1), T.reshape(-1, V + 1))


def _numbers(law: Probabilities, exact: bool) -> NDArray[Any]:
    return law.fractions if exact else law.values


def _absorbing(states: int, width: int, exact: bool) -> NDArray[Any]:
    """Rows that lead to the last entry."""
    zero, one = (Fraction(0), Fraction(1)) if exact else (0.0, 1.0)
    rows = np.full((states, width), zero)
    rows[:, -1] = one
    return rows


class PaddedTable(LanguageTable):
    """``chain`` is a table of kind ``hmm``, ``markov`` or ``ngram`` with ``end``; the end token comes last."""

    kind: Literal["padded"]
    chain: Any

    def build(self, folder: Path, level: int) -> Language:
        with within("chain"):
            if isinstance(self.chain, Mapping) and "tokens" in self.chain:
                raise BadInput("tokens", "found it inside of a padded language; names beside its chain are accepted")
            chain = LanguageTable.of_kind(self.chain)
            if not isinstance(chain, HMMTable | MarkovTable | NGramTable):
                raise BadInput("kind", f'found "{chain.kind}"; "hmm", "markov" or "ngram" is accepted')
            if not chain.given("end"):
                raise BadInput("end", "the key is missing; the ends must be given")
            keys = {key: value for key, value in chain.keys().items() if value is not None}
            if isinstance(chain, HMMTable):
                return padded_hmm(**keys)
            if isinstance(chain, MarkovTable):
                keys |= {"order": 2, "vocab": numbers(chain.initial, (None,), "initial").size}
            return padded_ngram(**keys)

    def canonical(self, folder: Path) -> dict[str, Any]:
        return {**super().canonical(folder), "chain": LanguageTable.of_kind(self.chain).canonical(folder)}
