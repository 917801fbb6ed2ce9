"""Claim files, ``NAME.claim.toml``: an inequality, where it was published, and the instances that it is tried on.

``claim`` is an inequality as it is typed elsewhere, ``statement`` the id of one of the ledger; one of them is given.
``parameters`` are numbers for names in the claim, ``assumptions`` names of hypotheses, ``paper`` a key of the
bibliography or authors, title and year, with the number of the theorem. It is tried on ``instances`` (files, names of
the gallery, or ``"gallery"`` for the fast part of it) and on every language of ``languages`` at every length of
``lengths`` under every policy of ``policies`` in every number of ``steps``; with ``every_language`` it is decided for
all languages at these lengths under these policies, and with ``every_length`` for all lengths.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from maskbound.theory import ASSUMPTIONS, PAPERS, ClaimError, Paper, Statement, claim, closest, statements

from ..errors import BadInput, MaskboundError, shown
from ..instances import parse
from ..instances.specfile import in_file, read_file
from ..judging.cases import Case, gallery_names, open_case
from ..numbers.probabilities import number, written
from ..policies import Policy, read_policy
from ..spec.table import ABSENT, Count, SpecTable, Text, Wholes, require_table, within

__all__ = ["SUFFIX", "ClaimFile", "Published", "in_short", "spelt"]

SUFFIX = ".claim.toml"

LONGEST_FACT = 20
"""Characters of an entry that stands in a name."""

ANY_VOCAB = 2
"""Vocabulary with which a policy is read for a verdict about every language; policies do not look at it."""


def _tables(key: str) -> PlainValidator:
    def read(value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise BadInput(key, f"found {shown(value)}; a list of tables is accepted")
        for n, entry in enumerate(value):
            with within(f"{key}[{n}]"):
                require_table(entry)
        return value

    return PlainValidator(read)


def _names(key: str) -> PlainValidator:
    def read(value: Any) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(entry, str) and entry for entry in value):
            raise BadInput(key, f"found {shown(value)}; a list of names is accepted")
        return value

    return PlainValidator(read)


def _flag(key: str) -> PlainValidator:
    def read(value: Any) -> bool:
        if not isinstance(value, bool):
            raise BadInput(key, f"found {shown(value)}; true or false is accepted")
        return value

    return PlainValidator(read)


def _numbers(value: Any) -> dict[str, str]:
    require_table(value)
    return {name: str(written(number(entry, f"parameters.{name}"))) for name, entry in value.items()}


def _exact_only() -> list[dict[str, Any]]:
    return [{}]


class PaperTable(SpecTable):
    """Where the claim was published."""

    key: Text = ABSENT
    authors: Text = ABSENT
    title: Text = ""
    year: Count = ABSENT
    arxiv: Text = ""
    venue: Text = ""
    theorem: Text = ""


class ClaimTable(SpecTable):
    """The top of a claim file."""

    claim: Text = ABSENT
    statement: Text = ABSENT
    title: Text = ABSENT
    remark: Text = ""
    assumptions: Annotated[list[str], _names("assumptions")] = Field(default_factory=list)
    parameters: Annotated[dict[str, str], PlainValidator(_numbers)] = Field(default_factory=dict)
    paper: Any = ABSENT
    instances: Annotated[list[str], _names("instances")] = Field(default_factory=list)
    languages: Annotated[list[dict[str, Any]], _tables("languages")] = Field(default_factory=list)
    denoisers: Annotated[list[dict[str, Any]], _tables("denoisers")] = Field(default_factory=_exact_only)
    policies: Annotated[list[dict[str, Any]], _tables("policies")] = Field(default_factory=list)
    lengths: Wholes = Field(default_factory=list)
    steps: Wholes = Field(default_factory=list)
    every_language: Annotated[bool, _flag("every_language")] = False
    every_length: Annotated[bool, _flag("every_length")] = False


@dataclass(frozen=True)
class Published:
    """A theorem of a paper.

    Parameters
    ----------
    paper : Paper
    theorem : str
        Its number; empty where the paper gives none.
    """

    paper: Paper
    theorem: str

    def __str__(self) -> str:
        """The theorem and the paper."""
        return f"{self.theorem + ' of ' if self.theorem else ''}{self.paper.line}"


@dataclass(frozen=True)
class ClaimFile:
    """A claim and what it is tried on.

    Parameters
    ----------
    name : str
        Of the file, without its suffix.
    typed : str
        The inequality as the file has it.
    statement : Statement
    published : Published or None
    remark : str
        A paragraph for the page, such as how the claim stands to the theorem's wording.
    cases : tuple of Case
        Instances and pairs that it is judged on.
    left_out : tuple of str
        Why members of the product of languages, lengths, policies and steps are no instances.
    questions : tuple of (Policy, int)
        Policies and lengths for which it is decided for every language.
    every_length : bool
        Whether it is decided for every length too.
    exact_denoiser : bool
        Whether that is about the exact denoiser; otherwise about every denoiser.
    parameters : mapping of str to str
        The numbers that stand for names in the claim.
    text : str
        The whole file.
    """

    name: str
    typed: str
    statement: Statement
    published: Published | None
    remark: str
    cases: tuple[Case, ...]
    left_out: tuple[str, ...]
    questions: tuple[tuple[Policy, int], ...]
    every_length: bool
    exact_denoiser: bool
    parameters: Mapping[str, str]
    text: str

    @property
    def families(self) -> list[Policy]:
        """One policy of each kind that stands for others at every length, where every length is asked for."""
        found: dict[str, Policy] = {}
        for policy, _ in self.questions if self.every_length else ():
            if policy.counted:
                found.setdefault(policy.written()["kind"], policy)
        return list(found.values())

    @property
    def parts(self) -> int:
        """Number of questions: instances, policies with lengths, families of policies."""
        return len(self.cases) + len(self.questions) + len(self.families)

    @classmethod
    def load(cls, path: str | Path) -> ClaimFile:
        """The claim in a TOML or JSON file.

        Raises
        ------
        BadInput
            For a file that cannot be read or holds no claim, or asks for nothing to be tried.
        """
        path = Path(path)
        with in_file(path):
            table = ClaimTable.read(read_file(path))
            name = path.name.removesuffix(SUFFIX).removesuffix(path.suffix)
            statement = _statement(table, name)
            found = [_case(spec, path.parent) for spec in _opened(table.instances)]
            made, left_out = _made(table, path.parent)
            cases = tuple(case for case in (*found, *made) if len(case.subjects) == statement.subjects)
            questions = tuple(_questions(table, path.parent)) if table.every_language or table.every_length else ()
            if not cases and not questions:
                missing = "instances, or languages and policies, are accepted"
                raise BadInput("", f"nothing is tried; {left_out[0] if left_out else missing}")
            published = None if table.paper is None else _published(table.paper)
            exact = all(denoiser.get("kind", "exact") == "exact" for denoiser in table.denoisers)
            typed = table.claim or str(statement)
            return cls(
                name,
                typed,
                statement,
                published,
                table.remark,
                cases,
                left_out,
                questions,
                table.every_length,
                exact,
                table.parameters,
                path.read_text(encoding="utf-8"),
            )


def _statement(table: ClaimTable, name: str) -> Statement:
    if table.exactly_one("claim", "statement") == "statement":
        if table.statement not in statements:
            close = closest(table.statement, statements) or list(statements)[:3]
            raise BadInput("statement", f"found {shown(table.statement)}; such as {', '.join(close)} is accepted")
        for key in ("assumptions", "parameters"):
            if table.given(key):
                raise BadInput(key, "found it next to statement, which has its own")
        return statements[table.statement]
    for n, assumption in enumerate(table.assumptions):
        if assumption not in ASSUMPTIONS:
            close = closest(assumption, ASSUMPTIONS) or list(ASSUMPTIONS)
            raise BadInput(f"assumptions[{n}]", f"found {shown(assumption)}; one of {', '.join(close)} is accepted")
    text = table.claim
    for parameter, value in table.parameters.items():
        text, uses = re.subn(rf"(?<![\w@]){re.escape(parameter)}(?![\w@])", f"({value})", text)
        if not uses:
            raise BadInput(f"parameters.{parameter}", "the claim does not use it")
    try:
        stated = claim(text, id=name, assumptions=table.assumptions)
    except ClaimError as problem:
        raise BadInput("claim", str(problem)) from None
    return stated if table.title is None else replace(stated, title=table.title)


def _opened(names: list[str]) -> Iterator[str]:
    for name in names:
        yield from gallery_names() if name == "gallery" else [name]


def _case(spec: str, folder: Path) -> Case:
    beside = folder / spec
    return open_case(str(beside) if beside.is_file() else spec)


def _made(table: ClaimTable, folder: Path) -> tuple[list[Case], tuple[str, ...]]:
    """The product of languages, lengths, policies, steps and denoisers, and why members of it are no instances."""
    made: dict[str, Case] = {}
    left_out: list[str] = []
    specs = list(_specs(table))
    for (spec, _), label in zip(specs, _labels(specs), strict=True):
        try:
            instance = parse(spec, folder, label)
        except MaskboundError as problem:
            left_out.append(f"{label}: {problem}")
        else:
            made.setdefault(instance.fingerprint, Case((instance,)))
    return list(made.values()), tuple(left_out)


def _specs(table: ClaimTable) -> Iterator[tuple[dict[str, Any], dict[str, int]]]:
    """Each with the numbers of its parts in the file, from 1."""
    for at, language in enumerate(table.languages, 1):
        for length in _or_none(table.lengths):
            for p, policy in enumerate(table.policies, 1):
                for steps in _or_none(table.steps):
                    for d, denoiser in enumerate(table.denoisers, 1):
                        spec = {
                            "language": _with(language, "length", length),
                            "policy": _with(policy, "steps", steps),
                            "denoiser": denoiser,
                        }
                        yield spec, {"language": at, "policy": p, "denoiser": d}


def _labels(specs: Sequence[tuple[dict[str, Any], dict[str, int]]]) -> Iterator[str]:
    """Of specs that are the same in short, with the numbers in which they differ: ``.. [language 2 of the file]``."""
    shorts = [_label(spec) for spec, _ in specs]
    places: dict[str, list[dict[str, int]]] = {}
    for short, (_, place) in zip(shorts, specs, strict=True):
        places.setdefault(short, []).append(place)
    for short, (_, place) in zip(shorts, specs, strict=True):
        own = [f"{part} {n}" for part, n in place.items() if any(other[part] != n for other in places[short])]
        yield f"{short} [{', '.join(own)} of the file]" if own else short


def _or_none(values: list[int]) -> list[int | None]:
    """The values, or that there are none."""
    return [*values] or [None]


def _with(given: Mapping[str, Any], key: str, value: int | None) -> dict[str, Any]:
    """The table with a key, unless it says that, or what stands in its place, itself."""
    settled = {"length": ("length", "blocks", "sequence"), "steps": ("steps", "sizes", "weights", "sets")}[key]
    if value is None or any(name in given for name in settled):
        return dict(given)
    return {**given, key: value}


def _label(spec: Mapping[str, Any]) -> str:
    """Kinds with what is short: ``pair(vocab=2, length=4), bernoulli(steps=2)``."""
    return ", ".join(in_short(spec[part], part) for part in ("language", "policy", "denoiser") if spec[part])


def in_short(table: Mapping[str, Any], part: str) -> str:
    """The kind of a language, policy or denoiser, with the entries that are short."""
    texts = {key: spelt(value) for key, value in table.items() if key != "kind"}
    facts = [f"{key}={text}" for key, text in texts.items() if len(text) <= LONGEST_FACT]
    return f"{table.get('kind', part)}({', '.join(facts)})"


def spelt(value: Any) -> str:
    """An entry of a table: ``((9/10, 1/10), (1/5, 4/5))``."""
    if isinstance(value, Mapping):
        facts = ", ".join(f"{key} {spelt(entry)}" for key, entry in value.items() if key != "kind")
        return f"({value['kind']}: {facts})" if "kind" in value else f"({facts})"
    return f"({', '.join(map(spelt, value))})" if isinstance(value, list | tuple) else str(value)


def _questions(table: ClaimTable, folder: Path) -> Iterator[tuple[Policy, int]]:
    """The policies at each length, in every number of steps."""
    if not table.policies or not table.lengths:
        raise BadInput("every_language", "it needs policies and lengths")
    met = set()
    for length in table.lengths:
        for n, policy in enumerate(table.policies):
            for steps in _or_none(table.steps):
                with within(f"policies[{n}]"):
                    try:
                        found, _ = read_policy(_with(policy, "steps", steps), ANY_VOCAB, length, folder)
                    except BadInput:
                        if not table.steps:
                            raise
                        continue
                if (repr(found), length) not in met:
                    met.add((repr(found), length))
                    yield found, length


def _published(given: Any) -> Published:
    with within("paper"):
        table = PaperTable.read(given)
        if table.exactly_one("key", "authors") == "key":
            if table.key not in PAPERS:
                raise BadInput("key", f"found {shown(table.key)}; one of {', '.join(PAPERS)} is accepted")
            return Published(PAPERS[table.key], table.theorem)
        if table.year is None:
            raise BadInput("year", "the key is missing; authors and year must be given")
        surname = re.sub(r"\W", "", table.authors.split(",")[0].split()[-1].lower())
        paper = Paper(
            f"{surname}{table.year}", table.authors, table.title, table.year, table.arxiv, "not recorded", table.venue
        )
        return Published(paper, table.theorem)
