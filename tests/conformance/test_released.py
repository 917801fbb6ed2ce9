"""Laws of released samplers where they are those of policies; `make test-samplers` holds them against the samplers."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from typer.testing import CliRunner

from maskbound.numerics import Instance, cli, law, policies
from maskbound.numerics.conformance import Oracle
from maskbound.numerics.conformance.known_bugs import law_of_variant
from maskbound.numerics.conformance.released import annealed, noisy_confidence, sized_or_confident
from maskbound.numerics.errors import BadInput
from maskbound.numerics.instances.gallery import load_gallery

LANGUAGE = load_gallery("markov-lopsided").language
PROPOSING = policies.Adaptive(5, score="confidence", order="sample-then-choose", sizes=[2, 2, 1])
BOUNDED = policies.Adaptive(5, score="entropy", entropy_bound="1/2")
COOL = policies.Adaptive(5, score="entropy", entropy_bound="1/2", temperature="1/2")
ORACLE = Oracle(Instance(LANGUAGE, PROPOSING))
ROUNDING = 1e-13
"""Of probabilities at most 1, each a sum of some hundred products of some ten roundings."""

without_extra = pytest.mark.skipif(find_spec("torch") is not None, reason="the extra is installed")


def distance(variant, policy):
    return np.abs(law_of_variant(variant, ORACLE) - law(Instance(LANGUAGE, policy)).p).sum() / 2


def test_a_threshold_that_nothing_reaches_leaves_the_sizes():
    assert distance(sized_or_confident(PROPOSING, 1.0), PROPOSING) < ROUNDING
    assert distance(sized_or_confident(PROPOSING, 0.65), PROPOSING) > 0.01


def test_a_threshold_that_all_reach_ends_in_one_step():
    assert distance(sized_or_confident(PROPOSING, 0.0), policies.FixedSize([5])) < ROUNDING


def test_a_temperature_of_1_changes_nothing_and_another_is_felt_by_the_scores():
    assert distance(annealed(BOUNDED, [1.0] * 5), BOUNDED) < ROUNDING
    assert distance(annealed(BOUNDED, [0.5] * 5), COOL) > 0.01


def test_noise_goes_from_the_best_to_any():
    """Of Gumbel noise of size tau what remains is of order 1/tau, or of the probability that it bridges a gap."""
    assert distance(noisy_confidence(PROPOSING, [1e9, 1e9]), policies.FixedSize([2, 2, 1])) < 1e-7
    ties = policies.Adaptive(5, score="confidence", order="sample-then-choose", sizes=[2, 2, 1], ties="random")
    assert distance(noisy_confidence(PROPOSING, [1e-5, 1e-5]), ties) < 1e-7
    assert distance(noisy_confidence(PROPOSING, [1.0, 1.0]), ties) > 0.01


@without_extra
def test_without_the_extra_its_name_is_given():
    with pytest.raises(BadInput, match=r'torch: it is not installed; the extra "samplers" has it'):
        ORACLE.torch()
    found = CliRunner().invoke(cli.app, ["table", "conformance"])
    assert (found.exit_code, found.stdout) == (2, "")
    assert 'the extra "samplers" has it' in found.stderr
