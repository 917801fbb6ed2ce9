"""Parameters near the ends of float64: an enclosure holds the exact value, or the instance is refused."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from maskbound.numerics import denoisers, languages, policies
from maskbound.numerics.engines.blocks import counts
from maskbound.numerics.engines.markov.chain import Chain
from maskbound.numerics.engines.markov.sets import log_probabilities_of_sets
from maskbound.numerics.engines.tabular import conditional_costs, lattice_depth
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.errors import BadInput, BeyondReach
from maskbound.numerics.instances import Instance
from maskbound.numerics.metrics.error_rates import exponential
from maskbound.numerics.metrics.methods import methods_for
from maskbound.numerics.numbers.enclosure import Enclosure, gamma, margin

ENGINES = ("tabular", "adaptive", "reference", "markov", "rational")


def tiny(k: int) -> Fraction:
    return Fraction(1, 10**k)


def ladder(step: Fraction, length: int) -> languages.NGram:
    """0 -> 1 -> 2: over a distance of two 2 follows 0 with probability ``step^2`` only; both occur half of the time."""
    zero = Fraction(0)
    rows = [[1 - step, step, zero], [zero, 1 - step, step], [zero, zero, Fraction(1)]]
    return languages.markov([Fraction(1, 2), zero, Fraction(1, 2)], rows, length)


def diagonal(rare: Fraction) -> languages.Tabular:
    return languages.Tabular.from_table(2, 2, [1 - rare, 0, 0, rare])


def measured(instance: Instance, quantity: str) -> dict[str, Enclosure | None]:
    """By engine; None where the instance was refused."""
    found: dict[str, Enclosure | None] = {}
    for method in methods_for(quantity):
        if method.engine in ENGINES and method.kind != "statistical" and method.obstacle(instance) is None:
            try:
                found[method.engine + method.kind] = method.measure(Workspace(instance))
            except BeyondReach:
                found[method.engine + method.kind] = None
    return found


INSTANCES = {
    "product below float64": Instance(diagonal(tiny(200)), policies.Bernoulli(steps=1)),
    "the same of given sizes": Instance(diagonal(tiny(200)), policies.FixedSize([2])),
    "adaptive": Instance(diagonal(tiny(200)), policies.Adaptive(2, score="random", steps=1)),
    "remasking": Instance(diagonal(tiny(200)), policies.Remasking(policies.Schedule.uniform(1), [0])),
    "power below float64": Instance(ladder(tiny(200), 3), policies.Bernoulli(steps=2), off_support_scope="local"),
    "power below normal": Instance(ladder(tiny(155), 3), policies.Bernoulli(steps=2), off_support_scope="local"),
    "square of a power": Instance(ladder(tiny(120), 4), policies.Bernoulli(steps=2), off_support_scope="local"),
    "sets on such": Instance(ladder(tiny(200), 3), policies.FixedSets([[0, 2], [1]])),
    "sizes on such": Instance(ladder(tiny(155), 3), policies.FixedSize([2, 1])),
    "ratio above float64": Instance(
        languages.markov([1, 0, 0], [[1 - tiny(155), tiny(155), 0], [0, 1 - tiny(155), tiny(155)], [0, 0, 1]], 4),
        policies.Bernoulli(steps=2),
    ),
    "rare reveals": Instance(
        languages.Tabular.from_table(2, 3, [Fraction(1, 2), 0, 0, 0, 0, 0, 0, Fraction(1, 2)]),
        policies.Bernoulli(weights=[tiny(200), 1 - tiny(200)]),
    ),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "quantity",
    ["kl", "ser", "reverse_kl", "path_kl", "bigram_tv_rate", "min_pair_conflict_probability", "total_correlation"],
)
@pytest.mark.parametrize("name", INSTANCES)
def test_zero_is_zero_or_refused(name: str, quantity: str) -> None:
    found = measured(INSTANCES[name], quantity)
    truth = found.pop("rationalexact", None)
    for engine, one in found.items():
        assert truth is None or one is None or one.overlaps(truth), (engine, one, truth)


def test_moderate_probabilities_are_not_refused() -> None:
    for k, engines in ((16, ("markov", "tabular")), (60, ("markov",))):
        for quantity in ("ser", "bigram_tv_rate"):
            instance = Instance(ladder(tiny(k), 3), policies.Bernoulli(steps=2), off_support_scope="local")
            found = {name for name, one in measured(instance, quantity).items() if one is not None}
            assert all(any(name.startswith(engine) for name in found) for engine in engines)


def test_the_probability_of_a_sequence_may_be_below_float64() -> None:
    """0 1 2 has probability ``step^2 / 2``, and each of its factors is a number."""
    lang = ladder(tiny(140), 3)
    (found,) = log_probabilities_of_sets(Chain(*lang.chain(), 3), [[0], [1, 2]], np.array([[0, 1, 2]]))
    # The law of the third token given the first is [.., .., step^2], times that of the second: step.
    truth = math.log(0.5) - 3 * 140 * math.log(10)
    assert found.lo - 1e-12 < truth < found.hi + 1e-12


def test_subnormal_results_keep_a_width() -> None:
    for value in (5e-324, 1e-310):
        found = Enclosure.relative(value, 10)
        assert found.lo < value < found.hi
    assert Enclosure.relative(0.0, 10).width == 0


def test_margin_turns_the_error_round() -> None:
    """A value of depth m is within ``gamma`` times the true one; the true one within ``margin`` times the value."""
    for depth in (1e3, 1e10, 2.0**51):
        value = 1 - Fraction(gamma(depth))
        assert value * (1 + Fraction(margin(depth))) >= 1


def test_a_large_divergence_carries_the_error_of_the_language() -> None:
    """The conditional 1/3 - d in the place of 1/3 moves ``D(q || p)`` by ``d log(p_0 / p_1)``, with p far from q."""
    strength = 1 - tiny(250)
    lang = languages.iid([Fraction(2, 3), Fraction(1, 3)], 8)
    work = Workspace(Instance(lang, policies.Bernoulli(steps=1), denoisers.Perturbed("peak", strength)))
    found = conditional_costs(work)
    assert found.row_error >= gamma(2 * lattice_depth(work.instance) + 1) * found.worst


@pytest.mark.parametrize("strength", [tiny(300), 1 - tiny(300), tiny(400), 1e-300])
def test_a_strength_that_float64_loses_is_refused(strength: Fraction | float) -> None:
    with pytest.raises(BadInput, match="lost in float64"):
        denoisers.Perturbed("uniform", strength)


def test_predictions_that_float64_loses_are_refused() -> None:
    instance = Instance(diagonal(tiny(150)), policies.Bernoulli(steps=2), denoisers.Perturbed("peak", 1 - tiny(150)))
    with pytest.raises(BeyondReach, match="lose digits"):
        conditional_costs(Workspace(instance))


def test_failures_below_float64_are_not_impossible() -> None:
    """One of 100 blocks has a token in the first step, and so a probability to fail; products of it come to zero."""
    _, wrong = counts.all_or_some({(2,): 1.0, (1, 1): 1.0}, {(2,): 0.0, (1, 1): 5e-324}, [1, 199], 0)
    assert wrong.mantissa == 0
    assert wrong.lost > 0


def test_exponentials_of_anything() -> None:
    found = exponential(Enclosure(750.0, 720.0, 800.0, "rounding"))
    assert 0 < found.lo < math.inf
    assert found.hi == math.inf
