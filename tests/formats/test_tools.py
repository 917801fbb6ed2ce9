"""Files that the tools write or read, held against what the tools compute; each test needs the tool installed."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
from fractions import Fraction
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from formats import files
from oracles import formats as oracle

from maskbound.numerics import languages
from maskbound.numerics.formats.arpa import read_arpa

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

FLOAT32 = 1e-6
"""Relative error of a score of float32."""


def log_probs(language: languages.Language) -> np.ndarray:
    """Of all sequences in order, not given their length."""
    x = np.array(list(product(range(language.vocab), repeat=language.length)))
    return language.log_prob(x) + language.log_length_probability


@pytest.mark.parametrize("seed", range(6))
def test_kenlm(seed: int, tmp_path: Path) -> None:
    """Of order 2: KenLM has no room in small files for n-grams whose last words are not listed."""
    kenlm = pytest.importorskip("kenlm", reason="kenlm is not installed")
    words = ["<unk>", "a", "b"]
    p, backoff = oracle.random_ngram(Random(seed), 2, words)
    path = tmp_path / "m.arpa"
    path.write_text(re.sub(r"\d+\.\d{30,}", lambda found: f"{float(found[0]):.7f}", files.arpa(p, backoff)))
    model = kenlm.Model(str(path))
    for L in (1, 3):
        found = log_probs(languages.from_arpa(path, L)) / math.log(10)
        scores = [model.score(" ".join(x)) for x in product(words, repeat=L)]
        assert np.allclose(found, scores, rtol=FLOAT32, atol=FLOAT32)


def test_the_reader_arpa(tmp_path: Path) -> None:
    arpa = pytest.importorskip("arpa", reason="arpa is not installed")
    p, backoff = oracle.random_ngram(Random(5), 3, ["a", "b"])
    path = tmp_path / "m.arpa"
    path.write_text(files.arpa(p, backoff))
    model = arpa.loadf(str(path))[0]
    found = log_probs(languages.from_arpa(path, 3)) / math.log(10)
    assert np.allclose(found, [model.log_s(" ".join(x)) for x in product("ab", repeat=3)], rtol=1e-10, atol=0)


@pytest.mark.skipif(shutil.which("irstlm") is None, reason="irstlm is not installed")
def test_irstlm(tmp_path: Path) -> None:
    """The start, which has mass in its files, is no token; it prints two decimals."""
    sentences = {"train": ["a b", "a b", "b a", "a", "c a b b"], "one": ["a b c"]}
    for name, lines in sentences.items():
        (tmp_path / name).write_text("".join(f"<s> {line} </s>\n" for line in lines))

    def irstlm(*command: str) -> str:
        ran = subprocess.run(["irstlm", *command], cwd=tmp_path, check=True, capture_output=True, text=True)
        return ran.stdout + ran.stderr

    irstlm("tlm", "-tr=train", "-n=2", "-lm=wb", "-o=m.arpa")
    printed = re.search(r"logPr=(-[\d.]+)", irstlm("compile-lm", "m.arpa", "--eval=one", "--debug=2"))
    assert printed
    model = read_arpa(tmp_path / "m.arpa")
    assert abs(model.score(["a", "b", "c"]) - float(printed[1])) <= 0.005 + 1e-5
    for context in ((), ("<s>",), ("a",), ("b",), ("c",)):
        assert abs(sum(model.row_totals()[context]) - 1) < 1e-5


def test_hmmlearn() -> None:
    hmm = pytest.importorskip("hmmlearn.hmm", reason="hmmlearn is not installed")
    model = hmm.CategoricalHMM(n_components=3, random_state=0, n_iter=5)
    model.fit(np.random.default_rng(0).integers(0, 3, (400, 1)))
    language = languages.from_hmmlearn(model, 4, digits=30)
    scores = [model.score(np.array(x)[:, None]) for x in product(range(3), repeat=4)]
    assert np.allclose(log_probs(language), scores, rtol=1e-12, atol=0)
    one = hmm.MultinomialHMM(n_components=2, n_trials=1)
    one.startprob_, one.transmat_ = np.array([0.5, 0.5]), np.array([[0.75, 0.25], [0.5, 0.5]])
    one.emissionprob_ = np.array([[0.5, 0.5], [0.25, 0.75]])
    scores = [one.score(np.eye(2, dtype=int)[list(x)]) for x in product(range(2), repeat=3)]
    assert np.allclose(log_probs(languages.from_hmmlearn(one, 3)), scores, rtol=1e-12, atol=0)


def test_pomegranate() -> None:
    hmm = pytest.importorskip("pomegranate.hmm", reason="pomegranate is not installed")
    categorical = pytest.importorskip("pomegranate.distributions").Categorical
    emissions = [categorical([[0.6, 0.3, 0.1]]), categorical([[0.1, 0.3, 0.6]])]
    model = hmm.DenseHMM(emissions, edges=[[0.8, 0.1], [0.3, 0.5]], starts=[2 / 3, 1 / 3], ends=[0.1, 0.2])
    x = np.array(list(product(range(3), repeat=3)))
    scores = model.log_probability(x[..., None]).numpy()
    assert np.allclose(log_probs(languages.from_pomegranate(model, 3)), scores, rtol=FLOAT32, atol=0)


def test_a_profile_that_hmmbuild_makes(tmp_path: Path) -> None:
    plan7 = pytest.importorskip("pyhmmer.plan7", reason="pyhmmer is not installed")
    easel = pytest.importorskip("pyhmmer.easel")
    alphabet = easel.Alphabet.dna()
    rows = [b"GAATTC", b"GAATTC", b"GA-TTC", b"GACTTA"]
    aligned = [easel.TextSequence(name=f"s{k}".encode(), sequence=row.decode()) for k, row in enumerate(rows)]
    msa = easel.TextMSA(name=b"made", sequences=aligned).digitize(alphabet)
    profile = plan7.Builder(alphabet).build_msa(msa, plan7.Background(alphabet))[0]
    path = tmp_path / "m.hmm"
    with path.open("wb") as stream:
        profile.write(stream)
    M = profile.M
    moves = [_fractions(row) for row in np.array(profile.transition_probabilities)]
    moves[M][2] = moves[M][6] = Fraction(0)
    match = [_fractions(row) for row in np.array(profile.match_emissions)[1:]]
    insert = [_fractions(row) for row in np.array(profile.insert_emissions)]
    language = languages.from_hmmer(path, 3)
    weights = [float(oracle.profile_weight(match, insert, moves, x)) for x in product(range(4), repeat=3)]
    # Rows of five decimals miss 1 by 5e-6 each, and a way through six nodes has at most 16 of them.
    assert np.allclose(np.exp(log_probs(language)), weights, rtol=2e-4, atol=0)
    assert len(match) == M


def _fractions(row: np.ndarray) -> list[Fraction]:
    return [Fraction(float(x)) for x in row]


ARCS = ["0 1 1 0.75", "0 0 2 1.25", "0 2 0 1.5", "1 0 0 1", "1 1 2 0.875", "2 1 1 0.375", "2 2 0 0.9375"]
ENDS = ["1 1.5", "2 1.125"]
PRINTED = 5e-9
"""Half a unit of the ninth digit, with which the tool hands out a weight from 1 to 10."""


def test_pynini(tmp_path: Path) -> None:
    """Sums over paths, with circles of silent arcs."""
    fst = pytest.importorskip("pywrapfst", reason="pynini is not installed")
    path = tmp_path / "m.txt"
    path.write_text("\n".join([*ARCS, *ENDS, ""]))

    def compiled(lines: list[str]) -> Any:
        compiler = fst.Compiler(fst_type="vector", arc_type="log64", acceptor=True)
        for line in lines:
            compiler.write(line + "\n")
        return compiler.compile()

    machine, scores = compiled([*ARCS, *ENDS]), []
    for x in product((1, 2), repeat=3):
        sentence = compiled([f"{i} {i + 1} {v}" for i, v in enumerate(x)] + ["3"])
        paths = fst.compose(sentence.arcsort(sort_type="olabel"), machine)
        total = fst.shortestdistance(paths, reverse=True, delta=1e-14)
        scores.append(-float(total[paths.start()]))
    found = np.log(languages.from_openfst(path, 3, "log", digits=17).table())
    assert np.allclose(found, scores - np.log(np.exp(scores).sum()), rtol=0, atol=2 * PRINTED)


def test_dit() -> None:
    dit = pytest.importorskip("dit", reason="dit is not installed")
    law = dict(zip(product("ab", repeat=3), [0.1, 0.2, 0.05, 0.15, 0.1, 0.2, 0.15, 0.05], strict=True))
    given = dit.Distribution(["".join(x) for x in law], list(law.values()))
    for distribution in (given, given.copy(base=2)):
        language = languages.from_dit(distribution)
        assert np.allclose(language.table(), list(law.values()), rtol=1e-15, atol=0)
        entropy = -float((language.table() * np.log2(language.table())).sum())
        assert math.isclose(entropy, dit.shannon.entropy(given), rel_tol=1e-12)


DRN = """@type: DTMC
@value_type: double
@parameters

@reward_models

@nr_states
4
@nr_choices
4
@model
state 0 init
	action 0
		1 : 0.333333
		2 : 0.666667
state 1
	action 0
		0 : 0.25
		3 : 0.75
state 2
	action 0
		2 : 0.1
		3 : 0.9
state 3 deadlock end
	action 0
		3 : 1
"""


@pytest.mark.parametrize("steps", [1, 2, 3, 6])
def test_stormpy(steps: int, tmp_path: Path) -> None:
    """The probability that a label is met within so many steps."""
    stormpy = pytest.importorskip("stormpy", reason="stormpy is not installed")
    path = tmp_path / "m.drn"
    path.write_text(DRN)
    model = stormpy.build_model_from_drn(str(path))
    (formula,) = stormpy.parse_properties(f'P=? [F<={steps} "end"]')
    reached = stormpy.model_checking(model, formula).get_value(model.initial_states[0])
    assert abs(1 - languages.from_storm(path, steps + 1).table()[0] - reached) < 1e-12
