"""`report`: the whole write-up."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .application import app
from .options import Database, Specs
from .output import Remaining


@app.command(epilog="Example: maskbound report --out report")
def report(
    specs: Specs = None,
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder that it is written to.")],
    db: Database = None,
) -> None:
    """Build the report, of the study or of your own instances: PDF, HTML, their sources, and every number in them."""
    from contextlib import nullcontext

    from ..judging.cases import open_case
    from ..report import build_report, measured_parts, write_report
    from ..report.sections import OWN_SECTIONS, SECTIONS
    from ..report.write import prepare
    from ..sweeps import Store

    prepare(out)
    left = Remaining("building the report", every=10.0)
    cases = [open_case(spec) for spec in specs] if specs else None
    sections = OWN_SECTIONS if specs else SECTIONS
    parts = measured_parts(sections)
    left.begin(parts, parts)
    with nullcontext() if db is None else Store(db, existing=True) as store:
        try:
            built = build_report(store, cases, sections, own=bool(specs), advance=left.advance)
        finally:
            left.end()
    write_report(built, out)
    print(f"{out / 'report.pdf'}\n{out / 'report.html'}")
