"""Pages of claims for tests: a claim file made in a folder, judged, and the text and tables of its page."""

from __future__ import annotations

import re

from maskbound.numerics.claims import ClaimFile, Findings, decide
from maskbound.numerics.claims.page import claim_page
from maskbound.numerics.render.table import Table
from maskbound.numerics.report.html import html_page

__all__ = ["BY_HAND", "TRUE", "found_in", "plain", "table"]

TRUE = """
claim = "path_kl <= A * total_correlation"
parameters = { A = "3/2" }
languages = [{ kind = "pair", vocab = 2 }, { kind = "parity" }]
policies = [{ kind = "bernoulli" }]
lengths = [2, 4]
steps = [1, 2]
"""
BY_HAND = 'paper = { authors = "Wu, Nobody", title = "On <Steps>", year = 2025, theorem = "Lemma 1" }\n'


def found_in(folder, text: str) -> Findings:
    path = folder / "tried.claim.toml"
    path.write_text(text)
    return decide(ClaimFile.load(path))


def plain(found: Findings) -> str:
    """The page without its tags, as a reader sees it."""
    return re.sub(r"<[^>]*>", "", html_page(claim_page(found)))


def table(found: Findings, name: str) -> Table:
    parts = {part: shown for section in claim_page(found).sections for part, shown, _ in section.parts}
    assert isinstance(parts[name], Table)
    return parts[name]
