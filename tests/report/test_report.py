"""The report: what its sections name is in it, in both forms, whole, and the same every time."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from maskbound.numerics.errors import BadInput
from maskbound.numerics.figures import FIGURES, Figure, Panel, Series
from maskbound.numerics.instances import parse
from maskbound.numerics.judging.cases import open_case
from maskbound.numerics.numbers.enclosure import Enclosure
from maskbound.numerics.render.table import Formula, Table
from maskbound.numerics.report import build, build_report, measured_parts, write_report
from maskbound.numerics.report.build import Report, Written
from maskbound.numerics.report.html import html_page
from maskbound.numerics.report.sections import OWN_SECTIONS, SECTIONS, Part, Section
from maskbound.numerics.report.typst_source import typst_source
from maskbound.numerics.report.write import compiled
from maskbound.numerics.study.english_curve import LANGUAGE, LENGTH, QUANTITIES, english_curve
from maskbound.numerics.sweeps import Row, Settings, Store
from maskbound.numerics.tables.registry import PLAIN_TABLES
from maskbound.numerics.tables.statements import reference_list
from maskbound.numerics.tables.summaries import refuted_table, tightness_table, verdict_summary
from maskbound.theory import PAPERS, statements

CASES = [open_case("pair-bernoulli"), open_case("refined-parity")]
FEW = ("verdicts", "refuted")
QUICK = tuple(
    replace(section, parts=kept)
    for section in SECTIONS
    if (kept := tuple(part for part in section.parts if part.name in FEW)) or not section.parts
)
NASTY = 'a "b" \\ <c> & #d $e$ [f] @g `` é 1_2'


class Balanced(HTMLParser):
    """Whether every element that is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "br", "link", "img"):
            self.open.append(tag)
        self.links += [value for key, value in attributes if key in ("src", "href") and not value.startswith("#")]

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def report():
    return build_report(cases=CASES, sections=QUICK)


def test_the_sections_stand_with_their_tables(report):
    assert [section.title for section in report.sections] == [section.title for section in QUICK]
    assert [name for section in report.sections for name, _, _ in section.parts] == list(FEW)
    text = " ".join(paragraph for section in report.sections for paragraph in section.paragraphs)
    assert "held against 3 instances" in text
    assert "{" not in text
    assert "  " not in text


def test_the_same_report_is_the_same_file(report, monkeypatch):
    monkeypatch.setattr(build, "_today", lambda: re.search(r"\d+ \w+ \d{4}", report.abstract)[0])
    again = build_report(cases=CASES, sections=QUICK)
    assert compiled(report) == compiled(again)
    assert html_page(report) == html_page(again)


def test_the_page_needs_nothing_else(report):
    page = html_page(report)
    reader = Balanced()
    reader.feed(page)
    assert reader.open == []
    assert reader.links == []
    assert "violated</td>" in page
    assert "<math>" in page


def test_text_is_text_in_both_forms():
    table = Table(NASTY, ("a", "b"), ((NASTY, 1.5),))
    nasty = Report(NASTY, NASTY, (Written(NASTY, (NASTY,), (("t", table, NASTY),)),))
    assert compiled(nasty).startswith(b"%PDF")
    reader = Balanced()
    reader.feed(html_page(nasty))
    assert reader.open == []
    assert "<c>" not in html_page(nasty)


def test_a_formula_with_an_unknown_symbol_is_shown_as_typed():
    table = Table("t", ("a",), ((Formula("x <~ y", r"x \lesssim y"),),))
    report = Report("t", "", (Written("s", (), (("t", table, "c"),)),))
    assert "<code>x &lt;~ y</code>" in html_page(report)
    assert 'raw("x <~ y")' in typst_source(report)
    assert compiled(report).startswith(b"%PDF")


def test_it_is_written_whole(report, tmp_path):
    figure = FIGURES["english-curve"][1](english_curve((2, 4)))
    drawn = Report(report.title, "", (*report.sections, Written("curve", (), (("english-curve", figure, "c"),))))
    write_report(drawn, tmp_path / "out")
    found = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*") if path.is_file()}
    tables = {f"tables/{name}{end}" for name in ("verdicts", "refuted") for end in (".csv", ".json", ".md", ".tex")}
    figures = {f"figures/english-curve{end}" for end in (".csv", ".svg", ".txt")}
    assert found == {"report.pdf", "report.typ", "report.html", *tables, *figures}
    assert "<svg" in (tmp_path / "out" / "report.html").read_text()
    assert json.loads((tmp_path / "out" / "tables" / "verdicts.json").read_text())["provenance"]


@pytest.mark.parametrize("part", [Part("table", "absent"), Part("figure", "absent"), Part("figure", "break-even")])
def test_a_part_that_is_not_in_the_registry_is_an_error(part):
    """Also a figure of which there is only a table."""
    with pytest.raises(KeyError, match=f"the report asks for the {part.kind} '{part.name}'"):
        build_report(cases=CASES, sections=(Section("prose", "text"), Section("gone", "text", (part,))))


def test_the_first_section_says_what_is_found_and_shows_one_figure():
    first = SECTIONS[0]
    assert first.title == "What is found"
    assert [part.kind for part in first.parts] == ["figure"]
    named = re.findall(r"[a-z][a-z-]+/[a-z-]+", first.text)
    assert named
    assert all(name in statements for name in named)


def test_long_tables_stand_in_the_appendix():
    titles = [section.title for section in SECTIONS]
    first = next(k for k, title in enumerate(titles) if title.startswith("Appendix"))
    assert all(title.startswith("Appendix") for title in titles[first:])
    before = {part.name for section in SECTIONS[:first] for part in section.parts if part.kind == "table"}
    assert not before & {"verdicts", "tightness", "refuted", "instances", "ngram-ter", "hmm-ser"}


def test_the_report_is_dated(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert build_report(cases=CASES, sections=QUICK[:1]).abstract.endswith("2 January 1970.")


def test_the_report_of_ones_own_instances_is_of_their_languages():
    case = open_case("pair-bernoulli")
    report = build_report(cases=[case], sections=OWN_SECTIONS, own=True)
    assert "pair-bernoulli" in report.title
    shown = {name: part for section in report.sections for name, part, _ in section.parts}
    figure = shown["ngram-ter"] if isinstance(shown["ngram-ter"], Table) else shown["ngram-ter"].table
    assert {row[0] for row in figure.rows} == {"pair-bernoulli"}
    assert not any(section.appendix for section in report.sections)
    assert "MDS" not in typst_source(report)
    assert compiled(report).startswith(b"%PDF")


def test_every_paper_is_among_the_references():
    table = reference_list()
    assert [row[0] for row in table.rows] == [paper.authors for paper in PAPERS.values()]
    assert all(row[-1] > 0 for row in table.rows)


def test_every_part_of_the_report_is_in_its_registry():
    assert measured_parts(SECTIONS) > 0


def test_a_table_that_needs_an_extra_is_left_out(monkeypatch):
    def lacking():
        raise BadInput("samplers", "the extra is not installed")

    monkeypatch.setattr(build, "PLAIN_TABLES", {"policies": lacking, "refuted": refuted_table})
    sections = (Section("s", "text", (Part("table", "policies"), Part("table", "refuted", "c"))),)
    monkeypatch.setattr(build, "SHORTER", {})
    (section,) = build_report(cases=CASES, sections=sections).sections
    assert [name for name, _, _ in section.parts] == ["refuted"]


def test_every_part_has_a_caption_or_a_figure_that_has(report):
    for section in report.sections:
        for name, shown, caption in section.parts:
            assert isinstance(shown, Table | Figure)
            assert caption, name


def test_verdicts_are_counted():
    """Pair(4), L = 4: what holds, what is equal, what does not apply; a false ledger is seen as violated."""
    table = verdict_summary(CASES)
    rows = {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}
    assert set(rows) <= set(statements)
    assert all(row["violated"] == 0 for row in rows.values())
    assert (
        rows["kl-path-kl/given-times"]["holds"]
        + rows["kl-path-kl/given-times"]["equal"]
        + rows["kl-path-kl/given-times"]["not applicable"]
        == 1
    )
    assert rows["refinement/path-kl-monotone"]["holds"] == 1, "an equality, decided exactly"
    assert re.search(r"In all \d+ hold, 0 violated", table.notes[1])


def test_false_statements_are_violated_and_true_ones_are_tight():
    assert {row[-1] for row in refuted_table().rows} == {"violated"}
    assert len(refuted_table().rows) == sum(s.status == "false on purpose" for s in statements.values())
    ratios = [float(row[2]) for row in tightness_table().rows]
    assert min(ratios) >= 0
    assert max(ratios) == 1


def test_a_sweep_lengthens_the_english_curve(tmp_path):
    """Rows of N = 256 from a database; N = 512 lacks a quantity there and is left out."""
    language = LANGUAGE | {"length": LENGTH}
    with Store(tmp_path / "x.db") as store:
        store.agree_on(Settings())
        for steps, names in ((256, QUANTITIES), (512, QUANTITIES[1:])):
            fingerprint = parse({"language": language, "policy": {"kind": "bernoulli", "steps": steps}}).fingerprint
            found = Enclosure(1.0, 1.0, 1.0, "exact")
            store.add([Row.measured(fingerprint, "{}", name, found) for name in names])
        table = english_curve((2,), store)
    assert [row[1] for row in table.rows if row[0] == "random"] == [2, 256]
    assert table.rows[1][5].value == 1.0
    assert table.rows[1][2].value == 1 / LENGTH


@pytest.mark.slow
def test_captions_say_what_the_numbers_show():
    """The claims of the English caption, on the numbers themselves."""
    rows = [row for row in english_curve((8, 128)).rows if row[0] == "random"]
    assert all(1.95 < row[3].value / row[2].value < 2.05 for row in rows)
    assert all(5.5 < row[4] / row[2].value < 6.5 for row in rows)
    assert rows[-1][2].hi < 0.005


def test_an_appendix_is_in_the_page_alone():
    table = Table("t", ("a",), (("shown",),))
    parts = (("t", table, "c"),)
    report = Report("t", "", (Written("s", ("said",), parts), Written("more", (), parts, appendix=True)))
    assert "more" in html_page(report)
    assert "more" not in typst_source(report)
    assert "said" in typst_source(report)


PANELS = {
    "english-curve": 2,
    "hmm-ser": 2,
    "minimax": 4,
    "ngram-ter": 4,
    "policies": 4,
    "schedules": 3,
    "steps-to-target": 2,
}


@pytest.mark.slow
def test_the_pdf_of_the_study_has_at_most_eight_pages(monkeypatch):
    """With other numbers in figures of as many panels, which are as large."""
    numbers = Table("t", ("x", "y"), ((1, 1.0), (2, 3.0)), ("In all 1 hold.",))

    def figure(name):
        return Figure(numbers, "x", (Panel("y", (Series("y"),)),) * PANELS[name], "Words of a caption. " * 15)

    def table(name, *_):
        return PLAIN_TABLES[name]() if name in ("headlines", "references") else numbers

    monkeypatch.setattr(build, "_table", table)
    monkeypatch.setattr(build, "FIGURES", {name: (name, lambda _, name=name: figure(name)) for name in PANELS})
    report = build_report(cases=CASES, sections=[section for section in SECTIONS if not section.appendix])
    assert {name for section in report.sections for name, _, _ in section.parts} == {*PANELS, "headlines", "references"}
    assert 4 <= int(re.search(rb"/Type/Pages/Count (\d+)", compiled(report))[1]) <= 8


def test_short_words_stay_on_a_line_and_long_headings_do_not():
    cells = Table("t", ("short", "long", "PATH_KL/(TC+DTC)"), (("rounding", "word " * 9, 1.0),))
    page = html_page(Report("a", "b", (Written("c", (), (("t", cells, ""),)),)))
    assert '<td class="short">rounding</td><td>word' in page
    assert '<th class="number">PATH_KL/<wbr>(TC+DTC)</th>' in page
