"""A pytest plugin: every ``*.maskbound.toml`` among the tests is an instance file whose bounds are checked.

One test holds all statements of the ledger against the instance and fails if one is violated; one for each entry of
the file's ``claims`` fails unless that holds. Where enclosures overlap, claims are decided exactly if the instance
allows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

__all__ = ["ClaimItem", "InstanceFile", "StatementsItem", "pytest_collect_file"]

SUFFIX = ".maskbound.toml"


class CheckFailed(Exception):
    """A bound that does not hold; the text is the whole report."""


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect instance files."""
    return InstanceFile.from_parent(parent, path=file_path) if file_path.name.endswith(SUFFIX) else None


class InstanceFile(pytest.File):
    """One instance file, or a pair's."""

    def collect(self) -> Iterator[pytest.Item]:
        """The statements, then each claim; a file that is wrong fails as a whole, with its sentence."""
        # Here, so that test suites without such files do not wait for numba.
        from ..errors import MaskboundError
        from ..instances.specfile import claims_of
        from ..tables.cases import open_case
        from ..tables.verdicts import judged_on

        try:
            case = open_case(str(self.path))
        except MaskboundError as problem:
            raise self.CollectError(str(problem)) from None
        ledger = [pair for pair in judged_on(case) if pair[0] not in case.claims]
        yield StatementsItem.from_parent(self, name="statements", judged=ledger)
        for claim, found in zip(case.claims, claims_of(self.path), strict=True):
            yield ClaimItem.from_parent(self, name=found.text, judged=judged_on(case, [claim]))


class _Item(pytest.Item):
    """Statements and the cases that they are held against."""

    def __init__(self, *, judged: list[Any], **rest: Any) -> None:
        super().__init__(**rest)
        self.judged = judged

    def verdicts(self) -> list[Any]:
        """One for each statement and case."""
        from ..checks import settled
        from ..engines.workspace import Workspace

        works = {subject: Workspace(subject) for _, case in self.judged for subject in case.subjects}
        return [
            settled(statement, tuple(works[subject] for subject in case.subjects), case.relation)
            for statement, case in self.judged
        ]

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The account of both sides in the place of a traceback through the plugin."""
        return str(excinfo.value) if isinstance(excinfo.value, CheckFailed) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where it stands."""
        return self.path, None, f"{self.path.name}: {self.name}"


class StatementsItem(_Item):
    """No statement of the ledger is violated."""

    def runtest(self) -> None:
        """Judge them all."""
        from ..checks import Status

        violated = [verdict.account() for verdict in self.verdicts() if verdict.status is Status.VIOLATED]
        if violated:
            raise CheckFailed("\n".join(violated))


class ClaimItem(_Item):
    """A claim holds."""

    def runtest(self) -> None:
        """Judge it."""
        from ..checks import Status

        if not self.judged:
            raise CheckFailed(f"{self.name}: it compares two instances, and the file holds one")
        failures = [verdict.account() for verdict in self.verdicts() if verdict.status is not Status.HOLDS]
        if failures:
            raise CheckFailed("\n".join(failures))
