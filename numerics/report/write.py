"""The report as files: the PDF and its sources, the HTML, and the numbers of every table."""

from __future__ import annotations

import tempfile
from pathlib import Path

import matplotlib
import typst

from ..errors import BadInput
from ..figures import Figure
from ..render.table import render
from ..render.write import write_bytes, write_text
from ..render.write_figure import write_figure
from .build import Report
from .html import html_page
from .typst_source import typst_source

__all__ = ["compiled", "prepare", "write_report"]

DATA = {"csv": ".csv", "json": ".json", "latex": ".tex", "md": ".md"}


def prepare(folder: Path) -> None:
    """Make the folders, before anything is measured."""
    try:
        for inner in ("figures", "tables"):
            (folder / inner).mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise BadInput(str(folder), f"the folder cannot be made ({problem.strerror})") from None


def write_report(report: Report, folder: Path) -> None:
    """Write ``report.pdf``, ``report.typ``, ``report.html``, and every table and figure of it."""
    prepare(folder)
    pdf, page = compiled(report), html_page(report)
    for section in report.sections:
        for name, shown, _ in section.parts:
            if isinstance(shown, Figure):
                write_figure(folder / "figures" / f"{name}.svg", shown, report.drawings[name])
            else:
                for fmt, suffix in DATA.items():
                    write_text(folder / "tables" / f"{name}{suffix}", render(shown, fmt))
    write_text(folder / "report.typ", typst_source(report))
    write_text(folder / "report.html", page)
    write_bytes(folder / "report.pdf", pdf)


def compiled(report: Report) -> bytes:
    """The PDF, from the compiler and the fonts that come with the packages: nothing of the system is used."""
    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        (root / "figures").mkdir()
        for name, drawing in report.drawings.items():
            (root / "figures" / f"{name}.svg").write_bytes(drawing)
        (root / "report.typ").write_text(typst_source(report), encoding="utf-8")
        return typst.compile(root / "report.typ", root=root, font_paths=[fonts], ignore_system_fonts=True)
