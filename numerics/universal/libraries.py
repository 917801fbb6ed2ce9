"""Languages to refute a combination of entropies with, cheapest first.

Shannon's inequalities do not say everything, and an average over exchanged positions need not be the entropies of a
language: a failed proof is no refutation. So the combination itself is tried on MDS codes on some of the positions,
with copies; on linear codes; and on laws of a few sequences, improved by local search and rounded to rationals.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import BeyondReach
from ..languages.code_products import codewords
from ..numbers.logform import LogForm
from .codes import MOST_WORDS, field_of
from .orders import LOG_V, Combination
from .simplex import game

__all__ = ["Found", "attained", "codes_on_positions", "exact_value", "few_sequences", "linear_codes", "refute", "tried"]

Entropies = Callable[[int], int]
"""The entropy of a set of positions, in units of ``log q``."""

MOST_PARTITIONS, MOST_SETS, MOST_COPIES, MOST_TOGETHER = 6, 2000, 6, 8
FIELDS, TRIES_OF_CODES, SEED = (2, 3), 400, 17
MOST_ATOMS, STARTS, LONGEST_SEARCHED = 6, 60, 6
DENOMINATORS, LEAST_GAIN = (6, 12, 24, 60, 240), 1e-4


@dataclass(frozen=True)
class Found:
    """A language, its ``[language]`` table, and what it was found among."""

    language: Mapping[str, Any]
    among: str


def tried(L: int) -> str:
    """What a search covers, in words."""
    copies = "" if L <= MOST_PARTITIONS else " of positions that are always revealed together"
    parts = [f"MDS codes on sets of positions, with copies{copies}"]
    parts.append(f"{TRIES_OF_CODES} random linear codes over each of GF({'), GF('.join(map(str, FIELDS))})")
    if L <= LONGEST_SEARCHED:
        parts.append(f"laws of up to {MOST_ATOMS} binary sequences from {STARTS} starts")
    return "; ".join(parts)


def refute(forms: Sequence[Combination], together: Sequence[int], ties: Sequence[Combination] = ()) -> Found | None:
    """A language on which every one of the combinations is positive, and the ties vanish; None where none is found.

    ``together`` has the class of each position: those of a class are always revealed together.
    """
    L = len(together)
    valued, vanishing = [_whole(form) for form in forms], [_whole(tie) for tie in ties]
    for describe, entropies in itertools.chain(codes_on_positions(together), linear_codes(L)):
        if all(_value(form, entropies) > 0 for form in valued) and not any(_value(tie, entropies) for tie in vanishing):
            found = describe()
            if found is not None:
                return found
    if len(forms) > 1 and not ties:
        found = _product(valued, together)
        if found is not None:
            return found
    if L <= LONGEST_SEARCHED and not ties and not any(LOG_V in form for form in forms):
        return few_sequences(forms, L)
    return None


def _product(valued: Sequence[Whole], together: Sequence[int]) -> Found | None:
    """A product of codes on which all forms are positive, where no code by itself will do, by a matrix game."""
    L = len(together)
    columns: dict[tuple[Fraction, ...], Callable[[], Found | None]] = {}
    unused = tuple(_value(form, lambda chosen: int(chosen == LOG_V)) for form in valued)
    columns[unused] = lambda: Found({"kind": "tabular", "vocab": 2, "length": L, "support": [[[0] * L, "1"]]}, "")
    for describe, entropies in codes_on_positions(together):
        columns.setdefault(tuple(_value(form, entropies) for form in valued), describe)
    solved = game(list(zip(*columns, strict=True)))
    if solved.value <= 0:
        return None
    chosen = [(values, columns[values]()) for values, t in zip(columns, solved.columns, strict=True) if t]
    codes = [(values, found.language) for values, found in chosen if found is not None]
    for counts in sorted(itertools.product(range(1, MOST_COPIES + 1), repeat=len(codes)), key=sum):
        nats = [n * math.log(table["vocab"]) for n, (_, table) in zip(counts, codes, strict=True)]
        sums = (sum(float(v[k]) * t for (v, _), t in zip(codes, nats, strict=True)) for k in range(len(valued)))
        if min(sums) > LEAST_GAIN:
            tables = [table for n, (_, table) in zip(counts, codes, strict=True) for _ in range(n)]
            if math.prod(len(table["support"]) for table in tables) <= MOST_WORDS:
                return Found(_side_by_side(tables, L), "products of codes and symbols that are not used")
    return None


def _side_by_side(tables: Sequence[Mapping[str, Any]], L: int) -> dict[str, Any]:
    """Independent languages, token by token."""
    support = []
    for entries in itertools.product(*(table["support"] for table in tables)):
        word = [0] * L
        for (part, _), table in zip(entries, tables, strict=True):
            word = [w * table["vocab"] + token for w, token in zip(word, part, strict=True)]
        support.append([word, str(math.prod(Fraction(probability) for _, probability in entries))])
    vocab = math.prod(table["vocab"] for table in tables)
    return {"kind": "tabular", "vocab": vocab, "length": L, "support": support}


def attained(
    lhs: Combination, rhs: Combination, factor: Fraction, together: Sequence[int], most: int | None = None
) -> bool:
    """Whether ``lhs = factor * rhs > 0`` on one of the codes, or of the first so many."""
    above, below = _whole(lhs), _whole(rhs)
    codes = itertools.chain(codes_on_positions(together), linear_codes(len(together)))
    return any(
        (value := _value(below, entropies)) > 0 and _value(above, entropies) == factor * value
        for _, entropies in itertools.islice(codes, most)
    )


Whole = tuple[int, list[tuple[int, int]]]
"""One over a factor, and whole coefficients of sets."""


def _whole(form: Combination) -> Whole:
    """Coefficients as whole numbers over a common denominator."""
    if not all(isinstance(c, Fraction | int) for c in form.values()):
        raise BeyondReach("a coefficient is irrational")
    fractions = {chosen: Fraction(c) for chosen, c in form.items()}
    common = math.lcm(*(c.denominator for c in fractions.values()))
    return common, [(chosen, int(c * common)) for chosen, c in fractions.items()]


def _value(form: Whole, entropies: Entropies) -> Fraction:
    return Fraction(sum(c * entropies(chosen) for chosen, c in form[1]), form[0])


def codes_on_positions(together: Sequence[int]) -> Iterator[tuple[Callable[[], Found | None], Entropies]]:
    """An MDS code of rank k on classes of positions that repeat one symbol; the other positions are constant."""
    L = len(together)
    for classes in _classes(together):
        for k in range(1, len(classes) + 1):

            def entropies(chosen: int, k: int = k, classes: tuple[int, ...] = classes) -> int:
                return 1 if chosen == LOG_V else min(k, sum(1 for one in classes if one & chosen))

            def describe(k: int = k, classes: tuple[int, ...] = classes) -> Found | None:
                return _code(k, classes, L)

            yield describe, entropies


def _classes(together: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Disjoint sets of positions, few first; of long sequences those revealed together, and single positions."""
    L = len(together)
    if L <= MOST_PARTITIONS:
        yield from _partitions(L)
        return
    sets = [sum(1 << i for i in range(L) if together[i] == c) for c in dict.fromkeys(together)]
    if len(sets) <= MOST_TOGETHER:
        for size in range(1, len(sets) + 1):
            yield from itertools.combinations(sets, size)
    chosen = (c for size in range(2, L + 1) for c in itertools.combinations(range(L), size))
    for members in itertools.islice(chosen, MOST_SETS):
        yield tuple(1 << i for i in members)


@cache
def _partitions(L: int) -> list[tuple[int, ...]]:
    """All families of disjoint sets of positions, by number of sets and of positions."""
    families: list[tuple[int, ...]] = [()]
    for i in range(L):
        families = [
            grown
            for family in families
            for grown in (
                family,
                (*family, 1 << i),
                *((*family[:c], one | 1 << i, *family[c + 1 :]) for c, one in enumerate(family)),
            )
        ]
    return sorted((f for f in families if f), key=lambda f: (len(f), sum(one.bit_count() for one in f)))


def _code(k: int, classes: tuple[int, ...], L: int) -> Found | None:
    m = len(classes)
    q = field_of(k, m) if m > 1 else 2
    if q**k > MOST_WORDS:
        return None
    place = [next((c for c, one in enumerate(classes) if one >> i & 1), None) for i in range(L)]
    support = [[[0 if c is None else word[c] for c in place], f"1/{q**k}"] for word in codewords(k, m, q)]
    if m == 1:
        support = [[[0 if c is None else a for c in place], "1/2"] for a in range(2)]
    return Found({"kind": "tabular", "vocab": q, "length": L, "support": support}, "MDS codes on sets of positions")


def linear_codes(L: int) -> Iterator[tuple[Callable[[], Found | None], Entropies]]:
    """Token i is a few linear functionals of a uniform vector over a prime field."""
    rng = np.random.default_rng(SEED)
    for q, _ in itertools.product(FIELDS, range(TRIES_OF_CODES)):
        m = int(rng.integers(2, max(min(L, 4), 2) + 1))
        maps = [rng.integers(0, q, (int(rng.integers(1, 3)), m)) for _ in range(L)]
        known: dict[int, int] = {}

        def entropies(chosen: int, q: int = q, maps: list[Any] = maps, known: dict[int, int] = known) -> int:
            if chosen == LOG_V:
                return max(len(each) for each in maps)
            if chosen not in known:
                rows = [each for i, each in enumerate(maps) if chosen >> i & 1]
                known[chosen] = _rank(np.concatenate(rows), q)
            return known[chosen]

        def describe(q: int = q, m: int = m, maps: list[Any] = maps) -> Found | None:
            return _linear(q, m, maps)

        yield describe, entropies


def _rank(rows: NDArray[np.int64], q: int) -> int:
    left, rank = rows.copy() % q, 0
    for column in range(left.shape[1]):
        pivots = [r for r in range(rank, len(left)) if left[r, column]]
        if not pivots:
            continue
        left[[rank, pivots[0]]] = left[[pivots[0], rank]]
        left[rank] = left[rank] * pow(int(left[rank, column]), -1, q) % q
        for r in range(len(left)):
            if r != rank:
                left[r] = (left[r] - left[r, column] * left[rank]) % q
        rank += 1
    return rank


def _linear(q: int, m: int, maps: list[Any]) -> Found | None:
    widest = max(len(each) for each in maps)
    if q**m > MOST_WORDS:
        return None
    counts: dict[tuple[int, ...], int] = {}
    for vector in itertools.product(range(q), repeat=m):
        word = tuple(_index((each @ np.array(vector)) % q, q) for each in maps)
        counts[word] = counts.get(word, 0) + 1
    support = [[list(word), str(Fraction(count, q**m))] for word, count in counts.items()]
    return Found({"kind": "tabular", "vocab": q**widest, "length": len(maps), "support": support}, "linear codes")


def _index(digits: NDArray[np.int64], q: int) -> int:
    value = 0
    for digit in digits.tolist():
        value = value * q + digit
    return value


def few_sequences(forms: Sequence[Combination], L: int) -> Found | None:
    """A law of a few binary sequences, by local search from random ones, with small denominators."""
    from scipy.optimize import minimize

    rng = np.random.default_rng(SEED)
    sets = sorted({chosen for form in forms for chosen in form})
    scales = np.array([[float(form.get(chosen, 0)) for chosen in sets] for form in forms])
    for start in range(STARTS):
        count = 3 + start % (MOST_ATOMS - 2)
        atoms = rng.choice(1 << L, size=min(count, 1 << L), replace=False)
        groups = [np.unique(atoms & chosen, return_inverse=True)[1] for chosen in sets]

        def loss(x: NDArray[np.float64], groups: list[Any] = groups) -> float:
            p = _softmax(x)
            entropies = np.array([_entropy(np.bincount(group, weights=p).astype(np.float64)) for group in groups])
            return -float((scales @ entropies).min())

        options = {"maxiter": 300, "xatol": 1e-4}
        best = minimize(loss, rng.normal(size=len(atoms)), method="Nelder-Mead", options=options)
        if best.fun > -LEAST_GAIN:
            continue
        for denominator in DENOMINATORS:
            law = dict(zip(atoms.tolist(), _rounded(_softmax(best.x), denominator), strict=True))
            if all(exact_value(form, law) > 0 for form in forms):
                support = [
                    [[atom >> i & 1 for i in range(L)], str(probability)]
                    for atom, probability in law.items()
                    if probability
                ]
                table = {"kind": "tabular", "vocab": 2, "length": L, "support": support}
                return Found(table, "laws of a few binary sequences")
    return None


def _softmax(x: NDArray[np.float64]) -> NDArray[np.float64]:
    p = np.exp(x - x.max())
    return np.asarray(p / p.sum())


def _entropy(p: NDArray[np.float64]) -> float:
    kept = p[p > 0]
    return -float(kept @ np.log(kept))


def _rounded(p: NDArray[np.float64], denominator: int) -> list[Fraction]:
    """Multiples of one over the denominator that sum to 1."""
    parts = np.floor(p * denominator).astype(int)
    for place in np.argsort(parts - p * denominator)[: denominator - int(parts.sum())]:
        parts[place] += 1
    return [Fraction(int(part), denominator) for part in parts]


def exact_value(form: Combination, law: Mapping[int, Fraction]) -> LogForm:
    """The combination on a law of binary sequences (bits for positions), as a log form."""
    total = LogForm(0)
    for chosen, c in form.items():
        marginal: dict[int, Fraction] = {}
        for atom, probability in law.items():
            marginal[atom & chosen] = marginal.get(atom & chosen, Fraction(0)) + probability
        entropy = LogForm.combination(
            [(-probability, LogForm.log(probability)) for probability in marginal.values() if probability]
        )
        total = total + entropy * c
    return total
