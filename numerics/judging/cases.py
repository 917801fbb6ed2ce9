"""The instances that a table or a check runs over: files, gallery names, or the gallery itself."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from maskbound.theory import ClaimError, Statement, claim

from ..errors import BadInput
from ..instances import Instance, Pair, load_any
from ..instances.gallery import load_gallery, names, pair_names
from ..instances.specfile import claims_of

__all__ = ["Case", "gallery_names", "open_case", "open_instance"]


@dataclass(frozen=True, eq=False)
class Case:
    """The subjects of statements: one instance, or two and the relation that joins them; and what its file claims."""

    subjects: tuple[Instance, ...]
    relation: str | None = None
    claims: tuple[Statement, ...] = ()

    @property
    def name(self) -> str:
        """The names of its subjects."""
        return " & ".join(subject.name for subject in self.subjects)

    @property
    def description(self) -> str:
        """V, L and N of the subjects."""
        return "; ".join(f"V={s.vocab}, L={s.length}, N={s.policy.steps}" for s in self.subjects)

    @property
    def parts(self) -> tuple[Case, ...]:
        """A pair as two cases of one subject each."""
        return tuple(Case((subject,)) for subject in self.subjects)


def gallery_names(slow: bool = False) -> list[str]:
    """The fast gallery or, with ``slow``, all of it; pairs last."""
    return [*names(slow), *pair_names()]


def open_case(spec: str) -> Case:
    """The case in a file, or the one of that name in the gallery; a file is found first.

    Raises
    ------
    BadInput
        When there is neither, or the file is wrong.
    """
    if Path(spec).suffix or Path(spec).exists():
        return replace(_case(load_any(spec)), claims=tuple(_claims(spec)))
    known = gallery_names(slow=True)
    if spec in known:
        return _case(load_gallery(spec))
    closest = difflib.get_close_matches(spec[:100], known, 3)
    hint = f" (closest: {', '.join(closest)})" if closest else ""
    raise BadInput(spec, f"there is no such file, and no such instance in the gallery{hint}")


def open_instance(spec: str) -> Instance:
    """The single instance in a file or of a gallery name.

    Raises
    ------
    BadInput
        When it is a pair, or wrong.
    """
    case = open_case(spec)
    if case.relation is not None:
        raise BadInput(f"{spec}: relation", "found a pair of instances, where a single instance is accepted")
    return case.subjects[0]


def _claims(path: str) -> Iterator[Statement]:
    for n, found in enumerate(claims_of(path)):
        try:
            yield claim(found.text, id=f"claim-{n + 1}", assumptions=found.needs)
        except ClaimError as problem:
            raise BadInput(f"{path}: claims[{n}]", str(problem)) from None


def _case(found: Instance | Pair) -> Case:
    return Case(found.instances, found.relation) if isinstance(found, Pair) else Case((found,))
