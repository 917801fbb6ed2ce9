"""What an adaptive policy compares is decided, not rounded."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from maskbound.numerics import languages, policies
from maskbound.numerics.engines import adaptive, reference
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.errors import BadInput, Undecidable
from maskbound.numerics.instances import Instance
from maskbound.numerics.metrics import measure
from maskbound.numerics.policies.decisions import Contexts, choose, rank

V = 3
ROWS = [[Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)], [Fraction(1, 6), Fraction(2, 3), Fraction(1, 6)]]


def adaptive_policy(length: int, **keys) -> policies.Adaptive:
    return policies.Adaptive(length, **{"score": "confidence", "order": "choose-then-sample", **keys})


def contexts(rows, relative: float) -> Contexts:
    weights = np.array([rows], dtype=np.float64)
    return Contexts(np.full(weights.shape[:2], weights.shape[2]), weights, np.ones(1), relative)


def test_overlapping_scores_are_doubted_only_where_it_matters():
    rows = [[0.5, 0.3, 0.2], [0.5 + 1e-15, 0.3, 0.2], [0.9, 0.1, 0.0]]
    for size, doubted in ((1, False), (2, True), (3, False)):
        found = choose(adaptive_policy(3, sizes=[size, 3 - size]), 1, contexts(rows, 1e-14))
        assert (found.doubt[0, 0] >= 0) == doubted
        assert (found.state[0] > 0).sum() >= size
    exactly = choose(adaptive_policy(3, sizes=[2, 1]), 1, contexts(rows, 0.0))
    assert exactly.state[0].tolist() == [0, 2, 2]
    assert exactly.doubt[0, 0] == -1


def test_a_score_within_rounding_of_the_threshold_is_doubted():
    rows = [[0.6, 0.4, 0.0], [0.6 + 1e-10, 0.4 - 1e-10, 0.0], [0.2, 0.5, 0.3]]
    found = choose(adaptive_policy(3, threshold="3/5"), 1, contexts(rows, 1e-14))
    assert found.doubt[0].tolist() == [0, -2]
    clear = choose(adaptive_policy(3, threshold="11/20"), 1, contexts(rows, 1e-14))
    assert clear.doubt[0, 0] == -1
    assert clear.state[0].tolist() == [2, 2, 0]


def test_proposals_of_one_position_need_no_order():
    policy = adaptive_policy(2, order="sample-then-choose", steps=2)
    same, across = [[0.5, 0.5, 0.0], [0.9, 0.1, 0.0]], [[0.5, 0.3, 0.2], [0.4, 0.5, 0.1]]
    for rows, doubted in ((same, False), (across, True)):
        found = rank(policy, contexts(rows, 1e-14), np.array([rows]))
        assert (found.doubt[0, 0] >= 0) == doubted


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (adaptive_policy(3, steps=3), "the confidence 0.7.* of position 0 and the confidence 0.7.* of position"),
        (adaptive_policy(3, score="entropy", steps=3), "the entropy 0.61.* of position 0 and the entropy"),
        (adaptive_policy(3, order="sample-then-choose", steps=3), "the probability 0.7.* of token 0 at position"),
        (adaptive_policy(3, threshold=0.7), "the confidence 0.7.* and the threshold 0.7"),
    ],
)
def test_floating_ties_are_refused_with_both_scores(policy, words):
    instance = Instance(languages.iid([0.7, 0.3], 3), policy)
    with pytest.raises(Undecidable, match=words):
        adaptive.law(Workspace(instance))
    with pytest.raises(BadInput, match="no rationals"):
        measure(instance, ["ser"], engine="reference")


def test_floating_conditionals_far_apart_need_no_rationals():
    language = languages.Tabular.from_table(2, 2, [0.1, 0.2, 0.3, 0.4])
    policy = adaptive_policy(2, steps=2)
    law = adaptive.law(Workspace(Instance(language, policy)))
    assert np.abs(law.p - law.q).max() < 1e-15


def test_an_exact_tie_that_rounding_breaks_is_a_tie():
    """2/3 at every position of a chain, by powers of its matrix: float64 orders them, whole numbers do not."""
    chain = languages.markov(["1/3", "2/3"], [["1/3", "2/3"], ["1/3", "2/3"]], 5)
    wide = languages.HMM(5, ["1/3", "2/3"], [["1/7", "6/7"], ["3/7", "4/7"]], [["1/3", "2/3"], ["1/3", "2/3"]])
    for language in (chain, wide):
        first = adaptive.visits(Workspace(Instance(language, adaptive_policy(5, steps=5)))).mass
        places = 3 ** np.arange(4, -1, -1)
        assert (first[places] > 0).tolist() == [True, False, False, False, False]
        spread = adaptive.visits(Workspace(Instance(language, adaptive_policy(5, steps=5, ties="random")))).mass
        assert np.allclose(spread[places] * 3, 1 / 5, rtol=1e-12)


def test_large_denominators_are_decided_by_rationals():
    """A table whose common denominator is beyond whole numbers in float64, with a tie between its positions."""
    huge = 10**20
    table = [Fraction(1, 4) + Fraction(1, huge), Fraction(1, 4), Fraction(1, 4), Fraction(1, 4) - Fraction(1, huge)]
    instance = Instance(languages.Tabular.from_table(2, 2, table), adaptive_policy(2, steps=2, ties="random"))
    for engine in (adaptive, reference):
        law = engine.law(Workspace(instance))
        assert np.abs(law.p - law.q).max() < 1e-15
    mass = adaptive.visits(Workspace(instance)).mass
    assert mass[3] > 0
    assert mass[1] > 0


def test_equal_entropies_of_different_rows_are_a_tie():
    """``{1/2, 1/4, 1/4}`` and ``{2/5, 2/5, 1/5}`` differ; ``{1/2, 1/4, 1/4}`` and its permutations tie."""
    rows = {
        "tie": [["1/2", "1/4", "1/4"], ["1/4", "1/4", "1/2"]],
        "apart": [["1/2", "1/4", "1/4"], ["2/5", "2/5", "1/5"]],
    }
    for name, (a, b) in rows.items():
        table = [Fraction(x) * Fraction(y) for x in a for y in b]
        language = languages.Tabular.from_table(3, 2, table)
        policy = adaptive_policy(2, score="entropy", steps=2, ties="random")
        mass = adaptive.visits(Workspace(Instance(language, policy))).mass
        assert (mass[1] > 0) == (name == "tie")
        assert mass[4] > 0


def test_a_floating_bound_is_exact_only_where_it_says_so():
    language = languages.iid(["7/10", "3/10"], 3)
    with pytest.raises(Undecidable, match=r"the bound 0\.7"):
        adaptive.law(Workspace(Instance(language, adaptive_policy(3, threshold=0.7))))
    half = languages.iid(["1/2", "1/2"], 3)
    steps = measure(Instance(half, adaptive_policy(3, threshold=0.5)), ["expected_steps"])["expected_steps"]
    assert steps.contains(1)
    assert measure(Instance(language, adaptive_policy(3, threshold="7/10")), ["expected_steps"])[
        "expected_steps"
    ].contains(1)
