"""The database of a sweep: SQLite in WAL mode, one table ``results``, a row for each quantity of each instance."""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self

from ..enclosure import Enclosure, Kind
from ..errors import BadInput
from .grid import Settings

__all__ = ["Row", "Store", "code_version"]

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


def code_version() -> str:
    """The key that rows are kept under beside their fingerprint."""
    return version("maskbound")


@dataclass(frozen=True)
class Row:
    """One quantity of one instance, or why it could not be measured: then there is a message and no interval.

    There is no value, but an interval, where only bounds are known.
    """

    fingerprint: str
    version: str
    spec: str
    quantity: str
    value: float | None = None
    lo: float | None = None
    hi: float | None = None
    kind: Kind | None = None
    engine: str | None = None
    message: str | None = None

    @classmethod
    def measured(cls, fingerprint: str, spec: str, quantity: str, found: Enclosure) -> Row:
        """The row of an enclosure."""
        value = float(found.value) if found.has_value else None
        numbers = (value, float(found.lo), float(found.hi))
        return cls(fingerprint, code_version(), spec, quantity, *numbers, found.kind, found.engine, found.note or None)

    @classmethod
    def failed(cls, fingerprint: str, spec: str, quantity: str, message: str) -> Row:
        """The row of a measurement that could not be made."""
        return cls(fingerprint, code_version(), spec, quantity, message=message)

    @property
    def is_failure(self) -> bool:
        """Whether nothing was measured."""
        return self.lo is None or self.hi is None or self.kind is None

    @property
    def name(self) -> str:
        """The name of the instance."""
        return str(json.loads(self.spec).get("name", "instance"))


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
        with self._base:
            self._base.execute("INSERT OR IGNORE INTO settings VALUES (?, ?)", (code_version(), given))
        kept = self.settings()
        if kept != settings:
            differing = [name for name, value in kept if value != getattr(settings, name)]
            found = ", ".join(f"{name} = {getattr(kept, name)}" for name in differing)
            raise BadInput(
                str(self.path), f"it was filled with {found}; the same settings, or a new file, are accepted"
            )

    def settings(self) -> Settings:
        """How the rows of this version were measured."""
        found = self._base.execute("SELECT measure FROM settings WHERE version = ?", (code_version(),)).fetchone()
        return Settings.model_validate_json(found[0]) if found else Settings()

    def known(self) -> set[tuple[str, str]]:
        """The fingerprint and the quantity of every row of this version."""
        return set(self._base.execute("SELECT fingerprint, quantity FROM results WHERE version = ?", (code_version(),)))

    def add(self, rows: Iterable[Row]) -> None:
        """Write rows, all of them or none; what is there already stays."""
        marks = ", ".join("?" * len(COLUMNS))
        with self._base:
            self._base.executemany(f"INSERT OR IGNORE INTO results VALUES ({marks})", [astuple(row) for row in rows])

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
        if row.lo is None or row.hi is None or row.kind is None:
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
