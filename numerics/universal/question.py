"""The file of a question: a policy (or two) and a length, and in the place of a language all of them.

    [language]
    kind = "any"
    length = 8
    [policy]
    kind = "fixed-size"
    sizes = [2, 2, 2, 2]

An ordinary instance file, or a pair, is read as a question about its length and policies. Where the language is any, a
file may do without a policy: then the question is about languages alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import BadInput, shown
from ..instances import Instance, from_spec
from ..instances.gallery import load_gallery
from ..instances.pairs import RELATIONS
from ..instances.specfile import in_file, read_file
from ..numbers.probabilities import whole
from ..policies import Policy
from ..policies.kind import read_policy
from ..spec.table import SpecTable, require_table, within

__all__ = ["Question", "load_question", "parse_question"]

LONGEST = 10_000
ANY = "any"


@dataclass(frozen=True)
class Question:
    """A length and one policy, or two on the same language; none where the file has none."""

    length: int
    policies: tuple[Policy, ...]
    exact_denoiser: bool = True


class AnyTable(SpecTable):
    """``[language]`` with ``kind = "any"``."""

    kind: str
    length: Any


class QuestionTable(SpecTable):
    """The top of a question about one policy."""

    name: Any = None
    language: Any
    policy: Any = None
    denoiser: Any = None
    claims: Any = None


class PairedTable(SpecTable):
    """The top of a question about two policies."""

    relation: Any
    first: Any
    second: Any
    claims: Any = None


def load_question(spec: str) -> Question:
    """The question in a file, or the one that an instance of the gallery stands for.

    Raises
    ------
    BadInput
        When the file is wrong or not there.
    """
    path = Path(spec)
    if not path.suffix and not path.exists():
        return _of_instance(load_gallery(spec))
    with in_file(path):
        return parse_question(read_file(path), path.parent)


def parse_question(spec: Any, folder: str | Path = ".") -> Question:
    """The question that a spec describes."""
    require_table(spec)
    if "relation" in spec:
        table = PairedTable.read(spec)
        if not _any(table.first) and not _any(table.second):
            return _of_instance(from_spec(spec, folder))
        parts = []
        for name in ("first", "second"):
            with within(name):
                parts.append(_single(getattr(table, name), Path(folder)))
                if not parts[-1].policies:
                    raise BadInput("policy", "the key is missing; a pair compares two policies")
        if parts[0].length != parts[1].length:
            raise BadInput("second.language.length", f"found {parts[1].length}; the first has {parts[0].length}")
        if table.relation not in RELATIONS:
            raise BadInput("relation", f"found {shown(table.relation)}; one of {', '.join(RELATIONS)} is accepted")
        return Question(
            parts[0].length, tuple(part.policies[0] for part in parts), all(part.exact_denoiser for part in parts)
        )
    return _single(spec, Path(folder))


def _any(spec: Any) -> bool:
    language = spec.get("language") if isinstance(spec, Mapping) else None
    return isinstance(language, Mapping) and language.get("kind") == ANY


def _single(spec: Any, folder: Path) -> Question:
    if not _any(spec):
        return _of_instance(from_spec(spec, folder))
    table = QuestionTable.read(spec)
    with within("language"):
        length = whole(AnyTable.read(table.language).length, "length", 1, LONGEST)
    if table.policy is None:
        return Question(length, (), _exact(table.denoiser))
    with within("policy"):
        policy, _ = read_policy(table.policy, 2, length, folder)
    return Question(length, (policy,), _exact(table.denoiser))


def _exact(denoiser: Any) -> bool:
    """Exact, or any."""
    if denoiser is None:
        return True
    with within("denoiser"):
        require_table(denoiser)
        kind = denoiser.get("kind", "exact")
        if kind not in ("exact", ANY) or set(denoiser) - {"kind"}:
            raise BadInput("kind", f"found {shown(kind)}; next to a language of kind any, exact or any is accepted")
    return bool(kind == "exact")


def _of_instance(found: Any) -> Question:
    instances = (found,) if isinstance(found, Instance) else found.instances
    return Question(
        instances[0].length,
        tuple(each.policy for each in instances),
        all(each.exact_denoiser for each in instances),
    )
