"""What the engine table says that a method is for, phrase by phrase, against the method's own obstacle."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

import pytest

from maskbound.numerics import languages
from maskbound.numerics.denoisers import Exact, Learned, Perturbed
from maskbound.numerics.engines.rational import MOST_PAIRS
from maskbound.numerics.instances import Instance
from maskbound.numerics.languages import HMM, Blocks, LinearCode, NGram, Tabular
from maskbound.numerics.metrics import METHODS, Method
from maskbound.numerics.policies import (
    Adaptive,
    Bernoulli,
    FixedSets,
    FixedSize,
    GivenTimes,
    MixtureOfSizes,
    Policy,
    Remasking,
    Schedule,
)

L = 4
COINS = languages.iid(["1/3", "2/3"], L)
CHAIN = languages.markov(["1/2", "1/2"], [["2/3", "1/3"], ["1/4", "3/4"]], L)
ENDING = languages.markov(["1/2", "1/2"], [["1/2", "1/3"], ["1/4", "3/4"]], L, end=["1/6", 0])
LANGUAGES = (
    Tabular(2, L, [[0, 0, 1, 1], [0, 1, 1, 0]], ["1/3", "2/3"]),
    Tabular(2, L, [[0, 0, 1, 1], [0, 1, 1, 0]], [0.3, 0.7]),
    languages.pair(2, L),
    Blocks(Tabular(2, 1, [[0], [1]], ["1/3", "2/3"]), L),
    CHAIN,
    languages.markov([0.3, 0.7], [[0.6, 0.4], [0.3, 0.7]], L),
    COINS,
    ENDING,
    languages.HMM(L, [0.3, 0.7], [[0.6, 0.2], [0.3, 0.7]], [[0.9, 0.1], [0, 1]], end=[0.2, 0]),
    languages.shifted_pair(3, "1/10", L),
    languages.LinearCode(3, [[1, 1, 0, 2], [0, 1, 1, 1]]),
)
MANY_KINDS = languages.LinearCode(2, [[(i + 1) >> k & 1 for i in range(20)] for k in range(5)])
"""A code with too many kinds of columns for the ranks of all sets of them."""


class OneThenTheRest(GivenTimes):
    """Reveal times that no engine has heard of."""

    steps = 2

    def choices(self, step, masked):
        chosen = masked[:1] if step == 1 else masked
        yield Fraction(1), chosen

    def check(self, vocab, length): ...
    def written(self): ...
    def reveal_times(self, uniforms): ...
    def draw_step(self, step, y, conditionals, rng): ...


POLICIES = (
    OneThenTheRest(),
    Bernoulli(2),
    Bernoulli(weights=[0.3, 0.7]),
    FixedSize([2, 2]),
    MixtureOfSizes([[1, 3], [2, 2]], ["1/3", "2/3"]),
    FixedSets([[0, 2], [1, 3]]),
    Adaptive(L, score="confidence", sizes=[2, 2]),
    Adaptive(L, score="confidence", sizes=[2, 2], ties="random"),
    Adaptive(L, score="random", sizes=[2, 2], temperature=0),
    Adaptive(L, score="margin", threshold="3/4", temperature=2),
    Adaptive(L, score="entropy", entropy_bound="1/2", temperature="1/2"),
    Adaptive(L, score="confidence", order="sample-then-choose", sizes=[2, 2]),
    Adaptive(L, score="confidence", order="sample-then-choose", threshold="3/4"),
    Remasking(Schedule.uniform(2), [0, 0]),
    Remasking(Schedule([0.3, 0.7]), [0, 0]),
)
DENOISERS = (
    Exact(),
    Perturbed("uniform", "1/3"),
    Perturbed("tilt", "1/3"),
    Learned(10, context="neighbours"),
    Learned(10, context="full"),
)
INSTANCES = [
    *(
        Instance(language, policy, denoiser, off_support=rule)
        for language, policy, denoiser in itertools.product(LANGUAGES, POLICIES, DENOISERS)
        for rule in ("uniform", "stop")
    ),
    *(Instance(CHAIN, policy, off_support_scope="global") for policy in POLICIES),
    Instance(languages.iid(["1/3", "2/3"], 14), Bernoulli(2)),
    Instance(languages.pair(2, 66), Bernoulli(2)),
    Instance(languages.pair(2, L), Bernoulli(4097)),
    Instance(MANY_KINDS, Bernoulli(2)),
    *(
        Instance(language, policy)
        for language in LANGUAGES
        for policy in (Bernoulli(1), FixedSize([0, language.length]), FixedSize([language.length]))
    ),
]

Predicate = Callable[[Instance], bool]


def no_ends(i: Instance) -> bool:
    return getattr(i.language, "end", None) is None


OF_LANGUAGE: Mapping[str, Predicate] = {
    "any language": lambda i: True,
    "rational language": lambda i: i.language.rational,
    "small rational language": lambda i: i.language.rational and (2 * i.vocab + 1) ** i.length <= MOST_PAIRS,
    "i.i.d. tokens": lambda i: isinstance(i.language, NGram) and i.language.order == 1,
    "rational i.i.d. tokens": lambda i: i.language.rational and isinstance(i.language, NGram) and i.language.order == 1,
    "Markov chain": lambda i: isinstance(i.language, NGram) and i.language.order <= 2,
    "homogeneous Markov chain": lambda i: isinstance(i.language, NGram) and i.language.order <= 2 and no_ends(i),
    "hmm or n-gram": lambda i: isinstance(i.language, HMM | NGram),
    "homogeneous hmm or n-gram": lambda i: isinstance(i.language, HMM | NGram) and no_ends(i),
    "hmm or n-gram with end weights": lambda i: not no_ends(i),
    "rational hmm or n-gram with end weights": lambda i: not no_ends(i) and i.language.rational,
    "homogeneous hmm": lambda i: isinstance(i.language, HMM) and no_ends(i),
    "rational homogeneous hmm": lambda i: isinstance(i.language, HMM) and no_ends(i) and i.language.rational,
    "any language but a linear code": lambda i: not isinstance(i.language, LinearCode),
    "linear code": lambda i: isinstance(i.language, LinearCode),
    "linear code with known mean ranks": lambda i: isinstance(i.language, LinearCode) and i.language is not MANY_KINDS,
    "blocks": lambda i: isinstance(i.language, Blocks),
    "rational blocks": lambda i: isinstance(i.language, Blocks) and i.language.rational,
    "blocks of even length": lambda i: isinstance(i.language, Blocks) and i.language.block.length % 2 == 0,
}
"""What may stand before the ``x`` of a scope."""


def adaptive(condition: Callable[[Adaptive], bool]) -> Predicate:
    return lambda i: isinstance(i.policy, Adaptive) and condition(i.policy)


def given_sizes(i: Instance) -> bool:
    return isinstance(i.policy, FixedSize | FixedSets) or adaptive(lambda policy: policy.sizes is not None)(i)


OF_POLICY: Mapping[str, Predicate] = {
    "any policy": lambda i: True,
    "given reveal times": lambda i: not isinstance(i.policy, Adaptive | Remasking),
    "Bernoulli": lambda i: isinstance(i.policy, Bernoulli),
    "fixed-size": lambda i: isinstance(i.policy, FixedSize),
    "mixture of sizes": lambda i: isinstance(i.policy, MixtureOfSizes),
    "fixed sets": lambda i: isinstance(i.policy, FixedSets),
    "given sizes": given_sizes,
    "adaptive": adaptive(lambda policy: True),
    "choose-then-sample": adaptive(lambda policy: policy.order == "choose-then-sample"),
    "thresholds": adaptive(lambda policy: policy.rule == "threshold"),
    "entropy bounds": adaptive(lambda policy: policy.rule == "entropy_bound"),
    "remasking": lambda i: isinstance(i.policy, Remasking),
}
"""What may stand after it, joined by ``or``."""


def near(i: Instance) -> bool:
    return not tilted(i) and not (isinstance(i.denoiser, Learned) and i.denoiser.context == "full")


def tilted(i: Instance) -> bool:
    return isinstance(i.denoiser, Perturbed) and i.denoiser.noise == "tilt"


def exact(i: Instance) -> bool:
    return isinstance(i.denoiser, Exact)


def rational_policy(i: Instance) -> bool:
    """Powers by 1/T keep rationals where 1/T is whole."""
    policy = i.policy
    if isinstance(policy, Adaptive):
        return policy.temperature == 0 or (1 / policy.temperature).denominator == 1
    return not isinstance(policy, Bernoulli | Remasking) or policy.schedule.rational


def certain(policy: Policy) -> bool:
    if isinstance(policy, Bernoulli):
        return max(policy.schedule.weights) == 1
    return isinstance(policy, FixedSets) or (isinstance(policy, FixedSize) and max(policy.sizes) == sum(policy.sizes))


CONDITIONS: Mapping[str, Predicate] = {
    "exact denoiser": exact,
    "rational denoiser": lambda i: not tilted(i),
    "rational denoiser and policy": lambda i: not tilted(i) and rational_policy(i),
    "denoiser of two neighbours": near,
    "inexact denoiser of two neighbours": lambda i: near(i) and not exact(i),
    "denoiser alike in every block": lambda i: not isinstance(i.denoiser, Learned) and not tilted(i),
    "temperature 1": lambda i: not isinstance(i.policy, Adaptive) or i.policy.temperature == 1,
    "a score with ties to the lowest position": adaptive(
        lambda policy: policy.ties == "first" and policy.score != "random"
    ),
    "uniform or marginal off the support": lambda i: i.off_support != "stop",
    "local scope": lambda i: i.off_support_scope != "global",
    "at most 12 tokens": lambda i: i.length <= 12,
    "at most 64 tokens": lambda i: i.length <= 64,
    "at most 4096 steps": lambda i: i.policy.steps <= 4096,
    "one step": lambda i: i.policy.steps == 1,
    "rational schedule": rational_policy,
    "floating schedule": lambda i: not rational_policy(i),
    "certain reveal times": lambda i: certain(i.policy),
    "every string possible from any hidden state": lambda i: (
        i.length < 20
        and bool(i.language.support_table().all())
        and not (isinstance(i.language, HMM) and (i.language.emission.values == 0).any())
    ),
}
"""What may follow after commas."""


def says(scope: str, instance: Instance) -> bool:
    """Whether one of the alternatives of a scope holds."""
    return any(holds(alternative, instance) for alternative in scope.split("; "))


def holds(alternative: str, instance: Instance) -> bool:
    language, _, rest = alternative.partition(" x ")
    kinds, *conditions = rest.split(", ")
    return (
        OF_LANGUAGE[language](instance)
        and any(OF_POLICY[kind](instance) for kind in kinds.split(" or "))
        and all(CONDITIONS[condition](instance) for condition in conditions)
    )


def contradictions(method: Method) -> list[Instance]:
    return [i for i in INSTANCES if says(method.scope, i) != (method.obstacle(i) is None)]


@pytest.mark.parametrize("method", METHODS, ids=lambda m: f"{m.engine}-{m.quantity}-{m.kind}")
def test_a_method_measures_what_its_scope_says(method):
    assert contradictions(method) == []


def test_every_method_is_asked_for_something_and_something_else():
    for method in METHODS:
        found = {method.obstacle(instance) is None for instance in INSTANCES}
        assert found == ({True} if method.scope == "any language x any policy" else {True, False}), method


@pytest.mark.parametrize(
    ("quantity", "engine", "scope"),
    [
        ("path_kl", "tabular", "any language x any policy"),
        ("step_correlation", "rational", "rational language x given reveal times, rational denoiser and policy"),
        ("ser", "windows", "hmm or n-gram x Bernoulli or fixed-size"),
        ("ser", "reference", "any language x any policy"),
    ],
)
def test_a_wrong_scope_is_noticed(quantity, engine, scope):
    method = next(m for m in METHODS if (m.quantity, m.engine) == (quantity, engine))
    assert contradictions(replace(method, scope=scope))
    with pytest.raises(KeyError):
        says("any language x every policy", INSTANCES[0])
