"""Closed profiles are those of the tables, and what is planned from them keeps its closed form."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from maskbound.numerics import Instance, languages, policies
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.metrics.information import profile
from maskbound.numerics.planning import best_sizes
from maskbound.theory import known_profiles
from maskbound.theory.known_answers import mds_fixed_size
from maskbound.theory.known_profiles import copy_profile, mds_profile, parity_profile


@pytest.mark.parametrize(
    ("known", "language"),
    [
        (mds_profile(5, 2, 4), languages.mds(5, 2, 4)),
        (mds_profile(5, 4, 4), languages.mds(5, 4, 4)),
        (parity_profile(5), languages.parity(5)),
        (parity_profile(1), languages.parity(1)),
        (copy_profile(3, 2, 6), languages.copy(3, 2, 6)),
        (copy_profile(2, 4, 8), languages.copy(2, 4, 8)),
        (copy_profile(2, 1, 3), languages.copy(2, 1, 3)),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_they_are_the_profiles_of_the_tables(known, language):
    measured = profile(Workspace(Instance(language, policies.Bernoulli(1))))
    # The measured error, and a rounding of the closed form's float.
    assert np.abs(measured.values - np.array(known, dtype=float)).max() <= measured.error + 1e-14
    assert measured.error < 1e-11


def test_a_long_code_is_planned_without_error():
    """MDS(Q, K) at a length that no table reaches: two steps are enough, if the first stops at the rank
    (known-answers.md).
    """
    sizes = best_sizes(mds_profile(1031, 500, 1024), 2)
    assert mds_fixed_size(1031, 500, sizes)["path_kl"] == 0
    assert mds_fixed_size(1031, 500, (512, 512))["path_kl"] > 0
    assert sizes == (500, 524)


def test_profiles_that_do_not_exist_are_refused():
    with pytest.raises(ValueError, match="dimension=4"):
        mds_profile(5, 4, 3)
    with pytest.raises(ValueError, match="multiple of the block length 2"):
        copy_profile(2, 2, 5)


def test_examples_in_docstrings_run():
    failed, attempted = doctest.testmod(known_profiles)
    assert attempted
    assert not failed
