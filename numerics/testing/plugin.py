"""A pytest plugin: every ``*.maskbound.toml`` among the tests is an instance file whose bounds are checked, and every
``*.claim.toml`` a claim.

One test holds all statements of the ledger against the instance and fails if one is violated; one for each entry of
the file's ``claims`` fails unless that holds. Where enclosures overlap, claims are decided exactly if the instance
allows it. A claim file is one test, which fails where the claim is violated or open.

A function marked ``@pytest.mark.samples_from(spec, **settings)`` returns a sampler, which is held against an instance:
the one of that file beside the test, of that name in the gallery, or given itself. The settings are those of
:func:`assert_samples_from`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

__all__ = [
    "ClaimFileItem",
    "ClaimItem",
    "ClaimedFile",
    "InstanceFile",
    "StatementsItem",
    "pytest_collect_file",
    "pytest_configure",
    "pytest_pyfunc_call",
]

SUFFIX, CLAIM_SUFFIX = ".maskbound.toml", ".claim.toml"


MOST_ACCOUNTS = 5

MARK = "samples_from"


def pytest_configure(config: pytest.Config) -> None:
    """Announce the marker."""
    config.addinivalue_line(
        "markers", f"{MARK}(spec, **settings): the sampler that is returned draws as an instance claims"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Hold the sampler that a marked function returns against its instance."""
    __tracebackhide__ = True
    mark = pyfuncitem.get_closest_marker(MARK)
    if mark is None:
        return None
    from ..judging.cases import open_instance
    from .samplers import assert_samples_from

    (spec,) = mark.args
    if isinstance(spec, str):
        beside = pyfuncitem.path.parent / spec
        spec = open_instance(str(beside) if beside.exists() else spec)
    names = pyfuncitem._fixtureinfo.argnames
    sampler = pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names})
    assert_samples_from(sampler, spec, **mark.kwargs)
    return True


class CheckFailed(Exception):
    """A bound that does not hold; the text is the whole report."""


def _account_alone(item: pytest.Item, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
    """The account of both sides in the place of a traceback through the plugin."""
    return str(excinfo.value) if isinstance(excinfo.value, CheckFailed) else pytest.Item.repr_failure(item, excinfo)


def _place(item: pytest.Item) -> tuple[Path, None, str]:
    """File of the test, without a line, and its name."""
    return item.path, None, f"{item.path.name}: {item.name}"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect instance files and claim files."""
    if file_path.name.endswith(CLAIM_SUFFIX):
        return ClaimedFile.from_parent(parent, path=file_path)
    return InstanceFile.from_parent(parent, path=file_path) if file_path.name.endswith(SUFFIX) else None


class ClaimedFile(pytest.File):
    """One claim file."""

    def collect(self) -> Iterator[pytest.Item]:
        """The claim; a file that is wrong fails with its sentence."""
        from ..claims import ClaimFile
        from ..errors import MaskboundError

        try:
            stated = ClaimFile.load(self.path)
        except MaskboundError as problem:
            raise self.CollectError(str(problem)) from None
        yield ClaimFileItem.from_parent(self, name=str(stated.statement), stated=stated)


class ClaimFileItem(pytest.Item):
    """The claim of a file holds on everything that the file names."""

    def __init__(self, *, stated: Any, **rest: Any) -> None:
        super().__init__(**rest)
        self.stated = stated

    def runtest(self) -> None:
        """Judge it."""
        from ..claims import decide

        found = decide(self.stated)
        if found.refuted or found.is_open:
            accounts = [verdict.account() for _, verdict in found.judged if verdict.status.value != "holds"]
            raise CheckFailed("\n".join([found.sentence, *accounts[:MOST_ACCOUNTS]]))

    repr_failure = _account_alone
    reportinfo = _place


class InstanceFile(pytest.File):
    """One instance file, or a pair's."""

    def collect(self) -> Iterator[pytest.Item]:
        """The statements, then each claim; a file that is wrong fails as a whole, with its sentence."""
        # Here, so that test suites without such files do not wait for numba.
        from ..errors import MaskboundError
        from ..instances.specfile import claims_of
        from ..judging.cases import open_case
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
        from ..engines.workspace import Workspace
        from ..judging import settled

        works = {subject: Workspace(subject) for _, case in self.judged for subject in case.subjects}
        return [
            settled(statement, tuple(works[subject] for subject in case.subjects), case.relation)
            for statement, case in self.judged
        ]

    repr_failure = _account_alone
    reportinfo = _place


class StatementsItem(_Item):
    """No statement of the ledger is violated."""

    def runtest(self) -> None:
        """Judge them all."""
        from ..judging import Status

        violated = [verdict.account() for verdict in self.verdicts() if verdict.status is Status.VIOLATED]
        if violated:
            raise CheckFailed("\n".join(violated))


class ClaimItem(_Item):
    """A claim holds."""

    def runtest(self) -> None:
        """Judge it."""
        from ..judging import Status

        if not self.judged:
            raise CheckFailed(f"{self.name}: it compares two instances, and the file holds one")
        failures = [verdict.account() for verdict in self.verdicts() if verdict.status is not Status.HOLDS]
        if failures:
            raise CheckFailed("\n".join(failures))
