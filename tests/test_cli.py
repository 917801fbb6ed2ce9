"""The command: what it prints where, and its exit status."""

from __future__ import annotations

import csv
import fcntl
import io
import json
import math
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import time

import pytest
from typer.testing import CliRunner

from maskbound.numerics import cli
from maskbound.numerics.cli import output
from maskbound.numerics.judging import Status
from maskbound.theory import statements

RUNNER = CliRunner()

PAIR = """
name = "{name}"
[language]
kind = "pair"
vocab = 2
length = 2
[policy]
kind = "bernoulli"
steps = {steps}
"""

PAIRED = """
relation = "more-steps"
[first]
name = "two steps"
language = {kind = "pair", vocab = 2, length = 2}
policy = {kind = "bernoulli", steps = 2}
[second]
name = "three steps"
language = {kind = "pair", vocab = 2, length = 2}
policy = {kind = "bernoulli", steps = 3}
"""

LONG = """
name = "long.toml"
language = {kind = "english", order = 4, length = 600}
policy = {kind = "bernoulli", steps = 8}
"""

ENVIRONMENT = {**os.environ, "PYTHONWARNINGS": "error"}


@pytest.fixture
def spec(tmp_path):
    path = tmp_path / "pair.toml"
    path.write_text(PAIR.format(name="small pair", steps=2))
    return str(path)


@pytest.fixture
def paired(tmp_path):
    path = tmp_path / "paired.toml"
    path.write_text(PAIRED)
    return str(path)


def run(*words: str):
    return RUNNER.invoke(cli.app, list(words))


def fine(*words: str) -> str:
    """What a command that succeeds prints."""
    found = run(*words)
    assert found.exit_code == 0, found.stderr
    assert found.stderr == ""
    return found.stdout


def refused(*words: str) -> str:
    """The one sentence of a command that refuses."""
    found = run(*words)
    assert found.exit_code == 2
    assert found.stdout == ""
    assert found.stderr.startswith("maskbound: ")
    assert found.stderr.count("\n") == 1
    assert "Traceback" not in found.stderr
    return found.stderr


def shell(*words: str, **more) -> subprocess.CompletedProcess:
    """The command in a process of its own."""
    call = [sys.executable, "-c", "from maskbound.numerics.cli import main; main()", *words]
    return subprocess.run(call, capture_output=True, text=True, env=ENVIRONMENT, timeout=120, check=False, **more)


# check


def test_check_lists_what_applies_and_counts_the_rest(spec):
    lines = fine("check", spec, "--all").splitlines()
    rows = [re.split(r"  +", line) for line in lines[2 : lines.index("")]]
    listed = [row[1] for row in rows]
    assert listed == [name for name in statements if name in listed]
    assert "bernoulli/max-weight" in listed
    assert "fixed-size/max-size" not in listed
    assert not any(name.startswith("refuted/") for name in listed)
    bound = rows[listed.index("bernoulli/max-weight")]
    # Pair(2), L = 2, N = 2: PATH_KL = log(2)/2 and TC = DTC = log 2 (known-answers.md).
    assert bound == ["small pair", "bernoulli/max-weight", "0.346574", "<=", "0.693147", "0.5", "holds"]
    words = r"(\d+) hold, 0 violated, (\d+) undecided; (\d+) not applicable"
    counted = [int(number) for number in re.fullmatch(words, lines[-1]).groups()]
    assert counted[1] == 0, "equalities of rational instances are decided exactly"
    assert sum(counted[:2]) == len(rows)
    judged = [s for s in statements.values() if s.status not in ("false on purpose", "asymptotic") and s.subjects == 1]
    assert sum(counted) == len(judged)


def test_check_in_json(spec):
    found = json.loads(fine("check", spec, "--json"), parse_constant=pytest.fail)
    assert all(
        list(record) == ["statement", "instance", "status", "lhs", "rhs", "unit", "margin", "ratio"] for record in found
    )
    assert {record["status"] for record in found} <= {status.value for status in Status}
    by_name = {record["statement"]: record for record in found}
    # ser = 1/4 and 1 - exp(-kl) with KL = -log(3/4): equal, in a few roundings.
    equality = by_name["sequence-error/from-kl"]
    assert equality["instance"] == "small pair"
    assert equality["lhs"] == pytest.approx(0.25, rel=1e-14, abs=0)
    assert equality["rhs"] == pytest.approx(0.25, rel=1e-14, abs=0)
    assert by_name["fixed-size/max-size"] == {
        "statement": "fixed-size/max-size",
        "instance": "small pair",
        "status": "not applicable",
        "lhs": None,
        "rhs": None,
        "unit": "nats",
        "margin": None,
        "ratio": None,
    }


def test_a_violated_claim_exits_with_one_and_accounts_for_itself(spec):
    found = run("check", spec, "--claim", "ser <= 0.24")
    assert found.exit_code == 1
    assert "violated" in found.stdout
    assert "left side = 0.25" in found.stdout
    assert "0 hold, 1 violated, 0 undecided; 0 not applicable\n" in found.stdout
    assert run("check", spec, "--claim", "ser <= 0.24", "--json").exit_code == 1
    assert run("check", spec, "--claim", "ser <= 0.26").exit_code == 0


def test_several_claims_are_told_apart(spec):
    found = json.loads(fine("check", spec, "--claim", "ser <= 0.26", "--claim", "kl <= path_kl", "--json"))
    assert [(record["statement"], record["status"]) for record in found] == [("claim-1", "holds"), ("claim-2", "holds")]


def test_a_claim_that_does_not_apply_says_why(spec):
    found = run("check", spec, "--claim", "max_step_size <= 1")
    assert found.exit_code == 3
    assert "claim does not apply to small pair: " in found.stdout
    assert "no step sizes" in " ".join(found.stdout.split())
    assert "not applicable: max_step_size" in run("check", spec, "--all", "--claim", "max_step_size <= 1").stdout


def test_check_takes_a_pair(paired):
    found = json.loads(fine("check", paired, "--claim", "ser@2 <= ser", "--claim", "kl <= path_kl", "--json"))
    assert [record["instance"] for record in found] == [["two steps", "three steps"], "two steps", "three steps"]
    assert {record["status"] for record in found} == {"holds"}
    assert "two steps & three steps" in fine("check", paired, "--claim", "ser@2 <= ser")


def test_check_takes_names_of_the_gallery():
    assert "pair-bernoulli" in fine("check", "pair-bernoulli", "--claim", "kl <= path_kl")


def test_check_runs_the_fast_gallery_by_default(monkeypatch):
    from maskbound.numerics.judging import cases

    opened = []
    monkeypatch.setattr(cases, "names", lambda slow: ["pair-bernoulli", *(["parity-12"] if slow else [])])
    monkeypatch.setattr(cases, "pair_names", lambda: ["refined-chain"])
    monkeypatch.setattr(cases, "load_gallery", lambda name, load=cases.load_gallery: opened.append(name) or load(name))
    fine("check", "--claim", "expected_steps >= 1")
    assert opened == ["pair-bernoulli", "refined-chain"]
    fine("check", "--gallery", "--claim", "expected_steps >= 1")
    assert opened[2:] == ["pair-bernoulli", "parity-12", "refined-chain"]


def test_nothing_is_cut_off_in_a_pipe(tmp_path):
    name = "a name of " + "many " * 30 + "words"
    path = tmp_path / "long.toml"
    path.write_text(PAIR.format(name=name, steps=2))
    assert name in fine("check", "--all", str(path))
    assert "[i]" not in fine("theorems")


# measure


def test_measure(spec):
    lines = fine("measure", spec, "-q", "ser", "-q", "kl").splitlines()
    assert [line.split()[:2] for line in lines[2:]] == [["ser", "0.25"], ["kl", "0.287682"]]


def test_measure_in_json(spec):
    found = json.loads(fine("measure", spec, "-q", "ser", "--json"))
    assert found["instance"] == "small pair"
    ser = found["quantities"]["ser"]
    assert set(ser) == {"value", "lo", "hi", "kind", "engine", "unit"}
    assert ser["lo"] <= 0.25 <= ser["hi"]
    assert ser["hi"] - ser["lo"] < 1e-12


def test_infinity_is_a_word_in_json(spec):
    found = json.loads(fine("measure", spec, "-q", "reverse_kl", "--json"), parse_constant=pytest.fail)
    assert found["quantities"]["reverse_kl"]["value"] == "inf"


def test_rationals_are_given_exactly_in_json(spec):
    found = json.loads(fine("measure", spec, "-q", "max_step_weight", "--json"))
    assert found["quantities"]["max_step_weight"]["exact"] == "1/2"


def test_names_may_follow_one_option(spec):
    for words in ([spec, "-q", "kl", "ser"], ["-q", "kl", "ser", spec]):
        assert list(json.loads(fine("measure", *words, "--json"))["quantities"]) == ["kl", "ser"]


def test_measure_everything(spec):
    found = json.loads(fine("measure", spec, "--json"))["quantities"]
    assert {"kl", "ser", "tv", "path_kl", "entropy", "max_step_weight"} <= set(found)
    assert "max_step_size" not in found


def test_the_engine_can_be_chosen(spec):
    found = json.loads(fine("measure", spec, "-q", "kl", "--engine", "reference", "--json"))
    assert found["quantities"]["kl"]["engine"] == "reference"


# law, curve


def test_law_in_json(spec):
    found = json.loads(fine("law", spec, "--json"))
    ends = {key: found.pop(key) for key in ("lo", "hi")}
    assert found == {"vocab": 2, "length": 2, "tokens": None, "law": [0.375, 0.125, 0.125, 0.375]}
    for lo, p, hi in zip(ends["lo"], found["law"], ends["hi"], strict=True):
        assert p - 1e-12 < lo <= p <= hi < p + 1e-12


def test_law_lists_the_likeliest_first(spec):
    lines = fine("law", spec).splitlines()
    assert [line.split() for line in lines[2:4]] == [["0", "0", "0.375", "0.5"], ["1", "1", "0.375", "0.5"]]
    assert lines[-1] == "4 of 4 sequences, 1 of the probability"


def test_law_of_given_sequences(spec, tmp_path):
    path = tmp_path / "sequences.txt"
    path.write_text("0 0\n0,1\n")
    lines = fine("law", spec, "--sequences", str(path)).splitlines()
    assert [line.split() for line in lines[2:]] == [
        ["0", "0", "-0.980829", "-0.693147"],
        ["0", "1", "-2.07944", "-inf"],
    ]
    found = json.loads(fine("law", spec, "--sequences", str(path), "--json"))
    assert [record["sequence"] for record in found["sequences"]] == [[0, 0], [0, 1]]


def test_curve(spec):
    found = json.loads(fine("curve", spec, "--json"))
    assert found["instance"] == "small pair"
    assert [point["a"] for point in found["curve"]] == [k / 20 for k in range(21)]
    assert all(point["lo"] <= point["value"] <= point["hi"] for point in found["profile"] + found["curve"])
    assert "1.38629" in fine("curve", spec)


# engines, theorems, table, figure


def test_engines_lists_the_registry():
    from maskbound.numerics.metrics import METHODS

    lines = fine("engines").splitlines()[2:]
    assert [tuple(line.split()[:2]) for line in lines] == [(method.quantity, method.engine) for method in METHODS]


def test_engines_takes_a_quantity_or_words():
    listed = [fine("engines", word).splitlines()[2:] for word in ("kl", "markov")]
    assert {line.split()[0] for line in listed[0]} == {"kl"}
    assert "markov" in {line.split()[1] for line in listed[1]}
    assert len(listed[1]) < len(fine("engines").splitlines()) - 2
    assert "no method has" in run("engines", "nothing-such").stderr


@pytest.mark.parametrize(
    "name",
    ["bernoulli/max-weight", "token-error/feng-form", "refinement/path-kl-monotone", "refuted/bernoulli-tc-only"],
)
def test_one_theorem_in_full(name):
    found, statement = fine("theorems", name), statements[name]
    for part in (
        statement.title,
        str(statement),
        statement.latex(),
        statement.status,
        statement.source,
        statement.note,
    ):
        assert part in found
    for assumption in statement.assumptions:
        assert assumption.sentence in found
    assert (statement.refuted_by or "proof note") in found


def test_bounds_in_every_format(spec, tmp_path):
    written = {}
    for fmt in ("md", "latex", "csv", "json"):
        out = tmp_path / f"bounds.{fmt}"
        assert fine("table", "bounds", spec, "--format", fmt, "--out", str(out)) == ""
        written[fmt] = out.read_text()
        assert fine("table", "bounds", spec, "--format", fmt) == written[fmt]
    rows = json.loads(written["json"])["rows"]
    names = [row["statement"] for row in rows]
    assert "bernoulli/max-weight" in names
    assert [row["statement"] for row in csv.DictReader(io.StringIO(written["csv"]))] == names
    listed = [line.split("|")[2].strip() for line in written["md"].splitlines() if line.startswith("| small pair")]
    assert listed == names
    latex = written["latex"].replace(r"\allowbreak{}", "")
    listed = [line.split(" & ")[1] for line in latex.splitlines() if line.startswith("small pair & ")]
    assert listed == names


def test_the_name_of_the_file_tells_the_format(spec, tmp_path):
    out = tmp_path / "bounds.tex"
    fine("table", "bounds", spec, "--out", str(out))
    assert r"\begin{longtable}" in out.read_text()


@pytest.mark.parametrize("name", ["engines", "statements"])
def test_tables_about_the_toolkit(name):
    assert len(json.loads(fine("table", name, "--format", "json"))["rows"]) > 10


def test_a_table_of_curves_that_are_drawn():
    options = ["--samples", "20", "--seconds", "9", "--format", "json"]
    rows = json.loads(fine("table", "curve", "hmm-weather", *options))["rows"]
    assert {row["Z(a)"]["kind"] for row in rows} == {"statistical"}


@pytest.mark.parametrize("extension", ["pdf", "svg", "png"])
def test_a_figure_of_an_instance(spec, tmp_path, extension):
    assert fine("figure", "curve", spec, "--out", str(tmp_path / f"curve.{extension}")) == ""
    with (tmp_path / "curve.csv").open() as data:
        rows = list(csv.DictReader(data))
    assert [float(rows[k]["Z(a)"]) for k in (0, -1)] == pytest.approx([2 * math.log(2), 0], abs=1e-14)
    assert (tmp_path / f"curve.{extension}").stat().st_size > 1000


# errors


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["check", "absent.toml"], ["absent.toml", "no such file"]),
        (["check", "pair-bernouli"], ["pair-bernouli", "pair-bernoulli"]),
        (["check", "--claim", "kl <= pathkl"], ["pathkl", "path_kl"]),
        (["check", "--claim", "__import__('os')"], ["column"]),
        (["check", "pair-bernoulli", "--claim", "kl@2 <= kl"], ["--claim", "two instances"]),
        (["check", "--gallery", "pair-bernoulli"], ["--gallery"]),
        (["check", "--frob"], ["--frob"]),
        (["frob"], ["frob"]),
        (["measure"], ["SPEC"]),
        (["measure", "-q", "kl"], ["Missing argument"]),
        (["measure", "pair-bernoulli", "pair-16", "-q", "kl"], ["found 2"]),
        (["measure", "pair-bernoulli", "-q", "path_lk"], ["path_lk", "path_kl"]),
        (["measure", "pair-bernoulli", "-q", "max_step_size"], ["max_step_size", "pair-bernoulli", "no step sizes"]),
        (["measure", "pair-bernoulli", "-q", "kl", "--engine", "warp"], ["warp", "tabular"]),
        (["measure", "pair-bernoulli", "--width", "nan"], ["--width"]),
        (["measure", "pair-bernoulli", "--seconds", "0"], ["--seconds"]),
        (["measure", "pair-bernoulli", "--seconds", "soon"], ["--seconds"]),
        (["measure", "pair-bernoulli", "--samples", "0"], ["--samples"]),
        (["measure", "pair-bernoulli", "--seed", "-1"], ["--seed"]),
        (["measure", "pair-bernoulli", "--confidence", "1"], ["--confidence"]),
        (["measure", "refined-chain"], ["refined-chain", "pair of instances"]),
        (["law", "english-bigram-long"], ["V=27, L=64"]),
        (["curve", "long.toml"], ["long.toml", "V=27, L=600", "engine 'windows'"]),
        (["curve", "pair-bernoulli", "--seconds", "0"], ["seconds", "positive"]),
        (["law", "pair-bernoulli", "--sequences", "absent.txt"], ["absent.txt", "No such file"]),
        (["theorems", "bernoulli/max-wieght"], ["bernoulli/max-wieght", "bernoulli/max-weight"]),
        (["table"], ["--db", "results"]),
        (["table", "--db", "absent.db"], ["absent.db", "no such file"]),
        (["table", "bounds", "--db", "absent.db"], ["--db", "english-curve, results"]),
        (["table", "frob"], ["frob", "one of bounds, ", "steps-to-target"]),
        (["table", "engines", "pair-bernoulli"], ["pair-bernoulli", "not about instances"]),
        (["table", "engines", "--format", "pdf"], ["--format", "latex"]),
        (["table", "engines", "--out", "absent/x.md"], ["absent/x.md", "cannot be written"]),
        (["table", "engines", "--out", "."], ["directory"]),
        (["figure", "frob", "--out", "x.svg"], ["frob", "curve, english-curve"]),
        (["figure", "curve", "--out", "x.gif"], ["x.gif", ".pdf, .svg, .png"]),
        (["figure", "curve"], ["--out"]),
        (["figure", "schedules", "long.toml", "--out", "x.svg"], ["'schedules' is not about instances", "ngram-ter"]),
        (["figure", "schedules", "--samples", "9", "--out", "x.svg"], ["--samples", "for 'curve'"]),
        (["figure", "curve", "long.toml", "--samples", "1", "--out", "x.svg"], ["--samples", "at least 2"]),
        (["table", "curve", "long.toml", "--seconds", "0"], ["--seconds", "positive"]),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, list) else "",
)
def test_wrong_requests_get_one_sentence(words, parts, tmp_path, monkeypatch):
    (tmp_path / "long.toml").write_text(LONG)
    monkeypatch.chdir(tmp_path)
    sentence = refused(*words)
    for part in parts:
        assert part in sentence
    assert os.listdir(tmp_path) == ["long.toml"]


@pytest.mark.parametrize("command", ["check", "measure", "law", "curve"])
def test_wrong_files_are_named_with_their_key(command, tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_text(PAIR.format(name="x", steps=-3))
    sentence = refused(command, str(path))
    assert f"{path}: policy.steps: found -3" in sentence


def test_sequences_are_refused_with_file_and_line(spec, tmp_path):
    path = tmp_path / "sequences.txt"
    path.write_text("0 0\n0 7\n")
    assert f"{path}: line 2: found '7'" in refused("law", spec, "--sequences", str(path))
    path.write_bytes(b"0 \xff\n")
    assert "UTF-8" in refused("law", spec, "--sequences", str(path))


def test_a_message_stays_on_one_line_and_is_printable():
    sentence = refused("check", "no\nsuch\x1b[31mfile")
    assert "\\x1b[31m" in sentence


def test_an_internal_error_shows_its_traceback_on_demand_only(monkeypatch):
    from maskbound.numerics.tables import statements as module

    monkeypatch.setattr(module, "statement_lines", lambda found: 1 / 0)
    found = run("theorems")
    assert found.exit_code == 70
    assert found.stderr.count("\n") == 1
    assert "ZeroDivisionError" in found.stderr
    for words in (["--debug", "theorems"], ["theorems", "--debug"]):
        found = run(*words)
        assert found.exit_code == 70
        assert "Traceback" in found.stderr
        assert "statement_lines" in found.stderr


def test_without_a_command_the_help_is_printed():
    assert "Usage" in fine()
    assert "Usage" in fine("--help")
    assert fine("--version").startswith("maskbound ")


@pytest.mark.parametrize("command", [command.callback.__name__ for command in cli.app.registered_commands])
def test_every_command_has_help(command):
    assert command in fine(command, "--help")


# the process: streams, terminals, imports


def test_a_reader_that_leaves_early_is_no_crash(tmp_path):
    """What is printed is more than a pipe holds."""
    spec = tmp_path / "coins.toml"
    spec.write_text("""language = {kind = "iid", probabilities = ["1/2", "1/2"], length = 11}
policy = {kind = "bernoulli", steps = 1}
""")
    call = [sys.executable, "-c", "from maskbound.numerics.cli import main; main()", "law", str(spec), "--json"]
    with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT) as process:
        process.stdout.read(10)
        process.stdout.close()
        message = process.stderr.read().decode()
        assert process.wait(120) == 2
    assert message == "maskbound: the output was closed before everything was written\n"


def test_a_full_disk_is_said():
    with open("/dev/full", "w") as full:
        call = [sys.executable, "-c", "from maskbound.numerics.cli import main; main()", "theorems"]
        found = subprocess.run(call, stdout=full, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT, check=False)
    assert (found.returncode, found.stderr) == (2, "maskbound: No space left on device\n")


@pytest.mark.slow
def test_a_command_waits_for_nothing_that_it_does_not_need(spec):
    """Neither for sympy, where no formula is worked with, nor for a compiler, where an instance is small."""
    commands = [["--help"], ["theorems"], ["law", spec], ["curve", spec], ["measure", spec, "-q", "kl"]]
    commands += [["measure", spec], ["engines"], ["measure", "english-bigram", "-q", "kl", "--engine", "tabular"]]
    listing = f"""
import sys
from maskbound.numerics.cli import app
for words in {commands}:
    app(words, standalone_mode=False)
    print("loaded", *sys.modules)
"""
    found = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, env=ENVIRONMENT, check=True)
    first, theorems, *measured, engines, compiled = (
        set(line.split()) for line in found.stdout.splitlines() if line.startswith("loaded ")
    )
    assert not {"numba", "sympy", "numpy", "scipy"} & first
    assert not {"numba", "sympy", "numpy", "scipy"} & theorems
    assert all(not {"numba", "sympy", "lark", "scipy.sparse", "scipy.special"} & loaded for loaded in measured)
    assert "numba" not in engines
    assert "numba" in compiled


def test_the_console_entry_is_main(spec):
    assert shell("check", spec, "--claim", "ser <= 0.24").returncode == 1
    assert shell("check", "absent.toml").returncode == 2
    found = shell("measure", spec, "-q", "ser", "--json")
    assert (found.returncode, found.stderr) == (0, "")
    assert json.loads(found.stdout)["quantities"]["ser"]["value"] == 0.25


def on_terminal(columns: int, *calls: list[str]) -> str:
    """What a terminal of that width receives from one call after another, colours taken away."""
    terminal, inside = pty.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environment = {name: value for name, value in ENVIRONMENT.items() if name not in ("COLUMNS", "NO_COLOR")}
    run = f"from maskbound.numerics.cli import app; [app(words, standalone_mode=False) for words in {list(calls)!r}]"
    process = subprocess.Popen(
        [sys.executable, "-c", run], stdout=inside, stderr=inside, env={**environment, "TERM": "xterm"}
    )
    os.close(inside)
    received = b""
    while True:
        try:
            part = os.read(terminal, 1 << 16)
        except OSError:
            break
        if not part:
            break
        received += part
    os.close(terminal)
    assert process.wait(120) == 0
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", received.decode()).replace("\r\n", "\n")


@pytest.mark.slow
def test_a_terminal_of_80_columns_is_enough(spec, paired):
    lines = on_terminal(80, ["check", "--all", spec, paired]).splitlines()
    assert max(map(len, lines[:-1])) <= 80
    assert "small pair  (V=2, L=2, N=2)" in lines
    assert "two steps & three steps  (V=2, L=2, N=2; V=2, L=2, N=3)" not in lines
    text = on_terminal(80, ["theorems"], ["measure", spec], ["law", spec])
    assert all(shown in text for shown in ("bernoulli/max-weight", "path_kl", "sequence "))
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text


def test_a_bar_appears_on_a_terminal_after_a_while(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(output, "PATIENCE", 0.01)
    patient, terminal, plain = Terminal(), Terminal(), io.StringIO()
    for stream, wait in ((terminal, 0.2), (patient, 0.0), (plain, 0.2)):
        monkeypatch.setattr(sys, "stderr", stream)
        if stream is patient:
            monkeypatch.setattr(output, "PATIENCE", 60.0)
        with output.progress(3, "working") as advance:
            time.sleep(wait)
            advance()
        if stream is patient:
            monkeypatch.setattr(output, "PATIENCE", 0.01)
    assert "working" in terminal.getvalue()
    assert "working" not in patient.getvalue()
    assert plain.getvalue() == ""
