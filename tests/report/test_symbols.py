"""Symbols within text are typeset, and names with underscores are left as they are."""

from __future__ import annotations

import pytest

from maskbound.numerics.render.table import Table, latex_text
from maskbound.numerics.report.build import Report, Written
from maskbound.numerics.report.html import html_page
from maskbound.numerics.report.symbols import latex_with_symbols, with_symbols
from maskbound.numerics.report.write import compiled


def bracketed(text):
    return "".join(with_symbols(text, str, lambda letter, below: f"<{letter}|{below}>"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("D(q || p_theta(. | x_R)) > 0", "D(q || <p|θ>(. | <x|R>)) > 0"),
        ("E_tau log p_tau, w_1..w_N", "<E|τ> log <p|τ>, <w|1>..<w|N>"),
        ("-(1/L) E_{x~q} log p(x)", "-(1/L) <E|x~q> log p(x)"),
        ("(psi_k / psi_[k-1]) of a_[k-1]", "(<ψ|k> / <ψ|k-1>) of <a|k-1>"),
        ("path_kl <= eps_learning, log_ter, x_ij, f_1.toml", "path_kl <= eps_learning, log_ter, x_ij, f_1.toml"),
    ],
)
def test_pieces(text, shown):
    assert bracketed(text) == shown


def test_in_every_format():
    table = Table("t", ("a",), (("p_theta < 1 & path_kl",),))
    report = Report("r", "of x_R and `x_R`", (Written("w", ("<E_tau>",), (("t", table, ""),)),))
    page = html_page(report)
    assert "<i>p</i><sub>θ</sub> &lt; 1 &amp; path_kl" in page
    assert "of <i>x</i><sub>R</sub> and <code>x_R</code>" in page
    assert "&lt;<i>E</i><sub>τ</sub>&gt;" in page
    assert compiled(report).startswith(b"%PDF")
    assert latex_with_symbols("p_theta of path_kl", latex_text) == r"$p_{\theta}$ of path\_kl"
