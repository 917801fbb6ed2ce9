"""The database: every row once, by value, readable by anything that reads SQL."""

from __future__ import annotations

import json
import math
import re
import sqlite3
from pathlib import Path

import pandas
import pytest
from test_architecture import RANK

from maskbound import numerics, theory
from maskbound.numerics.errors import BadInput
from maskbound.numerics.numbers.enclosure import Enclosure
from maskbound.numerics.sweeps import Row, Settings, Store
from maskbound.numerics.sweeps.code import ABOVE, digest
from maskbound.numerics.sweeps.store import COLUMNS
from maskbound.numerics.tables.stored import stored_results

EXACT = Row.measured("f1", '{"name": "one"}', "kl", Enclosure(0.1, 0.1, 0.1 + 1e-16, "rounding", engine="tabular"))
INFINITE = Row.measured("f1", '{"name": "one"}', "reverse_kl", Enclosure(math.inf, 1.5, math.inf, "bound"))
SAMPLED = Row.measured("f2", '{"name": "two"}', "kl", Enclosure(0.5, 0.4, 0.6, "statistical", confidence=0.9))
FAILED = Row.failed("f2", '{"name": "two"}', "reverse_kl", "too big")
ROWS = [EXACT, INFINITE, SAMPLED, FAILED]


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "results.db") as opened:
        opened.agree_on(Settings(confidence=0.9))
        opened.add(ROWS)
        yield opened


def test_rows_come_back_by_value(store):
    assert list(store.rows()) == ROWS
    assert store.known() == {(row.fingerprint, row.quantity) for row in ROWS}


def test_enclosures_come_back(store):
    found = store.found("f1")
    assert (found["kl"].value, found["kl"].hi, found["kl"].engine) == (0.1, 0.1 + 1e-16, "tabular")
    assert found["reverse_kl"].hi == math.inf
    assert store.found("f2")["kl"].confidence == 0.9
    assert "reverse_kl" not in store.found("f2")


def test_a_row_is_written_once_and_stays(store):
    store.add([Row.failed("f1", "{}", "kl", "later")])
    assert list(store.rows()) == ROWS


def test_rows_of_another_version_are_not_seen(store):
    store.add([Row("f1", "0.0.0", "{}", "ser", 1.0, 1.0, 1.0, "exact", "reference")])
    assert list(store.rows()) == ROWS
    assert ("f1", "ser") not in store.known()


def test_rows_of_other_code_are_counted(store):
    assert store.left_out() == 0
    store.add([Row("f1", "0.0.0", "{}", "ser", 1.0, 1.0, 1.0, "exact", "reference")])
    assert store.left_out() == 1
    assert "1 rows that other code has measured are left out" in " ".join(stored_results(store).notes)


def test_an_edit_of_the_code_is_another_version(tmp_path):
    """Of any source or data that a measurement runs through; not of what only reads sweeps, nor of other files."""
    (tmp_path / "engines").mkdir()
    (tmp_path / "cli").mkdir()
    (tmp_path / "engines" / "walk.py").write_text("x = 1\n")
    before = digest(tmp_path)
    for other in ("engines/notes.txt", "cli/output.py", "engines/walk.pyc"):
        (tmp_path / other).write_text("y")
    assert digest(tmp_path) == before
    met = {before}
    for path, text in (("engines/walk.py", "x = 2\n"), ("engines/more.py", ""), ("engines/counts.tsv", "a 1")):
        (tmp_path / path).write_text(text)
        met.add(digest(tmp_path))
    (tmp_path / "engines" / "more.py").rename(tmp_path / "more.py")
    met.add(digest(tmp_path))
    assert len(met) == 5


def test_the_version_of_a_row_is_that_of_the_sources():
    assert re.fullmatch(r"[\w.]+\+[0-9a-f]{12}", EXACT.version)
    assert EXACT.version.endswith(digest(Path(theory.__file__).parent, Path(numerics.__file__).parent))


def test_what_the_digest_leaves_out_lies_above_sweeps():
    for name in ABOVE:
        assert RANK[name.removesuffix(".py")] > RANK["sweeps"]


def test_a_failure_of_the_moment_gives_way(store):
    store.add([Row.failed("f3", "{}", "kl", "killed", passing=True)])
    assert ("f3", "kl") not in store.known()
    store.add([Row.failed("f3", "{}", "kl", "too big")])
    assert [row.message for row in store.rows() if row.fingerprint == "f3"] == ["too big"]
    assert ("f3", "kl") in store.known()


def test_other_settings_are_refused(store):
    store.agree_on(Settings(confidence=0.9))
    with pytest.raises(BadInput, match=r"its 4 rows were measured with confidence = 0\.9, and stay; the same"):
        store.agree_on(Settings())
    with pytest.raises(BadInput, match=r"width = 0\.01"):
        store.agree_on(Settings(confidence=0.9, width=0.5))


def test_the_columns_are_those_that_are_promised(store):
    promised = ["fingerprint", "version", "spec", "quantity", "value", "lo", "hi", "kind", "engine", "message"]
    assert list(COLUMNS) == promised
    base = sqlite3.connect(store.path)
    assert base.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    frame = pandas.read_sql("SELECT * FROM results", base)
    base.close()
    assert list(frame.columns) == promised
    assert frame["value"].tolist()[:3] == [0.1, math.inf, 0.5]
    assert frame["message"].tolist()[3] == "too big"


def test_a_table_of_a_database(store):
    table = stored_results(store)
    assert table.columns == ("instance", "kl", "reverse_kl")
    assert [row[0] for row in table.rows] == ["one", "two"]
    assert table.rows[0][1] == store.found("f1")["kl"]
    assert table.rows[1][2] is None
    drawn = "Where kl is drawn: seed 0, each interval with confidence 0.9"
    assert table.notes == (drawn, "1 could not be measured; the first: too big")
    assert "instance one: f1" in table.provenance


def test_columns_are_what_tells_instances_apart(tmp_path):
    """Paths from where they differ, and no key that the kind of its table tells."""
    languages = [
        {"kind": "arpa", "path": "/home/a/letters.arpa", "length": 32, "unknown": True},
        {"kind": "arpa", "path": "/home/b/words.arpa", "length": 40, "unknown": True},
        {"kind": "pair", "length": 40, "floor": 0.1},
        {"kind": "pair", "length": 40},
    ]
    specs = [{"name": str(k), "language": language} for k, language in enumerate(languages)]
    found = Enclosure(0.5, 0.5, 0.5, "exact")
    with Store(tmp_path / "a.db") as store:
        store.add([Row.measured(spec["name"], json.dumps(spec), "kl", found) for spec in specs])
        table = stored_results(store)
    assert table.columns == ("instance", "language.kind", "language.path", "language.length", "language.floor", "kl")
    assert [row[2] for row in table.rows] == ["a/letters.arpa", "b/words.arpa", None, None]
    assert [row[4] for row in table.rows] == [None, None, 0.1, None]


def test_rows_of_a_table_do_not_depend_on_who_finished_first(tmp_path):
    found = Enclosure(0.5, 0.5, 0.5, "exact")
    names = ["n: steps=8", "n: steps=16", "n: weight=0.5", "n: weight=0.15", "m: steps=4", "n"]
    rows = [Row.measured(f"f{k}", json.dumps({"name": name}), "kl", found) for k, name in enumerate(names)]
    orders = []
    for k, order in enumerate((rows, rows[::-1])):
        with Store(tmp_path / f"{k}.db") as store:
            store.add(order)
            orders.append([row[0] for row in stored_results(store).rows])
    assert orders[0] == orders[1] == ["m: steps=4", "n", "n: steps=8", "n: steps=16", "n: weight=0.15", "n: weight=0.5"]


def test_what_is_no_database_is_refused(tmp_path):
    (tmp_path / "x.db").write_text("no database, and longer than a header of SQLite would be" * 9)
    base = sqlite3.connect(tmp_path / "other.db")
    base.execute("CREATE TABLE results (something TEXT)")
    base.commit()
    base.close()
    for name, existing in (("x.db", False), ("other.db", False), ("absent/x.db", False), ("absent.db", True)):
        with pytest.raises(BadInput, match=name):
            Store(tmp_path / name, existing)
    assert not (tmp_path / "absent.db").exists()
