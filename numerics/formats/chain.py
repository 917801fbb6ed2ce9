"""A hidden chain by arcs, in rationals: what every file of a model is read into, and what a language is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from ..errors import BadInput
from ..languages.base import Language
from ..languages.hidden_markov import HMM
from ..languages.n_gram import markov
from ..languages.token_names import named
from ..numbers.arcs import WRITTEN_OUT
from ..numbers.probabilities import whole

__all__ = ["BYTES_AN_ARC", "Chain", "Ending", "weighted"]

Ending = Literal["exact", "drop", "free"]
"""What becomes of the end: the law given the length, rows without the end, or a token that fills the rest."""

Row = Mapping[int, Fraction]

END_TOKEN = "</s>"
BYTES_AN_ARC = 600
"""Of a rational in a mapping, and in the language that is made of it."""

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Chain:
    """States that emit tokens, with an end.

    Parameters
    ----------
    tokens : sequence of str
        Names, token 0 first.
    initial : mapping
        State to probability; with ``empty`` it sums to 1.
    transition : sequence of mappings
        For each state, next state to probability; with its end it sums to 1.
    emission : sequence of mappings
        For each state, token to probability; the states beyond are silent, and lead to later such states or to others.
    end : sequence of Fraction, or None
        Probability that the sequence ends after a state; None for sequences without an end.
    empty : Fraction
        Probability of the empty sequence.
    """

    tokens: tuple[str, ...]
    initial: Row
    transition: Sequence[Row]
    emission: Sequence[Row]
    end: Sequence[Fraction] | None = None
    empty: Fraction = ZERO

    @property
    def states(self) -> int:
        """States that emit, and silent ones."""
        return len(self.transition)

    def ending(self, how: Ending) -> Chain:
        """The chain in which the end is left as it is, dropped, or a token of its own."""
        if self.end is None or how == "exact":
            return self
        return self._dropped() if how == "drop" else self._padded()

    def language(self, length: int) -> Language:
        """Its sequences of L tokens: a Markov chain where each token has one state, else a hidden one.

        Raises
        ------
        BadInput
            When no sequence has that length.
        """
        whole(length, "length", 1)
        chain = self._by_token() if self._is_markov() else self
        end, shorter = (None, None) if chain.end is None else (list(chain.end), chain.empty)
        (initial,) = _table([chain.initial], self.states)
        if chain is not self:
            language: Language = markov(initial, _table(chain.transition, self.states), length, end, shorter)
        else:
            language = HMM(length, initial, self.transition, self.emission, end, shorter, len(self.tokens))
        return named(language, self.tokens)

    def _is_markov(self) -> bool:
        """Whether each state has a token, and each token a state, and most transitions are possible or few."""
        emitted = [token for row in self.emission for token in row]
        if sorted(emitted) != list(range(len(self.tokens))) or len(emitted) != self.states:
            return False
        return self.states**2 <= WRITTEN_OUT or 2 * sum(map(len, self.transition)) > self.states**2

    def _by_token(self) -> Chain:
        """With token v emitted by state v."""
        token = [next(iter(row)) for row in self.emission]
        state = sorted(range(self.states), key=token.__getitem__)
        rows = [{token[target]: weight for target, weight in self.transition[old].items()} for old in state]
        initial = {token[old]: weight for old, weight in self.initial.items()}
        end = None if self.end is None else [self.end[old] for old in state]
        return replace(self, initial=initial, transition=rows, end=end, emission=[{v: ONE} for v in range(self.states)])

    def _dropped(self) -> Chain:
        """Without ends: each way is weighed by the probability that its next state that emits is met."""
        emitting = len(self.emission)
        met = [ONE] * self.states

        def onward(row: Row) -> dict[int, Fraction]:
            return {target: weight * met[target] for target, weight in row.items() if met[target]}

        for state in range(self.states - 1, emitting - 1, -1):
            met[state] = sum(onward(self.transition[state]).values(), ZERO)
        rows = []
        for state, given in enumerate(self.transition):
            row = onward(given)
            total = sum(row.values(), ZERO)
            if not total and state < emitting:
                token = self.tokens[next(iter(self.emission[state]))]
                raise BadInput("end", f'found "drop", but after a state of {token!r} a sequence only ends')
            # A silent state that only ends is never met.
            rows.append({target: weight / total for target, weight in row.items()} if total else {0: ONE})
        initial = onward(self.initial)
        kept = sum(initial.values(), ZERO)
        if not kept:
            raise BadInput("end", 'found "drop", but all sequences are empty')
        initial = {state: weight / kept for state, weight in initial.items()}
        return replace(self, initial=initial, transition=rows, end=None, empty=ZERO)

    def _padded(self) -> Chain:
        """With a token that follows the end for ever, its state before the silent ones."""
        assert self.end is not None
        ended = len(self.emission)

        def moved(row: Row, end: Fraction) -> Row:
            onward = {target + (target >= ended): weight for target, weight in row.items()}
            return {**onward, ended: end} if end else onward

        rows = [moved(row, end) for row, end in zip(self.transition, self.end, strict=True)]
        return Chain(
            (*self.tokens, END_TOKEN),
            moved(self.initial, self.empty),
            [*rows[:ended], {ended: ONE}, *rows[ended:]],
            [*self.emission, {len(self.tokens): ONE}],
        )


def weighted(
    tokens: tuple[str, ...],
    initial: Row,
    transition: Sequence[Row],
    emission: Sequence[Row],
    end: Sequence[Fraction],
) -> Chain:
    """A chain with the same law given any length, out of weights of which no row need sum to 1.

    Notes
    -----
    Every weight is divided by the largest total of a row, which changes all sequences of one length by the same
    factor; what is then missing from a row leads to a state that never ends. Probabilities of lengths mean nothing.
    """
    largest = max(sum(row.values()) + last for row, last in zip(transition, end, strict=True))
    if not largest or not initial:
        raise BadInput("", "all weights are zero")
    lost = len(transition)
    rows: list[Row] = []
    for row, last in zip(transition, end, strict=True):
        scaled = {target: weight / largest for target, weight in row.items()}
        missing = 1 - sum(scaled.values()) - last / largest
        rows.append({**scaled, lost: missing} if missing else scaled)
    start = sum(initial.values())
    first = {state: weight / start for state, weight in initial.items()}
    ends = [last / largest for last in end]
    if not any(lost in row for row in rows):
        return Chain(tokens, first, rows, emission, ends)
    return Chain(tokens, first, [*rows, {lost: ONE}], [*emission, {0: ONE}], [*ends, ZERO])


def _table(rows: Sequence[Row], width: int) -> list[list[Fraction]]:
    return [[row.get(column, ZERO) for column in range(width)] for row in rows]
