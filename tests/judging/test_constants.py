"""The smallest constant that an instance allows, against closed forms; a constant that is too small is noticed."""

import math
from dataclasses import replace
from fractions import Fraction

import pytest
from sympy import Rational

from maskbound.numerics import Instance, languages, policies
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.judging import Status, judge
from maskbound.numerics.judging.constants import constant_of, least_constant
from maskbound.theory import statements

RATE, STEPS = statements["fixed-size/rate"], statements["fixed-size/log-length-steps"]
MDS = Workspace(Instance(languages.mds(5, 3, 4), policies.FixedSize([2, 2])))
"""Rank 3 is used up after the first token of a step of 2: ``PATH_KL = log 5``, ``TC + DTC = 4 log 5``
(fixed-size/max-size).
"""


def test_the_constant_of_an_mds_code():
    """``log 5 <= C 4 log 5 / 2``: C = 1/2, where fixed-size/max-size gives ``1 - N/L``."""
    found = least_constant(RATE, (MDS,))
    assert found.contains(Fraction(1, 2))
    assert found.width < 1e-12


def test_the_constant_of_greedy_sizes():
    """Copy(2, 6), sizes (3, 2, 1): ``2 log 2 <= C (1 + log 6) 5 log 2``."""
    work = Workspace(Instance(languages.copy(2, 6, 6), policies.FixedSize([3, 2, 1])))
    found = least_constant(STEPS, (work,))
    assert found.lo <= 0.4 / (1 + math.log(6)) <= found.hi
    assert found.width < 1e-12


def test_a_smaller_constant_is_violated_and_a_larger_one_holds():
    (constant,) = [constant_of(RATE)]
    for value, expected in ((Rational(49, 100), Status.VIOLATED), (Rational(51, 100), Status.HOLDS)):
        assert judge(replace(RATE, parameters={constant: value}), (MDS,)).status is expected


def test_where_there_is_no_constant():
    assert constant_of(statements["bernoulli/max-weight"]) is None
    assert least_constant(STEPS, (MDS,)) is None  # sizes (2, 2) are not greedy
    independent = Workspace(Instance(languages.iid(["1"], 2), policies.FixedSize([1, 1])))
    assert least_constant(RATE, (independent,)) is None  # nothing to divide by
    with pytest.raises(ValueError, match="has no parameter C"):
        least_constant(statements["bernoulli/max-weight"], (MDS,))
