"""Models as other programs define them, by summing over their paths: back-off n-grams, profiles, silent automata.

Everything is in Fractions and from the definitions. A law of sequences of every length is cut to one length; what
becomes of the end is one of three: the law given the length, rows without the end, or a token that fills the rest.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import product
from random import Random

from .languages import Law

Words = tuple[str, ...]
Table = Mapping[Words, Fraction]
START, END = "<s>", "</s>"
ZERO, ONE = Fraction(0), Fraction(1)


def backoff_probability(p: Table, backoff: Table, order: int, word: str, context: Words) -> Fraction:
    """p(word | context): as listed, else the back-off weight times p given one word less."""
    context = context[max(0, len(context) - order + 1) :]
    if (*context, word) in p:
        return p[*context, word]
    return backoff.get(context, ONE) * backoff_probability(p, backoff, order, word, context[1:]) if context else ZERO


def ngram_law(p: Table, backoff: Table, order: int, words: Sequence[str], L: int, end: str) -> tuple[Law, Fraction]:
    """The law of L tokens, and the probability of the length."""

    def probability(word: str, history: Words) -> Fraction:
        found = backoff_probability(p, backoff, order, word, history)
        if end == "drop":
            return found / sum(backoff_probability(p, backoff, order, each, history) for each in words)
        return found

    law: Law = {}
    spelt = [*words, END] if end == "free" else list(words)
    for tokens in product(range(len(spelt)), repeat=L):
        history: Words = (START,)
        weight = ONE
        for token in tokens:
            if history[-1] == END:
                weight *= spelt[token] == END
            else:
                weight *= probability(spelt[token], history)
            history = (*history, spelt[token])
        if end == "exact":
            weight *= probability(END, history)
        law[tokens] = weight
    return given_length(law) if end == "exact" else ({x: q for x, q in law.items() if q}, ONE)


def given_length(weights: Law) -> tuple[Law, Fraction]:
    """Weights divided by their sum, and the sum."""
    Z = sum(weights.values(), ZERO)
    return ({x: w / Z for x, w in weights.items() if w} if Z else {}), Z


def profile_weight(match: Sequence, insert: Sequence, moves: Sequence, tokens: Sequence[int]) -> Fraction:
    """The sum over all ways through a profile, node by node; ``moves[k]`` has m->m m->i m->d i->m i->i d->m d->d."""
    M, n = len(match), len(tokens)
    after: dict[str, list[Fraction]] = {}
    for k in range(M, -1, -1):
        mm, mi, md, im, ii, dm, dd = moves[k]
        here = {state: [ZERO] * (n + 1) for state in "mid"}
        for i in range(n, -1, -1):
            # From a state of node k with i tokens written; the node after the last is the end.
            matched = inserted = deleted = ZERO
            if k == M:
                matched = ONE if i == n else ZERO
            elif i < n:
                matched = match[k][tokens[i]] * after["m"][i + 1]
            if i < n:
                inserted = insert[k][tokens[i]] * here["i"][i + 1]
            if k < M:
                deleted = after["d"][i]
            here["m"][i] = mm * matched + mi * inserted + md * deleted
            here["i"][i] = im * matched + ii * inserted
            here["d"][i] = dm * matched + dd * deleted
        after = here
    return after["m"][0]


def automaton_weight(
    states: int, arcs: Sequence[tuple[int, int, int | None, Fraction]], end: Sequence[Fraction], tokens: Sequence[int]
) -> Fraction:
    """The sum over the paths from state 0 that write the tokens; an arc is (source, target, token or None, weight)."""
    silent = [[ZERO] * states for _ in range(states)]
    for source, target, token, weight in arcs:
        if token is None:
            silent[source][target] += weight
    value = solved(silent, list(end))
    for token in reversed(tokens):
        behind = [ZERO] * states
        for source, target, written, weight in arcs:
            if written == token:
                behind[source] += weight * value[target]
        value = solved(silent, behind)
    return value[0]


def solved(silent: Sequence[Sequence[Fraction]], right: Sequence[Fraction]) -> list[Fraction]:
    """``(I - silent)^-1 right`` by Gauss and Jordan: the sum of ``silent^n right`` where it converges."""
    n = len(right)
    rows = [[Fraction(i == j) - silent[i][j] for j in range(n)] + [right[i]] for i in range(n)]
    for k in range(n):
        pivot = next(i for i in range(k, n) if rows[i][k])
        rows[k], rows[pivot] = rows[pivot], rows[k]
        rows[k] = [x / rows[k][k] for x in rows[k]]
        for i in range(n):
            if i != k and rows[i][k]:
                rows[i] = [x - rows[i][k] * y for x, y in zip(rows[i], rows[k], strict=True)]
    return [row[n] for row in rows]


def random_law(rng: Random, size: int, zeros: float = 0.0) -> list[Fraction]:
    """A row of small rationals."""
    counts = [0 if rng.random() < zeros else rng.randint(1, 6) for _ in range(size)]
    if not any(counts):
        counts[rng.randrange(size)] = 1
    return [Fraction(count, sum(counts)) for count in counts]


def random_ngram(rng: Random, order: int, words: Sequence[str]) -> tuple[dict[Words, Fraction], dict[Words, Fraction]]:
    """Probabilities of n-grams that are listed, and back-off weights by which every row sums to 1."""
    p: dict[Words, Fraction] = {}
    backoff: dict[Words, Fraction] = {}
    spelt = [*words, END]
    for word, probability in zip(spelt, random_law(rng, len(spelt)), strict=True):
        p[word,] = probability
    p[START,] = ONE
    for n in range(2, order + 1):
        contexts = [g for g in p if len(g) == n - 1 and g[-1] != END]
        for context in contexts:
            listed = [word for word in spelt if rng.random() < 0.5]
            listed = listed[: len(spelt) - 1]
            if not listed:
                continue
            law = random_law(rng, len(listed) + 1)
            kept = 1 - sum(backoff_probability(p, backoff, order, word, context[1:]) for word in listed)
            for word, probability in zip(listed, law, strict=False):
                p[*context, word] = probability
            backoff[context] = law[-1] / kept
    return p, backoff
