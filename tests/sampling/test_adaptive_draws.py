"""Drawing by adaptive and remasking policies: the batch against the exact law, and the posteriors that it uses."""

from __future__ import annotations

import warnings
from fractions import Fraction

import numpy as np
import pytest
from samples import assert_follows

from maskbound.numerics import draw, languages, policies
from maskbound.numerics.instances import Instance
from maskbound.numerics.sampling.conditionals import batch_conditionals

CHAIN = languages.markov(["1/2", "1/3", "1/6"], [["1/2", "1/2", "0"], ["0", "1/3", "2/3"], ["3/5", "1/5", "1/5"]], 4)
HIDDEN = languages.HMM(4, ["2/3", "1/3"], [["1/2", "1/2"], ["0", "1"]], [["3/4", "1/4", "0"], ["0", "1/5", "4/5"]])
TRIGRAM = languages.NGram(
    3, 2, 4, ["1/2", "1/4", "0", "1/4"], [["1/3", "2/3"], ["1", "0"], ["1/2", "1/2"], ["1/5", "4/5"]]
)
LANGUAGES = {"chain": CHAIN, "hidden": HIDDEN, "trigram": TRIGRAM}

POLICIES = {
    "confidence": {"score": "confidence", "steps": 2},
    "margin in blocks": {"score": "margin", "sizes": [1, 1], "block_length": 2},
    "entropy bound": {"score": "entropy", "entropy_bound": "2/3"},
    "entropy threshold": {"score": "entropy", "threshold": "-1/2", "ties": "random"},
    "random": {"score": "random", "sizes": [1, 2, 1]},
    "cold": {"score": "confidence", "steps": 2, "temperature": "1/2"},
    "coldest": {"score": "confidence", "steps": 3, "temperature": 0},
    "proposals": {"score": "confidence", "order": "sample-then-choose", "steps": 2},
    "proposals, ties drawn": {"score": "confidence", "order": "sample-then-choose", "sizes": [1, 3], "ties": "random"},
    "proposals by threshold": {"score": "confidence", "order": "sample-then-choose", "threshold": "3/5"},
}

DRAWS = 4000


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", POLICIES)
def test_sequences_have_the_exact_law(language, name):
    keys = {"order": "choose-then-sample", **POLICIES[name]}
    instance = Instance(LANGUAGES[language], policies.Adaptive(4, **keys))
    with warnings.catch_warnings():
        # Equal scores are equal in float64 too, or overlap and count as equal.
        warnings.simplefilter("ignore")
        tokens = draw(instance, DRAWS, seed=3)
    assert_follows(instance, tokens)


@pytest.mark.parametrize("language", LANGUAGES)
def test_remasked_sequences_have_the_exact_law(language):
    policy = policies.Remasking(policies.Schedule.uniform(3), [0, "1/2", 0])
    instance = Instance(LANGUAGES[language], policy)
    assert_follows(instance, draw(instance, DRAWS, seed=3))


def test_the_comparison_can_fail():
    """Proposals kept first are not drawn from the law of positions chosen first."""
    first, second = (
        Instance(CHAIN, policies.Adaptive(4, score="confidence", order=order, steps=4, ties="random"))
        for order in ("choose-then-sample", "sample-then-choose")
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tokens = draw(second, DRAWS, seed=3)
    with pytest.raises(AssertionError):
        assert_follows(first, tokens)


def test_undecided_comparisons_are_counted():
    """The third of tokens 0 and 1 has the same law in float64 to within rounding wherever it stands."""
    instance = Instance(languages.iid([1 / 3, 2 / 3], 5), policies.Adaptive(5, score="margin", steps=5, ties="random"))
    with pytest.warns(UserWarning, match="40 of the choices"):
        draw(instance, 10, seed=0)


@pytest.mark.parametrize(
    "language",
    [
        CHAIN,
        HIDDEN,
        TRIGRAM,
        languages.shifted_pair(4, "1/3", 12),
        languages.markov([1, 0, 0], [["0", "1", "0"], ["0", "0", "1"], ["1/2", "0", "1/2"]], 30),
        languages.NGram(4, 2, 3, [0, "1/2", "1/2", 0, 0, 0, 0, 0], [["1/3", "2/3"]] * 8),
    ],
)
def test_compiled_posteriors_are_the_languages_own(language):
    """On contexts half of which are broken at random; both are sums of some 10 L terms, so 1e-12 is generous."""
    rng = np.random.default_rng(2)
    x = language.sample(40, rng)
    broken = np.where(rng.random(x.shape) < 0.05, rng.integers(0, language.vocab, x.shape), x)
    y = np.where(rng.random(x.shape) < 0.4, broken, language.vocab)
    y[0] = language.vocab
    instance = Instance(language, policies.Bernoulli(1), off_support="marginal")
    found, expected = batch_conditionals(instance, "global")(y), instance.conditionals(y, "global")
    masked = y == language.vocab
    assert np.abs(found - expected)[masked].max() <= 1e-12
    assert ((found > 0) == (expected > 0))[masked].all()
    impossible = (language.conditionals(y)[1] == 0).any(axis=1)
    assert language.length < 5 or (impossible.any() and not impossible.all())


def test_one_token_a_step_from_proposals_seeks_the_mode():
    """The mode bias ``p(1..1) = prod_m (1 - (1-t)^m)``, at a length beyond tables; 5 standard deviations is probability
    6e-7.
    """
    t, n = 0.9, 1000
    instance = Instance(
        languages.iid(["1/10", "9/10"], 40),
        policies.Adaptive(40, score="confidence", order="sample-then-choose", steps=40),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = (draw(instance, n, seed=5) == 1).all(axis=1).mean()
    expected = float(np.prod([1 - (1 - Fraction(9, 10)) ** m for m in range(1, 41)]))
    assert abs(found - expected) < 5 * (expected * (1 - expected) / n) ** 0.5
    assert t**40 < 0.02
