"""Every format can be read back: nothing in a cell can break out of it."""

from __future__ import annotations

import csv
import io
import json
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskbound.numerics.metrics.log_forms import known
from maskbound.numerics.numbers.enclosure import Enclosure
from maskbound.numerics.numbers.logform import LogForm
from maskbound.numerics.render.table import FORMATS, Formula, Table, as_json, render

NASTY = [
    "a&b",
    "50%",
    "x_y",
    "#1",
    "$x$",
    "{a}",
    "~",
    "^",
    "back\\slash",
    "<tag>",
    "a|b",
    '"q"',
    "[b]",
    "*e*",
    "`c`",
    "_u_",
]
ENCLOSED = Enclosure(0.25, 0.2499999999, 0.2500000001, "rounding", engine="tabular")
TABLE = Table(
    "A title_with & 100% marks",
    ("name", "claim", "value", "plain number"),
    (
        ("pair|one", Formula("kl <= path_kl", r"\mathrm{KL} \le \mathrm{KL}_p"), ENCLOSED, 1.5),
        ("[two]", Formula("kl == tv", r"\mathrm{KL} = \mathrm{TV}"), None, math.inf),
    ),
    ("A note.",),
)

_UNESCAPE = {
    r"\&": "&",
    r"\%": "%",
    r"\_": "_",
    r"\#": "#",
    r"\$": "$",
    r"\{": "{",
    r"\}": "}",
    r"\textasciitilde{}": "~",
    r"\textasciicircum{}": "^",
    r"\textbackslash{}": "\\",
    r"\textless{}": "<",
    r"\textgreater{}": ">",
    r"\textbar{}": "|",
    r"\textquotedbl{}": '"',
    r"$\pm$": "±",
    "{[}": "[",
    "{]}": "]",
    r"\allowbreak{}": "",
}


def latex_rows(text: str) -> list[list[str]]:
    """Cells of the body, as LaTeX would read them."""
    pattern = re.compile("|".join(re.escape(written) for written in sorted(_UNESCAPE, key=len, reverse=True)))
    body = text.split("\\midrule\n")[1].split("\\bottomrule")[0].removeprefix("\\endhead\n")
    rows = [line.removesuffix(r" \\") for line in body.splitlines()]
    cells = [re.split(r"(?<!\\) & ", row) for row in rows]
    bare = [re.sub(r"^\$.*\$$", "", pattern.sub("", cell)) for row in cells for cell in row]
    if any(re.search(r"[&%$#_{}~^\\<>|\"\[]", cell) for cell in bare):
        raise ValueError("a special character is not escaped")
    return [[pattern.sub(lambda m: _UNESCAPE[m[0]], cell) for cell in row] for row in cells]


def markdown_rows(text: str) -> list[list[str]]:
    """Cells of the body, as GitHub would read them."""
    lines = [line for line in text.splitlines() if line.startswith("|")][2:]
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]
    bare = [re.sub(r"^`.*`$", "", re.sub(r"\\.", "", cell.strip())) for row in cells for cell in row]
    if any(re.search(r"[*`<\[]", cell) for cell in bare):
        raise ValueError("a character of markup is not escaped")
    return [[re.sub(r"\\([\\|*`<\[\]_])", r"\1", cell.strip()) for cell in row] for row in cells]


def test_csv_holds_every_digit():
    rows = list(csv.reader(io.StringIO(render(TABLE, "csv"))))
    assert rows[0] == ["name", "claim", "value", "value lo", "value hi", "plain number"]
    assert rows[1] == ["pair|one", "kl <= path_kl", "0.25", "0.2499999999", "0.2500000001", "1.5"]
    assert rows[2] == ["[two]", "kl == tv", "", "", "", "inf"]


def test_no_cell_of_a_csv_is_a_formula():
    """Text that a spreadsheet would calculate gets an apostrophe; numbers stay numbers, text that is one too."""
    texts = ["=1+1", "+x", "-x", "@SUM(A1)", "\t=1", "\r=1", "= ", "a=b", "-1.5", "+inf"]
    cells = (*texts, -2, -2.5, Formula("-kl <= 0", ""), Enclosure(-1.0, -1.5, -0.5, "bound"))
    table = Table("", ("=name", *map(str, range(len(cells) - 1))), (cells,))
    head, row = csv.reader(io.StringIO(render(table, "csv"), newline=""))
    inert = ["'=1+1", "'+x", "'-x", "'@SUM(A1)", "'\t=1", " =1", "'= ", "a=b", "-1.5", "+inf"]
    assert head[0] == "'=name"
    assert row == [*inert, "-2", "-2.5", "'-kl <= 0", "-1.0", "-1.5", "-0.5"]


def test_a_log_form_of_many_digits_is_not_written_out():
    short, long = LogForm.log(3), LogForm.log(3**1000000)
    assert as_json(known(short))["exact"] == "log(3)"
    assert "exact" not in as_json(known(long))
    assert "with arguments of 1584963 bits, is not written out" in as_json(known(long))["note"]


def test_json_holds_every_digit_and_no_bare_infinity():
    found = json.loads(render(TABLE, "json"), parse_constant=pytest.fail)
    assert found["title"] == TABLE.title
    assert found["notes"] == ["A note."]
    assert found["rows"][0]["value"] == {
        "value": 0.25,
        "lo": 0.2499999999,
        "hi": 0.2500000001,
        "kind": "rounding",
        "engine": "tabular",
    }
    assert found["rows"][1] == {"name": "[two]", "claim": "kl == tv", "value": None, "plain number": "inf"}


def test_markdown_reads_back():
    assert markdown_rows(render(TABLE, "md")) == [
        ["pair|one", "`kl <= path_kl`", "0.25", "1.5"],
        ["[two]", "`kl == tv`", "-", "inf"],
    ]


def test_latex_reads_back():
    text = render(TABLE, "latex")
    assert latex_rows(text) == [
        ["pair|one", r"$\mathrm{KL} \le \mathrm{KL}_p$", "0.25", "1.5"],
        ["[two]", r"$\mathrm{KL} = \mathrm{TV}$", "-", "inf"],
    ]
    assert r"\caption{A title\_with \& 100\% marks. A note.}" in text
    assert r"\begin{tabular}{llrr}" in text
    assert [text.count(rule) for rule in (r"\toprule", r"\midrule", r"\bottomrule")] == [1, 1, 1]


@pytest.mark.parametrize("text", NASTY)
def test_markup_in_a_cell_is_text(text):
    table = Table("t", ("a", "b"), ((text, "next"),))
    assert markdown_rows(render(table, "md")) == [[text, "next"]]
    assert latex_rows(render(table, "latex")) == [[text, "next"]]


def test_the_reading_back_can_fail():
    table = Table("t", ("a", "b"), (("x & y", "next"),))
    broken = render(table, "latex").replace(r"\&", "&")
    assert latex_rows(broken) != [["x & y", "next"]]
    for text, escaped in (("50%", r"\%"), ("[b]", "{[}")):
        written = render(Table("t", ("a",), ((text,),)), "latex")
        with pytest.raises(ValueError, match="not escaped"):
            latex_rows(written.replace(escaped, text.strip("50b]")))
    with pytest.raises(ValueError, match="not escaped"):
        markdown_rows(render(Table("t", ("a",), (("*e*",),)), "md").replace("\\", ""))


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
def test_any_printable_text_survives(text):
    table = Table("t", ("a",), ((text,),))
    assert latex_rows(render(table, "latex")) == [[text]]
    assert markdown_rows(render(table, "md")) == [[text]]
    assert list(csv.reader(io.StringIO(render(table, "csv"))))[1] in ([text], [f"'{text}"])
    assert json.loads(render(table, "json"))["rows"] == [{"a": text}]


@pytest.mark.parametrize(
    ("words", "size"), [("a few words " * 6, "footnotesize"), ("x" * 45, "scriptsize"), ("x" * 60, "tiny")]
)
def test_a_wide_table_is_broken_to_the_width_of_the_text(words, size):
    table = Table("t", ("number", "a", "b", "c"), ((1.5, words, "per/step_size", "x" * 10),))
    text = render(table, "latex")
    assert latex_rows(text) == [["1.5", words, "per/step_size", "x" * 10]]
    assert rf"{{\{size}" in text
    widths = [float(width) for width in re.findall(r"p\{([.0-9]+)\\linewidth\}", text)]
    assert len(widths) == 4
    assert 0.7 < sum(widths) < 1
    assert r"\raggedleft\arraybackslash" in text
    assert r"per/\allowbreak{}step\_\allowbreak{}size" in text
    assert "footnotesize" not in render(table.only("number", "b", "c"), "latex")


def test_a_long_table_breaks_over_pages():
    rows = tuple((str(n),) for n in range(41))
    text = render(Table("t", ("n",), rows), "latex")
    assert r"\begin{longtable}{l}" in text
    assert latex_rows(text) == [[str(n)] for n in range(41)]
    assert "longtable" not in render(Table("t", ("n",), rows[:40]), "latex")


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_table_without_rows(fmt):
    assert "column" in render(Table("t", ("column",), ()), fmt) or fmt == "json"


def test_exact_numbers_confidence_and_infinities_in_json():
    assert as_json(Enclosure.exactly(1))["exact"] == "1"
    assert as_json(Enclosure(0.5, 0.4, 0.6, "statistical", confidence=0.99))["confidence"] == 0.99
    assert as_json(Enclosure(1.0, 1.0, math.inf, "bound"))["hi"] == "inf"
    assert as_json(-math.inf) == "-inf"
    assert as_json(math.nan) is None


def test_rows_must_fit_the_columns():
    with pytest.raises(ValueError, match="1 cells under 2 columns"):
        Table("t", ("a", "b"), (("x",),))
