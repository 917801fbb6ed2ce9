"""The Coq development: its check, and what it compiles to, which all tests share."""

from __future__ import annotations

import fcntl
import importlib.util
import re
import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "proofs_notes" / "coq"
BUILD = FOLDER.parents[1] / "build" / "coq"

spec = importlib.util.spec_from_file_location("coq_check", FOLDER / "check.py")
coq = importlib.util.module_from_spec(spec)
spec.loader.exec_module(coq)

needs_coq = pytest.mark.skipif(shutil.which("coqchk") is None, reason=f"Coq is not installed ({coq.PACKAGES})")


@cache
def compiled() -> list[str]:
    """The modules of the development, which lie compiled in ``BUILD`` as ``make proofs`` leaves them.

    Processes of tests wait for the one that compiles.
    """
    BUILD.parent.mkdir(exist_ok=True)
    with BUILD.with_name("coq.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return coq.compile_once(FOLDER, BUILD)


def compile_text(folder: Path, text: str) -> str:
    """What Coq prints of a text that may require the development."""
    compiled()
    file = folder / "Text.v"
    file.write_text(text)
    return coq.run(BUILD, "coqc", "-q", "-w", "none", str(file))


def compile_together(folder: Path, texts: Sequence[str]) -> str:
    """The same of many texts, modules ``M0``, ``M1``, .. of one, since loading the development takes a second."""
    return compile_text(folder, "\n".join(f"Module M{k}.\n{text}\nEnd M{k}." for k, text in enumerate(texts)))


def which_are_refused(folder: Path, exported: Sequence[str]) -> list[int]:
    """The numbers of the exported files of which Coq refuses a computation that proves a theorem."""
    proof, told = "by vm_compute. Qed.", re.compile(r"^refused: (\d+)$", re.MULTILINE)
    assert all(proof in text for text in exported)
    asking = [
        text.replace(proof, f'tryif by vm_compute then idtac else idtac "refused:" "{k}". Abort.')
        for k, text in enumerate(exported)
    ]
    return sorted({int(k) for k in told.findall(compile_together(folder, asking))})
