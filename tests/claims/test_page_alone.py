"""What a page and its LaTeX say by themselves: symbols, policies, who checked a proof, counts, definitions."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.metadata import version

import pytest
from made_pages import BY_HAND, TRUE, found_in, plain, table
from typer.testing import CliRunner

from maskbound.numerics import cli
from maskbound.numerics.claims.fragment import latex_fragment
from maskbound.numerics.claims.page import claim_page, reading
from maskbound.numerics.claims.tight import tight
from maskbound.numerics.report.formulas import typst_math
from maskbound.numerics.report.html import html_page
from maskbound.numerics.report.typst_source import typst_source
from maskbound.theory import FORMAL, statements


def test_what_is_wider_than_the_page_scrolls_sideways_alone(tmp_path):
    style = html_page(claim_page(found_in(tmp_path, TRUE))).split("<style>")[1].split("</style>")[0]
    for name in ("display", "scroll"):
        assert re.search(rf"^\.{name} {{[^}}]*overflow: auto hidden;", style, re.M)
        assert f".{name}::-webkit-scrollbar" in style


def test_free_parameters_stand_beside_the_formula(tmp_path):
    text = 'statement = "sequence-error/sufficient-steps"\ninstances = ["parity-uniform"]'
    found = found_in(tmp_path, text)
    formula = claim_page(found).formula
    assert formula is not None
    assert r"\delta = 1 - e^{" in formula.latex
    assert formula.latex in latex_fragment(found)
    typst_math(formula.latex)
    assert "delta = " in {row[0]: str(row[1]) for row in table(found, "claim").rows}["where"]


FALSE = """
claim = "path_kl <= total_correlation / N"
assumptions = ["ExactDenoiser"]
remark = "Once with `sizes`."
policies = [{ kind = "fixed-size", sizes = [1, 7] }, { kind = "fixed-size", sizes = [4, 4] }]
lengths = [8]
every_language = true
"""


def test_the_fragment_needs_no_page_beside_it(tmp_path):
    found = found_in(tmp_path, f"{FALSE}{BY_HAND}")
    fragment = latex_fragment(found).replace(r"{[}", "[").replace(r"{]}", "]")
    for symbol in table(found, "symbols").rows:
        assert rf"\item[{{${symbol[0].latex}$}}] " in fragment
    assert "It assumes that the denoiser is exact" in fragment
    assert r"Once with \texttt{sizes}." in fragment
    assert found.sentence in fragment
    # What stands beside the verdict says that it is about a form of the page's author.
    assert f"{found.sentence}\n{reading(found)}" in fragment
    assert r"\emph{Counterexample.}" in fragment
    assert "The policy: fixed sizes" in fragment
    assert "Verdicts for every language" in fragment
    for row in table(found, "every-language").rows:
        assert f"{row[0]} & {row[1]} & {row[2]} & {row[3]} & {row[4]} & " in fragment
    assert r"\emph{What this does not establish.}" in fragment
    assert "That a nearby statement" in fragment


def test_no_theorem_that_nobody_has_read_is_called_false(tmp_path):
    text = FALSE.replace('assumptions = ["ExactDenoiser"]\n', "") + BY_HAND
    found = found_in(tmp_path, text)
    path = tmp_path / "Lemma-1.claim.toml"
    path.write_text(text)
    told = CliRunner().invoke(cli.app, ["claim", str(path), "--out", str(tmp_path / "pages")]).output
    sentences = [
        *re.split(r"\. |</", re.sub(r"<(?!/)[^>]*>", "", html_page(claim_page(found)))),
        *re.split(r"\.\s", latex_fragment(found)),
        *told.splitlines(),
    ]
    assert any("false" in sentence for sentence in sentences)
    assert not [sentence for sentence in sentences if "false" in sentence and re.search("Lemma.1", sentence)]
    assert reading(found) in told
    assert found.claim.published is not None
    paper = replace(found.claim.published.paper, reading="read")
    read = replace(found, claim=replace(found.claim, published=replace(found.claim.published, paper=paper)))
    assert r"(Lemma 1 of \cite{wu2025})" in latex_fragment(read)


def test_the_policies_stand_under_the_inequality(tmp_path):
    found = found_in(tmp_path, FALSE)
    tried = "fixed sizes 1, 7; fixed sizes 4, 4; L = 8"
    assert table(found, "claim").rows[1] == ("tried on", tried)
    assert f"It was tried on {tried}." in latex_fragment(found)
    many = found_in(tmp_path, TRUE.replace("steps = [1, 2]", "steps = [1, 2, 3, 4, 5, 6, 7]"))
    assert table(many, "claim").rows[1][1] == "7 policies, such as one Bernoulli step; L = 2, 4"
    assert "in nats" in plain(many)
    rate = TRUE.replace("path_kl <= A * total_correlation", "ser <= A")
    assert "in nats" not in plain(found_in(tmp_path, rate))
    alone = found_in(tmp_path, 'claim = "entropy >= 0"\nlanguages = [{ kind = "parity" }]\nlengths = [4]')
    assert "tried on" not in {row[0] for row in table(alone, "claim").rows}


@pytest.mark.parametrize(("statement", "formal"), [("tv/pinsker", "TotalVariation.v"), ("entropy-bound/path-kl", "")])
def test_a_proof_has_its_file_and_a_page_says_who_checked_it(tmp_path, statement, formal):
    found = found_in(tmp_path, f'statement = "{statement}"\ninstances = ["gallery"]')
    note = statements[statement].note
    rows = dict(table(found, "claim").rows)
    assert rows["proof"] == f"proofs_notes/{note} of maskbound {version('maskbound')} (proved here)"
    (limits,) = (each.paragraphs for each in claim_page(found).sections if "not establish" in each.title)
    if formal:
        assert rows["proved in Coq"] == f"{FORMAL[statement][0]} in proofs_notes/coq/{formal}"
        assert f"proved, by hand and machine-checked in Coq (proofs_notes/{note})" in found.sentence
        assert limits[0].startswith("That what Coq proves is what a reader has in mind")
    else:
        assert f"proved, by hand (proofs_notes/{note})" in found.sentence
        assert "no machine has checked it" in limits[0]


def test_instances_that_tell_nothing_new_are_counted_apart(tmp_path):
    text = """
    claim = "path_kl <= total_correlation"
    languages = [{ kind = "parity" }, { kind = "copy", copies = 2, vocab = 2 }, { kind = "pair", vocab = 2 }]
    policies = [{ kind = "bernoulli" }]
    lengths = [2]
    steps = [1, 2]
    """
    # All three are uniform on 00 and 11.
    found = found_in(tmp_path, text)
    assert "holds on all 6 instances that it was tried on, of which 4 repeat the language and policy of another." in (
        found.sentence
    )
    alike = 'languages = [{ kind = "iid", probabilities = ["1/3", "2/3"] }, { kind = "parity" }]'
    nothing = found_in(tmp_path, re.sub(r"languages = .*", alike, text))
    assert found.sentence != nothing.sentence
    assert "tried on, of which 2 compare 0 with 0." in nothing.sentence
    assert "the one of 6 instances that is certified" in plain(found)
    assert len(found.tightest) == 2
    assert "both sides are 0" not in plain(found)
    assert "both sides are 0 are left out" in plain(nothing)


def test_ratios_that_are_all_the_same_are_not_drawn(tmp_path):
    text = """
    claim = "path_kl <= A * total_correlation"
    parameters = { A = "1" }
    languages = [{ kind = "parity" }]
    policies = [{ kind = "fixed-size", sizes = [2] }, { kind = "fixed-size", sizes = [3] }]
    lengths = [2, 3]
    """
    section = tight(found_in(tmp_path, text))
    assert section is not None
    assert section.parts == ()
    assert section.paragraphs == ("The sides are equal on every one of the 2 instances.",)
    steps = """
    claim = "path_kl <= path_kl * A"
    parameters = { A = "3/2" }
    languages = [{ kind = "parity" }]
    policies = [{ kind = "bernoulli" }]
    lengths = [4]
    steps = [1, 2, 4]
    """
    half = tight(found_in(tmp_path, steps))
    assert half is not None
    assert [name for name, *_ in half.parts] == ["tightest"]


def test_an_equality_is_called_one(tmp_path):
    text = """
    claim = "path_kl == total_correlation"
    languages = [{ kind = "parity" }]
    policies = [{ kind = "bernoulli" }]
    lengths = [4]
    """
    false = found_in(tmp_path, f"{text}steps = [2]\n")
    assert false.refuted
    for found in (false, found_in(tmp_path, f"{text}steps = [1]\n")):
        assert tight(found) is None
        assert table(found, "claim").title == "The equality"


def test_languages_and_codes_are_defined(tmp_path):
    found = found_in(tmp_path, f"{TRUE}every_language = true\n")
    page = plain(found)
    for said in ("pair: Pair(V): every block repeats one", "parity: Uniform on the binary strings of even weight."):
        assert said in page
    assert "every information profile is a sum of non-negative multiples of theirs" in page
    assert "In an MDS code of rank K every K tokens" in page
    assert "even weight" in latex_fragment(found)
    assert "in full" not in page
    assert table(found, "instances").notes == ("L is the length, N the number of steps.",)


def test_a_title_is_whole_and_headings_stay_with_what_follows(tmp_path):
    source = typst_source(claim_page(found_in(tmp_path, TRUE)))
    assert "hyphenate: false, report-title" in source
    assert re.search(r"#show heading: set block\([^)]*sticky: true", source)
    (last,) = re.findall(r'#block\(sticky: (\w+), par\(\{ raw\("tried.claim.toml"\)', source)
    assert last == "true"
    assert "#block(breakable: false, text(size: 10pt, raw(" in source
    long = typst_source(claim_page(found_in(tmp_path, TRUE + "# a line\n" * 40)))
    assert "#block(breakable: true, text(size: 10pt, raw(" in long
