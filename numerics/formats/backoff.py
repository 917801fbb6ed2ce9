"""An n-gram with back-off as a chain whose back-off is silent: an arc for each n-gram that is listed.

A context that is followed by the same contexts as the shorter one that it backs off to (a longest one always is) gives
each word at least its back-off weight times what the shorter one gives it, if it is interpolated. Then it is a mixture:
with that weight a silent step to the shorter context, otherwise a word out of the listed ones, with what their own
probabilities have beyond. Any other context has a row of all words.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..errors import BadInput
from ..numbers.limits import require_memory
from .chain import BYTES_AN_ARC, Chain

__all__ = ["BackOff", "backoff_chain"]

Words = tuple[str, ...]
ZERO, ONE = Fraction(0), Fraction(1)

Arcs = tuple[dict[str, Fraction], Fraction, Fraction]
"""Words and their probabilities after a context, that of a silent step to the shorter one, and that of the end."""

_NONE: Arcs = ({}, ZERO, ZERO)


@dataclass(frozen=True)
class BackOff:
    """The numbers of a model over a vocabulary, as rationals.

    Parameters
    ----------
    words : sequence of str
        The tokens.
    end : str or None
        The word that ends a sequence, where it is listed.
    contexts : set of tuples of str
        Word sequences that change what follows, ``()`` among them.
    listed : mapping of contexts to mappings of words to Fractions
        Of the tokens and the end only; all of them after ``()``.
    weight : mapping of contexts to Fractions
        Back-off weights; 1 where there is none.
    """

    words: Sequence[str]
    end: str | None
    contexts: set[Words]
    listed: Mapping[Words, Mapping[str, Fraction]]
    weight: Mapping[Words, Fraction]

    def below(self, context: Words) -> tuple[Words, Fraction]:
        """The longest shorter context, and the product of the back-off weights on the way there."""
        weight = self.weight.get(context, ONE)
        shorter = context[1:]
        while shorter not in self.contexts:
            weight *= self.weight.get(shorter, ONE)
            shorter = shorter[1:]
        return shorter, weight

    def following(self, context: Words, word: str) -> Words:
        """The context after a word."""
        found = (*context, word)
        while found not in self.contexts:
            found = found[1:]
        return found

    def probability(self, word: str, context: Words) -> Fraction:
        """The weight of a word after a context, before the row is divided by its sum."""
        factor = ONE
        while word not in self.listed.get(context, {}):
            context, weight = self.below(context)
            factor *= weight
        return factor * self.listed[context][word]


def backoff_chain(model: BackOff, start: Words, judged: Callable[[Words, Fraction], None], instead: str) -> Chain:
    """The chain of the contexts that can be met.

    Parameters
    ----------
    model : BackOff
    start : tuple of str
        The context of the first word.
    judged : callable
        Is told the sum of the row of each context, which it may refuse.
    instead : str
        What to do where the chain does not fit the memory.

    Notes
    -----
    States are the pairs of a word and the context that it leads to, and silent ones for the contexts, longest first.
    """
    totals, arcs = _totals(model), {start: _NONE}
    longer = {context[:-1] for context in model.contexts if context and context[-1] in set(model.words)}
    waiting, count = deque([start]), 0
    while waiting:
        context = waiting.popleft()
        judged(context, totals[context])
        mixed = bool(context) and context not in longer and _is_mixture(model, context)
        arcs[context] = row, back, _ = _arcs(model, context, mixed, totals)
        count += len(row) + 2
        require_memory(BYTES_AN_ARC * count, f"more than {count} arcs of {len(arcs)} contexts", instead)
        onward = [model.following(context, word) for word in row]
        for following in [*onward, model.below(context)[0]] if back else onward:
            if following not in arcs:
                arcs[following] = _NONE
                waiting.append(following)
    return _chain(model, start, arcs)


def _chain(model: BackOff, start: Words, arcs: Mapping[Words, Arcs]) -> Chain:
    token = {word: v for v, word in enumerate(model.words)}
    order = sorted(arcs, key=len, reverse=True)
    pairs: dict[tuple[int, Words], int] = {}
    for context in order:
        for word in arcs[context][0]:
            pairs.setdefault((token[word], model.following(context, word)), len(pairs))
    if not pairs:
        raise BadInput("words", "no word that is kept can follow the start")
    silent = {context: len(pairs) + k for k, context in enumerate(order)}
    transition: list[dict[int, Fraction]] = [{silent[context]: ONE} for _, context in pairs]
    ends = [ZERO] * len(pairs)
    for context in order:
        row, back, end = arcs[context]
        onward = {pairs[token[word], model.following(context, word)]: p for word, p in row.items()}
        transition.append({**onward, silent[model.below(context)[0]]: back} if back else onward)
        ends.append(end)
    emission = [{v: ONE} for v, _ in pairs]
    return Chain(tuple(model.words), {silent[start]: ONE}, transition, emission, ends if model.end else None)


def _totals(model: BackOff) -> dict[Words, Fraction]:
    """The sum of the row of each context, shorter ones first: a longer one adds the share that backs off."""
    totals: dict[Words, Fraction] = {}
    for context in sorted(model.contexts, key=len):
        listed = model.listed.get(context, {})
        own = sum(listed.values(), ZERO)
        if context:
            shorter, weight = model.below(context)
            own += weight * (totals[shorter] - sum((model.probability(word, shorter) for word in listed), ZERO))
        totals[context] = own
    return totals


def _is_mixture(model: BackOff, context: Words) -> bool:
    shorter, weight = model.below(context)
    return all(p >= weight * model.probability(word, shorter) for word, p in model.listed.get(context, {}).items())


def _arcs(model: BackOff, context: Words, mixed: bool, totals: Mapping[Words, Fraction]) -> Arcs:
    total = totals[context]
    if not total:
        raise BadInput("words", f"the row of the context {' '.join(context)!r} has none of the words that are kept")
    if mixed:
        shorter, weight = model.below(context)
        listed = model.listed.get(context, {})
        row = {word: (p - weight * model.probability(word, shorter)) / total for word, p in listed.items()}
        back = weight * totals[shorter] / total
    else:
        spelt = [*model.words, model.end] if model.end else model.words
        row = {word: model.probability(word, context) / total for word in spelt}
        back = ZERO
    end = row.pop(model.end, ZERO) if model.end else ZERO
    return {word: p for word, p in row.items() if p}, back, end
