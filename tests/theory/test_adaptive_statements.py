"""Statements about adaptive policies against the oracle that enumerates histories and proposals, at 50 digits."""

from dataclasses import replace
from fractions import Fraction as F
from functools import cached_property
from math import prod

import pytest
from by_default import rest_slow
from oracles import adaptive, cases, contexts, denoisers, languages, quantities
from oracles.adaptive import Adaptive
from oracles.logs import mp, real
from sympy import Float, Integer, Rational, oo

from maskbound.theory import statements, symbols

EQUAL = mp.mpf(10) ** -40
COINS = languages.iid([F(1, 10), F(9, 10)], 3)
CHAIN = languages.markov([F(1, 3), F(2, 3)], [[F(1, 4), F(3, 4)], [F(1), F(0)]], 4)
LANGUAGES = {
    "coins": (COINS, 2),
    "chain": (CHAIN, 2),
    "pair": (languages.pair(2, 4), 2),
    "parity": (languages.parity(3), 2),
    "permutations": (languages.permutation(3), 3),
    "sparse": (cases.sparse_table(4), 3),
}


def policies(L):
    """One of each kind, with both rules for ties."""
    for ties in ("first", "random"):
        for sizes in ((1,) * L, (2, *(1,) * (L - 2)), (L,)):
            for score in ("confidence", "margin", "entropy", "random"):
                yield Adaptive(L, score, sizes=sizes, ties=ties)
            yield Adaptive(L, "confidence", proposes=True, sizes=sizes, ties=ties)
        yield Adaptive(L, "margin", threshold=F(1, 2), ties=ties)
        yield Adaptive(L, "confidence", proposes=True, threshold=F(1, 2), ties=ties)
        for bound in (F(0), F(7, 10), F(3, 2)):
            yield Adaptive(L, "entropy", entropy_bound=bound, ties=ties)
        yield Adaptive(L, "confidence", sizes=(2, *(1,) * (L - 2)), ties=ties, inverse_temperature=2)
        yield Adaptive(L, "confidence", proposes=True, sizes=(1,) * L, ties=ties, block_length=1)


class Subject:
    """An oracle instance of an adaptive policy; None for the exact denoiser."""

    def __init__(self, q, V, policy, prediction=None):
        self.q, self.V, self.policy, self.exact = q, V, policy, prediction is None
        self.denoiser = denoisers.predicting(q, V, prediction or denoisers.exact_prediction)

    def satisfies(self, assumption):
        policy, ones = self.policy, self.policy.sizes is not None and max(self.policy.sizes) <= 1
        warm = policy.inverse_temperature == 1
        return {
            "ExactDenoiser": self.exact,
            "ChosenFirst": not policy.proposes,
            "ChooseThenSample": not policy.proposes,
            "OneChoice": not policy.proposes and policy.ties == "first" and policy.score != "random",
            "TemperatureOne": warm,
            "EntropyBoundPolicy": policy.entropy_bound is not None,
            "ProposalsOneAtATime": policy.proposes and ones and warm,
            "NoBlocks": policy.block_length in (None, policy.L),
            "OneAtATime": not policy.proposes and ones and warm,
            "SizedPolicy": policy.sizes is not None and warm,
            "OneStep": policy.sizes is not None and max(policy.sizes) == policy.L and warm,
            "PermutationsLanguage": self.q == languages.permutation(policy.L) if self.V == policy.L else False,
            "FavouredToken": self.q == COINS,
        }.get(assumption, False)

    @cached_property
    def values(self):
        policy, L = self.policy, self.policy.L
        p = adaptive.run(policy.step(self.denoiser), policy.N, L).law
        found = {
            "kl": quantities.kl(self.q, p),
            "ser": quantities.ser(self.q, p),
            "tv": quantities.tv(self.q, p),
            "least_confidence": contexts.least_confidence(languages.Marginals(self.q), self.V),
            "total_correlation": quantities.total_correlation(self.q),
            "mode_probability": quantities.mode_probability(self.q, p),
            "iid_mode_probability_confidence_sampling": quantities.iid_mode_probability_confidence_sampling(self.q),
            "entropy_bound": policy.entropy_bound,
            "V": self.V,
            "L": L,
            "N": policy.N,
        }
        if policy.sizes is not None:
            left = [L - sum(policy.sizes[:k]) for k in range(policy.N)]
            steps = zip(left, policy.sizes, strict=True)
            found["birthday_probability"] = prod(F(n - j, n) for n, s in steps for j in range(s))
        if not policy.proposes:
            replayed = adaptive.under_language(self.q, policy, self.denoiser)
            found["path_kl"], found["expected_parallel_steps"] = replayed.path_kl, replayed.expected_parallel_steps
            found["step_correlation"] = replayed.step_correlation
        return found


def exactly(value):
    if isinstance(value, int | F):
        return Rational(F(value).numerator, F(value).denominator)
    return oo if value == mp.inf else Float(mp.nstr(value, 65), 65)


def excess(statement, subject):
    """How far it is from holding: positive when violated, 0 at equality."""
    known = subject.values
    given = {symbols[name]: exactly(known[name]) for name in statement.quantities | statement.given}

    def number(side):
        value = (side.subs(given) + Integer(0)).evalf(50)
        return mp.inf if value == oo else mp.mpf(str(value))

    left, right = map(number, statement.sides)
    if left == right:
        return mp.mpf(0)
    return {"<=": left - right, ">=": right - left, "==": abs(left - right)}[statement.relation]


OURS = {
    "ChosenFirst",
    "ChooseThenSample",
    "OneChoice",
    "EntropyBoundPolicy",
    "ProposalsOneAtATime",
    "OneAtATime",
    "SizedPolicy",
    "OneStep",
}
UNKNOWN = {"dyadic_step_size", "max_step_size"}
TRUE = [
    s
    for s in statements.values()
    if s.status in ("proved here", "identity") and OURS & {a.name for a in s.assumptions} and not UNKNOWN & s.quantities
]
FALSE = {
    "refuted/vocabulary-rate-adaptive": (
        Subject(languages.pair(2, 6), 2, Adaptive(6, "confidence", sizes=(2, 2, 2))),
        real(F(1)) * mp.log(2),
    ),
    "refuted/equality-with-ties": (
        Subject(languages.pair(2, 4), 2, Adaptive(4, "confidence", sizes=(2, 2), ties="random")),
        2 * mp.log(2) / 3 - mp.log(mp.mpf(4) / 3),
    ),
    "refuted/entropy-bound-once": (
        Subject(languages.pair(2, 4), 2, Adaptive(4, "entropy", entropy_bound=F(7, 10))),
        2 * mp.log(2) - mp.mpf(7) / 10,
    ),
    "refuted/proposals-are-exact": (
        Subject(languages.iid([F(1, 10), F(9, 10)], 2), 2, Adaptive(2, "confidence", proposes=True, sizes=(1, 1))),
        mp.mpf("0.0906740174075063"),
    ),
}


def applicable(subject):
    return [s for s in TRUE if s.subjects == 1 and all(subject.satisfies(a.name) for a in s.assumptions)]


@pytest.mark.parametrize("name", rest_slow(LANGUAGES, keep=3))
def test_true_statements_hold(name):
    q, V = LANGUAGES[name]
    for policy in policies(len(next(iter(q)))):
        for prediction in (None, denoisers.mix_uniform(F(1, 8))):
            subject = Subject(q, V, policy, prediction)
            for statement in applicable(subject):
                assert excess(statement, subject) < EQUAL, (statement.id, policy)


def test_every_true_statement_is_met():
    met = {
        s.id
        for q, V in LANGUAGES.values()
        for policy in policies(len(next(iter(q))))
        for s in applicable(Subject(q, V, policy))
    }
    assert {
        "tv/confident-marginals",
        "permutations/linear-steps-any-policy",
        "kl-path-kl/equality-deterministic",
        "kl-path-kl/chosen-first",
        "path-kl/step-correlations",
        "entropy-bound/path-kl",
        "propose-then-choose/mode-bias",
        "propose-then-choose/support",
    } <= met


@pytest.mark.parametrize("name", FALSE)
def test_false_statements_break_by_what_the_notes_say(name):
    subject, gap = FALSE[name]
    statement = statements[name]
    assert all(subject.satisfies(a.name) for a in statement.assumptions)
    assert abs(excess(statement, subject) - gap) < mp.mpf(10) ** -15


def test_every_false_statement_of_an_adaptive_instance_is_here():
    adaptives = {
        s.id
        for s in statements.values()
        if s.status == "false on purpose" and s.counterexample.get("policy", {}).get("kind") == "adaptive"
    }
    assert set(FALSE) == adaptives


@pytest.mark.parametrize(("length", "block", "figure"), [(2, 1, 0.081), (4, 2, 0.8900199891 - 0.891**2)])
def test_blocks_break_the_product_over_all_proposals(length, block, figure):
    """With blocks of b a step has at most b proposals: the probability is the (L/b)-th power of the product for b."""
    policy = Adaptive(length, "confidence", proposes=True, sizes=(1,) * length, block_length=block)
    subject = Subject(languages.iid([F(1, 10), F(9, 10)], length), 2, policy)
    subject.satisfies = lambda name: name == "FavouredToken" or Subject.satisfies(subject, name)
    assert [
        a.name for a in statements["propose-then-choose/mode-bias"].assumptions if not subject.satisfies(a.name)
    ] == ["NoBlocks"]
    assert subject.values["mode_probability"] == prod(1 - F(1, 10) ** m for m in range(1, block + 1)) ** (
        length // block
    )
    assert abs(float(excess(statements["propose-then-choose/mode-bias"], subject)) - figure) < 1e-9


def test_dropping_an_assumption_breaks_the_entropy_bound():
    """Colder tokens err at one token a step; so does a denoiser that calls everything certain."""
    statement = statements["entropy-bound/path-kl"]
    policy = Adaptive(3, "entropy", entropy_bound=F(0))
    assert excess(statement, Subject(COINS, 2, policy)) < EQUAL
    assert excess(statement, Subject(COINS, 2, replace(policy, inverse_temperature=2))) > 0.1
    assert (
        excess(statement, Subject(languages.pair(2, 4), 2, replace(policy, L=4), denoisers.mix_uniform(F(1, 8)))) > 0.01
    )
