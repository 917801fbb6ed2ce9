"""Random claims about random policies: what holds is not violated by any language met, what fails is."""

from __future__ import annotations

import random
import re
from fractions import Fraction
from functools import cache

import pytest
from oracles import languages, samplers
from oracles.universal import Measured, Values, largest_margin, neighbour, orders_of, random_law, value

from maskbound.numerics.policies import Bernoulli, FixedSets, FixedSize
from maskbound.numerics.universal import Decided, prove

TOLERANCE = 1e-9
CONSTANTS = ("0", "1/5", "1/4", "1/3", "1/2", "2/3", "3/4", "1", "3/2")
RIGHT = ("total_correlation", "dual_total_correlation", "odds_weighted_slope", "entropy", "profile_end", "log_V")


def random_policy(rng: random.Random, L: int):
    """A policy and the oracle's own."""
    kind = rng.choice(("bernoulli", "fixed-size", "fixed-sets"))
    if kind == "bernoulli":
        raw = [rng.randint(0, 3) for _ in range(rng.randint(1, 3))] or [1]
        raw = raw if sum(raw) else [1]
        weights = [Fraction(w, sum(raw)) for w in raw]
        return Bernoulli(weights=[str(w) for w in weights]), samplers.bernoulli(weights, L)
    times = [rng.randrange(rng.randint(1, L)) for _ in range(L)]
    sets = [[i for i in range(L) if times[i] == k] for k in range(max(times) + 1)]
    if kind == "fixed-sets":
        return FixedSets(sets), samplers.fixed_sets(sets)
    return FixedSize([len(chosen) for chosen in sets]), samplers.fixed_size([len(chosen) for chosen in sets])


def random_side(rng: random.Random) -> str:
    terms = [f"{rng.choice(CONSTANTS)}*{name}" for name in rng.sample(RIGHT, rng.randint(1, 3))]
    if rng.random() < 0.15:
        return f"{rng.choice(('max', 'min'))}({', '.join(terms)}, total_correlation)"
    return " + ".join(terms)


def random_claim(rng: random.Random, two: bool) -> tuple[str, str]:
    """Of two policies on one language, or of one; KL now and then."""
    left = rng.choice(("path_kl", "path_kl", "kl"))
    if two:
        other = rng.choice(("path_kl_2", "path_kl_2", "kl_2"))
        pair = [left, f"{rng.choice(('1/2', '1', '2', '3'))}*{other}"]
        rng.shuffle(pair)
        return pair[0], pair[1] + rng.choice(("", f" + {random_side(rng)}"))
    if rng.random() < 0.2:
        return random_side(rng), f"{left} + {random_side(rng)}"
    return left, random_side(rng)


@cache
def some_laws(L: int, count: int):
    rng = random.Random(L)
    named = [languages.copy(2, L, L), languages.parity(L), languages.iid([Fraction(1, 2)] * 2, L)]
    laws = [(law, 2) for law in named] + [(languages.mds(3 if L < 4 else 5, 2, L), 3 if L < 4 else 5)]
    laws += [(random_law(rng, V, L), V) for V in (2, 3) for _ in range(count // 2)]
    return [Measured(law, V) for law, V in laws]


def law_of(table: dict) -> tuple[dict, int]:
    """The language of a witness, read by the oracle's own constructors."""
    L, V, kind = table["length"], table.get("vocab", 2), table["kind"]
    if kind == "copy":
        return languages.copy(V, table["copies"], L), V
    if kind == "parity":
        return languages.parity(L), 2
    if kind == "iid":
        probabilities = [Fraction(p) for p in table["probabilities"]]
        return languages.iid(probabilities, L), len(probabilities)
    if kind == "mds":
        return languages.mds(table["field"], table["dimension"], L), table["field"]
    return languages.law([(word, Fraction(p)) for word, p in table["support"]]), V


def as_claim(sides: tuple[str, str]) -> str:
    return " <= ".join(sides).replace("log_V", "log(V)").replace("_2", "@2")


def agrees(seed: int, laws: int, steps: int) -> Decided:
    """The verdict on a random claim, after what can be met has been held against it."""
    rng = random.Random(seed)
    L = rng.choice((2, 3, 3, 4, 4, 5))
    two = rng.random() < 0.3
    policies, own = zip(*(random_policy(rng, L) for _ in range(1 + two)), strict=True)
    sides, orders = random_claim(rng, two), [orders_of(each) for each in own]
    text = as_claim(sides)
    found = prove(text, policies, L)
    if found.verdict is Decided.HOLDS:
        pool = some_laws(L, laws if L < 5 else laws // 4)
        margins = [largest_margin(sides, [Values(language, *orders)]) for language in pool]
        assert max(margins) <= TOLERANCE, text
        start = pool[margins.index(max(margins))]
        law, V, best = start.law, start.V, float("-inf")
        for _ in range(steps):
            moved = neighbour(rng, law, V)
            margin = largest_margin(sides, [Values(Measured(moved, V), *orders)])
            assert margin <= TOLERANCE, (text, moved)
            if margin > best:
                law, best = moved, margin
    elif found.verdict is Decided.FAILS:
        assert found.judged == "violated", (text, policies)
        first = found.witness.get("first", found.witness)
        law, V = law_of(first["language"])
        assert largest_margin(sides, [Values(Measured(law, V), *orders)]) > TOLERANCE, text
    else:
        assert "kl" in re.sub("path_kl", "", text), text
    return found.verdict


def test_random_claims():
    verdicts = [agrees(seed, 12, 8) for seed in range(60)]
    assert verdicts.count(Decided.HOLDS) > 10
    assert verdicts.count(Decided.FAILS) > 10
    assert verdicts.count(Decided.UNDECIDED) < 10


@pytest.mark.slow
@pytest.mark.parametrize("block", range(10))
def test_many_random_claims(block):
    verdicts = [agrees(seed, 200, 60) for seed in range(1000 + 50 * block, 1050 + 50 * block)]
    assert verdicts.count(Decided.UNDECIDED) < 10


def test_a_wrong_verdict_would_be_noticed():
    """The pool of languages refutes false claims by itself."""
    orders = orders_of(samplers.fixed_size([2, 1]))
    measured = [Values(language, orders) for language in some_laws(3, 12)]
    assert largest_margin(("path_kl", "49/100*total_correlation"), measured) > TOLERANCE
    assert largest_margin(("path_kl", "1/2*total_correlation"), measured) <= TOLERANCE
    assert value("max(entropy, 1)", {"entropy": 0.5}) == 1
