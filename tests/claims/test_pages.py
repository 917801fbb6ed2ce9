"""What a page of a claim says: of the paper, of ratios, of what was tried, of certificates; and what it leaves out."""

from __future__ import annotations

import json
import re
from fractions import Fraction

import pytest
from made_pages import BY_HAND, TRUE, found_in, plain, table

from maskbound.numerics.certificates import kernel
from maskbound.numerics.claims.fragment import latex_fragment
from maskbound.numerics.claims.page import claim_page, reading
from maskbound.numerics.claims.tight import ratio, tight, tightest_table
from maskbound.numerics.claims.write import write_page
from maskbound.numerics.render.draw import COLOURS, MARKS, _style
from maskbound.numerics.render.figure import Figure
from maskbound.numerics.render.table import as_text
from maskbound.numerics.report.html import html_page
from maskbound.numerics.report.typst_source import typst_source
from maskbound.numerics.universal import Decided, checker
from maskbound.theory import PAPERS, READING, quantities
from maskbound.theory.letters import LETTERS, letters_in

# Of the paper


def test_nobody_is_said_to_have_read_what_was_typed_by_hand(tmp_path):
    found = found_in(tmp_path, f"{TRUE}{BY_HAND}")
    assert found.claim.published is not None
    # The generated key is one of the bibliography, of another paper.
    assert found.claim.published.paper.key in PAPERS
    page = plain(found)
    assert "(read)" not in page
    assert "published as" not in page
    head = claim_page(found).abstract
    assert "the page author's reading of Lemma 1 of Wu, Nobody (2025) and may not be the published one" in head
    assert READING["not recorded"] in head
    assert reading(found) in latex_fragment(found).replace(r"{[}", "[")


@pytest.mark.parametrize("key", sorted(PAPERS))
def test_how_a_paper_is_known_stands_beside_the_headline(tmp_path, key):
    found = found_in(tmp_path, f'{TRUE}paper = {{ key = "{key}" }}\n')
    head = claim_page(found).abstract
    assert READING[PAPERS[key].reading] in head
    assert ("may not be the published one" in head) == (PAPERS[key].reading != "read")


def test_a_verdict_is_about_the_form_as_typed(tmp_path):
    found = found_in(tmp_path, TRUE.replace('"3/2"', '"1/2"') + BY_HAND)
    assert found.sentence.startswith("This form, as typed here, is false: ")
    assert "The claim is false" not in plain(found)


def test_a_page_without_a_paper_speaks_of_none(tmp_path):
    assert "paper" not in plain(found_in(tmp_path, TRUE))
    assert "the paper means" in plain(found_in(tmp_path, f"{TRUE}{BY_HAND}"))


@pytest.mark.parametrize("quantity", quantities.values(), ids=list(quantities))
def test_meanings_stand_alone(quantity):
    assert not re.search(r"\bthe same with\b|\bas above\b", quantity.meaning)
    others = {name for name in quantities if "_" in name} | {"ter"}
    assert not others & set(re.findall(r"\w+", quantity.meaning)), quantity.meaning


def test_letters_of_meanings_are_defined_on_the_page(tmp_path):
    text = TRUE.replace("A * total_correlation", "A * log_ratio_growth_bound")
    symbols = {str(row[0]) for row in table(found_in(tmp_path, text), "symbols").rows}
    assert {"a_k", "w_k", "Z(a)", "H", "X_i", "q", "p_tau"} <= symbols
    assert "S_k" not in symbols
    assert set(letters_in([letter.meaning for letter in LETTERS])) <= set(LETTERS)


# Of ratios


def test_what_rounds_to_equality_is_not_called_so(tmp_path):
    text = """
    claim = "ser >= 1 - exp(-c * L / N)"
    parameters = { c = "1/4" }
    languages = [{ kind = "pair", vocab = 2 }]
    policies = [{ kind = "bernoulli" }]
    lengths = [2, 128]
    steps = [1, 2]
    """
    found = found_in(tmp_path, text)
    # 1 - exp(-32) in one step: the sequence error rate is 1 - 2^-64.
    assert as_text(tightest_table(found).rows[0][3]) == "1 - 1e-14"
    assert "equality" not in {as_text(row[3]) for row in tightest_table(found).rows}
    assert "largest ratio of the sides on what was tried is 1 - 1e-14" in plain(found)
    # The tightest is too large for a certificate, and the next that is small enough has one.
    (certified,) = found.certificates
    assert "length=2" in certified.about
    assert kernel.verify(json.dumps(certified.certificate)) is not None
    assert "No certificate" not in plain(found)


def test_equality_is_said_where_it_is_exact(tmp_path):
    found = found_in(tmp_path, TRUE.replace('"3/2"', '"1"'))
    assert {verdict.order for _, verdict in found.tightest} == {0, -1}
    for _, verdict in found.tightest:
        assert (ratio(verdict) == "1 (equality)") == (verdict.order == 0)
    assert "the sides are equal" in plain(found)


def test_rows_without_a_constant_are_not_passed_over(tmp_path):
    text = """
    claim = "kl <= total_correlation / N"
    assumptions = ["ExactDenoiser", "UniformSteps"]
    languages = [{ kind = "parity" }]
    policies = [{ kind = "bernoulli" }]
    lengths = [3]
    steps = [1, 2]
    every_language = true
    """
    found = found_in(tmp_path, text)
    one, two = found.decisions
    assert (one.constant, two.verdict, two.constant) == (Fraction(1), Decided.FAILS, None)
    section = tight(found)
    assert section is not None
    assert "known in 1 of the 2 rows" in section.paragraphs[0]
    assert "in the other rows it is above 1 where it fails" in section.paragraphs[0]
    held = tight(found_in(tmp_path, text.replace("total_correlation / N", "total_correlation")))
    assert held is not None
    assert "in the other rows it is at most 1 where the claim holds" in held.paragraphs[0]
    assert "not computed: of a quantity in it only bounds are known" in plain(found)


@pytest.mark.parametrize(
    ("claim", "why"),
    [
        ("path_kl <= total_correlation * (1 + log(L))", "irrational factor"),
        ("path_kl <= dual_total_correlation + 1", "a number is added"),
        ("path_kl <= dual_total_correlation - total_correlation", "may be negative"),
        ("path_kl <= 0 * entropy", "the right side is 0 and the left side is not"),
        ("path_kl == total_correlation", "an equality has none"),
    ],
)
def test_a_missing_constant_has_its_reason(tmp_path, claim, why):
    text = f"""
    claim = "{claim}"
    policies = [{{ kind = "fixed-size" }}]
    lengths = [4]
    steps = [1]
    every_language = true
    """
    (row,) = table(found_in(tmp_path, text), "every-language").rows
    assert why in row[4]
    assert row[4].startswith("not computed: " if why == "irrational factor" else "none: ")


def test_a_constant_of_one_length_says_which(tmp_path):
    text = """
    claim = "path_kl <= total_correlation / N"
    policies = [{ kind = "bernoulli" }]
    lengths = [2]
    steps = [2]
    every_length = true
    """
    found = found_in(tmp_path, text)
    every, _ = table(found, "every-language").rows
    assert every[1] == "every"
    assert re.fullmatch(r"\d+/\d+ at length 3", every[4])
    assert "other lengths may need another" in plain(found)


def test_the_refuting_language_is_named_small_and_counted(tmp_path):
    text = """
    claim = "kl / log(2) <= ((total_correlation + dual_total_correlation)/log(2))/(2*N) + 1/N"
    assumptions = ["ExactDenoiser", "UniformSteps"]
    languages = [{ kind = "pair", vocab = 2 }]
    policies = [{ kind = "bernoulli" }]
    lengths = [4, 8]
    steps = [1]
    every_language = true
    """
    found = found_in(tmp_path, text)
    page = plain(found)
    assert "refutation" not in page
    assert found.sentence.startswith("This form, as typed here, is false: copy(vocab=3, copies=4, length=4)")
    assert found.tightest[0] is found.witness
    assert table(found, "verdicts").rows[-1][0] == "violated"
    assert {each.place for each in found.certificates} == {"instance", "row-1", "row-2"}
    for each in found.certificates:
        assert kernel.verify(json.dumps(each.certificate)) is not None
    # Its sides are in bits, and are not called nats.
    units = {row[0]: row[3] for row in table(found, "counterexample").rows}
    assert units["left side"] == ""
    assert units["kl"] == "nats"


def test_bounds_of_kl_are_no_sums_of_codes(tmp_path):
    text = """
    claim = "kl <= (max_step_size - 1) * log(V)"
    policies = [{ kind = "fixed-size" }]
    lengths = [4]
    steps = [2]
    every_language = true
    """
    (decision,) = found_in(tmp_path, text).decisions
    assert decision.reason.startswith(
        "kl lies between 0 and path_kl, and with the worse of these in its place it holds"
    )


# Of what was tried

TWO_CHAINS = """
claim = "kl <= path_kl"
languages = [
    { kind = "markov", initial = [0.5, 0.5], transition = [["9/10", "1/10"], ["1/5", "4/5"]] },
    { kind = "markov", initial = [0.5, 0.5], transition = [["1/3", "2/3"], ["1/7", "6/7"]] },
]
policies = [{ kind = "bernoulli" }]
lengths = [4]
steps = [2]
remark = "</pre><script>alert(1)</script>"
"""


def test_distinct_instances_have_distinct_names(tmp_path):
    found = found_in(tmp_path, TWO_CHAINS)
    assert len({case.name for case, _ in found.judged}) == len(found.judged) == 2
    rows = table(found, "instances").rows
    assert [row[0] for row in rows] == [
        "markov: initial (0.5, 0.5), transition ((9/10, 1/10), (1/5, 4/5))",
        "markov: initial (0.5, 0.5), transition ((1/3, 2/3), (1/7, 6/7))",
    ]
    assert {row[-1] for row in rows} == {"L = 4; N = 2"}


def test_the_claim_file_stands_on_the_page(tmp_path):
    found = found_in(tmp_path, TWO_CHAINS)
    page = claim_page(found)
    assert page.sections[-1].verbatim == TWO_CHAINS.rstrip()
    html = html_page(page)
    assert "<script>" not in html
    assert "&lt;/pre&gt;&lt;script&gt;alert(1)" in html
    assert "((" not in typst_source(page).split("#let report-title", 1)[0]
    assert json.dumps(TWO_CHAINS.rstrip(), ensure_ascii=False) in typst_source(page)


def test_parameters_have_their_values(tmp_path):
    assert ("where A is", "3/2") in table(found_in(tmp_path, TRUE), "claim").rows


def test_lists_of_sizes_are_told_apart(tmp_path):
    text = """
    claim = "path_kl <= total_correlation"
    policies = [{ kind = "mixture-of-sizes", minimax = "tc" }]
    lengths = [4]
    steps = [2, 3, 4]
    every_language = true
    """
    rows = table(found_in(tmp_path, text), "every-language").rows
    policies = [row[2] for row in rows]
    assert len(set(policies)) == 3
    assert not any("[" in policy for policy in policies)
    assert policies[-1] == "sizes drawn at random: (1, 1, 1, 1) with probability 1"


# Of certificates


def test_every_row_has_a_certificate_or_a_reason(tmp_path):
    text = """
    claim = "path_kl <= total_correlation * (1 + log(L)/9)"
    languages = [{ kind = "pair", vocab = 2 }]
    policies = [{ kind = "bernoulli" }]
    lengths = [1, 2, 4]
    steps = [1, 2]
    every_language = true
    """
    unsupported = found_in(tmp_path, text)
    certified = found_in(tmp_path, text.replace("log(L)/9", "1/9"))
    rows = {f"row-{n}" for n in range(1, 7)}
    assert {each.place for each in certified.certificates} == rows | {"instance"}
    assert {place for place, _ in unsupported.uncertified} >= {f"row-{n}" for n in range(3, 7)}
    for _, reason in unsupported.uncertified:
        assert "does not support such a claim" in reason
        assert "confirm" not in reason
    for found in (unsupported, certified):
        places = {each.place for each in found.certificates} | {place for place, _ in found.uncertified}
        assert places == rows | {"instance"}
        assert len(table(found, "every-language").rows) == 6
    for each in certified.certificates:
        if each.case is None:
            (tmp_path / "row.json").write_text(json.dumps(each.certificate))
            assert checker.main([str(tmp_path / "row.json")]) == 0


def test_certificates_of_an_earlier_page_are_removed_and_nothing_else(tmp_path):
    text = f"{TRUE}every_language = true\n"
    pages = tmp_path / "pages"
    write_page(found_in(tmp_path, text), pages)
    stale = sorted(path.name for path in pages.glob("*.json"))
    assert "tried-certificate-row-4.json" in stale
    wrong = ("row-x", "", "row-04", "row-1.json")
    others = {f"tried-certificate-{end}.json" for end in wrong} | {"tried2-certificate-1.json", "notes.json"}
    for name in (*others, "tried-certificate-2.json"):
        (pages / name).write_text("{}")
    write_page(found_in(tmp_path, TRUE), pages)
    assert {path.name for path in pages.glob("*.json")} == {"tried-certificate-instance.json", *others}


# A counterexample in words


def test_a_counterexample_is_told_in_words(tmp_path):
    text = """
    claim = "tv <= expected_parallel_steps * (1 - c)"
    parameters = { c = "9/10" }
    assumptions = ["ExactDenoiser", "ChooseThenSample"]
    languages = [{ kind = "tabular", vocab = 2, length = 2, probabilities = ["9/10", 0, 0, "1/10"] }]
    policies = [{ kind = "adaptive", score = "confidence", order = "choose-then-sample", threshold = "9/10" }]
    """
    found = found_in(tmp_path, text)
    page = plain(found)
    assert "The language writes 00 with probability 9/10 and 11 with probability 1/10." in page
    assert "threshold 9/10" in page
    rows = {row[0]: row[2:] for row in table(found, "counterexample").rows}
    assert rows["left side"][0] == "9/50"
    assert rows["tv"] == ("9/50", "probability")
    assert rows["right side"][0] == "1/10"


def test_a_gallery_name_says_what_it_is(tmp_path):
    found = found_in(tmp_path, 'claim = "kl <= total_correlation / N"\ninstances = ["parity-uniform"]')
    assert "parity-uniform, that is parity(length=3), bernoulli(schedule=uniform, steps=2)," in found.sentence
    assert "uniform on the 4 sequences 000, 011, 101 and 110" in plain(found)
    assert table(found, "instances").rows[0][:2] == ("parity-uniform", "parity")


# Looks


def test_the_formula_is_displayed(tmp_path):
    found = found_in(tmp_path, TRUE)
    page = claim_page(found)
    assert '<div class="display"><math displaystyle="true">' in html_page(page)
    assert re.search(r"#let report-formula = \$ .* \$\n", typst_source(page))
    fragment = latex_fragment(found)
    assert r"\[ " in fragment
    assert fragment.startswith("% Packages: ")
    for package in ("fontenc", "amsmath", "array", "booktabs", "longtable"):
        assert package in fragment.splitlines()[0]


def test_lines_of_a_figure_can_be_told_apart(tmp_path):
    text = """
    claim = "path_kl <= 2 * total_correlation"
    languages = [{ kind = "pair", vocab = 2 }, { kind = "pair", vocab = 3 }]
    policies = [{ kind = "bernoulli" }]
    lengths = [2, 4, 6, 8]
    steps = [1, 2, 4]
    """
    section = tight(found_in(tmp_path, text))
    assert section is not None
    figures = [shown for _, shown, _ in section.parts if isinstance(shown, Figure)]
    assert [len({row[0] for row in figure.table.rows}) for figure in figures] == [4, 4]
    styles = {_style(k)[:2] for k in range(len(COLOURS) * len(MARKS))}
    assert len(styles) == len(COLOURS) * len(MARKS)
    assert all(len({row[0] for row in figure.table.rows}) <= len(COLOURS) for figure in figures)


def test_zeros_are_zeros_and_ratios_say_which_way(tmp_path):
    text = """
    claim = "entropy / L >= profile_end / L"
    languages = [{ kind = "pair", vocab = 2 }, { kind = "iid", probabilities = ["1/3", "2/3"] }]
    lengths = [4]
    """
    found = found_in(tmp_path, text)
    rows = {row[0].split("(")[0]: row for row in tightest_table(found).rows}
    assert as_text(rows["pair"][2]) == as_text(rows["pair"][3]) == "0"
    assert rows["iid"][3] == "1 (equality)"
    assert tightest_table(found).notes[0].startswith("The ratio is the right side over the left one")


def test_the_proof_keeps_its_lines(tmp_path):
    text = """
    claim = "path_kl <= total_correlation"
    policies = [{ kind = "bernoulli" }]
    lengths = [4]
    steps = [2]
    every_length = true
    """
    found = found_in(tmp_path, text)
    (proof,) = (section for section in claim_page(found).sections if section.title == "The proof")
    (row,) = found.everywhere
    assert proof.verbatim.splitlines() == list(row.proof)
