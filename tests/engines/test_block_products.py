"""The engines of products of blocks against enumeration in rationals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction as F
from itertools import permutations
from math import comb, factorial, prod
from random import Random

import pytest
from mpmath import mp, mpf

from maskbound.numerics import languages, policies
from maskbound.numerics.engines.blocks import counts as block_counts
from maskbound.numerics.engines.blocks import profile as block_profile
from maskbound.numerics.engines.blocks import revealed_patterns
from maskbound.numerics.engines.blocks import steps as block_steps
from maskbound.numerics.engines.blocks.counts import Composition, Tiny, compositions
from maskbound.numerics.instances import Instance
from maskbound.numerics.languages import Language
from maskbound.numerics.metrics.block_sizes import METHODS
from maskbound.numerics.numbers.enclosure import gamma

PRODUCTS = {"counts": block_counts.all_blocks, "steps": block_steps.all_blocks}
SIZES = ((1, (2, 1)), (2, (6,)), (2, (3, 0, 3)), (2, (1,) * 6), (3, (2, 4)), (3, (1, 2, 3)), (4, (5, 3)), (4, (1, 7)))


def probabilities(b: int, seed: int) -> dict[Composition, F]:
    """Random rationals that float64 holds exactly, some of them 0 and 1."""
    random = Random(seed)
    return {c: F(random.choice([0, 1, 3, 5, 8, 8]), 8) for c in compositions(b)}


def by_enumeration(beta: Mapping[Composition, F], sizes: Sequence[int]) -> F:
    """``E prod_blocks beta``: every assignment of tokens to steps is equally likely."""
    b = sum(next(iter(beta)))
    steps = [k for k, s in enumerate(sizes) for _ in range(s)]
    orders = set(permutations(steps))
    total = F(0)
    for tau in orders:
        blocks = (Counter(tau[i : i + b]) for i in range(0, len(tau), b))
        total += prod((beta[tuple(count[k] for k in sorted(count))] for count in blocks), start=F(1))
    return total / len(orders)


def number(found: Tiny) -> mpf:
    return mpf(found.mantissa) * mpf(2) ** found.exponent


def assert_within_its_depth(found: Tiny, exact: F, depth: float = 10**4) -> None:
    """Relative to gamma of the depth it states, which is itself small."""
    with mp.workdps(60):
        truth = mpf(exact.numerator) / exact.denominator
        assert found.depth <= depth
        assert abs(number(found) - truth) <= gamma(found.depth) * truth + found.lost * mpf(2) ** found.exponent


@pytest.mark.parametrize("engine", PRODUCTS)
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("b", "sizes"), SIZES)
def test_the_average_of_a_product_over_blocks(b: int, sizes: tuple[int, ...], seed: int, engine: str) -> None:
    beta = probabilities(b, seed)
    found = PRODUCTS[engine]({c: float(probability) for c, probability in beta.items()}, sizes, 0)
    exact = by_enumeration(beta, sizes)
    assert_within_its_depth(found, exact, depth=300)
    if exact:
        with pytest.raises(AssertionError):
            assert_within_its_depth(found, exact * (1 + F(1, 10**12)), depth=300)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("b", "sizes"), SIZES)
def test_right_and_wrong_add_up_without_subtraction(b: int, sizes: tuple[int, ...], seed: int) -> None:
    beta = probabilities(b, seed)
    right = {c: float(probability) for c, probability in beta.items()}
    wrong = {c: float(1 - probability) for c, probability in beta.items()}
    found = block_counts.all_or_some(right, wrong, sizes, 0)
    exact = by_enumeration(beta, sizes)
    assert_within_its_depth(found[0], exact, depth=300)
    assert_within_its_depth(found[1], 1 - exact, depth=300)


def test_a_tiny_error_rate_keeps_its_digits() -> None:
    """Blocks that go wrong with probability 1e-20, when both tokens come at once."""
    tiny = 1e-20
    _, wrong = block_counts.all_or_some({(1, 1): 1.0, (2,): 1.0}, {(1, 1): 0.0, (2,): tiny}, (2, 2), 0)
    # Two blocks, together in one step with probability 1/3 each: to first order 2 * 1/3 * 1e-20.
    assert float(number(wrong)) == pytest.approx(2 / 3 * tiny, rel=1e-14, abs=0)


def pair_right(V: int, sizes: tuple[int, int]) -> F:
    """Pair(V) in two steps: i blocks in the first, j in the second, k in both (known-answers.md)."""
    s, m = sizes[0], sum(sizes) // 2
    total = F(0)
    for i in range(s // 2 + 1):
        k = s - 2 * i
        j = m - i - k
        if j >= 0:
            total += F(factorial(m) * 2**k, factorial(i) * factorial(j) * factorial(k) * V ** (i + j))
    return total / comb(2 * m, s)


@pytest.mark.parametrize("engine", PRODUCTS)
@pytest.mark.parametrize("sizes", [(200, 200), (37, 363), (399, 1), (0, 400)])
def test_long_products_in_two_steps(sizes: tuple[int, int], engine: str) -> None:
    found = PRODUCTS[engine]({(1, 1): 1.0, (2,): 1 / 16}, sizes, 0)
    assert_within_its_depth(found, pair_right(16, sizes))


def test_a_product_below_the_range_of_float64() -> None:
    """16^-1000 is 2^-4000."""
    found = block_counts.all_blocks({(1, 1): 1.0, (2,): 1 / 16}, (2000,), 0)
    assert_within_its_depth(found, F(1, 16**1000))
    assert found.lost == 0
    # In one step the other engine can only say that it is small, and does.
    assert_within_its_depth(block_steps.all_blocks({(1, 1): 1.0, (2,): 1 / 16}, (2000,), 0), F(1, 16**1000))


def hypergeometric(revealed: int, i: int, b: int, L: int) -> F:
    """Probability that i of the b - 1 other tokens of a block are among ``revealed`` of the L - 1 others."""
    if not 0 <= revealed - i <= L - b:
        return F(0)
    return F(comb(b - 1, i) * comb(L - b, revealed - i), comb(L - 1, revealed))


@pytest.mark.parametrize(("b", "sizes"), [*SIZES, (3, (3, 1, 4, 1)), (4, (1,) * 12), (5, (12, 3))])
def test_weights_of_a_blocks_profile(b: int, sizes: tuple[int, ...]) -> None:
    L = sum(sizes)
    before, drops, reached = [F(0)] * b, [F(0)] * (b - 1), 0
    for s in sizes:
        for i in range(b):
            before[i] += F(s, L) * hypergeometric(reached, i, b, L)
        for r in range(reached, reached + s - 1):
            for i in range(b - 1):
                joins = F(b - 1 - i, L - 1 - r)
                drops[i] += F(reached + s - 1 - r, L) * hypergeometric(r, i, b, L) * joins
        reached += s
    for (found, error), exact in (
        (block_profile.before_law(sizes, b), before),
        (block_profile.drop_weights(sizes, b), drops),
    ):
        assert error <= gamma(2 * b + 8)
        assert len(found) == len(exact)
        for value, truth in zip(found.tolist(), exact, strict=True):
            assert abs(F(value) - truth) <= F(error) * truth
    assert sum(before) == 1


def test_patterns_of_fixed_sets() -> None:
    policy = policies.FixedSets([[0, 4, 5, 8], [], [1, 3, 10], [2, 6, 7], [9, 11]])
    found = dict(revealed_patterns(policy, 3))
    # Blocks 012, 345, 678, 9 10 11 in steps 0 2 3, 2 0 0, 3 3 0, 4 2 4.
    assert found == {
        ((0,), (1,), (2,)): 1,
        ((1, 2), (0,)): 1,
        ((2,), (0, 1)): 1,
        ((1,), (0, 2)): 1,
    }
    long = dict(revealed_patterns(policies.autoregressive(10**4), 4))
    assert long == {((0,), (1,), (2,), (3,)): 2500}


@pytest.mark.parametrize(
    ("sizes", "block", "engine", "within"),
    [
        ((512, 512), 2, "block-counts", True),
        ((8,) * 128, 2, "block-counts", False),
        ((8,) * 128, 2, "block-steps", True),
        ((1000,) * 100, 2, "block-steps", False),
        ((20,) * 60, 12, "block-steps", False),
        ((20,) * 60, 12, "block-counts", False),
    ],
)
def test_what_is_beyond_reach_is_known_beforehand(sizes, block: int, engine: str, within: bool) -> None:
    """A minute; estimated without a single table."""
    cost = {"block-counts": block_counts.counts_cost, "block-steps": block_steps.steps_cost}[engine](sizes, block)
    assert (cost.seconds <= 60) == within


def long_blocks() -> Language:
    return languages.Blocks(languages.Tabular(2, 2, [[0, 0], [0, 1], [1, 1]], ["1/2", "1/6", "1/3"]), 30)


@pytest.mark.parametrize("quantity", ["kl", "ser", "path_kl", "log_ter"])
def test_methods_of_fixed_sizes_apply_to_fixed_sizes_only(quantity: str) -> None:
    instance = Instance(long_blocks(), policies.Bernoulli(3))
    reasons = {method.obstacle(instance) for method in METHODS if method.quantity == quantity}
    assert reasons == {"it belongs to fixed-size policies"}
