"""Values that the tools themselves printed, or that follow from the definitions by hand."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from formats import files
from oracles import formats as oracle

from maskbound.numerics import Instance, languages, load, measure, policies
from maskbound.numerics.errors import BadInput, RowsRescaled
from maskbound.numerics.formats.arpa import read_arpa

LMPLZ = """\\data\\
ngram 1=5
ngram 2=7

\\1-grams:
-0.90309\t<unk>\t0
0\t<s>\t-0.079181254
-0.5720968\t</s>\t0
-0.46943438\tx\t-0.1346986
-0.5720968\ty\t-0.17609124

\\2-grams:
-0.57988703\tx </s>
-0.53807765\ty </s>
-0.5486157\t<s> x
-0.41777426\tx x
-0.3483221\ty x
-0.409068\t<s> y
-0.57988703\tx y

\\end\\
"""
"""What lmplz -o 2 --discount_fallback makes of "x y|x y|y x|x"."""


def text(folder: Path, name: str, content: str) -> Path:
    (folder / name).write_text(content)
    return folder / name


def log_prob(language: languages.Language, *tokens: int) -> float:
    """Of the sequence, not given its length."""
    return float(language.log_prob(np.array([tokens]))[0]) + language.log_length_probability


KENLM = {"x y": -1.6665804386138916, "x zzz": -2.158501148223877, "zzz": -1.554368019104004, "": -0.6512780785560608}


def test_scores_of_kenlm(tmp_path: Path) -> None:
    path = text(tmp_path, "m.arpa", LMPLZ)
    model, tokens = read_arpa(path), ["<unk>", "x", "y"]
    for sentence, score in KENLM.items():
        words = sentence.split()
        assert abs(model.score(words) - score) < 1e-6 * abs(score)
        if words:
            with pytest.warns(RowsRescaled, match="rows miss 1 by up to 6e-08"):
                language = languages.from_arpa(path, len(words))
            x = [tokens.index(word) if word in tokens else 0 for word in words]
            assert abs(log_prob(language, *x) / math.log(10) - score) < 1e-6 * abs(score)


@pytest.mark.filterwarnings("ignore::maskbound.numerics.errors.RowsRescaled")
def test_the_law_given_a_length(tmp_path: Path) -> None:
    language = languages.from_arpa(text(tmp_path, "m.arpa", LMPLZ), 3)
    assert abs(language.log_length_probability - math.log(0.1113805650610666)) < 1e-6
    law = language.table().reshape(3, 3, 3)
    for x, q in {
        (2, 1, 1): 0.15781170381584284,
        (1, 2, 1): 0.07879141671627185,
        (1, 1, 2): 0.07393259399615308,
    }.items():
        assert abs(law[x] / q - 1) < 1e-6


@pytest.mark.filterwarnings("ignore::maskbound.numerics.errors.RowsRescaled")
def test_words_that_are_left_out(tmp_path: Path) -> None:
    path = text(tmp_path, "m.arpa", LMPLZ)
    with pytest.warns(RowsRescaled, match=r"words that are left out take up to 0\.1042 of a row"):
        known = languages.from_arpa(path, 2, unknown=False)
    assert known.vocab == 2
    with pytest.warns(RowsRescaled, match="take up to"):
        listed = languages.from_arpa(path, 2, words=text(tmp_path, "words.txt", "y\n\nx\n"), unknown=False)
    assert (listed.exact_table() == known.exact_table()).all()
    law = languages.from_arpa(path, 2).exact_table().reshape(3, 3)[1:, 1:].astype(float)
    assert not np.allclose(law / law.sum(), known.table().reshape(2, 2), rtol=1e-3)


IRSTLM = """
\\data\\
ngram  1=         5
ngram  2=         7


\\1-grams:
-1.02119\t<s>\t-0.477121
-0.623249\tx\t-0.477121
-0.720159\ty\t-0.39794
-0.623249\t</s>\t-0.69897
-0.623249\t<unk>

\\2-grams:
-0.595221\t<s> <s>
-0.384367\t<s> x
-0.757948\t<s> y
-0.401401\tx y
-0.384367\tx </s>
-0.529828\ty x
-0.305186\ty </s>
\\end\\
"""
"""What tlm -n=2 -lm=wb makes of "x y|x y|y x|x", of which compile-lm --eval gives "x y" the logarithm -1.09."""


def test_scores_of_irstlm(tmp_path: Path) -> None:
    """In its files the start has mass, and a bigram of two starts, so that rows miss 1 without it."""
    path = text(tmp_path, "m.arpa", IRSTLM)
    model = read_arpa(path)
    score = -(0.384367 + 0.401401 + 0.305186)
    assert abs(model.score(["x", "y"]) - score) < 1e-15
    assert round(score, 2) == -1.09
    for context in ((), ("<s>",), ("x",), ("y",)):
        assert abs(sum(model.row_totals()[context]) - 1) < 2e-6
    with pytest.raises(BadInput, match=r"'<s>' .* sums to 0\.74.*<s>, which is never a token, has the rest"):
        languages.from_arpa(path, 2)
    with pytest.warns(RowsRescaled, match=r"miss 1 by up to 0\.25"):
        language = languages.from_arpa(path, 2, tolerance="3/10", digits=30)
    totals = [model.row_totals()[context,][0] for context in ("<s>", "x", "y")]
    assert abs(log_prob(language, 0, 1) - (score * math.log(10) - sum(map(math.log, totals)))) < 1e-12


BACKED_OFF = {("</s>",): "1/4", ("a",): "1/2", ("b",): "1/4", ("a", "b"): "1/100", ("a", "a"): "4/5"}


def test_a_grammar_whose_back_off_is_an_arc_is_not_its_model(tmp_path: Path) -> None:
    """As Kaldi makes them: ``a b`` has the way over the back-off, too, although it is listed."""
    p = {ngram: Fraction(value) for ngram, value in BACKED_OFF.items()}
    lines = files.arpa({("<s>",): Fraction(1), **p}, {("<s>",): Fraction(1, 2)})
    assert abs(-math.log(10) * read_arpa(text(tmp_path, "m.arpa", lines)).score(["a", "b"]) - 7.3778) < 5e-5
    arcs = [(0, 1, "#0 <eps>", Fraction(1, 2)), (2, 1, "#0 <eps>", Fraction(1)), (3, 1, "#0 <eps>", Fraction(1))]
    arcs += [(1, 2, "a a", p["a",]), (1, 3, "b b", p["b",]), (2, 3, "b b", p["a", "b"]), (2, 2, "a a", p["a", "a"])]
    path = text(tmp_path, "m.txt", files.fst(arcs, {1: p["</s>",]}))
    symbols = text(tmp_path, "symbols.txt", "<eps> 0\na 1\nb 2\n#0 3\n")
    for side in ("input", "output"):
        with pytest.raises(BadInput, match=r"the label #0, by which a grammar of Kaldi backs off"):
            languages.from_openfst(path, 2, "log", symbols, side)
    path.write_text(path.read_text().replace("#0", "<eps>"))
    with pytest.warns(RowsRescaled, match="no probabilities"):
        language = languages.from_openfst(path, 2, "log", symbols, "output")
    q = language.table().reshape(2, 2)
    # b b has a single way, over the back-off twice.
    all_paths = -math.log(q[0, 1] / q[1, 1] / 128)
    assert abs(all_paths - 4.1197) < 5e-5


def test_a_model_with_four_digits_and_an_absorbing_end(tmp_path: Path) -> None:
    """The small model of a well-known manual: rows of sums 0.9999, an end with a row, a start with a probability."""
    F = Fraction
    p = {("</s>",): F(4, 81) * 1, ("<s>",): F(1, 10)}
    rows = {
        "<s>": ["5/9", "8/81", "8/81", "8/81", "8/81", "4/81"],
        "<unk>": ["1/18", "5/9", "1/9", "1/9", "1/9", "1/18"],
        "wood": ["1/18", "1/9", "1/9", "5/9", "1/9", "1/18"],
        "cindy": ["1/18", "1/9", "1/9", "1/9", "5/9", "1/18"],
        "pittsburgh": ["1/18", "1/9", "5/9", "1/9", "1/9", "1/18"],
        "jean": ["4/63", "5/18", "8/63", "8/63", "8/63", "5/18"],
    }
    words = [*list(rows)[1:], "</s>"]
    p |= {(word,): F(probability) for word, probability in zip(words, rows["<s>"], strict=True)}
    p |= {(c, w): F(probability) for c, row in rows.items() for w, probability in zip(words, row, strict=True)}
    path = text(tmp_path, "m.arpa", files.arpa(p, dict.fromkeys([(c,) for c in rows], F(1))))
    with pytest.raises(BadInput, match="rows must sum to 1 within"):
        languages.from_arpa(text(tmp_path, "short.arpa", _rounded(path.read_text())), 3, "free")
    language = languages.from_arpa(path, 3, "free", digits=files.DIGITS)
    found = measure(
        Instance(language, policies.Bernoulli(steps=1)),
        ["entropy", "total_correlation", "dual_total_correlation", "kl", "ser"],
    )
    assert abs(found["entropy"].value - 3.983542376961) < 1e-12
    assert abs(found["total_correlation"].value - 0.751929529087) < 1e-12
    assert abs(found["kl"].value - 0.751929529087) < 1e-12
    assert abs(found["dual_total_correlation"].value - 0.624442969428) < 1e-12
    assert abs(found["ser"].value - 0.1417747570) < 1e-10


def _rounded(arpa: str) -> str:
    """Its logarithms to two digits."""
    return "\n".join(
        "\t".join([f"{float(fields[0]):.2f}", *fields[1:]]) if len(fields := line.split("\t")) > 1 else line
        for line in arpa.split("\n")
    )


WEATHER = {
    "startprob_": np.array([2 / 3, 1 / 3]),
    "transmat_": np.array([[0.8, 0.2], [0.3, 0.7]]),
    "emissionprob_": np.array([[0.6, 0.3, 0.1], [0.1, 0.3, 0.6]]),
}


def test_scores_of_hmmlearn() -> None:
    fitted = SimpleNamespace(**WEATHER)
    language = languages.from_hmmlearn(fitted, 4)
    assert language.rational
    assert abs(log_prob(language, 0, 1, 2, 0) + 4.542195386826703) < 1e-12
    twice = languages.from_hmmlearn(fitted, 8)
    assert abs(log_prob(twice, 0, 1, 2, 0, 0, 1, 2, 0) + 9.03977515088083) < 1e-12
    same = languages.HMM(
        4, ["2/3", "1/3"], [["4/5", "1/5"], ["3/10", "7/10"]], [["3/5", "3/10", "1/10"], ["1/10", "3/10", "3/5"]]
    )
    assert np.allclose(language.table(), same.table(), rtol=1e-13, atol=0)
    assert same.exact_table().reshape(3, 3, 3, 3)[0, 1, 2, 0] == Fraction("0.01065")
    stuck = {"startprob_": [0.5, 0.5], "transmat_": np.eye(2), "emissionprob_": [[1, 0, 0], [0, 0.5, 0.5]]}
    assert languages.from_arrays(stuck, 2).log_prob(np.array([[0, 1]]))[0] == -math.inf
    with pytest.raises(BadInput, match="counts with n_trials=5"):
        languages.from_hmmlearn(SimpleNamespace(n_trials=5, **WEATHER), 4)
    with pytest.raises(BadInput, match="without emissionprob_; a fitted CategoricalHMM"):
        languages.from_hmmlearn(SimpleNamespace(startprob_=1, transmat_=1, means_=0), 4)


def test_a_state_that_is_met_only_at_the_end() -> None:
    arrays = WEATHER | {"transmat_": np.array([[0.5, 0.5], [0.0, 0.0]])}
    with pytest.raises(BadInput, match=r"transmat_\[1\] is zero"):
        languages.from_arrays(arrays, 3)
    looped = WEATHER | {"transmat_": np.array([[0.5, 0.5], [0.0, 1.0]])}
    table = languages.from_arrays(arrays, 3, absorbing=True).exact_table()
    assert (table == languages.from_arrays(looped, 3).exact_table()).all()
    assert not arrays["transmat_"][1].any()


def test_tiny_emissions_of_a_fit_are_no_zeros() -> None:
    fitted = WEATHER | {"emissionprob_": np.array([[1.0, 1e-146, 0], [0.1, 0.3, 0.6]])}
    with pytest.raises(BadInput, match=r"10\^-146, which is zero at digits = 17; digits = 148 keeps it"):
        languages.from_arrays(fitted, 2)
    language = languages.from_arrays(fitted, 2, digits=170)
    assert language.emission.values[0, 1] == 1e-146


def pomegranate(edges: list[list[float]], ends: list[float]) -> dict[str, np.ndarray]:
    """The state of a DenseHMM with the other laws of WEATHER, in float32."""
    logs = {"starts": np.log(WEATHER["startprob_"]), "edges": np.log(edges), "ends": np.log(ends)}
    probs = {f"distributions.{k}.probs": row[None] for k, row in enumerate(WEATHER["emissionprob_"])}
    return {name: array.astype(np.float32) for name, array in (logs | probs).items()}


FULL = [[0.8, 0.2], [0.3, 0.7]]
POMEGRANATE = [
    (FULL, [0.5, 0.5], -5.235342502593994, 0.5),
    ([[0.8, 0.1], [0.3, 0.6]], [0.1, 0.1], -7.246562480926514, 1.0),
    (FULL, [0.1, 0.1], -6.844780445098877, 0.1),
    (FULL, [1.0, 1.0], -4.5421953201293945, 1.0),
]
"""Edges, ends, the log-probability that pomegranate gives 0 1 2 0, and the end weight that ours does not count."""


@pytest.mark.parametrize(("edges", "ends", "score", "uncounted"), POMEGRANATE)
def test_scores_of_pomegranate(edges: list, ends: list, score: float, uncounted: float) -> None:
    with pytest.warns(RowsRescaled, match="rows miss 1 by up to"):
        language = languages.from_pomegranate(SimpleNamespace(state_dict=lambda: pomegranate(edges, ends)), 4)
    assert abs(log_prob(language, 0, 1, 2, 0) + math.log(uncounted) - score) < 1e-6 * abs(score)


@pytest.mark.filterwarnings("ignore::maskbound.numerics.errors.RowsRescaled")
def test_ends_that_differ_weigh_the_last_state() -> None:
    """Rows of 1 with ends that differ: no law of all lengths, but one of each length."""
    language = languages.from_arrays(pomegranate(FULL, [0.1, 0.4]), 2)
    pi, A, B, f = ([Fraction(x) for x in row] for row in ([2, 1], [8, 2, 3, 7], [6, 3, 1, 1, 3, 6], [1, 4]))
    weights = {
        x: sum(pi[s] * B[3 * s + x[0]] * A[2 * s + t] * B[3 * t + x[1]] * f[t] for s, t in product(range(2), repeat=2))
        for x in product(range(3), repeat=2)
    }
    law, _ = oracle.given_length(weights)
    assert all(
        abs(q / float(law[x]) - 1) < 1e-6 for x, q in zip(product(range(3), repeat=2), language.table(), strict=True)
    )


def test_automata_of_openfst(tmp_path: Path) -> None:
    """The start is the source of the first line; two arcs with one label add up; so does what ends in two states."""
    half, quarter = math.log(2), math.log(4)
    lines = [f"7 0 a {half}", f"7 1 b {half}", f"0 0 a {quarter}", f"0 1 a {quarter}", f"0 {half}", "1"]
    language = languages.from_openfst(text(tmp_path, "m.txt", "\n".join(lines)), 2, "log")
    assert abs(log_prob(language, 0, 0) + 1.67397643) < 1e-8
    assert language.log_prob(np.array([[1, 0]]))[0] == -math.inf
    path = tmp_path / "m.txt"
    lengths = [languages.from_openfst(path, L, "log").log_length_probability for L in range(1, 30)]
    assert abs(math.fsum(map(math.exp, lengths)) - 1) < 1e-12
    loop = languages.from_openfst(
        text(tmp_path, "loop.txt", f"0 0 0 {-math.log(0.9)}\n0 1 1 {-math.log(0.1)}\n1\n"), 1, "log"
    )
    assert abs(log_prob(loop, 0)) < 1e-12


def test_labels_of_a_transducer_and_a_symbol_table(tmp_path: Path) -> None:
    path = text(tmp_path, "m.txt", "0 1 5 2 0.6931471805599453\n0 1 3 2 0.6931471805599453\n1 0 5 0\n1\n")
    symbols = text(tmp_path, "symbols.txt", "<eps> 0\nthree 3\nfive 5\ntwo 2\n")
    with pytest.raises(BadInput, match="of a transducer"):
        languages.from_openfst(path, 1, "log", symbols)
    with pytest.warns(RowsRescaled, match="its rows are no probabilities"):
        read = languages.from_openfst(path, 3, "log", symbols, "input")
    assert read.vocab == 2
    # Tokens are in the order of the table's numbers: three, five.
    assert np.allclose(read.table().reshape(2, 2, 2)[:, 1, :], 0.25)
    with pytest.raises(BadInput, match=r"silent arcs lead from state \d back to it"):
        languages.from_openfst(text(tmp_path, "c.txt", "0 1 1 0\n1 0 0 0\n0 1 0 0\n1\n"), 1, "log")


STORM = """// Exported by storm
@type: DTMC
@value_type: rational
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
		0 : 1/3
		3 : 2/3
state 2 [0]
	action 0
		2 : 0.1
		3 : 0.9
state 3 deadlock end
	action 0
		3 : 1
"""


def test_reachability_of_storm(tmp_path: Path) -> None:
    path = text(tmp_path, "m.drn", STORM)
    for steps, reached in ((2, Fraction("0.8222223")), (3, Fraction(88222233, 10**8))):
        language = languages.from_storm(path, steps + 1)
        assert 1 - language.exact_table()[0] == reached
    sets = languages.from_storm(path, 2, observed=["init", "end"])
    assert sets.vocab == 3
    assert sets.exact_table().tolist() == [0] * 6 + [1, 0, 0]


def test_states_with_one_label_set_are_one_token(tmp_path: Path) -> None:
    labels = text(tmp_path, "m.lab", "#DECLARATION\ninit a b\n#END\n0 init\n1 a b\n2 b\n")
    arcs = text(tmp_path, "m.tra", "dtmc\n0 1 0.25\n0 2 0.75\n1 0 1\n2 0 1\n")
    language = languages.from_storm(arcs, 2, labels)
    assert language.vocab == 3
    assert language.exact_table().tolist()[:3] == [0, Fraction(3, 4), Fraction(1, 4)]
    merged = languages.from_storm(arcs, 2, labels, ["b"])
    assert merged.exact_table().tolist() == [0, 1, 0, 0]


def test_a_dictionary_of_outcomes() -> None:
    xor = languages.from_dit(dict.fromkeys(["000", "011", "101", "110"], 0.25))
    assert xor.exact_table().tolist() == languages.parity(3).exact_table().tolist()
    thirds = languages.from_dit({("a", 0): "1/3", ("b", 1): "2/3"})
    assert thirds.exact_table().tolist() == [0] * 8 + [Fraction(1, 3)] + [0] * 4 + [Fraction(2, 3)] + [0] * 2
    with pytest.raises(BadInput, match=r"sums to 0\.75; .* one of two equal outcomes is lost"):
        languages.from_dit({"00": 0.25, "11": 0.5})
    with pytest.warns(RowsRescaled, match="rows miss 1 by up to 1e-05"):
        languages.from_dit({"00": 0.5, "11": 0.49999})
    with pytest.raises(BadInput, match="outcomes of 2 lengths"):
        languages.from_dit({"00": 0.5, "1": 0.5})


SPEC = """[language]
kind = "arpa"
path = "m.arpa"
length = 2
[policy]
kind = "bernoulli"
steps = 1
"""


def test_a_file_is_relative_to_the_instance_and_counts_by_its_content(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        text(tmp_path / name, "m.arpa", LMPLZ)
        text(tmp_path / name, "x.toml", SPEC)
    with pytest.warns(RowsRescaled):
        one, two = (load(tmp_path / name / "x.toml") for name in ("one", "two"))
    assert one.fingerprint == two.fingerprint
    text(tmp_path / "two", "m.arpa", LMPLZ.replace("-0.57988703\tx y", "-0.57988704\tx y"))
    with pytest.warns(RowsRescaled):
        assert load(tmp_path / "two" / "x.toml").fingerprint != one.fingerprint
