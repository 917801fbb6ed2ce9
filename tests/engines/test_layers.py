"""Hidden chains position by position: the law that is left is the language's, and curves drawn on it."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from random import Random

import numpy as np
import pytest
from by_default import rest_slow
from formats import files
from oracles import formats as oracle

from maskbound.numerics import Instance, curve, languages, policies
from maskbound.numerics.engines.windows import hidden_chain, layered
from maskbound.numerics.engines.windows.layers import Layers
from maskbound.numerics.errors import BadInput
from maskbound.numerics.languages import Language

pytestmark = pytest.mark.filterwarnings("ignore::maskbound.numerics.errors.RowsRescaled")
LENGTH = 3
FEW, MANY = 10, 170


def ngram(rng: Random, path: Path) -> Language:
    order = rng.randint(2, 4)
    p, backoff = oracle.random_ngram(rng, order, ["a", "b"])
    path.write_text(files.arpa(p, backoff))
    return languages.from_arpa(path, LENGTH, rng.choice(("exact", "drop", "free")))


def profile(rng: Random, path: Path) -> Language:
    M = rng.randint(1, 4)
    laws = [oracle.random_law(rng, 4, 0.2) for _ in range(2 * M + 1)]
    inner = [[*oracle.random_law(rng, 3), *oracle.random_law(rng, 2), *oracle.random_law(rng, 2)] for _ in range(M - 1)]
    first = [*oracle.random_law(rng, 3), *oracle.random_law(rng, 2), 1, 0]
    last = [*oracle.random_law(rng, 2), 0, *oracle.random_law(rng, 2), 1, 0]
    path.write_text(files.profile(laws[:M], laws[M:], [first, *inner, last]))
    return languages.from_hmmer(path, LENGTH)


def automaton(rng: Random, path: Path) -> Language:
    """With silent arcs and end weights."""
    states = rng.randint(1, 4)
    arcs, end = [], {}
    for s in range(states):
        out = [(s, rng.randrange(states), rng.choice([None, 0, 1])) for _ in range(rng.randint(1, 4))]
        out[0] = (s, rng.randrange(states), rng.randrange(2))
        law = oracle.random_law(rng, len(out) + 1)
        arcs += [(a, b, "<eps>" if v is None else f"w{v}", w) for (a, b, v), w in zip(out, law, strict=False)]
        end[s] = law[-1]
    path.write_text(files.fst(arcs, end))
    return languages.from_openfst(path, LENGTH, "log")


KINDS = {"n-gram": ngram, "profile": profile, "automaton": automaton}
SEEDS = rest_slow(range(MANY), keep=FEW)


def table(arrays: Layers) -> np.ndarray:
    """Of all sequences, by a sum over the paths."""
    found = []
    for x in product(range(arrays.vocab), repeat=arrays.length):
        here = arrays.initial
        for i, token in enumerate(x):
            begin, end = arrays.first[i], arrays.first[i + 1]
            here = here * arrays.shown[arrays.shape[begin:end], token]
            if i < arrays.length - 1:
                there = np.zeros(arrays.first[i + 2] - end)
                for s in range(end - begin):
                    entries = slice(arrays.starts[begin + s], arrays.starts[begin + s + 1])
                    np.add.at(there, arrays.columns[entries], here[s] * arrays.probabilities[entries])
                here = there
        found.append(here.sum())
    return np.array(found)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_law_is_that_of_the_language(kind: str, seed: int, tmp_path: Path) -> None:
    try:
        language = KINDS[kind](Random(seed), tmp_path / "model")
    except BadInput as problem:
        if "no sequence has length" not in str(problem):
            raise
        return
    arrays, true = layered(hidden_chain(language)), language.exact_table().astype(float)
    found = table(arrays)
    assert np.abs(found - true).sum() / 2 <= arrays.left_out + arrays.error + 1e-14
    assert (found[true == 0] == 0).all()


def test_a_shifted_law_is_noticed() -> None:
    arrays = layered(hidden_chain(languages.markov([0.5, 0.5], [[0.5, 0.25], [0, 0.5]], 3, [0.25, 0.5])))
    other = languages.markov([0.5, 0.5], [[0.5, 0.5], [0, 1]], 3)
    assert np.abs(table(arrays) - other.table()).sum() / 2 > 0.01


def test_drawn_curves_hold_the_computed_ones() -> None:
    language = languages.HMM(
        4, [0.5, 0.25, 0.25], np.full((3, 3), 0.25), [[0.5, 0.5], [0.125, 0.875], [1, 0]], [0.25] * 3
    )
    instance = Instance(language, policies.Bernoulli(1))
    true = curve(instance, points=4)
    drawn = curve(instance, points=4, samples=3000, confidence=1 - 1e-6)
    assert drawn.revealed == true.revealed
    for some, each in zip(drawn.profile + drawn.curve, true.profile + true.curve, strict=True):
        assert some.lo <= each.value <= some.hi
        assert some.hi - some.lo < 0.3
    with pytest.raises(BadInput, match="neither a hidden Markov model nor an n-gram"):
        curve(Instance(languages.parity(3), policies.Bernoulli(1)), samples=10)
