"""Random models written as files, read again, and held against sums over their paths in rationals."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from pathlib import Path
from random import Random

import numpy as np
import pytest
from by_default import rest_slow
from formats import files
from oracles import formats as oracle
from oracles.languages import Law

from maskbound.numerics import languages
from maskbound.numerics.errors import BadInput
from maskbound.numerics.formats import arpa

FEW, MANY = 20, 170
CLOSE = Fraction(1, 10**30)
"""Of the ten thousand roundings of 1e-40 in a law of four tokens, and of what a row of 50 decimals misses."""

ROUNDED = 1e-9
"""At most thirty factors of at least 1/18, in numerator and denominator, each of twelve digits."""

SEEDS = rest_slow(range(MANY), keep=FEW)


def assert_law(language: languages.Language, law: Law, Z: Fraction | None = None) -> None:
    table = language.exact_table().tolist()
    sequences = list(product(range(language.vocab), repeat=language.length))
    assert all(abs(law.get(x, 0) - q) <= CLOSE * q for x, q in zip(sequences, table, strict=True))
    if Z is not None:
        error = language.log_length_probability_error + 1e-14 * (1 - math.log(Z))
        assert abs(language.log_length_probability - math.log(Z)) <= error


@pytest.mark.parametrize("most_whole", [arpa.MOST_WHOLE, 0])
@pytest.mark.parametrize("seed", SEEDS)
def test_back_off_models(seed: int, most_whole: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a row of all words after each context, and with silent back-off; no row is said to miss 1."""
    monkeypatch.setattr(arpa, "MOST_WHOLE", most_whole)
    rng = Random(seed)
    order, L = rng.randint(1, 4), rng.randint(1, 4)
    words = ["<unk>", "a", "b"][: rng.randint(2, 3)]
    end = rng.choice(("exact", "exact", "drop", "free"))
    p, backoff = oracle.random_ngram(rng, order, words)
    path = tmp_path / "model.arpa"
    path.write_text(files.arpa(p, backoff))
    law, Z = oracle.ngram_law(p, backoff, order, words, L, end)
    language = languages.from_arpa(path, L, end, digits=files.DIGITS)
    assert language.vocab == len(words) + (end == "free")
    assert_law(language, law, Z)


@pytest.mark.parametrize("seed", SEEDS)
def test_profiles(seed: int, tmp_path: Path) -> None:
    rng = Random(seed)
    M, L = rng.randint(1, 4), rng.randint(1, 3)
    zeros = rng.choice((0.0, 0.2))
    match = [oracle.random_law(rng, 4, zeros) for _ in range(M)]
    insert = [oracle.random_law(rng, 4) for _ in range(M + 1)]
    moves = []
    for k in range(M + 1):
        deletes = [Fraction(1), Fraction(0)] if k in (0, M) else oracle.random_law(rng, 2)
        matches = oracle.random_law(rng, 3, zeros) if k < M else [*oracle.random_law(rng, 2), Fraction(0)]
        moves.append([*matches, *oracle.random_law(rng, 2), *deletes])
    path = tmp_path / "model.hmm"
    path.write_text(files.profile(match, insert, moves))
    weights = {x: oracle.profile_weight(match, insert, moves, x) for x in product(range(4), repeat=L)}
    law, Z = oracle.given_length(weights)
    if not Z:
        with pytest.raises(BadInput, match=f"no sequence has length={L}"):
            languages.from_hmmer(path, L, digits=files.DIGITS)
        return
    assert_law(languages.from_hmmer(path, L, digits=files.DIGITS), law, Z)
    padded = languages.from_hmmer(path, L, "free", digits=files.DIGITS)
    for x, q in zip(product(range(5), repeat=L), padded.exact_table().tolist(), strict=True):
        written = [token for token in x if token < 4]
        true = oracle.profile_weight(match, insert, moves, written) if list(x) == sorted(x, key=(4).__eq__) else None
        if true is None:
            assert q == 0
        elif len(written) < L:
            assert abs(q - true) <= CLOSE * true


@pytest.mark.parametrize("nodes", [24, 60])
def test_long_profiles(nodes: int, tmp_path: Path) -> None:
    """Deletes are silent states, so that all numbers stay rationals that an instance file holds."""
    rng = Random(nodes)
    match = [oracle.random_law(rng, 4) for _ in range(nodes)]
    insert = [oracle.random_law(rng, 4) for _ in range(nodes + 1)]
    inner = [[*oracle.random_law(rng, 3), *oracle.random_law(rng, 2), *oracle.random_law(rng, 2)] for _ in match]
    last = [*oracle.random_law(rng, 2), Fraction(0), *oracle.random_law(rng, 2), Fraction(1), Fraction(0)]
    first = [*inner[0][:5], Fraction(1), Fraction(0)]
    moves = [first, *inner[1:], last]
    path = tmp_path / "model.hmm"
    path.write_text(files.profile(match, insert, moves))
    language = languages.from_hmmer(path, 2)
    assert language.rational
    written = {key: value for key, value in language.written().items() if key != "kind"}
    assert languages.HMM(**written).states == 2 * nodes + 1
    weights = {x: oracle.profile_weight(match, insert, moves, x) for x in product(range(4), repeat=2)}
    law, Z = oracle.given_length(weights)
    assert np.allclose(language.table(), [float(law[x]) for x in weights], rtol=ROUNDED, atol=0)
    assert math.isclose(language.log_length_probability, math.log(Z), abs_tol=ROUNDED)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.filterwarnings("ignore::maskbound.numerics.errors.RowsRescaled")
def test_automata_with_silent_arcs(seed: int, tmp_path: Path) -> None:
    rng = Random(seed)
    states, V, L = rng.randint(1, 4), rng.randint(1, 3), rng.randint(1, 4)
    stochastic = rng.random() < 0.5
    arcs, end = [], {}
    for s in range(states):
        out = [(s, rng.randrange(states), rng.choice([None, *range(V)])) for _ in range(rng.randint(1, 5))]
        out[0] = (s, rng.randrange(states), rng.randrange(V))
        law = oracle.random_law(rng, len(out) + 1)
        scale = 1 if stochastic else Fraction(rng.randint(1, 9), 4)
        arcs += [(*arc, w if arc[2] is None else w * scale) for arc, w in zip(out, law, strict=False)]
        end[s] = law[-1] * scale
    path = tmp_path / "model.txt"
    path.write_text(files.fst([(s, t, "<eps>" if token is None else f"w{token}", w) for s, t, token, w in arcs], end))
    # Tokens are numbered in the order of their first arcs.
    seen = list(dict.fromkeys(token for _, _, token, _ in arcs if token is not None))
    ends = [end[s] for s in range(states)]
    weights = {
        x: oracle.automaton_weight(states, arcs, ends, [seen[v] for v in x])
        for x in product(range(len(seen)), repeat=L)
    }
    law, Z = oracle.given_length(weights)
    if not Z:
        with pytest.raises(BadInput, match=f"no sequence has length={L}"):
            languages.from_openfst(path, L, "log", digits=files.DIGITS)
        return
    assert_law(languages.from_openfst(path, L, "log", digits=files.DIGITS), law, Z if stochastic else None)
