"""`claim`: a page about the inequality of a paper."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import BadInput
from .application import INCONCLUSIVE, VIOLATION, app
from .output import progress


@app.command(epilog="Example: maskbound claim proofs_notes/claims --out pages")
def claim(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="NAME.claim.toml, or a folder of such files.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder that pages are written to.")],
) -> int:
    """Judge the inequality of a paper on what its file names, and write a page to cite: HTML, PDF, LaTeX, certificates.

    The exit status is 1 where a claim is violated, and 3 where one stays open.
    """
    from ..claims import SUFFIX, ClaimFile, decide
    from ..claims.write import write_page

    files = sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else [path]
    if not files:
        raise BadInput(str(path), f"found no file named NAME{SUFFIX}")
    claims = [ClaimFile.load(file) for file in files]
    status = 0
    with progress(sum(each.parts for each in claims), "judging claims") as advance:
        for each in claims:
            found = decide(each, advance=advance)
            pages = write_page(found, out)
            word = "false" if found.refuted else "open" if found.is_open else "holds"
            print(f"{each.name} ({word}): {found.sentence}\n  {pages[0]}")
            status = VIOLATION if found.refuted or status == VIOLATION else INCONCLUSIVE if found.is_open else status
    return status
