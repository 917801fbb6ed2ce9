"""The closed forms of known answers against the oracles: rationals exactly, logarithms to 1e-40 (the oracles carry 60
digits).
"""

from fractions import Fraction as F

import pytest
from by_default import rest_slow
from oracles import cases, denoisers, information, languages, samplers
from oracles.logs import mp, real
from oracles.quantities import measure_all
from sympy import Integer, Rational, Symbol, integrate, log, oo

from maskbound.theory import known_answers as known
from maskbound.theory import quantities

TOLERANCE = mp.mpf(10) ** -40
SIZES = ((4,), (2, 2), (1, 3), (3, 0, 1), (1, 1, 1, 1))


def measured(q, V, policy):
    return measure_all(q, V, denoisers.exact(q, V), policy)


def number(expression):
    """A closed form at 60 digits."""
    return mp.mpf(str(Integer(0) + expression.evalf(60)))


def agree(answers, found):
    """Every quantity of the closed form is the oracle's: rationals exactly, the rest to the tolerance."""
    assert answers
    for name, expression in answers.items():
        assert name in quantities
        if isinstance(found[name], F):
            assert expression == Rational(found[name].numerator, found[name].denominator), name
        else:
            assert abs(number(expression) - found[name]) < TOLERANCE, name


@pytest.mark.parametrize("weights", cases.WEIGHTS, ids=len)
@pytest.mark.parametrize("V", [1, 2, 3])
def test_pair_bernoulli(V, weights):
    q = languages.pair(V, 4)
    agree(known.pair_bernoulli(V, 4, weights), measured(q, V, samplers.bernoulli(weights, 4)))


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_pair_fixed_size(sizes):
    q = languages.pair(3, 4)
    agree(known.pair_fixed_size(3, 4, sizes), measured(q, 3, samplers.fixed_size(sizes)))


@pytest.mark.parametrize("weights", cases.WEIGHTS, ids=len)
@pytest.mark.parametrize(("V", "m", "L"), [(2, 3, 3), (3, 1, 2), (2, 2, 4), (3, 3, 3)])
def test_copy_bernoulli(V, m, L, weights):
    q = languages.copy(V, m, L)
    agree(known.copy_bernoulli(V, m, L, weights), measured(q, V, samplers.bernoulli(weights, L)))


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_copy_fixed_size(sizes):
    q = languages.copy(2, 4, 4)
    agree(known.copy_fixed_size(2, sizes), measured(q, 2, samplers.fixed_size(sizes)))


@pytest.mark.parametrize("weights", cases.WEIGHTS, ids=len)
@pytest.mark.parametrize("L", [1, 2, 3, 4])
def test_parity_bernoulli(L, weights):
    q = languages.parity(L)
    agree(known.parity_bernoulli(L, weights), measured(q, 2, samplers.bernoulli(weights, L)))


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("K", rest_slow([1, 2, 3]))
def test_mds_fixed_size(K, sizes):
    q = languages.mds(5, K, 4)
    agree(known.mds_fixed_size(5, K, sizes), measured(q, 5, samplers.fixed_size(sizes)))


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_permutations_fixed_size(sizes):
    q = languages.permutation(4)
    agree(known.permutations_fixed_size(sizes), measured(q, 4, samplers.fixed_size(sizes)))


@pytest.mark.parametrize("weights", cases.WEIGHTS, ids=len)
@pytest.mark.parametrize("V", rest_slow([3, 4]))
def test_shifted_pair_bernoulli(V, weights):
    q = languages.shifted_pair(V, F(1, 3), 4)
    agree(known.shifted_pair_bernoulli(V, 4, weights), measured(q, V, samplers.bernoulli(weights, 4)))
    rho = Symbol("rho")
    assert known.shifted_pair_bernoulli(16, 2, [rho])["ser"] == Rational(13, 16) * rho**2


def test_exact_sampling():
    """i.i.d. tokens under any policy; any language one token at a time. (A difference of squares is left of 0.)"""
    independent = languages.iid([F(1, 3), F(2, 3)], 3)
    agree(known.exact_sampling(), measured(independent, 2, samplers.uniform_steps(2, 3)))
    sparse = cases.sparse_table(3)
    agree(known.exact_sampling(), measured(sparse, 3, samplers.fixed_size((1, 1, 1))))
    agree(known.exact_sampling(), measured(sparse, 3, samplers.autoregressive(3)))


@pytest.mark.parametrize(("left", "right"), [(1, 1), (1, 2), (3, 1)])
def test_symmetric_chain_entropy(left, right):
    flip = F(1, 5)
    chain = languages.markov([F(1, 2), F(1, 2)], [[1 - flip, flip], [flip, 1 - flip]], left + right + 1)
    oracle = information.conditional_entropy(chain, left, (0, left + right))
    assert abs(number(known.symmetric_chain_entropy(flip, left, right)) - oracle) < TOLERANCE


def test_symmetric_chain_entropy_at_its_ends():
    assert known.symmetric_chain_entropy(0, 1, 1) == 0
    assert known.symmetric_chain_entropy(1, 1, 2) == 0
    assert (known.symmetric_chain_entropy("1/2", 1, 1) - log(2)).simplify() == 0


@pytest.mark.parametrize("a", [F(0), F(1, 3), F(1)])
def test_curves(a):
    exact = Rational(a.numerator, a.denominator)
    parity = information.curve(languages.parity(4), a)
    assert abs(number(known.parity_curve(4, exact)) - parity) < TOLERANCE
    copies = information.curve(languages.copy(3, 2, 4), a)
    assert abs(number(known.copy_curve(3, 2, 4, exact)) - copies) < TOLERANCE


def test_areas_of_the_curves_are_the_entropies():
    a = Symbol("a")
    assert (integrate(known.parity_curve(5, a), (a, 0, 1)) - 4 * log(2)).simplify() == 0
    assert (integrate(known.copy_curve(3, 4, 8, a), (a, 0, 1)) - 2 * log(3)).simplify() == 0


def test_symbols_may_stand_for_parameters():
    V, L, w = Symbol("V", positive=True), Symbol("L", positive=True), Symbol("w", positive=True)
    ser = known.pair_bernoulli(V, L, [w, 1 - w])["ser"]
    assert ser.subs({V: 2, L: 2, w: Rational(1, 2)}) == Rational(1, 4)
    assert ser.subs({V: 2, w: 1}).limit(L, oo) == 1


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: known.pair_bernoulli(2, 3, [1]), ValueError),
        (lambda: known.pair_bernoulli(2, 2, [0.5, 0.5]), TypeError),
        (lambda: known.pair_fixed_size(2, 4, (2, 1)), ValueError),
        (lambda: known.mds_fixed_size(5, 5, (2, 2)), ValueError),
    ],
)
def test_what_has_no_closed_form_is_refused(call, error):
    with pytest.raises(error):
        call()


def test_the_comparison_above_can_fail():
    q = languages.pair(2, 4)
    found = measured(q, 2, samplers.uniform_steps(2, 4))
    wrong = known.pair_bernoulli(2, 4, [F(1, 3), F(2, 3)])
    with pytest.raises(AssertionError):
        agree({"kl": wrong["kl"]}, found)
    with pytest.raises(AssertionError):
        agree({"ser": wrong["ser"]}, found)
    assert real(found["ser"]) != 0
