"""Hypotheses of equality are decided on exact rationals: half and half but for 10^-21 is not uniform."""

from fractions import Fraction as F

import numpy as np
import pytest

from maskbound.numerics.instances import Instance
from maskbound.numerics.judging.hypotheses import missing
from maskbound.numerics.languages import HMM, Blocks, Tabular, iid, shifted_pair
from maskbound.numerics.policies import Bernoulli, FixedSize
from maskbound.theory import ASSUMPTIONS

HALVES = [F(1, 2), F(1, 2)]
ALMOST = [F(1, 2) + F(1, 10**21), F(1, 2) - F(1, 10**21)]
FLOATS = [0.5, 0.5]
REPEATED, PERMUTED = [[0, 0], [1, 1]], [[0, 1], [1, 0]]


def satisfies(assumption, language, policy=None):
    instance = Instance(language, policy or FixedSize([language.length]))
    return not missing(instance, [ASSUMPTIONS[assumption]])


def table(support):
    return lambda law: Tabular(2, 2, support, law)


@pytest.mark.parametrize(
    ("assumption", "language"),
    [
        ("PairLanguage", table(REPEATED)),
        ("PairLanguage", lambda law: Blocks(Tabular(2, 2, REPEATED, law), 2)),
        ("ParityLanguage", table(REPEATED)),
        ("MDSLanguage", table(REPEATED)),
        ("PermutationsLanguage", table(PERMUTED)),
    ],
)
def test_tables_are_uniform_exactly_or_not_at_all(assumption, language):
    assert float(ALMOST[0]) == float(ALMOST[1])
    assert satisfies(assumption, language(HALVES))
    assert satisfies(assumption, language(FLOATS))
    assert not satisfies(assumption, language(ALMOST))


def test_steps_are_uniform_exactly_or_not_at_all():
    language = iid(HALVES, 2)
    assert satisfies("UniformSteps", language, Bernoulli(weights=HALVES))
    assert satisfies("UniformSteps", language, Bernoulli(weights=[0.2] * 5))
    assert not satisfies("UniformSteps", language, Bernoulli(weights=ALMOST))
    assert not satisfies("UniformSteps", language, Bernoulli(weights=[0.5, np.nextafter(0.5, 0)]))


def test_a_token_is_favoured_by_however_little():
    assert satisfies("FavouredToken", iid(ALMOST, 2))
    assert satisfies("FavouredToken", iid([0.5, np.nextafter(0.5, 0)], 2))
    assert not satisfies("FavouredToken", iid(HALVES, 2))
    assert not satisfies("FavouredToken", iid(FLOATS, 2))


@pytest.mark.parametrize("flip", [F(1, 10), 0.1])
def test_a_shifted_pair_is_known_by_its_hidden_chain(flip):
    named = shifted_pair(3, flip, 2)
    assert satisfies("ShiftedPairLanguage", named)
    assert satisfies("ShiftedPairLanguage", HMM(2, named.initial.values, named.transition, named.emission))


@pytest.mark.parametrize("nudge", [F(1, 10**21), 1e-12])
def test_a_nudged_shifted_pair_is_another_language(nudge):
    named = shifted_pair(3, F(1, 10), 2)
    law = named.initial.fractions.copy()
    law[:2] += [nudge, -nudge]
    assert not satisfies("ShiftedPairLanguage", HMM(2, law, named.transition, named.emission))
