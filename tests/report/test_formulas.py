"""Formulas of the report: every statement's LaTeX is understood, in both of its forms."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
import typst

from maskbound.numerics.report.formulas import mathml, typst_math
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
