"""The generated parts of the documents; run as a script it writes them (``make docs``)."""

from __future__ import annotations

import json
import re
from pathlib import Path

from maskbound.numerics.metrics import METHODS
from maskbound.numerics.metrics.methods import measured_in
from maskbound.numerics.tables.statements import HEADLINES, for_every_language, tests_of, tightest_ratio
from maskbound.numerics.universal_verdicts import universal_verdicts
from maskbound.theory import FORMAL, PAPERS, declared_in, index, mermaid, quantities, statements

ROOT = Path(__file__).parent.parent
DIVERGENCE = "numerics/metrics/divergence.py"
"""Where the distance of two laws is measured, which belongs to no one instance."""
MARKED = re.compile(r"(<!-- table: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def statement_table() -> str:
    """The headline statements, linked to their proof notes."""
    lines = ["| statement | formula | status | tightest | every language |", "|---|---|---|---|---|"]
    for s in (statements[name] for name in HEADLINES):
        known = f"{tightest_ratio(s) or ''} | {for_every_language(s) or ''}"
        lines.append(f"| [{s.id}](proofs_notes/{s.note}) {s.title} | `{s}` | {s.status} | {known} |")
    return "\n".join(lines) + "\n"


def statement_index() -> str:
    """Every statement, with the tightest ratio met."""
    return index({s.id: ratio for s in statements.values() if (ratio := tightest_ratio(s))})


def engine_page() -> str:
    """Methods with the same engine, scope, price and kind share a row."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for m in METHODS:
        rows.setdefault((m.engine, m.scope, m.price, m.kind), []).append(f"`{m.quantity}`")
    lines = [
        "# Engines",
        "",
        "Generated (`make docs`); do not edit. Which engine measures what on which instances: languages x policies,",
        "and conditions ([the test](../tests/engines/test_scopes.py)). The cheapest one whose enclosure is narrow",
        "enough is taken; V tokens, length L, N steps, K hidden states. What each quantity is:",
        "[quantities](quantities.md).",
        "",
        "| engine | instances | quantities | cost | enclosure |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {engine} | {scope} | {', '.join(names)} | {price} | {kind} |"
        for (engine, scope, price, kind), names in rows.items()
    ]
    return "\n".join(lines) + "\n"


def conformance_rows() -> str:
    """What the schedulers of diffusers draw from, as `make test-samplers` finds it."""
    recorded = json.loads((ROOT / "tests" / "samplers" / "conformance.json").read_text(encoding="utf-8"))
    columns = ("scheduler", "setting", "policy that it names", "law drawn from", "TV from it, at most", "why")
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    lines += [f"| {' | '.join(str(row[column]) for column in columns)} |" for row in recorded["rows"]]
    return "\n".join([*lines, "", *recorded["notes"]]) + "\n"


def released_page() -> str:
    """What samplers of released packages do, as `make released` found it."""
    recorded = json.loads((ROOT / "tests" / "samplers" / "released.json").read_text(encoding="utf-8"))
    lines = [
        "# Samplers of released packages",
        "",
        "Generated (`make released`, then `make docs`); do not edit. Each was run on an",
        "[oracle](../definitions.md#conformance) in the place of its network, and its steps held against the policy",
        "that its documentation describes ([evidence](steps.md); alpha 10^-6). *No difference*: nothing was found.",
        "",
    ]
    columns = list(recorded["rows"][0])
    lines += [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    lines += [f"| {' | '.join('' if row[c] is None else str(row[c]) for c in columns)} |" for row in recorded["rows"]]
    lines += ["", "## Not run", "", *(f"- {note}" for note in recorded["notes"])]
    lines += ["", f"Run with {', '.join(recorded['provenance'])}."]
    return "\n".join(lines) + "\n"


def quantity_table() -> str:
    """Every quantity with its definition and the files that measure it."""
    lines = [
        "# Quantities",
        "",
        "Generated (`make docs`); do not edit. What statements compare: definition, unit, and",
        "the code that measures it. A second algorithm for each is in the",
        "[oracles](../tests/oracles/quantities.py), from the definitions, rationals exactly, logarithms to 70 digits.",
        "",
        "| quantity | meaning | unit | measured in |",
        "|---|---|---|---|",
    ]
    for q in quantities.values():
        places = measured_in(q.name) or {DIVERGENCE: []}
        links = ", ".join(f"[{place.rsplit('/', 1)[-1]}](../{place})" for place in places)
        meaning = q.meaning.replace("|", "&#124;")
        lines.append(f"| [`{q.name}`]({q.definition}) | {meaning} | {q.unit} | {links} |")
    return "\n".join(lines) + "\n"


def theorem_page() -> str:
    """Every statement with the theorem that it goes back to, its proof, the code of both sides, and its tests."""
    lines = [
        "# Theorems",
        "",
        "Generated (`make docs`); do not edit. Under which number a statement is published (the bibliography says",
        "below which papers were read), its proof note and whether Coq has checked a proof, the first place that",
        "measures each quantity of both sides",
        "([all of them](quantities.md)), the tests that its note names, and the tightest ratio of its sides that was",
        "met, with the verdict for [every language](universal.md) where there is one. Every statement is also held",
        "against the oracles and the gallery. In a terminal: `maskbound theorems QUERY`.",
        "",
        "| published as | id | status | proof | code of both sides | tests | tightest | every language |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for s in statements.values():
        if not declared_in(s):
            continue
        published = "; ".join(str(citation) for citation in s.published) or "ours"
        names = sorted({name.removesuffix("@2") for name in s.quantities})
        code = ", ".join(f"[{name}](../{next(iter(measured_in(name)), DIVERGENCE)})" for name in names)
        tests = ", ".join(f"[{place.rsplit('/', 1)[-1]}](../{place})" for place in tests_of(s))
        near = f", near `{s.near}`" if s.near else ""
        coq = ", [Coq](coq/README.md)" if s.id in FORMAL else ""
        lines.append(
            f"| {published} | `{s.id}` | {s.status}{near} | [{s.note}]({s.note}){coq} | {code} | {tests} |"
            f" {tightest_ratio(s) or ''} | {for_every_language(s) or ''} |"
        )
    return "\n".join([*lines, "", "## Bibliography", "", *(f"- {paper}" for paper in PAPERS.values())]) + "\n"


def relation_page() -> str:
    """Which statement follows from which, as a diagram that GitHub draws."""
    return "\n".join(
        [
            "# Relations",
            "",
            "Generated (`make docs`); do not edit. An arrow is algebra: the premises together give the conclusion,",
            "wherever its assumptions hold ([the test](../tests/theory/test_relations.py)). Statements that are not",
            "here are proved in their [notes](README.md) and are premises of no other. In a terminal:",
            "`maskbound theorems --graph`.",
            "",
            "```mermaid",
            mermaid(),
            "```",
            "",
        ]
    )


def universal_page() -> str:
    """What is decided for every language."""
    lines = [
        "# For every language",
        "",
        "Generated (`make docs`); do not edit. Statements that can be decided for every language that satisfies their",
        "assumptions, over every vocabulary ([how](methods/every-language.md)), from the verdicts that",
        "[benchmarks/universal.py](../benchmarks/universal.py) stores. Scope: every length, and then all schedules, or",
        "all sizes, of the kind that is assumed; or the lengths and the number of policies tried, whose reveal times",
        "do not depend on the tokens. Sharp constant: the largest, over the policies tried, of the least C with",
        "lhs <= C rhs for every language (of a false statement, at the case that refutes it); 1 means that no smaller",
        "factor would do. Seconds: processor time of all its cases.",
        "",
        "| statement | formula | verdict | scope | sharp constant | certificate, bytes | seconds |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, found in universal_verdicts().items():
        if found.verdict != "out of reach":
            statement = statements[name]
            formula = statement.latex().replace("|", r"\vert ")
            constant = found.constant if found.constant and len(found.constant) <= 20 else ""
            lines.append(
                f"| [{name}]({statement.note}) | ${formula}$ | {found.verdict} | {found.scope} | {constant} |"
                f" {found.certificate or ''} | {found.seconds:g} |"
            )
    return "\n".join(lines) + "\n"


NOTES = {
    "universal.md": universal_page,
    "README.md": statement_index,
    "quantities.md": quantity_table,
    "engines.md": engine_page,
    "relations.md": relation_page,
    "theorems.md": theorem_page,
    "samplers/released.md": released_page,
}
"""Generated files among the proof notes."""


def paper_table() -> str:
    """Theorems of papers, the statement that each is here, what is known of it, and how the paper is known."""
    lines = ["| paper | place | statement | verdict | here | paper known by |", "|---" * 6 + "|"]
    for s in statements.values():
        for cited in s.published:
            if cited.form == "compare":
                continue
            paper = PAPERS[cited.paper]
            where = f"{paper.authors.replace(',', ' and' if paper.authors.count(',') == 1 else ',')} {paper.year}"
            where = f"[{where}](https://arxiv.org/abs/{paper.arxiv})" if paper.arxiv else where
            row = (where, cited.place or "-", f"[{s.id}](proofs_notes/{s.note})", s.status, cited.form, paper.reading)
            lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines) + "\n"


PAGES = (ROOT / "README.md", ROOT / "proofs_notes" / "samplers" / "schedulers.md")
"""What has marked tables between other text."""
TABLES = {"statements": statement_table, "papers": paper_table, "conformance": conformance_rows}


def regenerated(text: str) -> str:
    """The text with every marked table written anew."""
    return MARKED.sub(lambda found: found[1] + TABLES[found[2]]() + found[4], text)


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(regenerated(page.read_text(encoding="utf-8")), encoding="utf-8")
    for name, content in NOTES.items():
        (ROOT / "proofs_notes" / name).write_text(content(), encoding="utf-8")
