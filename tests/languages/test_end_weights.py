"""Chains with end weights against an enumeration of their sequences."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from fractions import Fraction
from itertools import product
from pathlib import Path
from random import Random

import numpy as np
import pytest
from by_default import rest_slow
from oracles import ending
from oracles.languages import Law, Marginals, random_row
from test_engines_agree import REQUEST, assert_agreement, measured

from maskbound.numerics import Instance, languages, measure, policies
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.errors import BadInput
from maskbound.numerics.languages.bigrams import bigram_law
from maskbound.numerics.languages.chains import ChainLanguage

FEW, MANY = range(24), range(24, 500)


def drawn(seed: int) -> tuple[str, int, tuple, Law, Fraction]:
    """A kind, its length, the arguments of its constructor, its law and the probability of the length."""
    rng = Random(seed)
    kind = rng.choice(("hmm", "markov", "trigram"))
    (initial,), (shorter,) = ending.random_rows(rng, 1, {"hmm": 3, "markov": 3, "trigram": 4}[kind], 0.2)
    if kind == "hmm":
        L = rng.randint(1, 4)
        A, end = ending.random_rows(rng, 3, 3)
        B = [random_row(rng, 2) for _ in range(3)]
        return kind, L, (initial, A, B, end, shorter), *ending.hmm(initial, A, B, end, L)
    if kind == "markov":
        L = rng.randint(1, 4)
        A, end = ending.random_rows(rng, 3, 3)
        return kind, L, (initial, A, end, shorter), *ending.ngram(2, 3, initial, A, end, L)
    L = rng.randint(2, 5)
    A, end = ending.random_rows(rng, 4, 2)
    return kind, L, (initial, A, end, shorter), *ending.ngram(3, 2, initial, A, end, L)


def built(kind: str, L: int, given: tuple, read=lambda numbers: numbers) -> ChainLanguage:
    given = tuple(map(read, given))
    if kind == "hmm":
        return languages.HMM(L, *given)
    if kind == "markov":
        return languages.markov(*given[:2], L, *given[2:])
    return languages.NGram(3, 2, L, *given)


def floating(numbers):
    return float(numbers) if isinstance(numbers, Fraction) else np.array(numbers, dtype=np.float64)


@pytest.mark.parametrize("seed", [*FEW, *(pytest.param(seed, marks=pytest.mark.slow) for seed in MANY)])
def test_the_law_given_the_length(seed: int) -> None:
    kind, L, given, law, Z = drawn(seed)
    if not Z:
        with pytest.raises(BadInput, match=f"no sequence has length={L}"):
            built(kind, L, given)
        return
    exact = built(kind, L, given)
    V, table = exact.vocab, exact.exact_table()
    sequences = list(product(range(V), repeat=L))
    assert [law.get(x, 0) for x in sequences] == table.tolist()
    for language in (exact, built(kind, L, given, floating)):
        value, error = language.log_length_probability, language.log_length_probability_error
        assert abs(value - math.log(Z)) <= error + 1e-14 * (1 + abs(value))
        assert 0 < error < 1e-11
        within = language.depth * 2.0**-53 * 1.01
        assert all(abs(c - t) <= within * t for c, t in zip(language.table(), map(float, table), strict=True))
        assert (language.support_table() == (table > 0)).all()
        assert language.in_support(np.array(sequences)).tolist() == (table > 0).tolist()
        assert np.allclose(np.exp(language.log_prob(np.array(sequences))), table.astype(float), rtol=1e-12, atol=0)
    assert_conditionals(exact, law, "global")
    if L > 1:
        pairs, depth = bigram_law(exact)
        for u, v in product(range(V), repeat=2):
            true = sum(p * sum(x[i : i + 2] == (u, v) for i in range(L - 1)) for x, p in law.items()) / (L - 1)
            assert abs(pairs[u, v] - true) <= depth * 2.0**-53 * 1.01 * true
    low, high = exact.surprisal_range()
    assert all(low <= -math.log(p) * (1 + 1e-12) and -math.log(p) <= high * (1 + 1e-12) for p in law.values())


def assert_conditionals(language: ChainLanguage, law: Law, scope: str) -> None:
    V, L, marginals = language.vocab, language.length, Marginals(law)
    partial = list(product(range(V + 1), repeat=L))
    rows, possible = language.conditionals(np.array(partial), scope)
    for y, row, there in zip(partial, rows, possible, strict=True):
        context = {i: v for i, v in enumerate(y) if v != V}
        for i in (i for i, v in enumerate(y) if v == V):
            expected = marginals.conditional(i, context, V)
            assert there[i] == (expected is not None)
            if expected is not None:
                assert np.allclose(row[i], [float(c) for c in expected], rtol=1e-13, atol=0)


@pytest.mark.parametrize("seed", range(40))
def test_between_revealed_neighbours(seed: int) -> None:
    """Where the whole context is possible, both scopes agree."""
    kind, L, given, law, Z = drawn(seed)
    if kind == "markov" and Z:
        language, marginals = built(kind, L, given), Marginals(law)
        partial = list(product(range(4), repeat=L))
        possible = [y for y in partial if marginals.probability({i: v for i, v in enumerate(y) if v != 3})]
        one, other = (language.conditionals(np.array(possible), scope)[0] for scope in ("global", "local"))
        assert np.allclose(one, other, rtol=1e-13, atol=0)


@pytest.mark.parametrize("kind", ["hmm", "markov", "trigram"])
def test_draws_have_the_law(kind: str) -> None:
    seed = next(s for s in range(100) if drawn(s)[0] == kind and drawn(s)[1] > 2 and len(drawn(s)[3]) > 8)
    _, L, given, law, _ = drawn(seed)
    language, n = built(kind, L, given), 40_000
    seen: dict[tuple, int] = {}
    for x in language.sample(n, np.random.default_rng(1)).tolist():
        seen[tuple(x)] = seen.get(tuple(x), 0) + 1
    assert set(seen) <= set(law)
    # Each count is within six standard deviations, with probability above 1 - 1e-6 for all of them.
    assert all(abs(seen.get(x, 0) - n * p) <= 6 * math.sqrt(n * p * (1 - p)) + 1 for x, p in law.items())


def test_an_automaton_whose_rows_fall_short() -> None:
    """Two states, the rest of each row being the probability to end, given length 2."""
    language = languages.HMM(
        2, ["1/3", "2/3"], [["1/2", "1/4"], [0, "3/5"]], [["1/2", "1/2"], [0, 1]], end=["1/4", "2/5"]
    )
    law, Z = ending.hmm(
        [Fraction(1, 3), Fraction(2, 3)],
        [[Fraction(1, 2), Fraction(1, 4)], [Fraction(0), Fraction(3, 5)]],
        [[Fraction(1, 2)] * 2, [Fraction(0), Fraction(1)]],
        [Fraction(1, 4), Fraction(2, 5)],
        2,
    )
    assert language.exact_table().tolist() == [law.get(x, 0) for x in product(range(2), repeat=2)]
    assert language.log_length_probability == pytest.approx(math.log(Z), rel=1e-14)


def test_long_sequences_have_a_probability_of_the_length() -> None:
    """A geometric length: one state goes on with probability 999/1000."""
    one = languages.HMM(100_000, [1], [["999/1000"]], [["1/2", "1/2"]], end=["1/1000"])
    true = 99_999 * math.log(0.999) + math.log(0.001)
    assert abs(one.log_length_probability - true) <= one.log_length_probability_error + 1e-9


def pair_of_tokens(rows, **ends):
    return lambda: languages.markov([1, 0], rows, 3, **ends)


TO_AND_FRO = [[0, 1], [1, 0]]


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (pair_of_tokens(TO_AND_FRO, end=["1/2", 0]), r"transition\[0\]: the row and its end sum to 3/2"),
        (pair_of_tokens([[0, 0.5], [1, 0]], end=[0.4, 0]), r"transition\[0\]: the row and its end sum to 0\.9"),
        (pair_of_tokens(TO_AND_FRO, end=[-1, 0]), r"end\[0\]: found -1"),
        (pair_of_tokens(TO_AND_FRO, end=[0]), "end: found"),
        (pair_of_tokens(TO_AND_FRO, end=0), "end: found 0; a list of 2 entries"),
        (pair_of_tokens([[0, 1], [0, 0]], end=[0, 1], shorter="1/2"), "initial: the row and its shorter sum to 3/2"),
        (pair_of_tokens(TO_AND_FRO, shorter=0), "shorter: found it without end"),
        (pair_of_tokens([[0, 1], [0, 0]], end=[0, 1]), "end: no sequence has length=3"),
        (pair_of_tokens([[0, "1/2"], [1, 0]]), "if the rest is the probability to end there, give it as end"),
        (lambda: languages.NGram(1, 2, 3, None, [["1/2", "1/4"]], end=["1/4"]), "end: found it at order 1"),
        (lambda: languages.NGram(3, 2, 1, [1, 0, 0, 0], [[0, 1]] * 4, end=[0] * 4), "length: found 1; with end"),
    ],
)
def test_refusals(make, complaint: str) -> None:
    with pytest.raises(BadInput, match=complaint):
        make()


def test_ends_are_written_back() -> None:
    for kind in ("hmm", "markov", "trigram"):
        seed = next(s for s in range(100) if drawn(s)[0] == kind and drawn(s)[4])
        _, L, given, _, _ = drawn(seed)
        language = built(kind, L, given)
        again, _ = languages.read_language(language.written(), None)
        assert again.exact_table().tolist() == language.exact_table().tolist()
        assert again.log_length_probability == language.log_length_probability


POLICIES = (policies.Bernoulli(3), policies.FixedSize((2, 0, 1, 1)), policies.FixedSets([[0, 3], [1, 2]]))


def of_length_four(kind: str, start: int) -> tuple[int, tuple, Law]:
    """Arguments of the first language of a kind from a seed on that has four tokens and some forbidden sequences."""
    for seed in itertools.count(start):
        found, L, given, law, _ = drawn(seed)
        if (found, L) == (kind, 4) and 3 < len(law) < len(list(product(range(3 if kind == "markov" else 2), repeat=4))):
            return seed, given, law
    raise AssertionError


@pytest.mark.parametrize("policy", POLICIES, ids=repr)
@pytest.mark.parametrize("kind", ["hmm", "markov", "trigram"])
@pytest.mark.parametrize(("start", "seconds"), rest_slow([(0, 0.1), (100, 5.0), (200, 5.0), (300, 5.0)]))
def test_engines_agree_with_the_table(kind: str, policy, start: int, seconds: float) -> None:
    """Every engine that takes the chain, against every engine that takes the table of its law."""
    _, given, _ = of_length_four(kind, start)
    language = built(kind, 4, given)
    table = languages.Tabular.from_table(language.vocab, 4, language.exact_table())
    found = defaultdict(list)
    for form in (language, table):
        for name, enclosures in measured(
            Workspace(Instance(form, policy, off_support_scope="global"), REQUEST), seconds
        ).items():
            found[name] += enclosures
    assert assert_agreement(found) >= 60


def test_another_end_is_noticed() -> None:
    _, given, _ = of_length_four("markov", 0)
    language = built("markov", 4, given)
    initial, *rows = ([c / sum(row) for c in row] if any(row) else [1, 0, 0] for row in (given[0], *given[1]))
    other = languages.markov(initial, rows, 4)
    found = defaultdict(list)
    for form in (language, other):
        for name, enclosures in measured(
            Workspace(Instance(form, POLICIES[0], off_support_scope="global"), REQUEST), 0.1
        ).items():
            found[name] += enclosures
    with pytest.raises(AssertionError):
        assert_agreement(found)


@pytest.mark.parametrize("length", [2, 300])
def test_ends_that_are_equal_change_nothing_but_the_length(length: int) -> None:
    """Then the law given the length is that of the chain that never ends: here by messages, there by settled laws."""
    rows = np.array([[0.5, 0.25, 0.25], [0.125, 0.875, 0], [0.25, 0.25, 0.5]])
    policy = policies.Bernoulli(8)
    plain = Instance(languages.markov([0.5, 0.5, 0], rows, length), policy)
    ending = Instance(languages.markov([0.5, 0.5, 0], rows * 0.75, length, end=[0.25] * 3), policy)
    names = ["path_kl", "entropy", "total_correlation", "dual_total_correlation", "profile_end"]
    one, other = (measure(instance, names, engine="markov") for instance in (plain, ending))
    for name in names:
        assert one[name].overlaps(other[name])
        assert other[name].width <= 1e-9 * max(1.0, other[name].value)
    found = measure(ending, ["log_length_probability"])["log_length_probability"]
    true = (length - 1) * math.log(0.75) + math.log(0.25)
    assert found.lo <= true * (1 - 1e-15)
    assert true * (1 + 1e-15) <= found.hi


def prefix_law(V: int, by_length, whole_past: Law, L: int) -> Law:
    """Sequences that end before L tokens, filled with token V, and the first L tokens of all others."""
    law = dict(whole_past)
    for length in range(L):
        given, Z = by_length(length)
        for x, p in given.items():
            law[x + (V,) * (L - length)] = law.get(x + (V,) * (L - length), Fraction(0)) + p * Z
    return law


@pytest.mark.parametrize("seed", range(12))
def test_padded_chains_against_their_sequences_of_every_length(seed: int) -> None:
    rng, L = Random(seed), 3
    ((initial,), (shorter,)), (A, end) = ending.random_rows(rng, 1, 2), ending.random_rows(rng, 2, 2)
    B = [random_row(rng, 2) for _ in range(2)]
    for emission in (B, [[Fraction(1), Fraction(0)], [Fraction(0), Fraction(1)]]):

        def by_length(length: int, emission=emission) -> tuple[Law, Fraction]:
            if length == 0:
                return {(): Fraction(1)}, shorter
            return ending.hmm(initial, A, emission, end, length)

        # The first L tokens of longer sequences: whatever follows the last, its rows sum to 1 with the end.
        given, Z = ending.hmm(initial, A, emission, [1, 1], L)
        law = prefix_law(2, by_length, {x: p * Z for x, p in given.items()}, L)
        expected = [law.get(x, 0) for x in product(range(3), repeat=L)]
        assert sum(expected) == 1
        hidden = languages.padded_hmm(L, initial, A, emission, end, shorter)
        assert hidden.exact_table().tolist() == expected
        assert hidden.log_length_probability == 0
    assert languages.padded_ngram(2, 2, L, initial, A, end, shorter).exact_table().tolist() == expected


def test_padded_trigrams() -> None:
    T, end = [["1/2", "1/4"], [0, "1/2"], ["1/4", 0], [1, 0]], ["1/4", "1/2", "3/4", 0]
    initial = ["1/2", "1/4", 0, "1/4"]
    padded = languages.padded_ngram(3, 2, 4, initial, T, end)
    table = padded.exact_table().reshape((3,) * 4)
    assert table.sum() == 1
    assert table[0, 0, 2, 2] == Fraction(1, 2) * Fraction(1, 4)
    assert table[0, 1, 1, 2] == Fraction(1, 4) * Fraction(1, 2) * 0
    assert table[0, 0, 1, 2] == Fraction(1, 2) * Fraction(1, 4) * Fraction(1, 2)
    assert not table[2].any()
    with pytest.raises(BadInput, match="shorter: found it above 0 at order 3"):
        languages.padded_ngram(3, 2, 4, ["1/2", 0, 0, "1/4"], T, end, "1/4")


def test_padded_chains_in_files() -> None:
    chain = {
        "kind": "markov",
        "length": 2,
        "initial": ["1/2", 0],
        "transition": [[0, "1/2"], [1, 0]],
        "end": ["1/2", 0],
        "shorter": "1/2",
    }
    spec = {"kind": "padded", "tokens": ["a", "b", "</s>"], "chain": chain}
    language, table = languages.read_language(spec, Path())
    assert language.exact_table().reshape(3, 3).tolist() == [
        [0, Fraction(1, 4), Fraction(1, 4)],
        [0, 0, 0],
        [0, 0, Fraction(1, 2)],
    ]
    assert languages.read_language(table, Path())[0].exact_table().tolist() == language.exact_table().tolist()
    for wrong, complaint in (
        ({"kind": "iid", "probabilities": [1], "length": 1}, r'chain.kind: found "iid"'),
        ({**chain, "end": ["1/2", 1]}, r"chain.transition\[1\]: the row and its end sum to 2"),
        ({key: value for key, value in chain.items() if key != "end"}, r"chain.end: the key is missing"),
        ({**chain, "tokens": ["a", "b"]}, r"chain.tokens: found it inside"),
    ):
        with pytest.raises(BadInput, match=complaint):
            languages.read_language({"kind": "padded", "chain": wrong}, Path())


@pytest.mark.parametrize("policy", POLICIES[:2], ids=repr)
@pytest.mark.parametrize("start", rest_slow([0, 100, 200, 300]))
def test_engines_agree_where_contradictions_stay_in_their_interval(policy, start: int) -> None:
    """Drawn sequences, exact rationals and tables, in the scope that a table of the law does not have."""
    _, given, _ = of_length_four("markov", start)
    instance = Instance(built("markov", 4, given), policy, off_support_scope="local")
    assert assert_agreement(measured(Workspace(instance, REQUEST), 5.0)) >= 30
