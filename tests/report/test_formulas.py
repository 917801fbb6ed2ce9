"""Formulas of the report: every statement's LaTeX is understood, in both of its forms."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
import typst

from maskbound.numerics.report.formulas import mathml, mathml_display, typst_math
from maskbound.theory import statements


@pytest.mark.parametrize(
    ("latex", "typst_form", "elements"),
    [
        (r"\frac{L}{N}", "frac(L, N)", "mfrac mi mi"),
        (r"w_{\max}", "attach(w, b: max)", "msub mi mo"),
        (r"{\mathrm{KL}}^{(2)}", r'attach(upright("KL"), t: \( 2 \))', "msup mi mrow mo mn mo"),
        (r"\left\lceil{\frac{L}{N}}\right\rceil", "ceil(frac(L, N))", "mrow mo mfrac mi mi mo"),
        (r"Z(\frac12)", r"Z \( frac(1, 2) \)", "mrow mi mo mfrac mn mn mo"),
        (r"\left\vert \int Z \right\vert", "abs(integral Z)", "mrow mo mrow mo mi mo"),
        (
            r"\sqrt{1 - e^{- \mathrm{KL}}}",
            'sqrt(1 - attach(e, t: - upright("KL")))',
            "msqrt mrow mn mo msup mi mrow mo mi",
        ),
        (r"(n)_{k}", r"\( n attach(\), b: k)", "mrow mo mi msub mo mi"),
        (r"a, b", r"a \, b", "mrow mi mo mi"),
    ],
)
def test_both_forms(latex, typst_form, elements):
    assert typst_math(latex) == typst_form
    assert " ".join(element.tag for element in ET.fromstring(mathml(latex)).iter()) == f"math {elements}"


def test_every_statement_compiles():
    every = [s.latex() for s in statements.values()]
    assert len(every) > 40
    document = "\n\n".join(f"${typst_math(latex)}$" for latex in every)
    assert typst.compile(document.encode()).startswith(b"%PDF")
    for latex in every:
        ET.fromstring(mathml(latex))


@pytest.mark.parametrize(
    "latex", [r"\unknown{x}", r"\frac{1}", r"\left( x", r"x }", "x & y", r"\left\langle x \right)"]
)
def test_what_is_not_understood_is_refused(latex):
    with pytest.raises(ValueError, match=r"not known|ends|lacks"):
        typst_math(latex)


@pytest.mark.parametrize(
    ("latex", "letters"),
    [
        (r"\sqrt{\frac{\mathrm{KL}}{2}}", "KL/2"),
        (r"\sqrt{\frac{1}{2 N}}", "1/(2N)"),
        (r"x^{\frac{L + 1}{2}}", "x(L+1)/2"),
        (r"\sqrt{\frac{\frac{a}{b}}{c}}", "(a/b)/c"),
    ],
)
def test_a_quotient_in_a_root_or_script_stays_inside(latex, letters):
    # Browsers without a font for mathematics draw the root over the numerator alone.
    found = ET.fromstring(mathml(latex))
    assert found.find(".//mfrac") is None
    assert "".join(found.itertext()) == letters
    assert ET.fromstring(mathml(r"\frac{\mathrm{KL}}{2}")).find(".//mfrac") is not None


def test_factors_are_apart():
    assert "mspace" in mathml(r"g \mathrm{E}_q N_{>1}")
    assert "mspace" not in mathml("g + N")


def test_a_displayed_formula_may_be_broken_before_signs_that_are_in_no_parentheses():
    written = mathml_display(r"a (b + c) \le d - \left(e + f\right), \quad g = - h")
    found = ET.fromstring(f"<p>{written}</p>")
    assert ["".join(each.itertext()) for each in found] == ["a(b+c)", "≤d", "−(e+f),", "g", "=", "−h"]
    assert [each[0][0].get("form") for each in list(found)[1:3]] == ["infix", "infix"]
