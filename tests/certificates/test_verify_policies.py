"""Policies that watch the tokens, and quantities of contexts, in the kernel: against the oracles, and altered."""

from fractions import Fraction

import pytest
from certificates.texts import altered, completed, conditionals, numbers, outcome, question, table, text
from oracles import adaptive, cases, contexts, denoisers, languages, quantities, slopes
from oracles.logs import mp, real

from maskbound.numerics.certificates import kernel

LAW = cases.sparse_table(1, 2, 4)
TIED = languages.pair(2, 4)
NOISY = denoisers.mix_uniform(Fraction(1, 9))
CHOSEN = {"order": "choose-then-sample", "temperature": "1", "ties": "first", "block_length": 4}


def spec(**keys):
    return {"kind": "adaptive", "score": "confidence", **CHOSEN, **keys}


POLICIES = {
    "confidence": spec(sizes=[1, 2, 1]),
    "confidence-random-ties": spec(sizes=[2, 2], ties="random"),
    "margin-cold": spec(score="margin", sizes=[3, 1], temperature="1/2"),
    "random-largest": spec(score="random", sizes=[1, 3], temperature="0"),
    "entropy-blocks": spec(score="entropy", sizes=[1, 1, 0, 2], block_length=2),
    "threshold": spec(threshold="3/5"),
    "threshold-of-entropy": spec(score="entropy", threshold="-1/2"),
    "entropy-bound": spec(score="entropy", entropy_bound="7/10"),
    "entropy-bound-blocks": spec(score="entropy", entropy_bound="0", block_length=2, ties="random"),
    "proposals": spec(order="sample-then-choose", sizes=[1, 1, 1, 1]),
    "proposals-by-threshold": spec(order="sample-then-choose", threshold="1/2", ties="random"),
}


def of_oracle(given):
    rule = {key: Fraction(given[key]) for key in ("threshold", "entropy_bound") if key in given}
    temperature = Fraction(given["temperature"])
    return adaptive.Adaptive(
        4,
        given["score"],
        given["order"] == "sample-then-choose",
        tuple(given["sizes"]) if "sizes" in given else None,
        inverse_temperature=1 / temperature if temperature else None,
        ties=given["ties"],
        block_length=given["block_length"],
        **rule,
    )


def subject(law, L, policy, **more):
    kernel.begin()
    return kernel.Subject({"language": table(law, 2, L), "policy": policy, **more})


def close(number, expected):
    if number is kernel.INFINITY:
        return expected == mp.inf
    low, high = number.at(200)
    expected = real(expected) if isinstance(expected, Fraction | int) else expected
    slack = mp.mpf(10) ** -40
    return real(low) - slack <= expected <= real(high) + slack


@pytest.mark.parametrize("law", [LAW, TIED], ids=["sparse", "pair"])
@pytest.mark.parametrize("rule", ["uniform", "stop"])
@pytest.mark.parametrize("name", POLICIES)
def test_adaptive_policies_are_those_of_the_oracles(name, rule, law):
    policy, noisy = of_oracle(POLICIES[name]), denoisers.predicting(law, 2, NOISY)
    own = subject(law, 4, POLICIES[name], off_support=rule, denoiser=conditionals(noisy, 2, 4))
    drawn = denoisers.predicting(law, 2, NOISY, rule)
    expected = adaptive.run(policy.step(drawn), policy.N, 4).law
    assert {x: p for x, p in own.law().items() if p and x != "lost"} == {x: p for x, p in expected.items() if p}
    assert own.law()["lost"] == 1 - sum(expected.values())
    assert close(own.kl(), quantities.kl(law, expected))
    if policy.proposes:
        with pytest.raises(kernel.Malformed, match="choose before they sample"):
            own.path_kl()
        return
    truth = adaptive.under_language(law, policy, drawn)
    assert close(own.path_kl(), truth.path_kl)
    assert close(own.step_correlation(), truth.step_correlation)
    assert own.expected_parallel_steps().rational == truth.expected_parallel_steps


@pytest.mark.parametrize("rule", ["uniform", "marginal", "stop"])
def test_remasking_is_that_of_the_oracles(rule):
    weights, sigma = ["1/2", "1/4", "1/4"], ["0", "1/2", "0"]
    law = cases.sparse_table(0, 2, 3)
    own = subject(law, 3, {"kind": "remasking", "weights": weights, "sigma": sigma}, off_support=rule)
    step = adaptive.remasking([*map(Fraction, weights)], [*map(Fraction, sigma)])
    expected = adaptive.run(step(denoisers.exact(law, 2, rule)), 3, 3).law
    assert {x: p for x, p in own.law().items() if p and x != "lost"} == {x: p for x, p in expected.items() if p}
    with pytest.raises(kernel.Malformed, match="given reveal times"):
        own.learning_term()


def test_a_mixture_of_sets_is_that_of_its_parts():
    halves = [[0, 2], [1, 3]]
    mixed = {"kind": "mixture-of-sets", "sets": [halves, halves[::-1]], "weights": ["1/3", "2/3"]}
    own = subject(LAW, 4, mixed)
    parts = [subject(LAW, 4, {"kind": "fixed-sets", "sets": sets}) for sets in mixed["sets"]]
    kernel.begin()
    for x in own.sequences:
        assert own.law()[x] == parts[0].law()[x] / 3 + 2 * parts[1].law()[x] / 3
    mean = kernel.total([(Fraction(1, 3), parts[0].path_kl()), (Fraction(2, 3), parts[1].path_kl())])
    assert kernel.order_of(own.path_kl(), mean) == 0
    assert own.N == 2
    with pytest.raises(kernel.Rejected, match="as many steps"):
        subject(LAW, 4, {**mixed, "sets": [halves, [[0], [2], [1, 3]]]})
    with pytest.raises(kernel.Rejected, match="each position once"):
        subject(LAW, 4, {**mixed, "sets": [halves, [[0], [2]]]})


@pytest.mark.parametrize("law", [LAW, TIED, cases.sparse_table(2, 2, 4)], ids=["sparse", "pair", "other"])
def test_quantities_of_contexts_are_those_of_the_oracles(law):
    m, own = quantities.Marginals(law), subject(law, 4, POLICIES["threshold"])
    for name, expected in zip(("mode_conflict", "mode_conflict_uniform"), contexts.mode_conflicts(m, 2), strict=True):
        found = own.quantity(name)
        assert found is kernel.INFINITY if expected == mp.inf else close(found, expected)
    assert own.quantity("min_pair_conflict_probability").rational == contexts.min_pair_conflict_probability(m, 2)
    assert own.quantity("least_confidence").rational == contexts.least_confidence(m, 2)


@pytest.mark.parametrize(("law", "L"), [(languages.parity(3), 3), (TIED, 4), (cases.sparse_table(0, 2, 2), 2)])
def test_extreme_slopes_are_certified_at_the_ends(law, L):
    own, (least, most) = subject(law, L, {"kind": "fixed-size", "sizes": [L]}), slopes.extremes(law)
    assert close(own.quantity("curve_min_slope"), least)
    assert close(own.quantity("curve_max_slope"), most)


def test_an_extreme_slope_inside_is_refused():
    law = cases.sparse_table(2, 2, 4)
    own = subject(law, 4, {"kind": "fixed-size", "sizes": [4]})
    assert slopes.extremes(law)[1] > max(slopes.at(slopes.descent(law), mp.mpf(a)) for a in (0, 1)) + mp.mpf("1e-9")
    with pytest.raises(kernel.Malformed, match="inside"):
        own.quantity("curve_max_slope")


CERTIFIED = {
    "path_kl <= total_correlation + dual_total_correlation": ("confidence", "margin-cold", "entropy-bound"),
    "kl <= path_kl": ("random-largest", "entropy-blocks", "threshold", "threshold-of-entropy"),
    "ser <= 1 - exp(-kl)": ("proposals",),
}


@pytest.mark.parametrize(("claim", "name"), [(claim, name) for claim, names in CERTIFIED.items() for name in names])
def test_certificates_with_any_number_altered_are_refused(claim, name):
    law = languages.law([((0, 0), "1/3"), ((0, 1), "1/6"), ((1, 1), "1/2")])
    policy = {**POLICIES[name], "block_length": 2}
    if "sizes" in policy:
        policy["sizes"] = [1, 1] if name in ("proposals", "entropy-blocks") else [2]
    certificate = completed(question(law, 2, 2, policy, claim))
    assert outcome(text(certificate)) == "accepted"
    for path, span in numbers(certificate):
        for change in (lambda n: n + 1, lambda n: 2 * n + 3):
            assert outcome(text(altered(certificate, path, span, change))) != "accepted", path


def test_a_certificate_of_remasking_with_any_number_altered_is_refused():
    law = languages.law([((0, 0), "1/3"), ((0, 1), "1/6"), ((1, 1), "1/2")])
    remasking = {"kind": "remasking", "weights": ["1/2", "1/4", "1/4"], "sigma": ["0", "1/2", "0"]}
    certificate = completed(question(law, 2, 2, remasking, "kl <= total_correlation"))
    assert outcome(text(certificate)) == "accepted"
    for path, span in numbers(certificate):
        assert outcome(text(altered(certificate, path, span, lambda n: n + 1))) != "accepted", path


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"score": "luck"}, "malformed"),
        ({"order": "sample-then-choose", "score": "margin"}, "malformed"),
        ({"ties": "last"}, "malformed"),
        ({"temperature": "2"}, "malformed"),
        ({"temperature": "-1"}, "malformed"),
        ({"temperature": f"1/{10**30}"}, "malformed"),
        ({"block_length": 3}, "rejected"),
        ({"block_length": 0}, "malformed"),
        ({"sizes": [3, 1], "block_length": 2}, "rejected"),
        ({"sizes": [1, 1]}, "rejected"),
        ({"threshold": "1/2"}, "malformed"),
        ({"sizes": None}, "malformed"),
    ],
)
def test_policies_that_are_none_are_refused(change, found):
    asked = question(LAW, 2, 4, spec(sizes=[2, 2]), "kl <= kl")
    asked["subjects"][0]["denoiser"] = conditionals(denoisers.predicting(LAW, 2, NOISY), 2, 4)
    certificate = completed(asked)
    policy = certificate["subjects"][0]["policy"]
    policy.update(change)
    assert outcome(text(certificate)) == found


def test_a_score_without_size_has_no_bound():
    for keys in ({"score": "random", "threshold": "1/2"}, {"score": "margin", "entropy_bound": "1/2"}):
        with pytest.raises(kernel.Malformed, match="score"):
            subject(LAW, 4, spec(**keys))


@pytest.mark.parametrize("sigma", [["0", "1", "0"], ["0", "1/2", "1/2"], ["0", "-1/2", "0"]])
def test_remasking_beyond_what_is_revealed_is_rejected(sigma):
    with pytest.raises(kernel.Rejected, match="sigma"):
        subject(LAW, 4, {"kind": "remasking", "weights": ["1/2", "1/4", "1/4"], "sigma": sigma})


def test_assumptions_about_watching_policies():
    first, proposed, bounded, remasked = (
        subject(TIED, 4, policy)
        for policy in (
            POLICIES["confidence"],
            POLICIES["proposals"],
            POLICIES["entropy-bound"],
            {"kind": "remasking", "weights": ["1/2", "1/2"], "sigma": ["0", "0"]},
        )
    )
    holds = {
        "OrderOblivious": [False, False, False, False],
        "ChosenFirst": [True, False, True, False],
        "ChooseThenSample": [True, False, True, False],
        "EntropyBoundPolicy": [False, False, True, False],
        "TemperatureOne": [True, True, True, True],
        "ProposalsOneAtATime": [False, True, False, False],
        "OneChoice": [True, False, True, False],
        "SizedPolicy": [True, True, False, False],
        "OneAtATime": [False, False, False, False],
        "BernoulliPolicy": [False, False, False, False],
        "UniformSteps": [False, False, False, False],
    }
    for name, expected in holds.items():
        assert [kernel.ASSUMPTIONS[name](s) for s in (first, proposed, bounded, remasked)] == expected, name
    assert not kernel.ASSUMPTIONS["SizedPolicy"](subject(TIED, 4, POLICIES["margin-cold"]))
    assert not kernel.ASSUMPTIONS["TemperatureOne"](subject(TIED, 4, POLICIES["margin-cold"]))
