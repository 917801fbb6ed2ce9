"""Values of HMMER's own profiles, which its source and Debian's hmmer-examples have: set HMMER_SOURCE to the folder.

They were found by a forward pass over the numbers as they are written, whose draws by hmmemit agreed. Rows of five
decimals miss 1 by up to 5e-6, and an importer divides them by their sums: so the oracle is held against the recorded
values with the rows as they are, and the importer against the oracle with rows of sum 1.
"""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
import pytest
from oracles import formats as oracle

from maskbound.numerics import languages

SOURCE = os.environ.get("HMMER_SOURCE")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(SOURCE is None, reason="HMMER_SOURCE is not set"),
    pytest.mark.filterwarnings("ignore::maskbound.numerics.errors.RowsRescaled"),
]

DOUBLE = 1e-12
DIGITS = 25
"""Of the common denominator: roundings are below those of float64."""

SEQUENCES = [
    ("ecori", "GAATTC", -2.2194292675577434),
    ("ecori", "GAATTT", -3.952346100504767),
    ("ecori", "GAACTC", -3.9779758346601426),
    ("PSE", "TGACCCATTAATATTTA", -4.5114021415969),
    ("M1", "A", -0.34828999999999993),
    ("XYPPX", "GYPPQ", -2.04881963419422),
]
PRINTED = [
    ("ecori", "", 0.0031353, 5e-8),
    ("ecori", "GAAATTC", 5.393639e-4, 5e-11),
    ("ecori", "A", 6.361530e-4, 5e-11),
    ("XYPPX", "WWWWW", 2.8188e-16, 5e-21),
]
"""Probabilities with few digits, and half a unit of the last."""

LENGTHS = [
    ("fn3", 86, -2.3435462770304),
    ("Pkinase", 260, -3.90375187830491),
    ("XYPPX", 5, -0.02995983415132892),
    ("PSE", 17, -0.157472365103677),
]
GIVEN_LENGTH = {"GAATTC": 0.14879977122473664, "GAATTT": 0.02630304605299361}
DRAWS, COUNTS = 200_000, [627, 1246, 2274, 3917, 6466, 10317, 146064]
"""Expected sequences of ecori with 0 to 6 residues among so many."""

Profile = tuple[list[list[float]], list[list[float]], list[list[float]]]


def path_of(name: str) -> Path:
    folder = "tutorial" if name in ("fn3", "Pkinase") else "testsuite"
    return Path(str(SOURCE)) / folder / f"{name}.hmm"


def numbers(name: str) -> tuple[str, Profile]:
    """The alphabet, and match emissions, insert emissions and transitions as they are written."""
    lines = [line.split() for line in path_of(name).read_text().splitlines()]
    head = next(at for at, fields in enumerate(lines) if fields[0] == "HMM")
    alphabet = "".join(lines[head][1:])
    rows = [fields for fields in lines[head + 2 :] if fields[0] not in ("COMPO", "//")]

    def read(fields: list[str]) -> list[float]:
        return [0.0 if text == "*" else math.exp(-float(text)) for text in fields]

    match = [read(fields[1 : len(alphabet) + 1]) for fields in rows[2::3]]
    return alphabet, (match, [read(fields) for fields in rows[::3]], [read(fields) for fields in rows[1::3]])


def of_sum_1(profile: Profile) -> Profile:
    def divided(row: list[float]) -> list[float]:
        return [x / math.fsum(row) for x in row]

    match, insert, moves = profile
    moves = [divided(row[:3]) + divided(row[3:5]) + divided(row[5:]) for row in moves]
    return [divided(row) for row in match], [divided(row) for row in insert], moves


def of_lengths(profile: Profile) -> Profile:
    """With one token for all."""
    match, insert, moves = profile
    return [[math.fsum(row)] for row in match], [[math.fsum(row)] for row in insert], moves


def log_prob(language: languages.Language, tokens: list[int]) -> float:
    """Of the sequence, not given its length."""
    return float(language.log_prob(np.array([tokens]))[0]) + language.log_length_probability


@pytest.mark.parametrize(("name", "sequence", "value"), SEQUENCES)
def test_log_probabilities(name: str, sequence: str, value: float) -> None:
    alphabet, profile = numbers(name)
    x = [alphabet.index(residue) for residue in sequence]
    assert abs(math.log(oracle.profile_weight(*profile, x)) / value - 1) < DOUBLE
    language = languages.from_hmmer(path_of(name), len(x), digits=DIGITS)
    assert abs(log_prob(language, x) - math.log(oracle.profile_weight(*of_sum_1(profile), x))) < DOUBLE


@pytest.mark.parametrize(("name", "sequence", "value", "printed"), PRINTED)
def test_probabilities_with_few_digits(name: str, sequence: str, value: float, printed: float) -> None:
    alphabet, profile = numbers(name)
    x = [alphabet.index(residue) for residue in sequence]
    assert abs(oracle.profile_weight(*profile, x) - value) <= printed
    true = oracle.profile_weight(*of_sum_1(profile), x)
    if x:
        found = math.exp(log_prob(languages.from_hmmer(path_of(name), len(x), digits=DIGITS), x))
    else:
        # One token of padding alone.
        found = languages.from_hmmer(path_of(name), 1, "free", digits=DIGITS).table()[-1]
    assert abs(found / true - 1) < DOUBLE


@pytest.mark.parametrize(("name", "L", "value"), LENGTHS)
def test_probabilities_of_lengths(name: str, L: int, value: float) -> None:
    profile = numbers(name)[1]
    assert abs(math.log(oracle.profile_weight(*of_lengths(profile), [0] * L)) / value - 1) < DOUBLE
    language = languages.from_hmmer(path_of(name), L, digits=DIGITS)
    true = math.log(oracle.profile_weight(*of_lengths(of_sum_1(profile)), [0] * L))
    assert abs(language.log_length_probability - true) < DOUBLE


def test_the_lengths_that_are_drawn() -> None:
    profile = of_lengths(numbers("ecori")[1])
    expected = [DRAWS * oracle.profile_weight(*profile, [0] * L) for L in range(len(COUNTS))]
    assert [round(count) for count in expected] == COUNTS


def test_the_law_given_a_length() -> None:
    alphabet, profile = numbers("ecori")
    language = languages.from_hmmer(path_of("ecori"), 6, digits=DIGITS)
    whole = of_sum_1(profile)
    for sequence, value in GIVEN_LENGTH.items():
        x = [alphabet.index(residue) for residue in sequence]
        weight, Z = (oracle.profile_weight(*p, t) for p, t in ((profile, x), (of_lengths(profile), [0] * 6)))
        assert abs(weight / Z / value - 1) < DOUBLE
        weight, Z = (oracle.profile_weight(*p, t) for p, t in ((whole, x), (of_lengths(whole), [0] * 6)))
        assert abs(math.exp(language.log_prob(np.array([x]))[0]) * Z / weight - 1) < DOUBLE
