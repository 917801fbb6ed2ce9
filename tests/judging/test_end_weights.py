"""Claims about chains with end weights: judged, decided exactly, and certified by the table of their law."""

from __future__ import annotations

import pytest

from maskbound.numerics.certificates import kernel
from maskbound.numerics.certificates.certificate import certificate, certificate_text
from maskbound.numerics.instances.specfile import parse
from maskbound.numerics.judging import Status
from maskbound.numerics.judging.checking import check
from maskbound.theory import claim

ENDING = parse(
    {
        "language": {
            "kind": "markov",
            "length": 3,
            "initial": ["1/2", "1/4"],
            "shorter": "1/4",
            "transition": [["1/2", "1/4"], [0, "1/2"]],
            "end": ["1/4", "1/2"],
        },
        "policy": {"kind": "bernoulli", "steps": 2},
    }
)


def test_statements_hold_and_are_decided():
    found = check(ENDING, exact=True)
    assert sum(verdict.status is Status.HOLDS for verdict in found) > 30
    assert not [verdict for verdict in found if verdict.status is Status.VIOLATED]


def test_a_claim_about_the_length_is_decided():
    # Z_3 = 1/2 (1/2 1/2 1/4 + 1/2 1/4 1/2 + 1/4 1/2 1/2) + 1/4 (1/2 1/2 1/2)
    claims = [claim("log_length_probability == log(1/8)"), claim("log_length_probability <= log(1/9)")]
    right, wrong = check(ENDING, judged=claims, exact=True)
    assert right.status is Status.HOLDS
    assert wrong.status is Status.VIOLATED


def test_the_kernel_accepts_the_law_given_the_length_and_no_other():
    stored = certificate(claim("kl <= path_kl"), (ENDING,))
    law = stored["subjects"][0]["language"]["probabilities"]
    assert law == [str(c) for c in ENDING.language.exact_table()]
    assert kernel.verify(certificate_text([stored])).startswith("holds: kl <= path_kl")
    law[0], law[1] = "1/2", "0"
    with pytest.raises(kernel.Rejected):
        kernel.verify(certificate_text([stored]))
