"""Weighted automata with tokens on their arcs, some of them silent: the silent ones are eliminated exactly."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ..errors import BadInput, BeyondReach
from .chain import Chain, weighted

__all__ = ["Automaton"]

LARGEST_NUMBER = 1 << 17
"""Bits of a rational, beyond which an elimination is given up."""


@dataclass
class Automaton:
    """Sums over paths: an arc has a source, a token, a target and a weight; states may end.

    Parameters
    ----------
    names : sequence of str
        Of the states, for messages.
    tokens : sequence of str
    start : int
    arcs : one mapping for each state
        ``(token, target)`` to weight.
    end : sequence of Fraction
        The weight of ending in each state.
    silent : one mapping for each state
        Target to weight of arcs without a token.
    """

    names: Sequence[str]
    tokens: tuple[str, ...]
    start: int
    arcs: list[dict[tuple[int, int], Fraction]]
    end: list[Fraction]
    silent: list[dict[int, Fraction]] = field(default_factory=list)

    def voiced(self) -> Automaton:
        """The automaton without silent arcs that gives every sequence the same weight.

        Raises
        ------
        BadInput
            When silent arcs lead round in a circle so that their sum over paths is infinite.
        BeyondReach
            When the exact rationals grow too long.

        Notes
        -----
        States are eliminated one after another: silent arcs into k continue with what leaves k, divided by
        ``1 - a`` where a is the weight of its silent loop. The sum over paths is finite if and only if every such a is
        below 1 (the pivots of an M-matrix). Worst cost: the cube of the number of states with silent arcs.
        """
        silent = [dict(row) for row in self.silent] or [{} for _ in self.arcs]
        arcs = [dict(row) for row in self.arcs]
        end = list(self.end)
        into: list[set[int]] = [set() for _ in arcs]
        for source, row in enumerate(silent):
            for target in row:
                into[target].add(source)
        for k in (k for k in range(len(arcs)) if silent[k] or into[k]):
            loop = silent[k].pop(k, Fraction(0))
            into[k].discard(k)
            if loop >= 1:
                raise BadInput(
                    "",
                    f"silent arcs lead from state {self.names[k]} back to it with weight {float(loop):.9g}, so that"
                    " the sum over paths is infinite; a weight below 1 is accepted",
                )
            if loop:
                factor = 1 / (1 - loop)
                _require_short(factor)
                silent[k] = {target: factor * weight for target, weight in silent[k].items()}
                arcs[k] = {arc: factor * weight for arc, weight in arcs[k].items()}
                end[k] *= factor
            for source in into[k]:
                weight = silent[source].pop(k)
                _require_short(weight)
                for target, onward in silent[k].items():
                    silent[source][target] = silent[source].get(target, Fraction(0)) + weight * onward
                    into[target].add(source)
                for arc, onward in arcs[k].items():
                    arcs[source][arc] = arcs[source].get(arc, Fraction(0)) + weight * onward
                end[source] += weight * end[k]
            into[k].clear()
            for target in silent[k]:
                into[target].add(k)
        return Automaton(self.names, self.tokens, self.start, arcs, end)

    def chain(self) -> Chain:
        """The hidden chain whose states are the pairs of a token and the state that it leads to.

        Without silent arcs. Where no row misses 1 its probabilities are kept, otherwise see
        :func:`~maskbound.numerics.formats.chain.weighted`.
        """
        pairs: dict[tuple[int, int], int] = {}
        waiting = deque([self.start])
        met = {self.start}
        while waiting:
            for token, target in self.arcs[waiting.popleft()]:
                pairs.setdefault((token, target), len(pairs))
                if target not in met:
                    met.add(target)
                    waiting.append(target)
        rows = {state: {pairs[arc]: weight for arc, weight in self.arcs[state].items() if weight} for state in met}
        initial, empty = rows[self.start], self.end[self.start]
        transition = [rows[target] for _, target in pairs]
        emission = [{token: Fraction(1)} for token, _ in pairs]
        end = [self.end[target] for _, target in pairs]
        if not pairs:
            raise BadInput("", "no arc has a token, so that all sequences are empty")
        if all(sum(rows[state].values()) + self.end[state] == 1 for state in met):
            return Chain(self.tokens, initial, transition, emission, end, empty)
        return weighted(self.tokens, initial, transition, emission, end)


def _require_short(weight: Fraction) -> None:
    if weight.denominator.bit_length() > LARGEST_NUMBER:
        raise BeyondReach("eliminating the silent arcs exactly needs rationals of more than 39000 digits")
