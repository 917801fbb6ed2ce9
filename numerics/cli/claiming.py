"""`claim`: a page about the inequality of a paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import BadInput, MaskboundError
from .application import BAD_INPUT, INCONCLUSIVE, VIOLATION, app, say
from .output import progress

if TYPE_CHECKING:
    from ..claims import Findings

MOST_REASONS = 3


@app.command(epilog="Example: maskbound claim proofs_notes/claims --out pages")
def claim(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="NAME.claim.toml, or a folder of such files.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder that pages are written to.")],
) -> int:
    """Judge the inequality of a paper on what its file names, and write a page to cite: HTML, PDF, LaTeX, certificates.

    The exit status is 1 where a claim is violated, 3 where one stays open, and 2 where a file is wrong; the other files
    of the folder get their pages all the same.
    """
    from ..claims import SUFFIX, ClaimFile, decide
    from ..claims.write import write_page

    files = sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else [path]
    if not files:
        raise BadInput(str(path), f"found no file named NAME{SUFFIX}")
    claims, faults = [], []
    for file in files:
        try:
            claims.append(ClaimFile.load(file))
        except MaskboundError as problem:
            if len(files) == 1:
                raise
            faults.append(str(problem))
    status = 0
    with progress(sum(each.parts for each in claims), "judging claims") as advance:
        for each in claims:
            found = decide(each, advance=advance)
            pages = write_page(found, out)
            print(*_told(found), sep="\n")
            for line in _left_out(each.left_out):
                print(f"  {line}")
            print(f"  {pages[0]}")
            status = VIOLATION if found.refuted or status == VIOLATION else INCONCLUSIVE if found.is_open else status
    for fault in faults:
        say(f"no page: {fault}")
    return BAD_INPUT if faults else status


def _told(found: Findings) -> Iterator[str]:
    """The verdict; apart from the name, which may be a theorem's, where that was not read and the form is false."""
    from ..claims.page import reading

    if not found.unread:
        yield f"{found.claim.name} ({found.label}): {found.sentence}"
        return
    yield f"{found.claim.name}:"
    yield f"  {found.sentence}"
    yield f"  {reading(found)}"


def _left_out(reasons: Sequence[str]) -> Iterator[str]:
    """How many combinations are no instances, and why: the reasons that most of them have."""
    if not reasons:
        return
    found = Counter(reasons).most_common()
    number = "1 combination of the file is no instance" if len(reasons) == 1 else f"{len(reasons)} are no instances"
    yield f"{number}:" if len(reasons) == 1 else f"Of the combinations of the file {number}:"
    for reason, count in found[:MOST_REASONS]:
        yield f"  {reason}{f' ({count} of them)' if count > 1 else ''}"
    if len(found) > MOST_REASONS:
        yield f"  .. ({len(reasons) - sum(count for _, count in found[:MOST_REASONS])} more)"
