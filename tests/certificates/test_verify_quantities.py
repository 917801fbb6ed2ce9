"""The kernel's arithmetic against mpmath, its quantities against the oracles, and every statement of the ledger."""

import random
from fractions import Fraction

import mpmath
import pytest
from by_default import drawn
from certificates.texts import BOTH, HALVES, altered, completed, conditionals, numbers, outcome, question, table, text
from hypothesis import strategies as st
from oracles import cases, denoisers, information, languages, quantities, samplers
from oracles.logs import mp, real

from maskbound.numerics.certificates import kernel
from maskbound.numerics.certificates.certificate import unknown_to_the_kernel
from maskbound.numerics.numbers.logform import LogForm
from maskbound.theory import statements
from maskbound.theory.spelling import spell


@drawn(st.fractions(min_value=Fraction(1, 10**9), max_value=10**9), st.sampled_from([64, 200, 700]), few=25, many=100)
def test_log_enclosures_contain_the_logarithm_and_are_narrow(x, bits):
    low, high = kernel.log_bounds(x, bits)
    with mpmath.workprec(bits + 100):
        exact = mpmath.log(mpmath.mpf(x.numerator) / x.denominator)
        assert low.numerator <= exact * low.denominator
        assert exact * high.denominator <= high.numerator
    assert high - low < Fraction(1, 2**bits)


@drawn(
    st.fractions(min_value=-60, max_value=60, max_denominator=10**6), st.sampled_from([64, 200, 700]), few=25, many=100
)
def test_exp_enclosures_contain_the_exponential_and_are_narrow(x, bits):
    low, high = kernel.exp_bounds(kernel.exact(x).at(bits), bits)
    with mpmath.workprec(bits + 300):
        exact = mpmath.exp(mpmath.mpf(x.numerator) / x.denominator)
        assert mpmath.mpf(low.numerator) / low.denominator <= exact * (1 + mpmath.mpf(2) ** (-bits - 200))
        assert exact * (1 - mpmath.mpf(2) ** (-bits - 200)) <= mpmath.mpf(high.numerator) / high.denominator
    # an argument rounded to multiples of 2^-bits moves exp(x) by less than 2 exp(x) 2^-bits
    assert high - low <= (4 * high + 1) * Fraction(1, 2**bits)


def evaluated(side):
    return kernel.expression(side, lambda name: kernel.exact(3))


@pytest.mark.parametrize(
    ("left", "right", "order"),
    [
        ("exp(-log(3)/2)*3", "sqrt(3)", 0),
        ("sqrt(8)", "2*sqrt(2)", 0),
        ("exp(1/2*log(4))", "2", 0),
        ("log(6)", "log(2) + log(3)", 0),
        ("exp(1 + log(2))", "2*exp(1)", 0),
        ("2**-2**2", "1/16", 0),
        ("-2**2", "-4", 0),
        ("ceil(7/2)*min(1, log(2))", "4*log(2)", 0),
        ("max(1, log(3), x)", "3", 0),
        ("sqrt(2)*sqrt(3)", "sqrt(6) + 10**(-900)", -1),
        ("log(2)*log(3)", "1", -1),
        ("log(log(3))", "1/11", 1),
        ("exp(log(2)**2)", "8/5", 1),
        ("1/log(2)", "1", 1),
        ("log(2)**(1/2)", "5/6", -1),
        ("(1 - log(2))**3", "1/34", -1),
        ("(-log(2))**2", "12/25", 1),
    ],
)
def test_expressions(left, right, order):
    assert kernel.compare(evaluated(left), evaluated(right))[0] == order
    assert kernel.compare(evaluated(right), evaluated(left))[0] == -order


def test_what_cannot_be_decided_is_rejected():
    with pytest.raises(kernel.Rejected, match="open"):
        kernel.compare(evaluated("sqrt(2)*sqrt(3)"), evaluated("sqrt(6)"))


@drawn(
    st.lists(
        st.tuples(st.fractions(-9, 9, max_denominator=9), st.fractions(Fraction(1, 99), 99, max_denominator=999)),
        max_size=5,
    ),
    few=25,
    many=100,
)
def test_spelling_agrees_with_log_forms(pairs):
    form = LogForm(0, [(argument, weight) for weight, argument in pairs])
    number = kernel.sum_of_logs(pairs)
    assert LogForm.parse(number.spelled()) == form
    assert number.spelled() == str(form)
    assert kernel.compare(number, kernel.exact(0))[0] == form.sign()


def policies(L):
    return [
        ({"kind": "bernoulli", "weights": ["1/2", "1/3", "1/6"]}, samplers.bernoulli(cases.WEIGHTS[2], L)),
        ({"kind": "bernoulli", "weights": ["0", "2/5", "0", "3/5"]}, samplers.bernoulli(cases.WEIGHTS[3], L)),
        ({"kind": "fixed-size", "sizes": [L - 1, 0, 1]}, samplers.fixed_size((L - 1, 0, 1))),
        ({"kind": "fixed-sets", "sets": [list(range(1, L)), [0]]}, samplers.fixed_sets([range(1, L), [0]])),
    ]


def close(number, expected):
    """A value of the kernel against an oracle's 70 digits (error below 1e-40, see oracles.logs)."""
    expected = real(expected) if isinstance(expected, Fraction | int) else expected
    if number is kernel.INFINITY:
        return expected == mp.inf
    low, high = number.at(200)
    slack = mp.mpf(10) ** -40
    return real(low) - slack <= expected <= real(high) + slack and high - low < Fraction(1, 10**40)


@pytest.fixture(autouse=True)
def _unpaid():
    kernel.begin()


def subject(law, V, L, spec, **more):
    kernel.begin()
    return kernel.Subject({"language": table(law, V, L), "policy": spec, **more})


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("which", range(4))
@pytest.mark.parametrize("off_support", ["uniform", "marginal", "stop"])
def test_every_quantity_is_that_of_the_oracles(seed, which, off_support):
    V, L = (3, 2) if seed == 2 else (2, 3)
    law = cases.sparse_table(seed, V, L)
    spec, policy = policies(L)[which]
    predictions = [
        [None, *cases.imperfect_denoisers(law, V, L, rule)][seed + which] for rule in ("uniform", off_support)
    ]
    more = {} if predictions[0] is None else {"denoiser": conditionals(predictions[0], V, L)}
    chosen = predictions[1] or denoisers.exact(law, V, off_support)
    own = subject(law, V, L, spec, off_support=off_support, **more)
    measured = quantities.measure_all(law, V, chosen, policy)
    common = set(measured) & set(kernel.QUANTITIES)
    assert len(common) >= 15
    for name in sorted(common):
        assert close(kernel.QUANTITIES[name](own), measured[name]), name


@pytest.mark.parametrize("seed", range(3))
def test_profile_and_curve_are_those_of_the_oracles(seed):
    law = cases.sparse_table(seed, 2, 3)
    m = information.marginals_of(law)
    z, half = information.profile(m), Fraction(1, 2)
    weights, sizes = cases.WEIGHTS[2], [2, 0, 1]
    bernoulli = subject(law, 2, 3, policies(3)[0][0])
    sized = subject(law, 2, 3, {"kind": "fixed-size", "sizes": sizes})
    Q = kernel.QUANTITIES
    starts = [sum(weights[:k], Fraction(0)) for k in range(len(weights))]
    left = mp.fsum(real(w) * information.curve(m, a) for w, a in zip(weights, starts, strict=True))
    assert close(Q["curve_left_riemann_sum"](bernoulli), left)
    assert close(Q["profile_left_sum"](sized), (2 * z[0] + z[2]) / 3)
    assert close(Q["curve_area"](bernoulli), information.area(m))
    assert close(Q["profile_area"](bernoulli), mp.fsum(z) / 3)
    assert close(Q["profile_start"](bernoulli), z[0])
    assert close(Q["profile_end"](bernoulli), z[2])
    middle = information.curve(m, half) - (information.curve(m, Fraction(0)) + information.curve(m, Fraction(1))) / 2
    assert close(Q["curve_midpoint_excess"](bernoulli), middle)
    assert not close(Q["curve_midpoint_excess"](bernoulli), middle + mp.mpf(10) ** -30)


@pytest.mark.parametrize("off_support", ["uniform", "marginal", "stop"])
def test_law_distance_is_that_of_the_oracles(off_support):
    law = cases.sparse_table(1, 2, 3)
    pairs = policies(3)[:3:2]
    own = [subject(law, 2, 3, spec, off_support=off_support) for spec, _ in pairs]
    laws = [samplers.law(policy, 2, denoisers.exact(law, 2, off_support)) for _, policy in pairs]
    assert kernel.QUANTITIES["law_distance"](*own).rational == quantities.law_distance(*laws)


def test_assumptions_are_decided_by_their_definitions():
    pair, other = languages.pair(2, 4), cases.sparse_table(0, 2, 4)
    uniform, skewed = {"kind": "bernoulli", "weights": ["1/3"] * 3}, policies(4)[0][0]
    sized = {"kind": "fixed-size", "sizes": [2, 1, 1]}
    noisy = conditionals(denoisers.predicting(pair, 2, denoisers.mix_uniform(Fraction(1, 9))), 2, 4)
    spelled_out = conditionals(denoisers.exact(pair, 2), 2, 4)
    expected = {
        "ExactDenoiser": ((pair, uniform, {}), (pair, uniform, {"denoiser": noisy})),
        "BernoulliPolicy": ((pair, skewed, {}), (pair, sized, {})),
        "FixedSizePolicy": ((pair, sized, {}), (pair, uniform, {})),
        "UniformSteps": ((pair, uniform, {}), (pair, skewed, {})),
        "BalancedSizes": ((pair, sized, {}), (pair, {"kind": "fixed-size", "sizes": [3, 0, 1]}, {})),
        "StepsDivideLength": ((pair, HALVES, {}), (pair, uniform, {})),
        "PairLanguage": ((pair, uniform, {}), (other, uniform, {})),
        "SizedPolicy": ((pair, sized, {}), (pair, uniform, {})),
        "OneAtATime": ((pair, {"kind": "fixed-sets", "sets": [[1], [0], [3], [2]]}, {}), (pair, sized, {})),
        "OneChoice": ((pair, {"kind": "fixed-sets", "sets": [[1, 0], [3, 2]]}, {}), (pair, sized, {})),
    }
    for name, ((law, spec, more), (wrong, wrong_spec, wrong_more)) in expected.items():
        assert kernel.ASSUMPTIONS[name](subject(law, 2, 4, spec, **more)), name
        assert not kernel.ASSUMPTIONS[name](subject(wrong, 2, 4, wrong_spec, **wrong_more)), name
    assert kernel.ASSUMPTIONS["ExactDenoiser"](subject(pair, 2, 4, uniform, denoiser=spelled_out))
    assert not kernel.ASSUMPTIONS["PairLanguage"](subject({(0, 0, 0): Fraction(1)}, 2, 3, uniform))
    assert not kernel.ASSUMPTIONS["BalancedSizes"](subject(pair, 2, 4, uniform))


def test_relations_between_subjects_are_checked():
    law = cases.sparse_table(0, 2, 3)

    def asked(first, second, between, **second_more):
        asked = question(law, 2, 3, first, "kl@2 <= kl + 5")
        asked["subjects"].append({"language": table(law, 2, 3), "policy": second, **second_more})
        return {**asked, "between": between}

    two, three = ({"kind": "bernoulli", "weights": [f"1/{n}"] * n} for n in (2, 3))
    finer = {"kind": "bernoulli", "weights": ["1/2", "1/3", "1/6"]}
    noisy = conditionals(denoisers.predicting(law, 2, denoisers.mix_uniform(Fraction(1, 9))), 2, 3)
    assert kernel.complete(asked(two, three, "more-steps"))["verdict"] == "holds"
    assert kernel.complete(asked(two, finer, "refines"))["verdict"] == "holds"
    assert kernel.complete(asked(two, finer, "same-language", denoiser=noisy))["verdict"] == "holds"
    empty_first = {"kind": "bernoulli", "weights": ["0", "1/2", "1/2"]}, {"kind": "fixed-size", "sizes": [0, 3]}
    for first, second in zip(empty_first, (finer, {"kind": "fixed-size", "sizes": [1, 2]}), strict=True):
        assert kernel.complete(asked(first, second, "refines"))["verdict"] == "holds"
    for wrong in (
        asked(three, two, "more-steps"),
        asked(two, finer, "more-steps"),
        asked(two, three, "refines"),
        asked(finer, two, "refines"),
        asked(two, finer, "refines", denoiser=noisy),
        asked({"kind": "fixed-size", "sizes": [3]}, finer, "refines"),
        asked({"kind": "bernoulli", "weights": ["0", "1/4", "3/4"]}, two, "refines"),
    ):
        with pytest.raises(kernel.Rejected, match="not"):
            kernel.complete(wrong)
    elsewhere = asked(two, three, "more-steps")
    elsewhere["subjects"][1]["language"] = table(cases.sparse_table(1, 2, 3), 2, 3)
    with pytest.raises(kernel.Rejected, match="not"):
        kernel.complete(elsewhere)


def judged():
    return {
        name: statement
        for name, statement in statements.items()
        if statement.status != "asymptotic" and not unknown_to_the_kernel(statement)
    }


@pytest.mark.parametrize("name", judged())
def test_the_kernel_decides_every_statement_that_it_knows(name):
    """On Pair(2), where the bounds are tight and the exponentials rational, with a policy that suits."""
    statement = statements[name]
    needs = [assumption.name for assumption in statement.assumptions]
    L = 4 if "PairLanguage" in needs else 2
    sized = {"FixedSizePolicy", "BalancedSizes"} & set(needs) or "max_step_size" in str(statement)
    policy = {"kind": "fixed-size", "sizes": [L // 2] * 2} if sized else HALVES
    if {"OneAtATime", "OneChoice"} & set(needs):
        policy = {"kind": "fixed-sets", "sets": [[i] for i in range(L)]}
    if {"ChooseThenSample", "EntropyBoundPolicy", "ProposalsOneAtATime"} & set(needs):
        proposes = "ProposalsOneAtATime" in needs
        policy = {"kind": "adaptive", "ties": "first", "temperature": "1", "block_length": L}
        policy |= (
            {"score": "confidence", "order": "sample-then-choose", "sizes": [1] * L}
            if proposes
            else {"score": "entropy", "order": "choose-then-sample", "entropy_bound": "1/2"}
        )
    lhs, rhs = statement.sides
    asked = {
        "subjects": [{"language": table(languages.pair(2, L), 2, L), "policy": policy}],
        "between": None,
        "statement": {
            "id": name,
            "lhs": spell(lhs),
            "relation": statement.relation,
            "rhs": spell(rhs),
            "assumptions": [need for need in needs if need in kernel.ASSUMPTIONS],
        },
    }
    if statement.subjects == 2:
        finer = {"kind": "fixed-size", "sizes": [1] * L} if sized else {"kind": "bernoulli", "weights": ["1/4"] * 4}
        asked["subjects"].append({"language": asked["subjects"][0]["language"], "policy": finer})
        asked["between"] = "refines"
    certificate = completed(asked)
    assert kernel.verify(text(certificate))
    if statement.status != "false on purpose":
        assert certificate["verdict"] == "holds"


def test_seeded_instances_never_violate_what_is_proved():
    """Random tables and policies against three bounds, each certificate verified and one number broken."""
    rng = random.Random(11)
    for seed in range(6):
        law = languages.random_table(rng, 2, 3, zeros=0.4)
        for claim in ("kl <= path_kl", "path_kl <= max_step_weight*(dual_total_correlation + total_correlation)",
                      "1 - exp(-kl) >= ser", "tv <= sqrt(kl/2)", "area_defect == 0"):  # fmt: skip
            certificate = completed(question(law, 2, 3, policies(3)[seed % 2][0], claim, BOTH))
            assert certificate["verdict"] == "holds"
            assert outcome(text(certificate)) == "accepted"
            path, span = rng.choice(list(numbers(certificate)))
            assert outcome(text(altered(certificate, path, span, lambda n: n + 1))) != "accepted"
