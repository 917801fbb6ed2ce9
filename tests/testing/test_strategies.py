"""Strategies give what they promise, the awkward cases included, and find what is false."""

from __future__ import annotations

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from maskbound.numerics import measure
from maskbound.numerics.errors import BadInput
from maskbound.numerics.testing import assert_holds, strategies


@settings(max_examples=30)
@given(strategies.instances())
def test_kl_is_at_most_path_kl(instance):
    assert_holds("kl-path-kl/given-times", instance, allow_undecided=True)


@given(st.integers(1, 5).flatmap(strategies.laws))
def test_laws_sum_to_one(law):
    assert sum(law) == 1
    assert min(law) >= 0


QUICK = settings(max_examples=500, phases=[Phase.generate])
"""Found, not shrunk."""


@settings(max_examples=30, phases=[Phase.generate])
@given(strategies.languages(vocab=3, length=4), strategies.languages(vocab=9, length=50, kinds=["markov", "iid"]))
def test_sizes_can_be_asked_for(small, long):
    assert (small.vocab, small.length) == (3, 4)
    assert (long.vocab, long.length) == (9, 50)


@pytest.mark.parametrize(
    "wanted",
    [
        lambda instance: instance.vocab == 1,
        lambda instance: instance.length == 1,
        lambda instance: instance.policy.steps == 1 < instance.length,
        lambda instance: instance.policy.steps > instance.length,
        lambda instance: not instance.exact_denoiser,
        lambda instance: instance.vocab > 1 and (instance.language.marginals() == 0).any(),
        lambda instance: measure(instance, ["ser"])["ser"].lo > 0,
    ],
)
def test_awkward_cases_are_drawn(wanted):
    assert wanted(find(strategies.instances(), wanted, settings=QUICK))


def test_a_false_bound_is_refuted():
    """PATH_KL is not KL (kl-path-kl/given-times): hypothesis finds an instance where they differ, by itself."""

    def differs(instance):
        found = measure(instance, ["kl", "path_kl"])
        return found["path_kl"].lo > found["kl"].hi

    instance = find(strategies.instances(), differs, settings=QUICK)
    assert instance.length > 1


@pytest.mark.parametrize(
    "strategy", [strategies.languages, strategies.denoisers, lambda **k: strategies.policies(3, **k)]
)
def test_an_unknown_kind_is_refused(strategy):
    with pytest.raises(BadInput, match="found 'frob'"):
        find(strategy(kinds=["frob"]), lambda drawn: True, settings=QUICK)
    with pytest.raises(BadInput, match=r"3\^9 sequences"):
        find(strategies.languages(vocab=3, length=9, kinds=["tabular"]), lambda drawn: True, settings=QUICK)
