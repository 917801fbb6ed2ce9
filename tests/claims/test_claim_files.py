"""Claim files: what they say, what is found about them, and what is refused in a sentence."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from maskbound.numerics import cli
from maskbound.numerics.certificates import kernel
from maskbound.numerics.claims import ClaimFile, decide
from maskbound.numerics.claims.fragment import latex_fragment
from maskbound.numerics.claims.page import claim_page
from maskbound.numerics.claims.write import write_page
from maskbound.numerics.errors import BadInput
from maskbound.numerics.judging import Status
from maskbound.numerics.report.html import html_page
from maskbound.numerics.universal import Decided, checker

PAGES = Path(__file__).parent.parent.parent / "proofs_notes" / "claims"
TRIED = """
languages = [{ kind = "pair", vocab = 2 }, { kind = "parity" }]
policies = [{ kind = "bernoulli" }]
lengths = [2, 4]
steps = [1, 2]
"""


def load(folder: Path, text: str) -> ClaimFile:
    path = folder / "tried.claim.toml"
    path.write_text(text)
    return ClaimFile.load(path)


def test_the_product_of_languages_lengths_policies_and_steps(tmp_path):
    read = load(tmp_path, f'claim = "kl <= path_kl"\n{TRIED}')
    instances = [subject for case in read.cases for subject in case.subjects]
    assert {(one.length, one.policy.steps) for one in instances} == {(2, 1), (2, 2), (4, 1), (4, 2)}
    # Pair(2) of two tokens and parity of two tokens are one law, but two ways to say it.
    assert len({one.name for one in instances}) == len(instances) == 8
    assert not read.left_out


def test_what_is_no_instance_is_left_out_with_its_reason(tmp_path):
    read = load(tmp_path, f'claim = "kl <= path_kl"\n{TRIED.replace("[2, 4]", "[3, 4]")}')
    assert {subject.length for case in read.cases for subject in case.subjects} == {3, 4}
    assert len(read.left_out) == 2
    assert all(text.startswith("pair(vocab=2, length=3)") for text in read.left_out)


def test_parameters_stand_for_numbers(tmp_path):
    read = load(tmp_path, f'claim = "A * kl <= A2 * path_kl"\nparameters = {{ A = "1/3", A2 = 0.5 }}\n{TRIED}')
    assert str(read.statement) == "kl/3 <= path_kl/2"


def test_a_false_claim_has_a_counterexample_and_a_certificate(tmp_path):
    found = decide(load(tmp_path, f'claim = "path_kl <= total_correlation / 2"\n{TRIED}'))
    assert found.refuted
    assert "is false" in found.sentence
    case, verdict = found.counterexample
    assert verdict.status is Status.VIOLATED
    assert [subject.policy.steps for subject in case.subjects] == [1]
    (certified,) = found.certificates
    assert kernel.verify(json.dumps(certified.certificate)) is not None
    page = html_page(claim_page(found))
    assert "Counterexample" in page
    assert "pair(vocab=2, length=2)" in page or "parity(length=2)" in page


def test_a_claim_that_fails_for_a_language_nobody_tried(tmp_path):
    text = """
    claim = "path_kl <= total_correlation / 4"
    policies = [{ kind = "fixed-size", sizes = [2, 2] }]
    lengths = [4]
    every_language = true
    """
    found = decide(load(tmp_path, text))
    (decision,) = found.decisions
    assert decision.verdict is Decided.FAILS
    assert found.refuted
    assert "Counterexample" in html_page(claim_page(found))
    of_instance, of_row = found.certificates
    assert "violated" in of_instance.about
    assert kernel.verify(json.dumps(of_instance.certificate)) is not None
    assert of_row.place == "row-1"
    (tmp_path / "row.json").write_text(json.dumps(of_row.certificate))
    assert checker.main([str(tmp_path / "row.json")]) == 0


def test_every_length_asks_for_more_than_the_claim(tmp_path):
    # In one step the path KL is the total correlation; in two it is less.
    text = """
    claim = "path_kl == total_correlation"
    languages = [{ kind = "pair", vocab = 2 }]
    policies = [{ kind = "fixed-size" }]
    lengths = [2, 4]
    steps = [1]
    every_length = true
    """
    found = decide(load(tmp_path, text))
    assert {decision.verdict for decision in found.decisions} == {Decided.HOLDS}
    assert [decision.verdict for decision in found.everywhere] == [Decided.FAILS]
    assert not found.refuted
    assert not found.is_open
    assert "false" not in found.sentence


def test_a_counterexample_by_a_language_comes_first(tmp_path):
    text = """
    claim = "path_kl <= dual_total_correlation / N"
    languages = [{ kind = "parity" }]
    policies = [{ kind = "fixed-size" }]
    lengths = [4]
    steps = [1]
    every_language = true
    """
    found = decide(load(tmp_path, text))
    assert not found.of_status(Status.VIOLATED)
    assert found.counterexample is not None
    said = [(each.place, each.about.split()[0]) for each in found.certificates]
    assert said == [("instance", "is"), ("row-1", "fails")]
    assert "left side" in html_page(claim_page(found))


def test_nothing_against_nothing_is_no_tightness(tmp_path):
    text = """
    claim = "kl <= total_correlation"
    languages = [{ kind = "iid", probabilities = ["1/3", "2/3"] }]
    policies = [{ kind = "bernoulli" }]
    lengths = [2]
    steps = [1, 2]
    """
    found = decide(load(tmp_path, text))
    assert found.of_status(Status.HOLDS)
    assert found.tightest == []
    assert "How tight" not in html_page(claim_page(found))


def test_a_claim_for_every_language_has_its_sharp_constant(tmp_path):
    text = """
    claim = "path_kl <= (L - N + 1)/N * dual_total_correlation"
    policies = [{ kind = "fixed-size", sizes = [1, 1, 1, 5] }]
    lengths = [8]
    every_language = true
    """
    found = decide(load(tmp_path, text))
    (decision,) = found.decisions
    # (n - k)/k in the place of (n - k + 1)/k, at n = 8 and k = 4.
    assert (decision.verdict, decision.constant) == (Decided.HOLDS, Fraction(4, 5))
    assert not found.is_open
    (certified,) = found.certificates
    (tmp_path / "certificate.json").write_text(json.dumps(certified.certificate))
    assert checker.main([str(tmp_path / "certificate.json")]) == 0
    assert "4/5" in html_page(claim_page(found))


def test_an_open_claim_says_so(tmp_path):
    # A denoiser of floating logits: both sides are equal, and no exact arithmetic tells.
    found = decide(load(tmp_path, 'claim = "exp(log_ter) == ter"\ninstances = ["hmm-tilt"]'))
    assert not found.refuted
    assert found.is_open
    assert "equal to within rounding" in found.sentence


def test_an_assumption_that_no_instance_satisfies_leaves_it_open(tmp_path):
    found = decide(load(tmp_path, f'claim = "kl <= path_kl"\nassumptions = ["MDSLanguage"]\n{TRIED}'))
    assert found.of_status(Status.NOT_APPLICABLE)
    assert found.is_open == (len(found.of_status(Status.NOT_APPLICABLE)) == len(found.judged))


class Tags(HTMLParser):
    """Whether tags are closed in order."""

    VOID = frozenset({"meta", "link", "br", "path", "use", "rect", "img", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_the_files_of_a_page(tmp_path):
    found = decide(load(tmp_path, f'claim = "kl <= path_kl"\n{TRIED}paper = {{ key = "feng2025", theorem = "T & 1" }}'))
    written = write_page(found, tmp_path / "pages")
    assert {path.suffix for path in written} == {".html", ".pdf", ".tex", ".json"}
    page = written[0].read_text()
    parser = Tags()
    parser.feed(page)
    assert not parser.open
    assert not re.search(r"(?:src|href)=\"(?!#)", page)
    assert written[1].read_bytes().startswith(b"%PDF")
    fragment = latex_fragment(found)
    assert r"T \& 1 of \cite{feng2025}" in fragment
    assert "@misc{feng2025," in fragment
    assert fragment.count("{") == fragment.count("}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        (f'title = "kl"\n{TRIED}', "exactly one of claim and statement must be given"),
        ('claim = "kl <= path_kl"', "nothing is tried"),
        ('claim = "kl <= pathkl"\ninstances = ["gallery"]', "path_kl"),
        ('statement = "tv/pinskr"\ninstances = ["gallery"]', "tv/pinsker"),
        ('statement = "tv/pinsker"\nassumptions = []\ninstances = ["gallery"]', "next to statement"),
        ('claim = "kl <= path_kl"\nassumptions = ["Exact"]\ninstances = ["gallery"]', "assumptions[0]: "),
        ('claim = "kl <= path_kl"\nparameters = { A = 1 }\ninstances = ["gallery"]', "the claim does not use it"),
        ('claim = "kl <= path_kl"\nparameters = 3\ninstances = ["gallery"]', "a table is accepted"),
        ('claim = "kl <= path_kl"\ninstances = ["pare"]', "no such instance"),
        ('claim = "kl <= path_kl"\ninstances = 3', "a list of names is accepted"),
        ('claim = "kl <= path_kl"\nlanguages = 3', "a list of tables is accepted"),
        ('claim = "kl <= path_kl"\nlanguages = ["parity"]', 'such as { kind = "parity" } is accepted'),
        (f'claim = "kl <= path_kl"\n{TRIED.replace("pair", "pear").replace("parity", "parrot")}', "pear"),
        ('claim = "kl <= path_kl"\npaper = { key = "feng" }\ninstances = ["gallery"]', "feng2025"),
        ('claim = "kl <= path_kl"\npaper = { authors = "A" }\ninstances = ["gallery"]', "authors and year"),
        ('claim = "kl <= path_kl"\nevery_language = 1\ninstances = ["gallery"]', "true or false"),
        ('claim = "kl <= path_kl"\nevery_language = true', "policies: the key is missing"),
        ('claim = "kl <= path_kl"\nclaims = []', "unknown key"),
    ],
)
def test_a_wrong_file_is_refused_in_a_sentence(tmp_path, text, said):
    with pytest.raises(BadInput) as caught:
        load(tmp_path, text)
    assert said in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "tried.claim.toml"))
    assert "\n" not in str(caught.value)


def test_the_command_and_its_exit_status(tmp_path):
    for name, text in (("true", "kl <= path_kl"), ("false", "path_kl <= kl / 2")):
        (tmp_path / f"{name}.claim.toml").write_text(f'claim = "{text}"\n{TRIED}')
    (tmp_path / "open.claim.toml").write_text('claim = "exp(log_ter) == ter"\ninstances = ["hmm-tilt"]')
    run = CliRunner().invoke
    statuses = {
        name: run(cli.app, ["claim", str(tmp_path / f"{name}.claim.toml"), "--out", str(tmp_path / "out")]).exit_code
        for name in ("true", "false", "open")
    }
    assert statuses == {"true": 0, "false": 1, "open": 3}
    assert run(cli.app, ["claim", str(tmp_path), "--out", str(tmp_path / "out")]).exit_code == 1
    assert run(cli.app, ["claim", str(tmp_path / "out"), "--out", str(tmp_path / "out")]).exit_code == 2


def test_the_claims_of_published_theorems_are_read():
    files = sorted(PAGES.glob("*.claim.toml"))
    assert len(files) >= 10
    for path in files:
        assert ClaimFile.load(path).published is not None


FALSE_AS_RECALLED = {"dmitriev-huang-wei-85", "chen-cong-li-34-proof"}
"""With constant 1, and as an equality; the forms that are true have statements of their own."""


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(PAGES.glob("*.claim.toml")), ids=lambda path: path.name.split(".claim")[0])
def test_published_theorems_hold(path):
    claimed = ClaimFile.load(path)
    found = decide(claimed)
    expected, other = Status.HOLDS, Status.VIOLATED
    if claimed.name in FALSE_AS_RECALLED:
        expected, other = other, expected
    assert found.of_status(expected)
    assert not found.of_status(other)
    assert found.counterexample is None or claimed.name in FALSE_AS_RECALLED
