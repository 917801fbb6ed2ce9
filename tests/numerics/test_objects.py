"""What people hold in their hands: names, texts of objects, pickles, and files that are not there."""

from __future__ import annotations

import pickle
import re
from inspect import ismodule
from pkgutil import iter_modules

import pytest

import maskbound.numerics as numerics
from maskbound.numerics import Instance, languages, policies
from maskbound.numerics.errors import BadInput
from maskbound.numerics.judging import Status
from maskbound.numerics.testing import assert_holds, assert_samples_from
from maskbound.theory import statements


def test_what_is_called_like_a_function_is_one():
    """Of what the package exports only three are modules, and no file of languages is called like a language."""
    for name in numerics.__all__:
        assert ismodule(getattr(numerics, name)) == (name in ("denoisers", "languages", "policies")), name
    classes = {name.lower() for name in languages.__all__}
    assert not classes & {each.name for each in iter_modules(languages.__path__)}


def test_an_instance_that_was_measured_can_be_pickled():
    for language in (languages.pair(2, 4), languages.parity(4), languages.mds(3, 2, 3), languages.permutations(3)):
        for policy in (policies.Bernoulli(2), policies.Adaptive(language.length, score="confidence", steps=2)):
            instance = Instance(language, policy)
            found = numerics.measure(instance, ["kl", "ser"])
            if isinstance(policy, policies.Bernoulli):
                numerics.draw(instance, 3, seed=1)
            again = pickle.loads(pickle.dumps(instance))
            assert numerics.measure(again, ["kl", "ser"]) == found


@pytest.mark.parametrize(
    ("policy", "text"),
    [
        (policies.Bernoulli(3), "Bernoulli(steps=3)"),
        (policies.Bernoulli(weights=[0.7, 0.3]), "Bernoulli(weights=[0.7, 0.3])"),
        (policies.Bernoulli(weights=["1/3", "2/3"]), "Bernoulli(weights=[1/3, 2/3])"),
        (policies.Bernoulli(weights=["1/2", "1/2"]), "Bernoulli(steps=2)"),
        (
            policies.Remasking(policies.Schedule(["1/3", "2/3"]), [0, 0]),
            "Remasking(Schedule([1/3, 2/3]), sigma=[0.0, 0.0])",
        ),
    ],
)
def test_a_policy_shows_what_it_is(policy, text):
    assert repr(policy) == text


def test_a_text_that_is_not_there_is_not_blamed_on_its_encoding(tmp_path):
    with pytest.raises(BadInput, match=r"absent\.txt cannot be read \(No such file or directory\)"):
        languages.ngram_from_text(tmp_path / "absent.txt", "ab", 2, 4)
    (tmp_path / "latin.txt").write_bytes(b"ab\xff")
    with pytest.raises(BadInput, match=r"latin\.txt cannot be read as UTF-8 text"):
        languages.ngram_from_text(tmp_path / "latin.txt", "ab", 2, 4)
    (tmp_path / "mixed.txt").write_text("abBA\nabB\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"holds 'B' \(2\), 'A' \(1\), '\\n' \(1\), not in the alphabet"):
        languages.ngram_from_text(tmp_path / "mixed.txt", "ab", 2, 4)


def sampler(oracle, count, seed):
    raise AssertionError("it is not called")


SMALL = Instance(languages.pair(2, 4), policies.Bernoulli(2))


@pytest.mark.parametrize(
    ("called", "said"),
    [
        (lambda: numerics.check(SMALL, "kl <= path_kl"), "instance: found 'kl <= path_kl'"),
        (lambda: numerics.check(SMALL, judged=[1]), "statement: found 1"),
        (lambda: numerics.conform(sampler, SMALL), "instance: found <function"),
        (lambda: assert_samples_from(SMALL, sampler), "instance: found <function"),
        (lambda: assert_holds(SMALL, "kl <= path_kl"), "statement: found Instance"),
        (lambda: numerics.curve("x"), "instance: found 'x'"),
        (lambda: numerics.law(languages.pair(2, 4)), "instance: found Blocks"),
        (lambda: numerics.sweep(SMALL, 4), "N: found 4"),
    ],
)
def test_arguments_in_another_order_are_told_apart(called, said):
    with pytest.raises(BadInput, match=re.escape(said)):
        called()


def test_a_claim_may_be_text():
    (typed,) = numerics.check(SMALL, judged="kl <= path_kl")
    (named,) = numerics.check(SMALL, judged=["kl-path-kl/given-times"])
    assert (typed.status, named.status) == (Status.HOLDS, Status.HOLDS)
    assert named.statement is statements["kl-path-kl/given-times"]
