"""Linear codes by their generator matrices: against the tables of their codewords, and at lengths without tables."""

from __future__ import annotations

import itertools
import math
import random
from fractions import Fraction

import numpy as np
import pytest

from maskbound.numerics import languages, policies
from maskbound.numerics.errors import BadInput, BeyondReach
from maskbound.numerics.instances import Instance, from_spec
from maskbound.numerics.languages import LinearCode, latent_parity, reed_solomon
from maskbound.numerics.metrics import measure
from maskbound.numerics.metrics.information_curve import curve
from maskbound.numerics.numbers.logform import LogForm
from maskbound.numerics.planning import best_schedule
from maskbound.numerics.policies.schedule import Schedule
from maskbound.theory.known_profiles import latent_parity_profile, mds_profile

CODES = (
    LinearCode(2, [[1, 1, 0, 0], [0, 0, 1, 1], [1, 1, 1, 1]]),
    LinearCode(3, [[1, 0, 2, 1], [0, 1, 1, 0]]),
    LinearCode(2, [[0, 0, 0]]),
    LinearCode(5, [[1, 0], [0, 1]]),
    latent_parity(2, 2),
    reed_solomon(5, 2, 4),
)
POLICIES = (
    lambda L: policies.Bernoulli(weights=["1/2", "1/3", "1/6"]),
    lambda L: policies.FixedSize([1, L - 1]),
    lambda L: policies.MixtureOfSizes([[1, L - 1], [L - 1, 1]], ["1/3", "2/3"]),
    lambda L: policies.FixedSets([range(1), range(1, L)]),
)
OF_LANGUAGE = (
    "entropy",
    "log_ter_language",
    "total_correlation",
    "dual_total_correlation",
    "profile_start",
    "profile_end",
    "profile_area",
    "curve_area",
)


def tabled(code: LinearCode) -> languages.Tabular:
    return languages.Tabular.uniform(code.vocab, code.codewords())


@pytest.mark.parametrize("code", CODES, ids=repr)
@pytest.mark.parametrize("policy", range(len(POLICIES)))
def test_what_is_measured_is_what_the_table_has(code, policy):
    own = POLICIES[policy](code.length)
    names = [*OF_LANGUAGE, "path_kl"]
    names += [["curve_left_riemann_sum"], ["profile_left_sum"], ["profile_left_sum"], ["kl", "ser"]][policy]
    by_rank = measure(Instance(code, own), names, engine="codes")
    by_table = measure(Instance(tabled(code), own), names, engine="tabular")
    for name in names:
        assert by_rank[name].kind == "exact"
        assert by_table[name].lo <= by_rank[name].hi
        assert by_rank[name].lo <= by_table[name].hi, name


@pytest.mark.parametrize("code", [CODES[0], CODES[1]], ids=repr)
def test_floating_schedules_and_curves(code):
    cosine = policies.Bernoulli(schedule=Schedule.cosine(3))
    by_rank, by_table = (Instance(language, cosine) for language in (code, tabled(code)))
    one = measure(by_rank, ["path_kl"], engine="codes")["path_kl"]
    other = measure(by_table, ["path_kl"])["path_kl"]
    assert one.kind == "rounding"
    assert one.lo <= other.hi
    assert other.lo <= one.hi <= one.lo + 1e-10
    for mine, theirs in zip(curve(by_rank, 5).curve, curve(by_table, 5).curve, strict=True):
        assert math.isclose(mine.value, theirs.value, abs_tol=1e-12)


def test_the_best_sizes_of_a_code_at_length():
    found = best_schedule(Instance(languages.mds(29, 10, 25), policies.FixedSize([25])), 2)
    assert list(found.policy.sizes) == [10, 15]
    assert found.value.value == 0


@pytest.mark.parametrize("code", CODES, ids=repr)
def test_conditionals_and_support_are_those_of_the_table(code):
    table = tabled(code)
    rows = np.array(list(itertools.product(range(code.vocab + 1), repeat=code.length)))
    for mine, other in zip(code.conditionals(rows), table.conditionals(rows), strict=True):
        assert np.allclose(mine, other, rtol=1e-12)
    full = rows[(rows < code.vocab).all(axis=1)]
    assert (code.in_support(full) == table.in_support(full)).all()
    assert np.array_equal(code.exact_table(), table.exact_table())
    assert code.in_support(code.sample(20, np.random.default_rng(1))).all()


def test_mean_ranks_of_many_kinds_of_columns():
    """Against the ranks of all sets, whichever way they are averaged."""
    rng = random.Random(3)
    for p, K, L in ((2, 3, 7), (3, 2, 6), (5, 3, 5), (2, 4, 6)):
        code = LinearCode(p, [[rng.randrange(p) for _ in range(L)] for _ in range(K)])
        for j, mean in enumerate(code.mean_ranks()):
            sets = list(itertools.combinations(range(L), j))
            assert mean == Fraction(sum(map(code.rank, sets)), len(sets))


@pytest.mark.parametrize(("bits", "copies"), [(2, 1), (2, 3), (3, 2), (4, 4), (12, 5)])
def test_latent_parity_has_its_closed_form(bits, copies):
    code, log2 = latent_parity(bits, copies), math.log(2)
    ranks = code.mean_ranks()
    profile = latent_parity_profile(bits, copies)
    for j, z in enumerate(profile):
        assert math.isclose(float(z), float((ranks[j + 1] - ranks[j]) * len(profile)) * log2, abs_tol=1e-12)


def test_a_code_of_any_size_is_known_by_its_matrix():
    code = languages.mds(29, 10, 25)
    assert isinstance(code, LinearCode)
    assert code.mean_ranks() == [min(j, 10) for j in range(26)]
    found = measure(Instance(code, policies.FixedSize([5, 7, 13])), ["path_kl", "profile_start"])
    assert found["path_kl"].exact == LogForm.log(29, 2)
    assert math.isclose(found["profile_start"].value, float(mds_profile(29, 10, 25)[0]))


def test_a_code_is_read_back_as_it_was_written():
    spec = {"language": {"kind": "latent-parity", "bits": 3, "copies": 2}, "policy": {"kind": "bernoulli", "steps": 2}}
    code = from_spec(spec).language
    again = from_spec({**spec, "language": code.written()}).language
    assert np.array_equal(code.exact_table(), again.exact_table())


@pytest.mark.parametrize(
    ("field", "generator", "problem"),
    [
        (4, [[1, 0]], "a prime"),
        (3, [[1, 3]], r"generator\[0\]\[1\]"),
        (2, [[1], [1, 0]], "a matrix"),
        (2, [], "a matrix"),
    ],
)
def test_what_is_no_code_is_refused(field, generator, problem):
    with pytest.raises(BadInput, match=problem):
        LinearCode(field, generator)


def test_ranks_that_are_too_many_are_refused():
    rng = random.Random(1)
    code = LinearCode(2, [[rng.randrange(2) for _ in range(40)] for _ in range(9)])
    with pytest.raises(BeyondReach, match="kinds of columns"):
        code.mean_ranks()
    assert measure(Instance(code, policies.Bernoulli(2)), ["entropy"], engine="codes")["entropy"].value > 6
