"""What has no value is neither true nor false, whatever an algebra system would make of it."""

from __future__ import annotations

import json

import pytest

from maskbound.numerics import Instance, denoisers, languages, policies
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.judging import Status, judge
from maskbound.numerics.tables.verdicts import as_records, remarks, tally
from maskbound.numerics.testing import assert_holds
from maskbound.theory import claim, spell
from maskbound.theory.grammar import parse

POSITIVE = Instance(languages.pair(2, 2), policies.Bernoulli(steps=1))  # kl = path_kl = log 2
ZERO = Instance(languages.iid(["1/2", "1/2"], 2), policies.Bernoulli(steps=1))
INFINITE = Instance(languages.iid(["1/2", "1/2"], 2), policies.Bernoulli(steps=1), denoisers.Perturbed("peak", 1))

UNDEFINED = [
    ("exp(log(0 - kl)) > -1", POSITIVE),
    ("0*log(0 - kl) < 1", POSITIVE),
    ("log(0 - kl)**0 == 1", POSITIVE),
    ("min(0, sqrt(0 - kl)) <= 0", POSITIVE),
    ("max(kl, log(0 - kl)) > 0", POSITIVE),
    ("sqrt(0 - kl)**2 < 0", POSITIVE),
    ("sqrt(0 - kl) - sqrt(0 - kl) == 0", POSITIVE),
    ("log(0 - kl)/log(0 - kl) == 1", POSITIVE),
    ("(0 - kl)**(1/2) > -5", POSITIVE),
    ("(0 - kl)**kl > -5", POSITIVE),
    ("kl + 1/(N - 1) >= 0", POSITIVE),
    ("0/(N - 1) == kl - kl", POSITIVE),
    ("sqrt(0 - log(2)) + kl > -5", POSITIVE),
    ("kl <= 1/(2*log(2) - log(4))", POSITIVE),
    ("kl/kl == 1", INFINITE),
    ("kl - kl == 0", INFINITE),
    ("0*kl <= path_kl", INFINITE),
    ("kl**0 == 1", INFINITE),
    ("kl - path_kl <= 1", INFINITE),
    ("(kl/path_kl)**(-kl) <= 1", INFINITE),
    ("log(ser - kl) <= 0", INFINITE),
    ("0**kl <= 1", INFINITE),
]
EXACTLY_ZERO = ["kl/kl == 1", "1/kl >= 0", "log(kl) <= 0", "log(kl) - log(kl) == 0", "kl/path_kl <= 1", "0/kl == 0"]


@pytest.mark.parametrize(("text", "instance"), UNDEFINED, ids=lambda each: each if isinstance(each, str) else "")
@pytest.mark.parametrize("exact", [False, True])
def test_what_has_no_value_is_undefined(text, instance, exact):
    verdict = judge(claim(text), (Workspace(instance),), exact=exact)
    if text == "kl <= 1/(2*log(2) - log(4))" and not exact:
        assert verdict.status is Status.UNDECIDED
        assert "may have no value" in verdict.reason
    else:
        assert verdict.status is Status.UNDEFINED
        assert "has no value" in verdict.reason
    assert (verdict.lhs, verdict.rhs) == (None, None)


@pytest.mark.parametrize("text", EXACTLY_ZERO)
def test_a_zero_that_rounding_hides_is_a_zero(text):
    """Intervals do not know whether there is a value; exact arithmetic knows that there is none."""
    work = (Workspace(ZERO),)
    assert judge(claim(text), work).status in (Status.UNDECIDED, Status.UNDEFINED)
    assert judge(claim(text), work, exact=True).status is Status.UNDEFINED


@pytest.mark.parametrize(
    ("text", "instance", "status"),
    [
        ("kl <= path_kl", INFINITE, Status.HOLDS),
        ("kl == path_kl", INFINITE, Status.HOLDS),
        ("kl < path_kl", INFINITE, Status.VIOLATED),
        ("2*kl + 1 == path_kl", INFINITE, Status.HOLDS),
        ("1/kl == 0", INFINITE, Status.HOLDS),
        ("exp(-kl) == 0", INFINITE, Status.HOLDS),
        ("(-kl)**2 == kl", INFINITE, Status.HOLDS),
        ("(-kl)**3 < 0", INFINITE, Status.HOLDS),
        ("sqrt(kl) == kl", INFINITE, Status.HOLDS),
        ("min(kl, 1) == 1", INFINITE, Status.HOLDS),
        ("ceil(kl) == kl", INFINITE, Status.HOLDS),
        ("log(kl) == kl", INFINITE, Status.HOLDS),
        ("kl**0 == 1", ZERO, Status.HOLDS),
        ("sqrt(kl) == 0", ZERO, Status.HOLDS),
        ("1/(kl - 2*path_kl) > -1", POSITIVE, Status.VIOLATED),
        ("(kl - 2*path_kl)**3 < 0", POSITIVE, Status.HOLDS),
        ("log(4)/log(2) + kl == 2 + path_kl", POSITIVE, Status.HOLDS),
        ("kl/path_kl == 1", POSITIVE, Status.HOLDS),
    ],
)
def test_infinite_and_negative_numbers_are_legal_values(text, instance, status):
    assert judge(claim(text), (Workspace(instance),), exact=True).status is status
    assert judge(claim(text), (Workspace(instance),)).status in (status, Status.UNDECIDED)


def test_reports_of_an_undefined_claim():
    verdict = judge(claim("exp(log(0 - kl)) > -1"), (Workspace(POSITIVE),))
    (record,) = as_records([verdict])
    assert record["status"] == "undefined"
    assert (record["lhs"], record["rhs"], record["margin"], record["ratio"]) == (None,) * 4
    json.dumps(record, allow_nan=False)
    assert tally([verdict]) == "0 hold, 0 violated, 0 undecided, 1 undefined; 0 not applicable"
    assert remarks([verdict]) == [
        "claim on instance: undefined: log(-kl) has no value: the log of a number that is not positive"
    ]
    assert "exp(log(-kl)) > -1" in verdict.account()
    with pytest.raises(AssertionError, match="has no value"):
        assert_holds("exp(log(0 - kl)) > -1", POSITIVE, allow_undecided=True)


@pytest.mark.parametrize(
    "text", ["0*log(0 - kl)", "exp(log(0 - kl))", "kl/kl", "sqrt(kl**2)", "kl - kl", "max(0, min(kl, tv))", "kl**0"]
)
def test_a_claim_is_spelled_as_it_was_typed(text):
    read = parse(f"{text} <= 1")[0]
    assert parse(f"{spell(read)} <= 1")[0] == read
    assert read.free_symbols
    assert claim(f"{text} <= 1 + 0*tv").quantities >= {"kl", "tv"}


@pytest.mark.parametrize("bound", ["exp(log(0 - kl))/N", "0*log(0 - kl) + 1/N", "1/N + sqrt(0 - kl)**2"])
def test_no_number_of_steps_is_enough_for_a_bound_without_a_value(bound):
    with pytest.raises(ValueError, match="has no value"):
        claim(f"path_kl <= {bound}").smallest_steps(target=1, kl=1)
    assert claim("path_kl <= exp(log(kl))/N").smallest_steps(target=1, kl=7) == 7
