"""The files of a claim's page: HTML, PDF, LaTeX and certificates."""

from __future__ import annotations

import json
from pathlib import Path

from ..errors import BadInput
from ..render.write import write_bytes, write_text
from ..report.html import html_page
from ..report.write import compiled
from .decide import Findings
from .page import claim_page, latex_fragment

__all__ = ["write_page"]


def write_page(found: Findings, folder: Path) -> list[Path]:
    """Write ``NAME.html``, ``NAME.pdf``, ``NAME.tex`` and a file for each certificate; their paths.

    Raises
    ------
    BadInput
        When the folder or a file cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise BadInput(str(folder), f"the folder cannot be made ({problem.strerror})") from None
    page, stem = claim_page(found), folder / found.claim.name
    texts = {".html": html_page(page), ".tex": latex_fragment(found)}
    for n, each in enumerate(found.certificates, 1):
        texts[f"-certificate-{n}.json"] = json.dumps(each.certificate, indent=1, ensure_ascii=False) + "\n"
    written = [Path(f"{stem}{suffix}") for suffix in texts]
    for path, text in zip(written, texts.values(), strict=True):
        write_text(path, text)
    pdf = Path(f"{stem}.pdf")
    write_bytes(pdf, compiled(page))
    return [written[0], pdf, *written[1:]]
