"""Tables of an instance file: what every one of them checks, and how it says what is wrong.

pydantic knows which keys there are, which are required and what the others default to. Values are read by the
functions here, which raise BadInput with the full path of an entry (``transition[1][2]``); the mathematics (rows
that sum to 1, sizes that add up) is left to the classes that the tables build.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, PlainValidator, ValidationError, ValidationInfo

from ..errors import BadInput, MaskboundError, shown
from ..numbers.probabilities import number, whole, written

__all__ = [
    "ABSENT",
    "LONGEST",
    "Count",
    "KindTable",
    "Length",
    "Number",
    "Numbers",
    "Seed",
    "SpecTable",
    "Text",
    "Vocab",
    "WholeRows",
    "Wholes",
    "read_by",
    "require_table",
    "within",
]

LONGEST = 10**9
"""The longest sequence that an instance file can ask for."""

LARGEST_VOCAB = 10**7
LARGEST_SEED = 2**64 - 1
DEEPEST_NUMBERS = 4
ALIKE = 0.75
"""Of a misspelt key and the one that was meant, as difflib measures it."""
LONGEST_TEXT = 4000

ABSENT: Any = None
"""The value of a key that was left out."""

T = TypeVar("T", bound="SpecTable")
K = TypeVar("K", bound="KindTable")


def read_by(read: Callable[[Any, str], Any]) -> PlainValidator:
    """A pydantic validator from ``read(value, key)``."""

    def validate(value: Any, info: ValidationInfo) -> Any:
        return read(value, info.field_name or "")

    return PlainValidator(validate)


def _read_numbers(value: Any, key: str, depth: int = DEEPEST_NUMBERS) -> Any:
    """Nested lists of numbers, or tables of columns and numbers; shapes are checked by whoever knows them."""
    if isinstance(value, Mapping):
        return {str(name): number(entry, f"{key}[{str(name)[:20]}]") for name, entry in value.items()}
    if not isinstance(value, list | tuple):
        return number(value, key)
    if depth == 0:
        raise BadInput(key, f"lists are nested too deeply; at most {DEEPEST_NUMBERS} levels are accepted")
    return [_read_numbers(entry, f"{key}[{i}]", depth - 1) for i, entry in enumerate(value)]


def _read_list(value: Any, key: str, read: Callable[[Any, str], Any], what: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise BadInput(key, f"found {shown(value)}; a list of {what} is accepted")
    return [read(entry, f"{key}[{i}]") for i, entry in enumerate(value)]


def _read_wholes(value: Any, key: str) -> list[int]:
    return _read_list(value, key, whole, "whole numbers")


def _read_whole_rows(value: Any, key: str) -> list[list[int]]:
    return _read_list(value, key, _read_wholes, "lists of whole numbers")


def _read_text(value: Any, key: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT:
        raise BadInput(key, f"found {shown(value)}; a string of 1 to {LONGEST_TEXT} characters is accepted")
    return value


Count = Annotated[int, read_by(lambda value, key: whole(value, key, 1))]
Length = Annotated[int, read_by(lambda value, key: whole(value, key, 1, LONGEST))]
Vocab = Annotated[int, read_by(lambda value, key: whole(value, key, 1, LARGEST_VOCAB))]
Seed = Annotated[int, read_by(lambda value, key: whole(value, key, 0, LARGEST_SEED))]
Number = Annotated[Any, read_by(number)]
Numbers = Annotated[Any, read_by(_read_numbers)]
Wholes = Annotated[list[int], read_by(_read_wholes)]
WholeRows = Annotated[list[list[int]], read_by(_read_whole_rows)]
Text = Annotated[str, read_by(_read_text)]


class SpecTable(BaseModel):
    """A table with a closed set of keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    elsewhere: ClassVar[Mapping[str, str]] = {}
    """What to tell someone who gives a key that belongs to another kind."""

    @classmethod
    def read(cls: type[T], table: Any) -> T:
        """Validate a table.

        Raises
        ------
        BadInput
            For an unknown key (with the closest known one), a missing key, or a value of the wrong kind.
        """
        require_table(table)
        try:
            return cls.model_validate(dict(table))
        except ValidationError as problem:
            raise cls._sentence(problem) from None

    @classmethod
    def _sentence(cls, problem: ValidationError) -> BadInput:
        errors = problem.errors(include_url=False)
        # A misspelt key is both unknown and missing; the unknown one tells more.
        first = next((error for error in errors if error["type"] == "extra_forbidden"), errors[0])
        key = str(first["loc"][0]) if first["loc"] else ""
        if first["type"] == "extra_forbidden":
            return _unknown_key(key, list(cls.model_fields), cls.elsewhere.get(key))
        if first["type"] == "missing":
            required = [name for name, field in cls.model_fields.items() if field.is_required()]
            return BadInput(key, f"the key is missing; {_listed(required, 'and')} must be given")
        if first["type"] == "literal_error":
            accepted = first["ctx"]["expected"].replace("'", '"')
            return BadInput(key, f"found {_quoted(first['input'])}; {accepted} is accepted")
        return BadInput(key, f"found {shown(first['input'])}, of the wrong type")

    def given(self, key: str) -> bool:
        """Whether the table holds the key."""
        return key in self.model_fields_set

    def exactly_one(self, *keys: str) -> str:
        """The one of several keys that the table holds."""
        given = [key for key in keys if self.given(key)]
        if not given:
            raise BadInput(keys[0], f"the key is missing; exactly one of {_listed(keys, 'and')} must be given")
        if len(given) > 1:
            raise BadInput(given[1], f"found it next to {given[0]}; exactly one of {_listed(keys, 'and')} is accepted")
        return given[0]

    def canonical(self, folder: Path) -> dict[str, Any]:
        """The table as JSON values: defaults filled in, rationals in lowest terms, paths from ``folder`` on."""
        values = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name: written(value) for name, value in values if value is not None}


class KindTable(SpecTable):
    """A table whose key ``kind`` says which one of a family it is.

    A subclass that names its kind (``kind: Literal["markov"]``) is found by that name; nothing else lists it.
    """

    kind: str
    default_kind: ClassVar[str | None] = None
    advice: ClassVar[str] = ""
    """What to tell someone who asks for the keys of the kind."""
    unknown_kind: ClassVar[str] = ""
    """What to tell someone who names a kind that is unknown."""

    named: ClassVar[tuple[str, ...]] = ()
    """The kinds that are read by this very class."""

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        cls.named = get_args(cls.model_fields["kind"].annotation)
        _family.cache_clear()

    @classmethod
    def kinds(cls) -> dict[str, type[Self]]:
        """Every kind of the family by name."""
        return dict(_family(cls))

    @classmethod
    def of_kind(cls, table: Any) -> Self:
        """Read a table as its key ``kind`` says."""
        require_table(table)
        kinds = cls.kinds()
        kind = table.get("kind", cls.default_kind)
        if kind is None:
            raise BadInput("kind", f"the key is missing; one of {_listed(list(kinds), 'and')} must be given")
        if not isinstance(kind, str) or kind not in kinds:
            closest = difflib.get_close_matches(kind[:100], kinds, 1) if isinstance(kind, str) else []
            hint = f' (closest: "{closest[0]}")' if closest else ""
            raise BadInput(
                "kind",
                f"found {_quoted(kind)}; one of {_listed(list(kinds), 'and')} is accepted{hint}{cls.unknown_kind}",
            )
        return kinds[kind].read(table)

    def keys(self) -> dict[str, Any]:
        """Values of the table's keys beside its kind, defaults filled in."""
        return {name: getattr(self, name) for name in type(self).model_fields if name != "kind"}


@cache
def _family(table: type[K]) -> dict[str, type[K]]:
    """The kinds of a table and of all that refine it, until there is another one."""
    found = dict.fromkeys(table.named, table)
    for subclass in table.__subclasses__():
        found |= _family(subclass)
    return found


def require_table(table: Any) -> None:
    """Refuse what is not a table with string keys."""
    if not isinstance(table, Mapping):
        raise BadInput("", f"found {shown(table)}; a table is accepted")
    for key in table:
        if not isinstance(key, str):
            raise BadInput("", f"found the key {shown(key)}; keys are strings")


@contextmanager
def within(prefix: str) -> Iterator[None]:
    """Say of every error inside that it happened there."""
    try:
        yield
    except BadInput as problem:
        raise problem.within(prefix) from None
    except MaskboundError as problem:
        raise type(problem)(f"{prefix}: {problem}") from None


def _unknown_key(key: str, known: list[str], advice: str | None) -> BadInput:
    closest = difflib.get_close_matches(key[:100], known, 1, ALIKE)
    hint = f"the closest known key is {closest[0]}" if closest else f"known here: {_listed(known, 'and')}"
    hint = advice or hint
    return BadInput(key if key.isidentifier() and len(key) <= 60 else _quoted(key), f"unknown key; {hint}")


def _quoted(value: Any) -> str:
    return json.dumps(value) if isinstance(value, str) and len(value) <= 60 else shown(value)


def _listed(names: Any, last: str) -> str:
    names = list(names)
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"
