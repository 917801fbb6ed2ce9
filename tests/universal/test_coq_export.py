"""Certificates of Shannon's inequalities that Coq checks, and altered ones that it refuses.

What needs Coq is left out where it is not installed, and is slow: the development is compiled.
"""

import json
import random
import re
from functools import cache

import pytest
from development import compile_together, coq, needs_coq, which_are_refused

pytest.importorskip("maskbound.numerics.universal.checker", reason="universal claims are not in this version")

from maskbound.numerics.errors import BeyondReach
from maskbound.numerics.policies import Bernoulli, FixedSets, FixedSize
from maskbound.numerics.universal import checker, prove
from maskbound.numerics.universal.certificate import certificate
from maskbound.numerics.universal.coq_export import coq_file
from maskbound.theory import claim

HALVES = Bernoulli(2)
PAIRS, ONE_AND_TWO = FixedSets([[0, 2], [1, 3]]), FixedSets([[0, 1], [2]])
CLAIMS = {
    "drop": (claim("path_kl <= total_correlation + dual_total_correlation"), PAIRS, 4),
    "tc": (claim("path_kl <= total_correlation"), ONE_AND_TWO, 3),
    "kl": (claim("path_kl == kl"), ONE_AND_TWO, 3),
    "maximum": (claim("path_kl <= max(total_correlation, dual_total_correlation)"), FixedSets([[0, 1], [2, 3]]), 4),
    "vocabulary": (claim("path_kl + entropy <= L*log(V)"), ONE_AND_TWO, 3),
    "independent": (claim("path_kl == 0", assumptions=["IndependentTokens"]), ONE_AND_TWO, 3),
    "sizes": (
        claim("path_kl <= (max_step_size - 1)/L*(total_correlation + dual_total_correlation)"),
        FixedSize([2, 2]),
        4,
    ),
    "weights": (claim("path_kl <= max_step_weight*(total_correlation + dual_total_correlation)"), HALVES, 4),
    "two sizes": (claim("path_kl <= max(total_correlation, dual_total_correlation)"), FixedSize([2, 1]), 3),
    "start": (claim("profile_start <= L*log(V)"), HALVES, 3),
    "chain": (claim("path_kl == 0", assumptions=["MarkovLanguage"]), FixedSets([[1], [0, 2]]), 3),
}


@cache
def exported(name: str) -> str:
    stated, policy, length = CLAIMS[name]
    return coq_file(json.dumps(certificate(prove(stated, policy, length))))


@needs_coq
@pytest.mark.slow
def test_coq_accepts_what_is_proved(tmp_path):
    """The axioms are asked for once for each of the two ways of proof."""
    told = dict.fromkeys(("drop", "weights"), "\nPrint Assumptions at_most_0_1_1.")
    assert ["on_rays" in exported(name) for name in told] == [False, True]
    printed = compile_together(tmp_path, [exported(name) + told.get(name, "") for name in CLAIMS])
    assert printed.count("Axioms:") == len(told)
    axioms = re.findall(r"^(\w+\.[\w.]+)\s*:", printed, re.MULTILINE)
    assert axioms
    assert set(axioms) <= set(coq.ALLOWED)


@needs_coq
@pytest.mark.slow
def test_coq_refuses_altered_certificates(tmp_path):
    """Coefficients of given sets must agree; a larger numerator makes a claim on rays, nearly sharp, false."""
    texts, wrong = [exported(name) for name in CLAIMS if name != "two sizes"], []
    numerator, denominator = r"(?<=\()-?\d+(?= # )", r"(?<= # )\d+(?=\))"
    for seed in range(24):
        rng, text = random.Random(seed), texts[seed % len(texts)]
        found = rng.choice(list(re.finditer(numerator if "on_rays" in text else f"{numerator}|{denominator}", text)))
        wrong.append(text[: found.start()] + str(int(found[0]) + rng.choice([1, 2, 10])) + text[found.end() :])
    assert which_are_refused(tmp_path, wrong + texts) == list(range(len(wrong)))


@pytest.mark.parametrize(
    ("text", "exact", "message"),
    [
        ("kl <= path_kl", True, "kl is not exported to Coq"),
        (
            "path_kl <= learning_term + total_correlation + dual_total_correlation",
            False,
            "kind 'codes' is not exported",
        ),
    ],
)
def test_what_is_not_exported_says_so(text, exact, message):
    found = prove(text, HALVES, 3, exact_denoiser=exact)
    with pytest.raises(BeyondReach, match=message):
        coq_file(json.dumps(certificate(found)))


def test_a_rejected_certificate_is_not_exported():
    wrong = certificate(prove(*CLAIMS["tc"])) | {"conclusion": "another one"}
    with pytest.raises(checker.Rejected):
        coq_file(json.dumps(wrong))
