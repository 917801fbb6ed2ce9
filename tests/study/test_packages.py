"""The table of released packages is as `make released` wrote it, and complete."""

from __future__ import annotations

import json
import re
from pathlib import Path

from maskbound.numerics.study.packages import ADAPTERS, COLUMNS

ROOT = Path(__file__).parents[2]
RECORDED = json.loads((ROOT / "tests" / "samplers" / "released.json").read_text(encoding="utf-8"))
FOLDER = ROOT / "numerics" / "conformance" / "adapters"


def test_every_adapter_has_rows_of_the_version_that_it_states():
    recorded = {row["package"] for row in RECORDED["rows"]}
    stated = set()
    for package, module in ADAPTERS.items():
        text = (FOLDER / f"{module}.py").read_text(encoding="utf-8")
        name, version = re.search(r'^PACKAGE, VERSION = "(.*)", "(.*)"$', text, re.MULTILINE).groups()
        assert name == package
        stated.add(f"{package} {version}")
    assert recorded == stated
    assert len(stated) >= 10


def test_rows_say_what_they_are_for():
    rows = RECORDED["rows"]
    assert len(rows) >= 25
    for row in rows:
        assert tuple(row) == COLUMNS
        assert row["finding"] in ("no difference", "differs", "raises")
        assert (row["finding"] == "differs") <= (row["seen"] != "as documented")
