"""The generated parts of the documents; run as a script it writes them (``make docs``)."""

from __future__ import annotations

import re
from pathlib import Path

from maskbound.numerics.metrics import METHODS
from maskbound.numerics.tables.statements import tightest_ratio
from maskbound.theory import index, statements

ROOT = Path(__file__).parent.parent
MARKED = re.compile(r"(<!-- table: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def statement_table() -> str:
    """Every statement, linked to its proof note."""
    lines = ["| statement | formula | needs | status | tightest |", "|---|---|---|---|---|"]
    for s in statements.values():
        needs = ", ".join([a.name for a in s.assumptions] + ([s.relation_between.name] if s.relation_between else []))
        tightest = tightest_ratio(s) or ""
        lines.append(f"| [{s.id}](proofs_notes/{s.note}) {s.title} | `{s}` | {needs} | {s.status} | {tightest} |")
    return "\n".join(lines) + "\n"


def engine_table() -> str:
    """Methods with the same engine, scope, price and kind share a row."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for m in METHODS:
        rows.setdefault((m.engine, m.scope, m.price, m.kind), []).append(f"`{m.quantity}`")
    lines = ["| engine | instances | quantities | cost | enclosure |", "|---|---|---|---|---|"]
    lines += [
        f"| {engine} | {scope} | {', '.join(names)} | {price} | {kind} |"
        for (engine, scope, price, kind), names in rows.items()
    ]
    return "\n".join(lines) + "\n"


TABLES = {"statements": statement_table, "engines": engine_table}


def regenerated(text: str) -> str:
    """The text with every marked table written anew."""
    return MARKED.sub(lambda found: found[1] + TABLES[found[2]]() + found[4], text)


if __name__ == "__main__":
    readme = ROOT / "README.md"
    readme.write_text(regenerated(readme.read_text(encoding="utf-8")), encoding="utf-8")
    (ROOT / "proofs_notes" / "README.md").write_text(index(), encoding="utf-8")
