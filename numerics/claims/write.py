"""The files of a claim's page: HTML, PDF, LaTeX and certificates."""

from __future__ import annotations

import json
import re
from pathlib import Path

from ..errors import BadInput
from ..render.write import write_bytes, write_text
from ..report.html import html_page
from ..report.write import compiled
from .findings import Findings
from .fragment import latex_fragment
from .page import claim_page

__all__ = ["write_page"]


def write_page(found: Findings, folder: Path) -> list[Path]:
    """Write ``NAME.html``, ``NAME.pdf``, ``NAME.tex`` and a file for each certificate; their paths.

    Certificates of an earlier page of that name that are no longer its own are removed.

    Raises
    ------
    BadInput
        When the folder or a file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise BadInput(str(folder), f"the folder cannot be made ({problem.strerror})") from None
    name, page = found.claim.name, claim_page(found)
    pdf = compiled(page)
    texts = {f"{name}.html": html_page(page), f"{name}.tex": latex_fragment(found)}
    for each in found.certificates:
        texts[each.file(name)] = json.dumps(each.certificate, indent=1, ensure_ascii=False) + "\n"
    for path, text in texts.items():
        write_text(folder / path, text)
    write_bytes(folder / f"{name}.pdf", pdf)
    _remove_stale(folder, name, set(texts))
    html, *others = (folder / path for path in texts)
    return [html, folder / f"{name}.pdf", *others]


def _remove_stale(folder: Path, name: str, kept: set[str]) -> None:
    """Remove files that only an earlier page of this name has written."""
    pattern = re.compile(rf"{re.escape(name)}-certificate-(?:instance|(?:row-)?[1-9][0-9]*)\.json")
    for path in folder.iterdir():
        if pattern.fullmatch(path.name) and path.name not in kept and path.is_file() and not path.is_symlink():
            try:
                path.unlink()
            except OSError as problem:
                raise BadInput(str(path), f"the file cannot be removed ({problem.strerror})") from None
