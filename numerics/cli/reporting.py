"""`report`: the whole write-up."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .application import app
from .options import Database
from .output import Remaining


@app.command(epilog="Example: maskbound report --out report")
def report(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder that it is written to.")],
    db: Database = None,
) -> None:
    """Build the report: report.pdf, report.html, their sources, and the numbers of every table and figure."""
    from contextlib import nullcontext

    from ..sweeps import Store
    from ..tables.report import build_report, measured_parts, write_report
    from ..tables.report.write import prepare

    prepare(out)
    left = Remaining("building the report", every=10.0)
    left.begin(measured_parts(), measured_parts())
    with nullcontext() if db is None else Store(db, existing=True) as store:
        try:
            built = build_report(store, advance=left.advance)
        finally:
            left.end()
    write_report(built, out)
    print(f"{out / 'report.pdf'}\n{out / 'report.html'}")
