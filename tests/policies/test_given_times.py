"""A policy of given reveal times that no engine has heard of gets whatever its traits entitle it to."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from grid import Case
from oracles import denoisers as oracle_denoisers
from oracles import languages as oracle_languages
from oracles import quantities, samplers

from maskbound.numerics import denoisers, languages
from maskbound.numerics.certificates import certificate as certificates
from maskbound.numerics.certificates import kernel
from maskbound.numerics.certificates.certificate import certificate, certificate_text
from maskbound.numerics.conformance.claim import Claim
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.errors import BadInput, BeyondReach, NoLogForm
from maskbound.numerics.falsify.generators import EXACT, Family, merged_steps, split_step
from maskbound.numerics.falsify.mutations import perturbed
from maskbound.numerics.falsify.shrinking import shrink, size
from maskbound.numerics.falsify.subject import Candidate
from maskbound.numerics.instances import Instance
from maskbound.numerics.metrics import METHODS, measurable, measure
from maskbound.numerics.policies import Bernoulli, ExchangeableTimes, FixedSize, PolicyTable
from maskbound.numerics.policies.filling import filled
from maskbound.numerics.sampling.sampler import CompiledSampler, sampler_for
from maskbound.numerics.spec.table import Wholes
from maskbound.numerics.traits import parts
from maskbound.numerics.universal import Decided, prove
from maskbound.numerics.universal.mixture import Mixture
from maskbound.numerics.universal.prove import EQUATIONS
from maskbound.theory import ASSUMPTIONS, statements

HALF = Fraction(1, 2)
L = 4


class Either(ExchangeableTimes):
    """``FixedSize(first)`` or ``FixedSize(second)`` of two steps, by a fair coin."""

    def __init__(self, first: list[int], second: list[int]) -> None:
        self.either = (first, second)

    steps = 2

    def check(self, vocab, length):
        if any(sum(part) != length for part in self.either):
            raise BadInput("first", f"sizes of sum {length} are accepted")

    def written(self):
        return {"kind": "either", "first": self.either[0], "second": self.either[1]}

    def counts(self, step, masked):
        if step == 1:
            yield from ((HALF, part[0]) for part in self.either)
        else:
            yield Fraction(1), masked

    def reveal_times(self, uniforms):
        # The largest of L uniform numbers is below 2^(-1/L) with probability 1/2, whatever their order.
        coin = (uniforms.max(axis=1) < 2 ** (-1 / uniforms.shape[1])).astype(int)
        first = np.array([part[0] for part in self.either])[coin]
        return (uniforms.argsort(axis=1).argsort(axis=1) >= first[:, None]).astype(np.int64)

    def draw_step(self, step, y, conditionals, rng):
        masked = y == conditionals.shape[2]
        if step == 1:
            masked &= self.reveal_times(rng.random(y.shape)) == 0
        return filled(y, masked, conditionals, rng)


SIZES = ([1, 3], [3, 1])


def oracle_policy() -> samplers.Policy:
    parts = [samplers.fixed_size(sizes) for sizes in SIZES]
    times = Counter()
    for part in parts:
        times.update({tau: HALF * probability for tau, probability in part.times.items()})
    return samplers.Policy("either", L, 2, dict(times), lambda k, masked: [], (), None)


ROWS = ([HALF, HALF], [[Fraction(2, 3), Fraction(1, 3)], [Fraction(0), Fraction(1)]])
LAW = oracle_languages.markov(*ROWS, L)


def case(perturbed: bool) -> Case:
    language = languages.Tabular(2, L, list(LAW), list(LAW.values()))
    policy = Either(*SIZES)
    if perturbed:
        prediction = oracle_denoisers.mix_uniform(Fraction(1, 7))
        denoiser = denoisers.Perturbed("uniform", "1/7")
        return Case(
            Instance(language, policy, denoiser), LAW, oracle_denoisers.predicting(LAW, 2, prediction), oracle_policy()
        )
    return Case(Instance(language, policy), LAW, oracle_denoisers.exact(LAW, 2), oracle_policy())


def truth(one: Case) -> dict:
    law = samplers.law(one.policy, 2, one.denoiser)
    measured = [samplers.fixed_size(sizes) for sizes in SIZES]
    return {
        "path_kl": quantities.path_kl(LAW, one.denoiser, one.policy),
        "log_mean_path_kl": quantities.mixtures.log_mean_path_kl(LAW, one.denoiser, one.policy),
        "learning_term": quantities.learning_term(LAW, 2, one.denoiser, one.policy),
        "mean_learning_error": quantities.mean_learning_error(LAW, 2, one.denoiser, one.policy),
        "profile_left_sum": sum(quantities.profile_left_sum(LAW, part) for part in measured) / 2,
        "entropy": quantities.entropy(LAW),
        "kl": quantities.kl(LAW, law),
        "tv": quantities.tv(LAW, law),
        "ser": quantities.ser(LAW, law),
        "log_ter": quantities.log_ter(LAW, law),
    }


@pytest.mark.parametrize("perturbed", [False, True])
def test_every_engine_agrees_with_the_definitions(perturbed):
    one = case(perturbed)
    met = Counter()
    for name, value in truth(one).items():
        assert name in measurable(one.instance), name
        for method in METHODS:
            if method.quantity == name and method.kind != "statistical" and method.obstacle(one.instance) is None:
                try:
                    found = method.measure(Workspace(one.instance))
                except NoLogForm:
                    assert name == "log_mean_path_kl"
                    continue
                assert found.lo <= value <= found.hi, (name, method.engine)
                met[method.engine] += 1
    assert {"tabular", "profile", "reference", "rational"} <= set(met)


def test_the_wrong_policy_is_noticed():
    right, wrong = case(False), FixedSize(SIZES[0])
    found = measure(Instance(right.instance.language, wrong), ["path_kl", "profile_left_sum"])
    assert not any(found[name].lo <= truth(right)[name] <= found[name].hi for name in found)


def test_drawing_uses_the_reveal_times():
    chain = languages.markov(["1/2", "1/2"], [["2/3", "1/3"], [0, 1]], L)
    sampler = sampler_for(Instance(chain, Either(*SIZES)))
    assert isinstance(sampler, CompiledSampler)
    law = samplers.law(oracle_policy(), 2, oracle_denoisers.exact(LAW, 2))
    count = 20000
    tokens = np.concatenate([chunk.tokens for chunk in sampler.chunks(7, count)])
    seen = Counter(map(tuple, tokens.tolist()))
    assert set(seen) <= set(law)
    for x, probability in law.items():
        # Five standard deviations.
        assert abs(seen[x] / count - probability) <= 5 * math.sqrt(probability * (1 - probability) / count)


@pytest.mark.parametrize(
    "claimed", ["path_kl <= total_correlation", "path_kl <= total_correlation + dual_total_correlation"]
)
def test_claims_are_decided_for_every_language(claimed):
    """By orders and linear programmes, as by the closed forms of the sizes that it mixes."""
    mixture = Mixture(tuple((HALF, FixedSize(sizes)) for sizes in SIZES))
    found, expected = (prove(claimed, policy, L) for policy in (Either(*SIZES), mixture))
    assert found.verdict is expected.verdict is Decided.HOLDS
    assert found.constant == expected.constant
    assert prove(claimed, FixedSize(SIZES[0]), L).constant != found.constant


def test_nothing_about_one_kind_of_language_is_decided_for_every_one():
    """Whatever the trait: each that a language decides, but those that are equations between entropies."""
    about = {name for name in ASSUMPTIONS if parts([name]) == {"language"}}
    for statement in statements.values():
        one_kind = about & {assumption.name for assumption in statement.assumptions} - EQUATIONS
        if one_kind and statement.subjects == 1:
            reason = prove(statement, FixedSize([2, 2]), L).reason
            assert reason == f"the statement is about one kind of language ({', '.join(sorted(one_kind))})"


@pytest.mark.parametrize(
    "policy", [Bernoulli(weights=["1/2", 0, "1/3", "1/6"]), FixedSize([2, 0, 1, 1]), FixedSize([4])]
)
def test_closed_forms_are_the_general_laws(policy):
    general = super(ExchangeableTimes, policy).exact_before(L)
    assert policy.exact_before(L) == {at: probability for at, probability in general.items() if probability}
    counted = ExchangeableTimes.exact_sizes_before(policy, L)
    assert policy.exact_sizes_before(L) == counted
    exact = ExchangeableTimes.exact_jumps(policy, L)
    jumps, error = policy.jumps(L)
    for (r, s), expected in exact.items():
        assert s < 2 or abs(Fraction(jumps[r, s]) - expected) <= expected * Fraction(error)
    sizes, error = policy.sizes_before(L)
    assert all(abs(Fraction(x) - y) <= y * Fraction(error) for x, y in zip(sizes.tolist(), counted, strict=True))
    before, error = policy.before(L)
    for (R, i), probability in general.items():
        assert abs(Fraction(before[R, i]) - probability) <= probability * Fraction(error)
    assert np.count_nonzero(before) == sum(probability > 0 for probability in general.values())
    assert policy.log2_of_times(L) <= super(ExchangeableTimes, policy).log2_of_times(L) + 1e-9


def test_a_policy_of_no_kind_of_the_kernel_is_certified_set_by_set():
    each = certificate(statements["kl-path-kl/given-times"], [case(False).instance])
    policy = each["subjects"][0]["policy"]
    assert policy["kind"] == "mixture-of-sets"
    assert sum(map(Fraction, policy["weights"])) == 1
    assert kernel.verify(certificate_text([each])).startswith("holds")
    policy["weights"][:2] = policy["weights"][1::-1]
    policy["sets"][0] = policy["sets"][0][::-1]
    with pytest.raises(kernel.Rejected):
        kernel.verify(certificate_text([each]))


def test_a_policy_of_too_many_orders_has_no_certificate(monkeypatch):
    monkeypatch.setattr(certificates, "MOST_ORDERS", 3)
    with pytest.raises(BeyondReach, match="in more than 3 ways"):
        certificate(statements["kl-path-kl/given-times"], [case(False).instance])


def test_long_sequences_of_steps_that_are_not_followed_are_refused():
    chain = languages.markov(["1/2", "1/2"], [["2/3", "1/3"], [0, 1]], 40)
    with pytest.raises(BeyondReach, match="its policy is of no kind whose steps are followed"):
        Claim(Instance(chain, Either([10, 30], [30, 10])))


@pytest.fixture
def unheard(monkeypatch):
    """A kind of policy whose table lists no steps, for as long as the test."""

    class EitherTable(PolicyTable):
        first: Wholes
        second: Wholes

        def build(self, length):
            return Either(self.first, self.second)

    kinds = {**PolicyTable.kinds(), "either": EitherTable}
    monkeypatch.setattr(PolicyTable, "kinds", classmethod(lambda cls: kinds))
    return {"kind": "either", "first": [1, 3], "second": [3, 1]}


def test_a_counterexample_of_an_unheard_kind_is_shrunk_to_a_simpler_one(unheard):
    """Steps that its table does not list are neither merged nor split; Bernoulli ones take its place if they do."""
    family = Family.of(statements["kl-path-kl/given-times"])
    language = {"kind": "tabular", "vocab": 2, "length": L, "support": [[[0] * L, HALF], [[1] * L, HALF]]}
    candidate = Candidate(language, (unheard,), (EXACT,))
    assert (list(merged_steps(unheard)), split_step(unheard, Random(1))) == ([], unheard)
    found, complete = shrink(candidate, family, lambda smaller: smaller.policies[0]["kind"] == "either", lambda: False)
    assert complete
    assert size(found) < size(candidate)
    found, _ = shrink(candidate, family, lambda smaller: True, lambda: False)
    assert found.policies[0]["kind"] == "bernoulli"
    for seed in range(20):
        assert size(perturbed(candidate, family, Random(seed))) is not None
