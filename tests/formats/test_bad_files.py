"""Files that are wrong, or that hold something else than they seem to: one sentence with line and cause, status 2."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from maskbound.numerics import cli
from maskbound.numerics.errors import BadInput
from maskbound.numerics.instances import load
from maskbound.numerics.numbers import limits

ARPA = """\\data\\
ngram 1=4
ngram 2=2

\\1-grams:
-0.60206\t</s>
-99\t<s>\t0
-0.30103\ta\t0
-0.60206\tb

\\2-grams:
-0.30103\ta a
-0.30103\ta b

\\end\\
"""
"""The row of a is wrong: it backs off with weight 1 to </s>, beside two halves."""

SOUND = ARPA.replace("-0.30103\ta\t0\n", "-0.30103\ta\t-99\n")

HMM = """HMMER3/f [3.2 | August 2017]
NAME  two
LENG  2
ALPH  DNA
STATS LOCAL MSV       -6.2757  1.01949
HMM          A        C        G        T
            m->m     m->i     m->d     i->m     i->i     d->m     d->d
  COMPO   1.38629  1.38629  1.38629  1.38629
          1.38629  1.38629  1.38629  1.38629
          0.69315  1.38629  1.38629  0.69315  0.69315  0.00000        *
      1   1.38629  1.38629  1.38629  1.38629      1 a - - -
          1.38629  1.38629  1.38629  1.38629
          0.69315  1.38629  1.38629  0.69315  0.69315  0.69315  0.69315
      2   1.38629  1.38629  1.38629  1.38629      2 a - - -
          1.38629  1.38629  1.38629  1.38629
          0.69315  0.69315        *  0.69315  0.69315  0.00000        *
//
"""

FST = """0 1 a 0.6931471805599453
0 0 b 0.6931471805599453
1 0
"""

DRN = """@type: DTMC
@parameters

@nr_states
2
@model
state 0 init
\taction 0
\t\t0 : 0.5
\t\t1 : 0.5
state 1 end
\taction 0
\t\t1 : 1
"""

TRA, LAB = "dtmc\n0 0 0.5\n0 1 0.5\n1 1 1\n", "#DECLARATION\ninit end\n#END\n0 init\n1 end\n"

HALVES = {
    "startprob_": np.array([0.5, 0.5]),
    "transmat_": np.array([[0.75, 0.25], [0.5, 0.5]]),
    "emissionprob_": np.array([[0.5, 0.25, 0.25], [0.25, 0.5, 0.25]]),
}
LOGS = {
    "starts": np.log([0.5, 0.5]),
    "edges": np.log([[0.75, 0.25], [0.5, 0.5]]),
    "ends": np.log([0.5, 0.5]),
    "distributions.0.probs": np.array([[0.5, 0.5]]),
    "distributions.1.probs": np.array([[0.5, 0.5]]),
}

TEXTS = {"arpa": ("m.arpa", SOUND), "hmmer": ("m.hmm", HMM), "openfst": ("m.txt", FST), "storm": ("m.drn", DRN)}
KEYS = {"openfst": 'semiring = "log"'}


def npz(**arrays: np.ndarray) -> bytes:
    held = io.BytesIO()
    np.savez(held, **arrays)
    return held.getvalue()


def instance(folder: Path, kind: str, name: str, content: str | bytes, *keys: str) -> Path:
    """The file of an instance beside the one of a model."""
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    lines = ["[language]", f'kind = "{kind}"', f'path = "{name}"', "length = 2", *keys]
    lines += ["[policy]", 'kind = "bernoulli"', "steps = 1"]
    (folder / "x.toml").write_text("\n".join(lines))
    return folder / "x.toml"


def measured(folder: Path, *given):
    """The command's answer to it."""
    return CliRunner().invoke(cli.app, ["law", str(instance(folder, *given))])


def changed(kind: str, old: str, new: str) -> tuple[str, str, str]:
    name, text = TEXTS[kind]
    assert text.count(old) == 1, old
    return kind, name, text.replace(old, new)


def cut(kind: str, last: str) -> tuple[str, str, str]:
    name, text = TEXTS[kind]
    return kind, name, text[: text.index(last) + len(last)]


# what is wrong: (kind, file, content), what the sentence says, further keys
WRONG: dict[str, tuple] = {
    "arpa without data": (("arpa", "m.arpa", "ngram 1=4\n"), "line 1: found no line \\data\\"),
    "arpa without counts": (("arpa", "m.arpa", "\\data\\\n\\end\\\n"), "line 2: found no count"),
    "arpa count": (changed("arpa", "ngram 2=2", "ngram 2=3"), "line 3: the header promises 3 2-grams"),
    "arpa counts jump": (changed("arpa", "ngram 2=2", "ngram 3=2"), "line 3: found the count of 3-grams"),
    "arpa count word": (changed("arpa", "ngram 2=2", "ngram 2=two"), "line 3: found 'ngram 2=two'"),
    "arpa section": (changed("arpa", "\\2-grams:", "\\3-grams:"), "line 11: found '\\\\3-grams:', where \\2-grams:"),
    "arpa cut": (cut("arpa", "a b\n"), "line 13: the file ends without \\end\\"),
    "arpa cut early": (cut("arpa", "ngram 2=2\n"), "line 3: the file ends before \\1-grams:"),
    "arpa two models": (("arpa", "m.arpa", SOUND + SOUND), "line 16: found a second model"),
    "arpa after end": (("arpa", "m.arpa", SOUND + "x\n"), "line 16: found 'x' after \\end\\"),
    "arpa nan": (changed("arpa", "-0.30103\ta b", "nan\ta b"), "line 13: found 'nan'"),
    "arpa infinite backoff": (changed("arpa", "a\t-99", "a\tinf"), "line 8: found 'inf'"),
    "arpa above 1": (changed("arpa", "-0.30103\ta b", "0.30103\ta b"), "line 13: found log10 p = 0.30103 of 'a b'"),
    "arpa twice": (changed("arpa", "-0.30103\ta b", "-0.30103\ta a"), "line 13: 'a a' is listed again; line 12 has it"),
    "arpa unlisted": (changed("arpa", "-0.30103\ta b", "-0.30103\ta c"), "line 13: found 'c', which is not among"),
    "arpa fields": (changed("arpa", "-0.30103\ta b", "-0.30103\tb"), "line 13: found 2 fields; a 2-gram"),
    "arpa backoff does not fit": (("arpa", "m.arpa", ARPA), "context 'a' (line 8) sums to 1.24999999"),
    "arpa positive backoff": (changed("arpa", "a\t-99", "a\t3.0"), "back-off weight is 10^3, above 1"),
    "arpa endless backoff": (changed("arpa", "a\t-99", "a\t9e999"), "context 'a' (line 8) sums to inf"),
    "arpa endless unigram": (changed("arpa", "-0.60206\tb", "-9e999\tb"), "of the 1-grams sums to 0.7499"),
    "arpa start has mass": (
        ("arpa", "m.arpa", SOUND.replace("-99\t<s>\t0", "-0.60206\t<s>").replace("-0.60206\tb", "-99\tb")),
        "the 1-grams sums to 0.74999999; rows must sum to 1 within 0.0001 (<s>, which is never a token, has the rest",
    ),
    "arpa rounded": (
        ("arpa", "m.arpa", "\\data\\\nngram 1=4\n\\1-grams:\n-0.47\t</s>\n0\t<s>\n-0.48\ta\n-0.47\tb\n\\end\\\n"),
        "rounded to 2 decimals; tolerance = 0.009",
    ),
    "arpa word of the list": (
        ("arpa", "m.arpa", SOUND),
        "found 'c', which is not among the 1-grams",
        'words = "w.txt"',
    ),
    "arpa digits": (
        ("arpa", "m.arpa", SOUND.replace("-0.30103\ta a", "-20\ta a").replace("-0.30103\ta b", "0\ta b")),
        "weight of 10^-20, which is zero at digits = 12; digits = 22 keeps it",
    ),
    "hmmer 2": (changed("hmmer", "HMMER3/f", "HMMER2.0"), "line 1: found 'HMMER2.0"),
    "hmmer alphabet": (changed("hmmer", "ALPH  DNA", "ALPH  amino"), "line 6: found 4 symbols; those of amino"),
    "hmmer coins": (changed("hmmer", "ALPH  DNA", "ALPH  coins"), "line 4: found ALPH coins"),
    "hmmer length": (changed("hmmer", "LENG  2", "LENG  3"), "line 17: found //, where the match emissions of node 3"),
    "hmmer shorter": (changed("hmmer", "LENG  2", "LENG  1"), "node 1, the last, goes on to a delete state"),
    "hmmer no length": (changed("hmmer", "LENG  2\n", ""), "line 5: found no line LENG"),
    "hmmer cut": (cut("hmmer", "2 a - - -\n"), "line 14: the file ends before the insert emissions of node 2"),
    "hmmer without end": (
        cut("hmmer", "0.69315  0.69315        *  0.69315  0.69315  0.00000        *\n"),
        "without //",
    ),
    "hmmer two profiles": (("hmmer", "m.hmm", HMM + HMM), "line 18: found more after //"),
    "hmmer negative": (changed("hmmer", "  2   1.38629", "  2   -0.5"), "line 14: found '-0.5'"),
    "hmmer row": (
        changed("hmmer", "  2   1.38629", "  2   0.5"),
        "line 14: the row of the match emissions sums to 1.35",
    ),
    "hmmer drop": (("hmmer", "m.hmm", HMM), 'end: found "drop"', 'end = "drop"'),
    "openfst tropical": (("openfst", "m.txt", FST), "semiring: found 'tropical'; \"log\"", 'semiring = "tropical"'),
    "openfst no semiring": (("openfst", "m.txt", FST), "semiring: the key is missing", ""),
    "openfst silent circle": (
        ("openfst", "m.txt", "0 1 <eps> 0\n1 0 <eps> 0\n1 0 a 1\n1\n"),
        "silent arcs lead from state 1 back to it with weight 1",
    ),
    "openfst transducer": (("openfst", "m.txt", "0 1 a x 0.7\n0 0 b b 0.7\n1\n"), "labels 'a' and 'x' of a transducer"),
    "openfst no end": (("openfst", "m.txt", "0 1 a 0\n1 0 b 0\n"), "line 2: no state is marked"),
    "openfst weight": (changed("openfst", "0 0 b 0.69", "0 0 b x0.69"), "line 2: found 'x0.6931471805599453'"),
    "openfst large weight": (
        changed("openfst", "0 0 b 0.6931471805599453", "0 0 b -9e99"),
        "line 2 has a weight above",
    ),
    "openfst state": (changed("openfst", "1 0\n", "x 0\n"), "line 3: found 'x', where the number of a state"),
    "openfst kaldi": (changed("openfst", "0 0 b", "0 0 #0"), "line 2: found the label #0, by which a grammar"),
    "openfst binary": (("openfst", "m.txt", b"\xd6\xfd\xb2\x7e\x06\0\0\0vector"), "cannot be read as UTF-8 text"),
    "openfst symbol": (
        ("openfst", "m.txt", FST),
        "line 1: found the label 'a', which is not in the",
        'symbols = "w.txt"',
    ),
    "storm row": (changed("storm", "\t\t1 : 0.5", "\t\t1 : 0.4"), "state 0 (line 7) sums to 0.9"),
    "storm twice": (changed("storm", "\t\t1 : 0.5", "\t\t0 : 0.5"), "line 10: the arc from 0 to 0 is given again"),
    "storm mdp": (changed("storm", "DTMC", "MDP"), "line 1: found a model of type 'MDP'"),
    "storm cut": (cut("storm", "1 : 0.5\n"), "line 10: the file ends after 1 of 2 states"),
    "storm no start": (changed("storm", " init", ""), "found 0 states with the label init"),
    "storm target": (changed("storm", "\t\t1 : 0.5", "\t\t2 : 0.5"), "line 10: found state 2; states 0 to 1"),
    "storm label": (("storm", "m.drn", DRN), "found 'goal', which no state of", 'observed = ["goal"]'),
    "npz transposed": (
        ("npz", "m.npz", npz(**HALVES | {"transmat_": HALVES["transmat_"].T})),
        "transmat_[0] sums to 1.25; rows must sum to 1 within 0.0001 (its columns do, so it may be transposed)",
    ),
    "npz shape": (("npz", "m.npz", npz(**HALVES | {"transmat_": np.eye(3)})), "transmat_ has the shape (3, 3); (2, 2)"),
    "npz own missing": (("npz", "m.npz", npz(initial=np.ones(1))), "found no array transition"),
    "npz missing": (("npz", "m.npz", npz(startprob_=np.ones(1))), "found no array transmat_"),
    "npz other": (("npz", "m.npz", npz(weights=np.ones(3))), "found the arrays weights; startprob_"),
    "npz zero row": (
        ("npz", "m.npz", npz(**HALVES | {"transmat_": np.array([[0.75, 0.25], [0, 0]])})),
        "the row transmat_[1] is zero, as hmmlearn fits it",
    ),
    "npz nan": (
        ("npz", "m.npz", npz(**HALVES | {"startprob_": np.array([np.nan, 1])})),
        "startprob_ holds a negative number, NaN or infinity",
    ),
    "npz linear for logs": (("npz", "m.npz", npz(**LOGS | {"edges": np.exp(LOGS["edges"])})), "edges[0][0] is 0.75"),
    "npz pickle": (("npz", "m.npz", npz(startprob_=np.array([{}], dtype=object))), "cannot be read as an .npz"),
    "npz text": (("npz", "m.npz", "startprob_ = [1]"), "cannot be read as an .npz"),
    "no file": (("arpa", "other.arpa", SOUND), "cannot be read", 'words = "none.txt"'),
}


def keys_of(kind: str, given: tuple[str, ...]) -> list[str]:
    needed = [KEYS[kind]] if kind in KEYS and not any(key == "" or "semiring" in key for key in given) else []
    return [*needed, *given]


def wrong(name: str, folder: Path) -> tuple:
    """The arguments of the instance, and what the sentence says."""
    (kind, file, content), said, *given = WRONG[name]
    (folder / "w.txt").write_text("c\n" if kind == "arpa" else "c 1\n")
    return (folder, kind, file, content, *keys_of(kind, tuple(given))), said


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.filterwarnings("ignore::maskbound.numerics.errors.RowsRescaled")
def test_the_error_names_line_and_cause(name: str, tmp_path: Path) -> None:
    given, said = wrong(name, tmp_path)
    with pytest.raises(BadInput) as problem:
        load(instance(*given))
    assert said in str(problem.value)


@pytest.mark.slow
@pytest.mark.parametrize("name", WRONG)
def test_the_command_answers_in_one_line(name: str, tmp_path: Path) -> None:
    given, said = wrong(name, tmp_path)
    answer = measured(*given)
    assert answer.exit_code == 2, answer.output
    assert answer.stderr.startswith(f"maskbound: {tmp_path / 'x.toml'}: language.")
    assert len(answer.stderr.splitlines()) == 1
    assert said in answer.stderr


@pytest.mark.parametrize("kind", TEXTS)
def test_the_files_that_are_changed_are_sound(kind: str, tmp_path: Path) -> None:
    answer = measured(tmp_path, kind, *TEXTS[kind], *keys_of(kind, ()))
    assert answer.exit_code == 0, answer.output


def test_sound_arrays_and_labels(tmp_path: Path) -> None:
    for arrays in (HALVES, LOGS):
        answer = measured(tmp_path, "npz", "m.npz", npz(**arrays))
        assert answer.exit_code == 0, answer.output
    (tmp_path / "m.lab").write_text(LAB)
    answer = measured(tmp_path, "storm", "m.tra", TRA, 'labels = "m.lab"')
    assert answer.exit_code == 0, answer.output


LABELS = {
    "undeclared": (LAB.replace("init end\n", "init\n"), TRA, "m.lab, line 5: found the label 'end'"),
    "no declaration": ("0 init\n", TRA, "m.lab, line 1: found '0 init'"),
    "state": (LAB + "7 end\n", TRA, "m.lab, line 6: found state 7"),
    "prism": (LAB, "2 3\n0 0 0.5\n0 1 0.5\n1 1 1\n", "m.tra, line 1: found '2 3'; the header dtmc"),
    "fields": (LAB, TRA + "1 1\n", "m.tra, line 5: found '1 1'"),
    "no row": (LAB, TRA.replace("1 1 1\n", ""), "state 1 has no row"),
}


@pytest.mark.parametrize("name", LABELS)
def test_wrong_files_of_labels(name: str, tmp_path: Path) -> None:
    labels, arcs, said = LABELS[name]
    (tmp_path / "m.lab").write_text(labels)
    answer = measured(tmp_path, "storm", "m.tra", arcs, 'labels = "m.lab"')
    assert answer.exit_code == 2
    assert said in answer.stderr


def test_an_archive_that_is_larger_than_memory_is_refused_before_it_is_read(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(limits, "memory_budget", lambda: 100)
    answer = measured(tmp_path, "npz", "m.npz", npz(**HALVES))
    assert answer.exit_code == 2
    assert "more than the 100 B there are" in answer.stderr


def test_a_member_that_is_no_array_is_refused(tmp_path: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("startprob_.npy", b"0.5 0.5")
    answer = measured(tmp_path, "npz", "m.npz", held.getvalue())
    assert answer.exit_code == 2
    assert "holds startprob_" in answer.stderr
