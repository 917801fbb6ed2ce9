"""`prove` on the command line, and the files of questions."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from maskbound.numerics import cli
from maskbound.numerics.errors import BadInput
from maskbound.numerics.policies import FixedSets
from maskbound.numerics.universal.question import parse_question

ANY = {"kind": "any", "length": 4}
SIZES = {"kind": "fixed-size", "sizes": [1, 3]}
MIXTURE = {"kind": "mixture-of-sizes", "sizes": [[1, 3], [3, 1]], "weights": ["1/3", "2/3"]}
SETS = {"kind": "fixed-sets", "sets": [[0, 1], [2, 3]]}
QUESTION = {"language": ANY, "policy": SIZES}
KEYS = ["verdict", "constant", "scope", "reason", "language"]


@pytest.fixture
def ask(tmp_path, monkeypatch):
    """Run `prove --json` on a question; the exit status and what was printed."""
    monkeypatch.chdir(tmp_path)

    def run(spec: dict, claim: str, *more: str):
        (tmp_path / "question.json").write_text(json.dumps(spec))
        ran = CliRunner().invoke(cli.app, ["prove", "question.json", "--claim", claim, "--json", *more])
        return ran.exit_code, json.loads(ran.stdout) if ran.stdout else ran.stderr

    return run


def test_holds(ask):
    status, found = ask({"language": ANY, "policy": SIZES}, "path_kl <= total_correlation")
    assert status == 0
    assert list(found) == KEYS
    assert found["verdict"] == "holds"
    assert found["constant"] == "1"
    assert found["language"] is None
    assert "length 4" in found["scope"]


def test_fails(ask, tmp_path):
    status, found = ask({"language": ANY, "policy": SIZES}, "path_kl <= log(V)")
    assert status == 1
    assert (found["verdict"], found["constant"]) == ("fails", "2")
    checked = CliRunner().invoke(cli.app, ["check", found["language"], "--claim", "path_kl <= log(V)", "--exact"])
    assert checked.exit_code == 1
    assert "violated" in checked.output


def test_where_the_language_goes(ask, tmp_path):
    _, found = ask({"language": ANY, "policy": SIZES}, "path_kl <= log(V)", "--language", "other.json")
    assert found["language"] == "other.json"
    assert (tmp_path / "other.json").exists()
    assert not (tmp_path / "refutation.json").exists()


def test_a_file_that_was_not_named_is_not_overwritten(ask, tmp_path):
    question, kept = {"language": ANY, "policy": SIZES}, tmp_path / "refutation.json"
    for _ in range(2):
        assert ask(question, "path_kl <= log(V)")[1]["language"] == "refutation.json"
    kept.write_text("mine")
    assert ask(question, "path_kl <= log(V)")[1]["language"] is None
    assert kept.read_text() == "mine"
    assert ask(question, "path_kl <= log(V)", "--language", str(kept))[1]["language"] == str(kept)
    assert json.loads(kept.read_text())["language"]


def test_out_of_reach_and_undecided(ask):
    assert ask({"language": ANY, "policy": SIZES}, "ser <= kl")[0] == 2
    status, found = ask({"language": ANY, "policy": SIZES}, "1000*kl >= path_kl")
    assert (status, found["verdict"]) == (3, "undecided")


def test_given_sets_assumptions_and_all_lengths(ask):
    status, found = ask({"language": ANY, "policy": SETS}, "path_kl <= total_correlation + dual_total_correlation")
    assert (status, found["constant"]) == (0, "1/2")
    steps = {"language": ANY, "policy": {"kind": "bisection"}}
    assert ask(steps, "path_kl == 0")[0] == 1
    assert ask(steps, "path_kl == 0", "--assume", "MarkovLanguage")[0] == 0
    status, found = ask({"language": ANY, "policy": SIZES}, "path_kl <= (max_step_size - 1)*log(V)", "--all-lengths")
    assert status == 0
    assert "every length" in found["scope"]


def test_every_denoiser(ask):
    exact = {"language": ANY, "policy": SIZES}
    assert ask(exact, "path_kl <= total_correlation")[0] == 0
    assert ask({**exact, "denoiser": {"kind": "any"}}, "path_kl <= total_correlation")[0] == 1
    assert ask({**exact, "denoiser": {"kind": "any"}}, "path_kl <= total_correlation + learning_term")[0] == 0


def test_two_policies_and_ordinary_instances(ask):
    one, other = ({"language": ANY, "policy": {"kind": "fixed-size", "sizes": sizes}} for sizes in ([2, 2], [2, 1, 1]))
    pair = {"relation": "refines", "first": one, "second": other}
    assert ask(pair, "path_kl@2 <= path_kl")[0] == 0
    assert ask(pair, "path_kl <= path_kl@2")[0] == 1
    real = {"language": {"kind": "pair", "vocab": 3, "length": 4}, "policy": SIZES}
    assert ask(real, "path_kl <= total_correlation")[1]["constant"] == "1"
    assert CliRunner().invoke(cli.app, ["prove", "pair-16", "--claim", "path_kl >= 0"]).exit_code == 0


def test_what_minimax_prints_is_a_policy(ask):
    """Its value is the sharp constant over all languages, as `prove` finds by itself."""
    words = ["minimax", "--length", "8", "--steps", "4", "--criterion", "tc", "--json"]
    found = json.loads(CliRunner().invoke(cli.app, words).stdout)
    sizes, weights = zip(*found["sizes"], strict=True)
    policy = {"kind": "mixture-of-sizes", "sizes": list(sizes), "weights": list(weights)}
    status, proved = ask({"language": {"kind": "any", "length": 8}, "policy": policy}, "path_kl <= total_correlation")
    assert (status, proved["constant"]) == (0, found["value"]) == (0, "16/79")


def test_what_a_person_reads(ask, tmp_path):
    ask({"language": ANY, "policy": SIZES}, "path_kl >= 0")
    ran = CliRunner().invoke(cli.app, ["prove", "question.json", "--claim", "path_kl <= log(V)"])
    assert "path_kl <= log(V): fails" in ran.output
    assert "refutation.json violates it (judged by the engines)" in ran.output
    ran = CliRunner().invoke(
        cli.app, ["prove", "question.json", "--claim", "path_kl <= entropy", "--certificate", "c.json"]
    )
    assert "holds" in ran.output
    assert CliRunner().invoke(cli.app, ["verify", "c.json"]).exit_code == 0
    ran = CliRunner().invoke(cli.app, ["prove", "question.json", "--claim", "path_kl <= 0", "--certificate", "d.json"])
    assert "accepted: not path_kl <= 0 for a language" in CliRunner().invoke(cli.app, ["verify", "d.json"]).output
    ran = CliRunner().invoke(cli.app, ["prove", "question.json", "--claim", "ser <= 1/2", "--certificate", "e.json"])
    assert "nothing is written to e.json" in ran.stderr


def read(claim: str, *more: str) -> str:
    return CliRunner().invoke(cli.app, ["prove", "question.json", "--claim", claim, *more]).output


def test_the_constant_and_the_language_are_explained(ask):
    ask({"language": ANY, "policy": SIZES}, "path_kl >= 0")
    found = read("path_kl <= log(V)")
    least = "the least factor of the right side with which the claim holds for every such language"
    assert f"sharp constant 2: {least}\n" in found
    assert "MDS_2: any 2 tokens are independent and uniform, and determine the others" in found
    everywhere = read("path_kl <= total_correlation / 2", "--all-lengths")
    assert re.search(rf"sharp constant \S+: {least}, at length \d+, sizes [\d, ]+\n", everywhere)


def test_a_claim_about_kl_that_fails_is_asked_of_path_kl_too(ask):
    ask({"language": ANY, "policy": SIZES}, "path_kl >= 0")
    found = read("kl <= total_correlation / 2")
    assert ": fails" in found
    assert "about path_kl in the place of kl: path_kl <= total_correlation/2: fails; asked so," in found
    assert "in the place of" not in read("path_kl <= total_correlation / 2")


def test_what_is_out_of_reach_says_what_else_can_be_done(ask):
    ask({"language": ANY, "policy": SIZES}, "path_kl >= 0")
    ran = CliRunner().invoke(cli.app, ["prove", "question.json", "--claim", "path_kl <= hidden_chain_entropy + log(K)"])
    assert ran.exit_code == 2
    search = "maskbound falsify 'path_kl <= log(K) + hidden_chain_entropy' --needs hidden-markov-language searches"
    assert search in ran.output
    assert "without HiddenMarkovLanguage it is a claim about every language" in ran.output
    assert "known about K and hidden_chain_entropy: hidden-chain/" in ran.output
    ran = CliRunner().invoke(cli.app, ["prove", "question.json", "--claim", "path_kl >= 0"])
    assert "falsify" not in ran.output


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ({"language": {"kind": "any"}, "policy": SIZES}, "language.length"),
        ({"language": {"kind": "any", "length": 0}, "policy": SIZES}, "language.length"),
        ({"language": {"kind": "any", "length": 4, "vocab": 2}, "policy": SIZES}, "language.vocab"),
        ({"language": ANY, "policy": MIXTURE | {"sizes": [], "weights": []}}, "policy.sizes"),
        (
            {"language": ANY, "policy": {"kind": "mixture-of-sizes", "sizes": [[3], [4]], "weights": [0, 1]}},
            "policy.sizes[1]",
        ),
        ({"language": ANY, "policy": {"kind": "fixed-size", "sizes": [1, 2]}}, "policy.sizes"),
        ({"language": ANY, "policy": SIZES, "denoiser": {"kind": "learned"}}, "denoiser.kind"),
        ({"language": ANY, "policy": SIZES, "frob": 1}, "frob"),
        (
            {
                "relation": "twins",
                "first": {"language": ANY, "policy": SIZES},
                "second": {"language": ANY, "policy": SIZES},
            },
            "relation",
        ),
        (
            {
                "relation": "refines",
                "first": {"language": ANY, "policy": SIZES},
                "second": {"language": {"kind": "any", "length": 3}, "policy": {"kind": "random-order"}},
            },
            "second.language.length",
        ),
        ([], ""),
    ],
)
def test_wrong_questions(spec, sentence):
    with pytest.raises(BadInput) as problem:
        parse_question(spec)
    assert str(problem.value).startswith(sentence)


def test_a_question_is_no_instance(tmp_path):
    (tmp_path / "question.json").write_text(json.dumps({"language": ANY, "policy": SIZES}))
    ran = CliRunner().invoke(cli.app, ["check", str(tmp_path / "question.json")])
    assert ran.exit_code == 2
    assert "the command prove accepts it" in ran.stderr


def test_a_question_with_sets():
    found = parse_question({"language": ANY, "policy": SETS})
    assert isinstance(found.policies[0], FixedSets)
    assert found.exact_denoiser
