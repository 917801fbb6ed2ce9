"""The database of a sweep: SQLite in WAL mode, one table ``results``, a row for each quantity of each instance."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from ..errors import BadInput
from ..numbers.enclosure import Enclosure, Kind
from .code import code_version
from .grid import Settings

__all__ = ["Row", "Store", "WriteFailed"]

PATIENCE = 60.0
"""Seconds to wait for another process that writes."""

TABLES = """
CREATE TABLE IF NOT EXISTS results (
    fingerprint TEXT NOT NULL, version TEXT NOT NULL, spec TEXT NOT NULL, quantity TEXT NOT NULL,
    value REAL, lo REAL, hi REAL, kind TEXT, engine TEXT, message TEXT,
    PRIMARY KEY (fingerprint, version, quantity)
);
CREATE TABLE IF NOT EXISTS settings (version TEXT PRIMARY KEY, measure TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Row:
    """One quantity of one instance, or why it could not be measured: then there is a message and no interval.

    There is no value, but an interval, where only bounds are known. ``kind`` is that of the enclosure, or ``"passing"``
    for a failure of the moment, which is tried again.
    """

    fingerprint: str
    version: str
    spec: str
    quantity: str
    value: float | None = None
    lo: float | None = None
    hi: float | None = None
    kind: Kind | Literal["passing"] | None = None
    engine: str | None = None
    message: str | None = None

    @classmethod
    def measured(cls, fingerprint: str, spec: str, quantity: str, found: Enclosure) -> Row:
        """The row of an enclosure."""
        value = float(found.value) if found.has_value else None
        numbers = (value, float(found.lo), float(found.hi))
        return cls(fingerprint, code_version(), spec, quantity, *numbers, found.kind, found.engine, found.note or None)

    @classmethod
    def failed(cls, fingerprint: str, spec: str, quantity: str, message: str, passing: bool = False) -> Row:
        """The row of a measurement that could not be made; for a passing reason it may be made another time."""
        kind: Literal["passing"] | None = "passing" if passing else None
        return cls(fingerprint, code_version(), spec, quantity, kind=kind, message=message)

    @property
    def passing(self) -> bool:
        """Whether the next sweep tries again."""
        return self.kind == "passing"

    @property
    def is_failure(self) -> bool:
        """Whether nothing was measured."""
        return self.lo is None or self.hi is None or self.kind is None

    @property
    def name(self) -> str:
        """The name of the instance."""
        return str(json.loads(self.spec).get("name", "instance"))


class WriteFailed(BadInput):
    """Rows could not be written, as on a full disk; those written before are kept."""


COLUMNS = tuple(field.name for field in fields(Row))


class Store:
    """An open database of results; a context manager.

    Parameters
    ----------
    path : str or Path
        Made when it is not there, unless ``existing``.
    existing : bool
        Refuse to make a new file.

    Raises
    ------
    BadInput
        When the file cannot be opened or is no such database.
    """

    def __init__(self, path: str | Path, existing: bool = False) -> None:
        self.path = Path(path)
        if existing and not self.path.is_file():
            raise BadInput(str(path), "there is no such file")
        try:
            self._base = sqlite3.connect(self.path, timeout=PATIENCE)
            if not existing:
                # With full synchronisation a row that was written survives a power cut too.
                self._base.execute("PRAGMA journal_mode = WAL")
                self._base.execute("PRAGMA synchronous = FULL")
                self._base.executescript(TABLES)
            self._base.execute(f"SELECT {', '.join(COLUMNS)} FROM results LIMIT 1")
        except sqlite3.Error as problem:
            raise BadInput(str(path), f"it cannot be used as the database of a sweep ({problem})") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._base.close()

    def agree_on(self, settings: Settings) -> None:
        """Refuse to mix rows that were measured in different ways; the first settings of a version are kept.

        Raises
        ------
        BadInput
            When rows of this version were measured with other settings.
        """
        given = settings.model_dump_json(exclude_none=True)
        try:
            with self._base:
                self._base.execute("INSERT OR IGNORE INTO settings VALUES (?, ?)", (code_version(), given))
        except sqlite3.Error as problem:
            raise BadInput(str(self.path), f"it cannot be written to ({problem})") from None
        kept = self.settings()
        if kept != settings:
            differing = [name for name, value in kept if value != getattr(settings, name)]
            found = ", ".join(f"{name} = {getattr(kept, name)}" for name in differing)
            raise BadInput(
                str(self.path),
                f"its {len(self.known())} rows were measured with {found}, and stay; the same under [measure], or a new"
                " file, is accepted",
            )

    def settings(self) -> Settings:
        """Options by which the rows of this version were measured."""
        found = self._base.execute("SELECT measure FROM settings WHERE version = ?", (code_version(),)).fetchone()
        return Settings.model_validate_json(found[0]) if found else Settings()

    def known(self) -> set[tuple[str, str]]:
        """The fingerprint and the quantity of every row of this version that is not to be tried again."""
        query = "SELECT fingerprint, quantity FROM results WHERE version = ? AND kind IS NOT 'passing'"
        return set(self._base.execute(query, (code_version(),)))

    def passing(self) -> set[tuple[str, str]]:
        """The same of every row that is."""
        query = "SELECT fingerprint, quantity FROM results WHERE version = ? AND kind = 'passing'"
        return set(self._base.execute(query, (code_version(),)))

    def with_numbers(self) -> set[str]:
        """The fingerprint of every instance of which a row of this version has a number."""
        query = "SELECT DISTINCT fingerprint FROM results WHERE version = ? AND lo IS NOT NULL"
        return {fingerprint for (fingerprint,) in self._base.execute(query, (code_version(),))}

    def add(self, rows: Iterable[Row]) -> None:
        """Write rows, all of them or none; what is there already stays, but for failures of the moment.

        Raises
        ------
        WriteFailed
            When there is no room for them, say; the rows written before are kept.
        """
        rows, marks = list(rows), ", ".join("?" * len(COLUMNS))
        passed = "DELETE FROM results WHERE fingerprint = ? AND version = ? AND quantity = ? AND kind = 'passing'"
        try:
            with self._base:
                self._base.executemany(passed, [(row.fingerprint, row.version, row.quantity) for row in rows])
                self._base.executemany(f"INSERT OR IGNORE INTO results VALUES ({marks})", map(astuple, rows))
        except sqlite3.Error as problem:
            raise WriteFailed(str(self.path), f"rows could not be written ({problem})") from None

    def left_out(self) -> int:
        """Number of rows that other code has measured: they are kept, and not read."""
        return self._base.execute("SELECT COUNT(*) FROM results WHERE version != ?", (code_version(),)).fetchone()[0]

    def rows(self) -> Iterator[Row]:
        """The rows of this version, in the order in which they were written."""
        query = f"SELECT {', '.join(COLUMNS)} FROM results WHERE version = ? ORDER BY rowid"
        for row in self._base.execute(query, (code_version(),)):
            yield Row(*row)

    def found(self, fingerprint: str) -> dict[str, Enclosure]:
        """The stored measurements of one instance."""
        query = f"SELECT {', '.join(COLUMNS)} FROM results WHERE version = ? AND fingerprint = ?"
        rows = [Row(*row) for row in self._base.execute(query, (code_version(), fingerprint))]
        return {row.quantity: found for row in rows if (found := self.enclosure(row)) is not None}

    def enclosure(self, row: Row) -> Enclosure | None:
        """The enclosure of a row; None where nothing was measured."""
        if row.lo is None or row.hi is None or row.kind is None or row.kind == "passing":
            return None
        confidence = self.settings().confidence if row.kind == "statistical" else None
        return Enclosure(
            math.nan if row.value is None else row.value,
            row.lo,
            row.hi,
            row.kind,
            row.engine or "",
            confidence=confidence,
            note=row.message or "",
        )
