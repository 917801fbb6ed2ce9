"""Products of blocks exactly at any length: against tables of the whole sequence, and where no table reaches."""

from __future__ import annotations

import math
from fractions import Fraction as F

import pytest

from maskbound.numerics import denoisers, languages, policies
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.errors import BeyondReach, NoLogForm
from maskbound.numerics.instances import Instance
from maskbound.numerics.judging import Status, check
from maskbound.numerics.languages import Blocks
from maskbound.numerics.metrics import exact_products, log_forms, measure
from maskbound.numerics.metrics.measure import measure_exactly
from maskbound.numerics.numbers.logform import LogForm

TILTED = languages.Tabular(2, 2, [[0, 0], [0, 1], [1, 1]], ["1/2", "1/3", "1/6"])
TWO_PAIRS = [
    languages.pair(2, 4),
    languages.pair(3, 4),
    Blocks(TILTED, 2),
    Blocks(languages.parity(3), 1),
    Blocks(languages.iid(["1/4", "3/4"], 1), 4),
]
DENOISERS = [denoisers.Exact(), denoisers.Perturbed("peak", "1/2")]


def timings(length: int) -> list[policies.Policy]:
    """With an empty step, all at once, and block by block or across them."""
    given = policies.FixedSets([list(range(1, length)), [0]])
    split = policies.FixedSets([list(range(0, length, 2)), list(range(1, length, 2))])
    return [policies.Bernoulli(weights=["1/2", "0", "1/3", "1/6"]), policies.Bernoulli(1), given, split]


@pytest.mark.parametrize("denoiser", DENOISERS, ids=str)
@pytest.mark.parametrize("language", TWO_PAIRS, ids=str)
def test_they_are_what_the_table_of_the_whole_sequence_says(language, denoiser):
    for policy in timings(language.length):
        work = Workspace(Instance(language, policy, denoiser))
        compared = set()
        for method in exact_products.METHODS:
            if method.obstacle(work.instance) is None:
                (whole,) = (
                    each
                    for each in log_forms.METHODS
                    if each.quantity == method.quantity and each.obstacle(work.instance) is None
                )
                assert method.run(work).exact == whole.run(work).exact, method.quantity
                compared.add(method.quantity)
        all_of_them = {method.quantity for method in exact_products.METHODS}
        assert compared == all_of_them - (set() if policy.step_law is not None else {"curve_left_riemann_sum"})


def test_a_block_too_few_would_be_noticed():
    """One block fewer changes every quantity but the learning error of a context."""
    one, two = (
        Workspace(Instance(Blocks(TILTED, count), policies.Bernoulli(2), denoisers.Perturbed("peak", "1/2")))
        for count in (1, 2)
    )
    same = {each.quantity for each in exact_products.METHODS if each.run(one).exact == each.run(two).exact}
    assert same == {"eps_learning", "log_ter", "mean_learning_error"}


@pytest.mark.parametrize(("V", "L", "N"), [(2, 16, 8), (8, 64, 16), (3, 1024, 64)])
def test_pairs_at_length_have_their_closed_forms(V, L, N):
    instance = Instance(languages.pair(V, L), policies.Bernoulli(N))
    meet = F(1, N)
    found = {name: measure_exactly(Workspace(instance), name).exact for name in ("ser", "path_kl", "kl", "entropy")}
    assert found["ser"] == 1 - (1 - meet * (1 - F(1, V))) ** (L // 2)
    assert found["path_kl"] == LogForm.log(V, L // 2 * meet)
    assert found["kl"] == LogForm.log(1 - meet * (1 - F(1, V)), -F(L // 2))
    assert found["entropy"] == LogForm.log(V, L // 2)


def test_the_lower_bound_of_pairs_is_decided_at_length():
    instance = Instance(languages.pair(8, 512), policies.Bernoulli(32))
    (held,) = check(instance, judged="pair/ser-lower", exact=True)
    assert held.status is Status.HOLDS
    assert held.ratio == 1
    (broken,) = check(instance, judged="ser > 1 - (1 - collision_probability*(1 - 1/V))**(L/2)", exact=True)
    assert broken.status is Status.VIOLATED


def test_infinite_divergences_stay_infinite():
    instance = Instance(languages.pair(2, 64), policies.Bernoulli(2), denoisers.Perturbed("peak", 1))
    found = {name: measure_exactly(Workspace(instance), name).exact for name in ("kl", "path_kl", "log_ter", "ser")}
    assert found == {"kl": math.inf, "path_kl": math.inf, "log_ter": math.inf, "ser": 0}


def test_what_is_not_known_of_blocks_says_why():
    weights = Instance(languages.pair(2, 64), policies.Bernoulli(weights=[0.3, 0.7]))
    with pytest.raises(NoLogForm, match="floating weights"):
        measure_exactly(Workspace(weights), "ser")
    sizes = Instance(languages.pair(2, 64), policies.FixedSize([32, 32]))
    with pytest.raises(BeyondReach, match="exact ser"):
        measure_exactly(Workspace(sizes), "ser")
    assert measure(Instance(languages.pair(2, 64), policies.Bernoulli(4)), ["ser"])["ser"].kind == "rounding"
