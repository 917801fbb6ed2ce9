"""Token error rates and perplexities at length are the exponentials of what is measured as a logarithm."""

from __future__ import annotations

import math

import pytest

from maskbound.numerics import Instance, languages, measure, policies
from maskbound.numerics.metrics.error_rates import EXPONENTIALS
from maskbound.numerics.metrics.methods import METHODS

CHAIN = languages.markov(["1/4", "3/4"], [["1/2", "1/2"], ["1/3", "2/3"]], 200)


def test_every_engine_of_a_logarithm_has_its_exponential():
    """The rational one has closed forms only of logarithms."""
    engines = {
        name: {method.engine for method in METHODS if method.quantity == name} for name in sum(EXPONENTIALS.items(), ())
    }
    for quantity, exponent in EXPONENTIALS.items():
        assert engines[quantity] == engines[exponent] - {"rational"}


@pytest.mark.parametrize("language", [CHAIN, languages.pair(2, 4000)], ids=repr)
def test_a_rate_at_length_is_an_exponential(language):
    size = language.length // 5
    found = measure(Instance(language, policies.FixedSize([size] * 5)), ["log_ter", "ter"])
    ter, logarithm = found["ter"], found["log_ter"]
    assert ter.engine == logarithm.engine
    assert ter.lo <= math.exp(logarithm.lo) <= math.exp(logarithm.hi) <= ter.hi <= math.exp(logarithm.hi) * (1 + 1e-14)
