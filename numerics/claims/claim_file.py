"""Claim files, ``NAME.claim.toml``: an inequality, where it was published, and the instances that it is tried on.

``claim`` is an inequality as it is typed elsewhere, ``statement`` the id of one of the ledger; one of them is given.
``parameters`` are numbers for names in the claim, ``assumptions`` names of hypotheses, ``unit`` is the one in which
amounts of information are meant, ``paper`` a key of the bibliography or authors, title and year, with the number of the
theorem. It is tried on ``instances`` (files, names of the gallery, or ``"gallery"`` for the fast part of it) and on
every language of ``languages`` at every length of ``lengths`` under every policy of ``policies`` in every number of
``steps``; with ``every_language`` it is decided for all languages at these lengths under these policies, and with
``every_length`` for all lengths. A claim about languages alone needs no policies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator

from maskbound.theory import PAPERS, ClaimError, Paper, Statement, claim, closest, statements
from maskbound.theory.assumptions import Assumption
from maskbound.theory.bits import claim_in_bits
from maskbound.theory.claims import named_assumption

from ..errors import BadInput, shown
from ..instances.specfile import in_file, read_file
from ..judging.cases import Case, gallery_names, open_case
from ..numbers.probabilities import number, written
from ..policies import Policy
from ..spec.table import ABSENT, Count, SpecTable, Text, Wholes, require_table, within
from ..traits import parts
from .combinations import Combinations

__all__ = ["SUFFIX", "ClaimFile", "Published"]

SUFFIX = ".claim.toml"

UNKNOWN = "not recorded"
"""How well a paper is known whose data were typed."""

NO_MATTER = {"kind": "bernoulli", "steps": 1}
"""The policy under which a claim about languages alone is tried, where the file names none."""


def _tables(key: str) -> PlainValidator:
    def read(value: Any) -> list[dict[str, Any]]:
        value = [value] if isinstance(value, Mapping) else value
        if not isinstance(value, list):
            raise BadInput(key, f"found {shown(value)}; a list of tables is accepted")
        for n, entry in enumerate(value):
            with within(f"{key}[{n}]"):
                if isinstance(entry, str):
                    found = shown(entry)
                    raise BadInput("", f'found {found}; a table such as {{ kind = "{found[1:-1]}" }} is accepted')
                require_table(entry)
        return value

    return PlainValidator(read)


def _names(key: str) -> PlainValidator:
    def read(value: Any) -> list[str]:
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(entry, str) and entry for entry in value):
            raise BadInput(key, f"found {shown(value)}; a list of names is accepted")
        return value

    return PlainValidator(read)


def _one_or_more(value: Any) -> Any:
    """A list, of one where a whole number stands in its place."""
    return [value] if isinstance(value, int) and not isinstance(value, bool) else value


Numbers = Annotated[Wholes, BeforeValidator(_one_or_more)]


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
    doi: Text = ""
    venue: Text = ""
    journal: Text = ""
    theorem: Text = ""


class ClaimTable(SpecTable):
    """The top of a claim file."""

    claim: Text = ABSENT
    statement: Text = ABSENT
    title: Text = ABSENT
    remark: Text = ""
    assumptions: Annotated[list[str], _names("assumptions")] = Field(default_factory=list)
    parameters: Annotated[dict[str, str], PlainValidator(_numbers)] = Field(default_factory=dict)
    unit: Literal["nats", "bits"] = "nats"
    paper: Any = ABSENT
    instances: Annotated[list[str], _names("instances")] = Field(default_factory=list)
    languages: Annotated[list[dict[str, Any]], _tables("languages")] = Field(default_factory=list)
    denoisers: Annotated[list[dict[str, Any]], _tables("denoisers")] = Field(default_factory=_exact_only)
    policies: Annotated[list[dict[str, Any]], _tables("policies")] = Field(default_factory=list)
    lengths: Numbers = Field(default_factory=list)
    steps: Numbers = Field(default_factory=list)
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
        The inequality as the file has it, and the unit that it is meant in, if these are bits.
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
            tried = _combinations(table, statement, path.parent)
            cases = (*_named_cases(table, statement, path.parent), *(Case((each,)) for each in tried.instances()))
            questions = tuple(tried.questions()) if table.every_language or table.every_length else ()
            tried.require_all_of_use()
            if not cases and not questions:
                raise BadInput("", "nothing is tried; instances, or languages and policies, are accepted")
            published = None if table.paper is None else _published(table.paper)
            exact = all(denoiser.get("kind", "exact") == "exact" for denoiser in table.denoisers)
            typed = table.claim or str(statement)
            typed += ", information in bits" if table.unit == "bits" else ""
            return cls(
                name,
                typed,
                statement,
                published,
                table.remark,
                cases,
                tuple(tried.left_out),
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
        for key in ("assumptions", "parameters", "unit"):
            if table.given(key):
                raise BadInput(key, "found it next to statement, which has its own")
        return statements[table.statement]
    assumptions = [_assumption(n, name) for n, name in enumerate(table.assumptions)]
    text = table.claim
    for parameter, value in table.parameters.items():
        text, uses = re.subn(rf"(?<![\w@]){re.escape(parameter)}(?![\w@])", f"({value})", text)
        if not uses:
            raise BadInput(f"parameters.{parameter}", "the claim does not use it")
    try:
        read = claim_in_bits if table.unit == "bits" else claim
        stated = read(text, id=name, assumptions=assumptions)
    except ClaimError as problem:
        raise BadInput("claim", str(problem)) from None
    return stated if table.title is None else replace(stated, title=table.title)


def _assumption(n: int, name: str) -> Assumption:
    try:
        return named_assumption(name)
    except ClaimError as problem:
        raise BadInput(f"assumptions[{n}]", str(problem)) from None


def _combinations(table: ClaimTable, statement: Statement, folder: Path) -> Combinations:
    """The lists of the file, once they are known to suffice."""
    policies, every = table.policies, "every_length" if table.every_length else "every_language"
    asked = table.every_language or table.every_length
    if (table.languages or asked) and statement.subjects > 1:
        key = "languages" if table.languages else every
        raise BadInput(key, "the claim is about two instances; it is tried on pairs under instances only")
    names = [assumption.name for assumption in statement.assumptions]
    alone = not policies and statement.about_language and not parts(names) & {"policy", "instance"}
    if alone and (table.languages or asked):
        policies = [NO_MATTER]
    if policies and not (table.languages or asked):
        raise BadInput("languages", "the key is missing; policies are for them, or for every_language")
    if (table.languages or asked) and not policies:
        needed = f"{every} decides the claim under them" if asked else "languages are tried under them"
        raise BadInput("policies", f"the key is missing; {needed}, as the claim is not about languages alone")
    if asked and not table.lengths:
        raise BadInput("lengths", f"the key is missing; {every} decides the claim for all languages of these lengths")
    return Combinations(
        table.languages, policies, table.denoisers, table.lengths, table.steps, folder, names_policy=not alone
    )


def _named_cases(table: ClaimTable, statement: Statement, folder: Path) -> Iterator[Case]:
    """The cases under ``instances``; of the gallery those that the claim can be about."""
    for n, name in enumerate(table.instances):
        for spec in _opened([name]):
            with within(f"instances[{n}]"):
                case = _case(spec, folder)
            if len(case.subjects) == statement.subjects:
                yield case
            elif name != "gallery":
                found = ("an instance", "a pair of instances")[len(case.subjects) - 1]
                about = ("one instance", "two, of a pair")[statement.subjects - 1]
                raise BadInput(f"instances[{n}]", f"found {found}, {shown(name)}; the claim is about {about}")


def _opened(names: list[str]) -> Iterator[str]:
    for name in names:
        yield from gallery_names() if name == "gallery" else [name]


def _case(spec: str, folder: Path) -> Case:
    beside = folder / spec
    return open_case(str(beside) if beside.is_file() else spec)


def _published(given: Any) -> Published:
    with within("paper"):
        table = PaperTable.read(given)
        if table.exactly_one("key", "authors") == "key":
            if table.key not in PAPERS:
                raise BadInput("key", f"found {shown(table.key)}; one of {', '.join(PAPERS)} is accepted")
            return Published(PAPERS[table.key], table.theorem)
        if table.year is None:
            raise BadInput("year", "the key is missing; authors and year must be given")
        surname = re.sub(r"\W", "", re.split(r",| and ", table.authors)[0].split()[-1].lower())
        venue = table.venue or table.journal
        paper = Paper(
            f"{surname}{table.year}", table.authors, table.title, table.year, table.arxiv, UNKNOWN, venue, table.doi
        )
        return Published(paper, table.theorem)
