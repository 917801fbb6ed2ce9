"""The pages on using maskbound: what is in them, and doing it; run as a script it does one page (``make steps``)."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import sys
from pathlib import Path

from typer.testing import CliRunner

from maskbound.numerics import cli

BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def blocks(page: Path) -> list[tuple[str, str]]:
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def run(page: Path, folder: Path) -> list[str]:
    """Do what a page says, block by block, in ``folder``; what its programs print that it does not show."""
    found, faults = blocks(page), []
    for k, (language, text) in enumerate(found):
        if language == "toml":
            name = re.match(r"# (\S+)\n", text)[1]
            (folder / Path(name).name).write_text(text)
        elif language == "sh":
            for line in text.splitlines():
                words = shlex.split(line, comments=True)
                assert words[0] == "maskbound"
                result = CliRunner().invoke(cli.app, words[1:])
                if result.exit_code:
                    faults.append(result.output)
        elif language == "python":
            shown = found[k + 1][1] if k + 1 < len(found) and found[k + 1][0] == "text" else ""
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(text, page.name, "exec"), {})
            if printed.getvalue() != shown:
                faults.append(f"shown:\n{shown}printed:\n{printed.getvalue()}")
    return faults


if __name__ == "__main__":
    page, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    os.chdir(folder)
    sys.exit("\n".join(run(page, Path())))
