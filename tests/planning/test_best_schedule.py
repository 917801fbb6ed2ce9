"""Best schedules are the best of all on small cases, by exhaustive search, and close to it elsewhere."""

from __future__ import annotations

import doctest
import itertools
import sys
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from maskbound.numerics import Instance, denoisers, languages, measure, policies
from maskbound.numerics.engines import markov
from maskbound.numerics.engines.markov import information
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.errors import BadInput, BeyondReach
from maskbound.numerics.metrics.information import profile
from maskbound.numerics.planning import best_schedule, best_sizes
from maskbound.numerics.planning.profiles import curve_of, profile_of
from maskbound.theory.schedule_polynomial import compositions

NOBODY = policies.Bernoulli(1)

CASES = {
    "parity": Instance(languages.parity(5), NOBODY),
    "mds": Instance(languages.mds(5, 2, 4), NOBODY),
    "copy": Instance(languages.copy(2, 3, 6), NOBODY),
    "chain": Instance(languages.markov(["1/3", "2/3"], [["1/4", "3/4"], [1, 0]], 6), NOBODY),
    "learning": Instance(languages.parity(5), NOBODY, denoisers.Perturbed("uniform", "1/7")),
    "learning blocks": Instance(languages.pair(2, 4), NOBODY, denoisers.Perturbed("peak", "1/7")),
    "learned": Instance(languages.parity(4), NOBODY, denoisers.Learned(9, seed=1, pseudo_count="1/2")),
}


def under(instance, policy, quantity: str):
    return measure(replace(instance, policy=policy), [quantity])[quantity]


@pytest.mark.parametrize("steps", [1, 2, 3, 9])
def test_best_sizes_of_any_profile_are_the_best_of_all(steps):
    rng = np.random.default_rng(steps)
    for trial in range(40):
        z = rng.integers(0, 5, rng.integers(1, 8)).astype(float)
        z = np.sort(z)[::-1] if trial % 2 else z
        sizes = best_sizes(z, steps)
        assert len(sizes) == steps
        assert sum(sizes) == len(z)
        assert left_sum(sizes, z) == min(left_sum(c, z) for c in compositions(len(z)) if len(c) <= steps)


def left_sum(sizes, z) -> float:
    starts = itertools.accumulate(sizes, initial=0)
    return sum(size * z[start] for size, start in zip(sizes, starts, strict=False) if size)


@pytest.mark.parametrize("quantity", ["path_kl", "kl", "ser"])
@pytest.mark.parametrize("name", CASES)
def test_no_fixed_sizes_are_better(name, quantity):
    """Every composition of at most N parts is measured; and the least value that is claimed is a lower bound."""
    instance = CASES[name]
    plan = best_schedule(instance, 3, quantity=quantity, kind="fixed-size")
    sizes = [c for c in compositions(instance.length) if len(c) <= 3]
    others = [under(instance, policies.FixedSize(c), quantity) for c in sizes]
    assert plan.policy.steps == 3
    assert all(plan.least <= other.hi for other in others)
    assert all(plan.value.lo <= other.hi + plan.gap for other in others)
    assert plan.gap < 1e-11
    assert plan.value.overlaps(under(instance, plan.policy, quantity))


@pytest.mark.parametrize("name", CASES)
def test_no_bernoulli_steps_are_below_the_least(name):
    """Two steps, at 101 first weights; the schedule found is as good as each of them, up to the grid."""
    instance = CASES[name]
    plan = best_schedule(instance, 2, kind="bernoulli")
    found = [under(instance, policies.Bernoulli(weights=[w, 1 - w]), "path_kl") for w in fractions(100)]
    assert all(plan.least <= other.hi for other in found)
    # The grid has cells of h = 2^-14: a second derivative of path_kl below 100 costs less than 100 h^2 / 8.
    assert all(plan.value.lo <= other.hi + 5e-8 for other in found)
    if instance.exact_denoiser:
        assert plan.gap < 1e-3
    # Fixed sizes are never worse (fixed-size/no-worse-path-kl).
    assert best_schedule(instance, 2, kind="fixed-size").value.lo <= plan.value.hi


def fractions(count: int) -> list[Fraction]:
    return [Fraction(k, count) for k in range(count + 1)]


@pytest.mark.parametrize("quantity", ["kl", "ser"])
@pytest.mark.parametrize("name", ["parity", "mds", "chain"])
def test_bernoulli_steps_found_for_the_exact_quantities_beat_a_grid(name, quantity):
    instance = CASES[name]
    plan = best_schedule(instance, 2, quantity=quantity, kind="bernoulli")
    found = [under(instance, policies.Bernoulli(weights=[w, 1 - w]), quantity) for w in fractions(60)]
    # The search ends when a round gains less than 1e-12 of the value: where gains shrink by a thousandth a round, 1e-9
    # may be left.
    assert all(plan.value.lo <= other.hi + 1e-9 for other in found)
    if quantity == "ser":
        assert all(plan.least <= other.hi for other in found)
    else:
        assert plan.least is None
        assert plan.gap is None


def test_parity_has_its_best_bernoulli_schedule_in_closed_form():
    """SER of L = 3 in two steps is (1 - 3 w_2 a_1^2) / 2, least at a_1 = 2/3 (known-answers.md)."""
    plan = best_schedule(Instance(languages.parity(3), NOBODY), 2, quantity="ser", kind="bernoulli")
    assert plan.value.value == pytest.approx((1 - Fraction(4, 9)) / 2, abs=1e-11)
    assert plan.policy.schedule.weights[0] == pytest.approx(2 / 3, abs=1e-5)


def test_the_named_schedules_are_not_mistaken_for_the_best():
    """On MDS(5, 2) three uniform steps are best and two are not; cosine is never."""
    mds = Instance(languages.mds(5, 2, 5), NOBODY)
    two = best_schedule(mds, 2, kind="fixed-size")
    assert two.policy.sizes == (2, 3)
    assert two.others["uniform"].lo > two.value.hi + two.gap
    assert two.gain("uniform") == pytest.approx(1.0)
    assert two.gain("cosine") == pytest.approx(1.0)
    three = best_schedule(mds, 3, kind="fixed-size")
    assert three.gain("uniform") == 0.0
    assert three.gain("no such schedule") is None


def test_english_at_length_is_better_planned_than_uniform_and_cosine():
    english = Instance(languages.english_ngram(2, 1024, 1), policies.FixedSize.balanced(32, 1024))
    sized = best_schedule(english)
    steps = best_schedule(english, kind="bernoulli")
    for plan in (sized, steps):
        assert all(other.lo > plan.value.hi + 0.01 for other in plan.others.values())
        assert plan.gap < 0.1
    assert sized.value.hi < steps.least + 1


@pytest.mark.parametrize(
    "language",
    [
        languages.english_ngram(2, 3),
        languages.markov(["1/3", "2/3"], [["1/4", "3/4"], ["1/2", "1/2"]], 8),
        languages.markov([1, 0], [[0, 1], [1, 0]], 5),
        languages.colouring(5),
        languages.copy(2, 3, 9),
        languages.iid(["1/3", "2/3"], 1),
    ],
    ids=repr,
)
def test_profiles_and_curves_at_length_agree_with_tables(language):
    work = Workspace(Instance(language, NOBODY))
    table, found = profile(work), profile_of(work)
    assert np.abs(found.values - table.values).max() <= found.error + table.error
    assert found.error < 1e-11
    cells = 8
    from_table = curve_of(
        Workspace(
            Instance(languages.Tabular.from_table(language.vocab, language.length, language.table().tolist()), NOBODY)
        ),
        cells,
    )
    curve = curve_of(work, cells)
    assert np.abs(curve.values - from_table.values).max() <= curve.error + from_table.error
    assert curve.error < 1e-11


def test_profiles_and_curves_of_a_chain_at_length_agree_with_its_engine():
    """Where distances are cut off, both say by how much that can move them."""
    work = Workspace(Instance(languages.english_ngram(2, 200, 1), NOBODY))
    lags = markov.lag_information(work)
    assert lags.beyond > 0
    for found, known in (
        (profile_of(work), information.profile(lags)),
        (curve_of(work, 16), information.curve(lags, np.arange(17) / 16)),
    ):
        assert all(abs(z - one.value) <= found.error + one.error for z, one in zip(found.values, known, strict=True))
        assert 3 * lags.beyond <= found.error < 1e-6


def test_steps_beyond_the_length_are_empty():
    plan = best_schedule(CASES["parity"], 8, kind="fixed-size")
    assert plan.policy.steps == 8
    assert plan.value.value == 0
    single = best_schedule(Instance(languages.iid(["1/2", "1/2"], 1), NOBODY), 3, kind="bernoulli")
    assert single.policy.steps == 3
    assert single.value.value == 0


def test_bad_requests_are_refused_in_a_sentence():
    mds = CASES["mds"]
    for arguments, problem in (
        ({"steps": 0}, "steps"),
        ({"kind": "sets"}, "kind: found 'sets'"),
        ({"quantity": "tv"}, "quantity: found 'tv'"),
    ):
        with pytest.raises(BadInput, match=problem):
            best_schedule(mds, **arguments)
    with pytest.raises(BadInput, match="negative or infinite"):
        best_sizes([1.0, -1.0], 2)
    with pytest.raises(BadInput, match="negative or infinite"):
        best_sizes([], 2)
    floating = Instance(languages.markov([0.5, 0.5], [[0.9, 0.1], [0.1, 0.9]], 4), NOBODY)
    with pytest.raises(BadInput, match="planned for rational instances"):
        best_schedule(floating, 2, quantity="kl")
    with pytest.raises(BadInput, match="at most 256 Bernoulli steps"):
        best_schedule(mds, 300, quantity="kl", kind="bernoulli")
    blind = Instance(languages.parity(3), NOBODY, denoisers.Learned(1, seed=0, pseudo_count=0))
    with pytest.raises(BadInput, match="infinite"):
        best_schedule(blind, 2)


def test_what_is_too_large_is_refused_before_it_is_tried():
    with pytest.raises(BeyondReach, match="source-target pairs"):
        best_schedule(Instance(languages.parity(12), NOBODY), 2, quantity="ser")
    with pytest.raises(BeyondReach, match="search for 1000000 steps"):
        best_schedule(Instance(languages.pair(2, 10**6), NOBODY), 10**6, kind="fixed-size")
    with pytest.raises(BeyondReach, match="information profile"):
        best_schedule(Instance(languages.english_ngram(3, 40), NOBODY), 2, kind="fixed-size")


@pytest.mark.slow
def test_a_hundred_thousand_tokens_are_planned():
    """L = 10^5, N = 256; the sizes found cannot be bettered by moving any one border."""
    L, N = 10**5, 256
    z = profile_of(Workspace(Instance(languages.english_ngram(2, L, 1), NOBODY)))
    sizes = best_sizes(z.values, N)
    ends = [*itertools.accumulate(sizes, initial=0)]
    for before, border, after in zip(ends, ends[1:], ends[2:], strict=False):
        here = (border - before) * z.values[before] + (after - border) * z.values[border]
        for moved in {max(border - 1, before), border + 1} - {L}:
            there = (moved - before) * z.values[before] + (after - moved) * z.values[moved]
            # Float64 adds two products of about 10^8: 1e-7 covers their rounding.
            assert here <= there + 1e-7


def test_examples_in_docstrings_run():
    for name in ("best_schedule", "break_even", "output_polynomials"):
        failed, attempted = doctest.testmod(sys.modules[f"maskbound.numerics.planning.{name}"])
        assert attempted
        assert not failed
