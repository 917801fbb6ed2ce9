"""LaTeX is compiled where pdflatex is installed."""

import shutil

collect_ignore = [] if shutil.which("pdflatex") else ["test_latex.py"]
