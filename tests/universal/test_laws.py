"""Small laws that refute what bounds of KL leave open."""

from __future__ import annotations

from fractions import Fraction

import pytest

from maskbound.numerics import check
from maskbound.numerics.instances import from_spec, parse
from maskbound.numerics.judging import Status
from maskbound.numerics.policies import Bernoulli, FixedSize
from maskbound.numerics.universal import Decided, prove, prove_everywhere
from maskbound.numerics.universal.laws import small_laws, tried_laws
from maskbound.theory import claim, statements

FINER = (FixedSize([2, 2]), FixedSize([1, 1, 2]))


@pytest.mark.parametrize(("length", "counted", "few"), [(2, 16, 60), (3, 61, 60), (4, 200, 60), (6, 40, 13), (9, 1, 0)])
def test_laws_are_laws_and_their_number_is_bounded(length, counted, few):
    laws = list(small_laws(length))
    assert len(laws) == counted + few
    for law in laws:
        words, probabilities = zip(*law["support"], strict=True)
        assert sum(map(Fraction, probabilities)) == 1
        assert min(map(Fraction, probabilities)) > 0
        assert len(set(map(tuple, words))) == len(words) > 1
        assert {len(word) for word in words} == {length}
    assert str(counted) in tried_laws(length) or not few


def test_there_are_none_of_long_sequences():
    assert list(small_laws(20)) == []
    assert tried_laws(20).startswith("no small laws")


@pytest.mark.parametrize(
    ("name", "policies"),
    [
        ("refuted/refining-lowers-kl", FINER),
        ("refuted/log-mean-is-kl", (Bernoulli(2),)),
        ("refuted/path-kl-is-kl", (Bernoulli(2),)),
    ],
)
def test_false_statements_about_kl_are_refuted(name, policies):
    length = 4 if policies is FINER else 2
    found = prove(statements[name], policies, length)
    assert (found.verdict, found.judged) == (Decided.FAILS, "violated")
    read = from_spec(found.witness)
    instances = read.instances if len(policies) == 2 else (parse(found.witness),)
    bare = claim(str(statements[name]))
    assert check(*instances, judged=[bare], exact=True)[0].status is Status.VIOLATED


def test_what_is_true_stays_open_and_says_what_was_tried():
    found = prove("kl@2 <= kl", (Bernoulli(2), Bernoulli(2)), 3)
    assert found.verdict is Decided.UNDECIDED
    assert found.reason.endswith("tried were 61 binary laws of the number of ones and 60 of a few sequences")


def test_it_is_asked_for():
    for more in ({"search": False}, {"judge": False}):
        found = prove(statements["refuted/log-mean-is-kl"], Bernoulli(2), 2, **more)
        assert found.verdict is Decided.UNDECIDED
        assert "tried" not in found.reason


def test_laws_that_need_not_satisfy_an_assumption_are_not_tried():
    text = "log_mean_path_kl <= kl"
    assert prove(claim(text), FixedSize([1, 2]), 3).verdict is Decided.FAILS
    found = prove(claim(text, assumptions=["MarkovLanguage"]), FixedSize([1, 2]), 3)
    assert found.verdict is Decided.UNDECIDED
    assert "tried" not in found.reason


def test_at_every_length():
    found = prove_everywhere("path_kl <= 2*kl", Bernoulli(3))
    assert (found.verdict, found.judged) == (Decided.FAILS, "violated")
    assert prove_everywhere("kl >= path_kl", FixedSize([2, 1])).at == "length 3, sizes 2, 1"
