"""How likely a correct sequence can be: the range that an average of ``-log q(x)`` needs."""

from __future__ import annotations

import math

from ...languages import HMM, Blocks, Language, NGram, Tabular

__all__ = ["surprisal_nanoseconds", "surprisal_range"]


def surprisal_range(language: Language) -> tuple[float, float] | None:
    """Bounds of ``-log q(x)`` in nats over the support, or None where none is known.

    A possible sequence has a path of hidden states or contexts, each of whose factors is at least the smallest positive
    entry of its kind.
    """
    L = language.length
    if isinstance(language, Blocks):
        one = surprisal_range(language.block)
        return None if one is None else (language.count * one[0], language.count * one[1])
    if isinstance(language, Tabular):
        p = language.probabilities.values
        return -math.log(p.max()) * (1 - 1e-12), -math.log(p.min()) * (1 + 1e-12)
    if isinstance(language, HMM):
        factors = [(1, language.initial), (L - 1, language.transition), (L, language.emission)]
    elif isinstance(language, NGram):
        head = min(language.order - 1, 1)
        factors = [(head, language.initial), (max(0, L - language.order + 1), language.transition)]
    else:
        return None
    most = math.fsum(-power * math.log(law.values[law.values > 0].min()) for power, law in factors)
    return 0.0, most * (1 + 1e-12)


def surprisal_nanoseconds(language: Language) -> float:
    """Estimated time of one ``log q(x)``."""
    if isinstance(language, Blocks):
        return language.count * surprisal_nanoseconds(language.block)
    if isinstance(language, HMM):
        return language.length * (50.0 + language.states * (language.states / 4 + 5))
    return 1000.0 + 20.0 * language.length
