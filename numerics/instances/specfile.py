"""Instance files: TOML or JSON, public API (the design's section on the instance file).

An error is one sentence, ``FILE: language.transition[1]: the row sums to 0.97; rows must sum to 1 within 1e-12``:
the file, the path of the key, what was found and what is accepted.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from ..denoisers import read_denoiser
from ..errors import BadInput, MaskboundError, shown, unread
from ..languages import read_language
from ..languages.kind import FileTable
from ..policies import read_policy
from ..spec.table import SpecTable, within
from .instance import Instance

__all__ = ["Claims", "FileClaim", "claims_of", "in_file", "load", "parse", "read_file"]

LARGEST_FILE = 1 << 28
"""Bytes. Larger languages are better given by their parameters."""

ENDLESS_KEY = re.compile(r"(?<![\w-])(?:[\w-]++[ \t]*+\.[ \t]*+){100}")
"""A dotted key of a hundred parts; tomllib needs time quadratic in their number."""


def _read_name(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 200 or not value.isprintable():
        raise BadInput("name", f"found {shown(value)}; a line of 1 to 200 printable characters is accepted")
    return value


@dataclass(frozen=True)
class FileClaim:
    """An inequality in a file, unparsed, and the names of what it assumes."""

    text: str
    needs: tuple[str, ...] = ()


def _read_claims(value: Any) -> list[FileClaim]:
    if not isinstance(value, list | tuple):
        raise BadInput("claims", f"found {shown(value)}; a list of inequalities is accepted")
    return [_read_claim(f"claims[{n}]", entry) for n, entry in enumerate(value)]


def _read_claim(key: str, entry: Any) -> FileClaim:
    text, needs = entry, []
    if isinstance(entry, Mapping) and set(entry) <= {"claim", "needs"}:
        text, needs = entry.get("claim"), entry.get("needs", [])
    if not isinstance(text, str) or not text.strip():
        raise BadInput(
            key,
            f'found {shown(entry)}; an inequality such as "kl <= path_kl" is accepted, or with assumptions'
            ' {claim = "kl <= path_kl", needs = ["exact-denoiser"]}',
        )
    if not isinstance(needs, list | tuple) or not all(isinstance(name, str) for name in needs):
        raise BadInput(f"{key}: needs", f"found {shown(needs)}; a list of names of assumptions is accepted")
    return FileClaim(text, tuple(needs))


Claims = Annotated[list[FileClaim], PlainValidator(_read_claims)]
"""Keys in which a file claims something of its own instance: read by checks, and no part of the instance."""


class InstanceTable(SpecTable):
    """The top of an instance file."""

    name: Annotated[str, PlainValidator(_read_name)] = ""
    language: Any
    policy: Any
    denoiser: Any = Field(default_factory=dict)
    claims: Claims = Field(default_factory=list)


def claims_of(path: str | Path) -> list[FileClaim]:
    """The inequalities under ``claims`` in an instance file, unparsed; none where there is no such key."""
    path = Path(path)
    with in_file(path):
        return _read_claims(read_file(path).get("claims", []))


def load(path: str | Path) -> Instance:
    """The instance in a TOML or JSON file.

    Parameters
    ----------
    path : str or Path
        The extension tells the format. Paths in the file are relative to it; an instance without a name gets the
        file's.

    Raises
    ------
    BadInput
        For a file that cannot be read or holds no valid instance.
    BeyondReach
        For an instance whose language, schedule or training sample cannot be stored.
    """
    path = Path(path)
    with in_file(path):
        spec = read_file(path)
        if "relation" in spec:
            raise BadInput("relation", "found a pair of instances, where a single instance is accepted")
        return parse(spec, path.parent, path.stem)


def parse(spec: Any, folder: str | Path = ".", name: str = "instance") -> Instance:
    """The instance that a spec (a dict as an instance file holds it) describes.

    Parameters
    ----------
    spec : dict
    folder : str or Path
        What paths in the spec are relative to.
    name : str
        For a spec without a name.

    Returns
    -------
    Instance
        Its ``spec`` is the canonical form: every default filled in and rationals in lowest terms, so that
        ``parse(instance.spec)`` is the same instance.
    """
    folder = Path(folder)
    if isinstance(spec, Mapping) and {"base", "quantities"} <= set(spec):
        raise BadInput("base", "found a grid, which `sweep` measures; a file with [language] and [policy] is accepted")
    top = InstanceTable.read(spec)
    with within("language"):
        language, language_table = read_language(top.language, folder)
    with within("policy"):
        policy, policy_table = read_policy(top.policy, language.vocab, language.length, folder)
    with within("denoiser"):
        denoiser, read = read_denoiser(top.denoiser, language, folder)
    name = top.name or name
    canonical = {
        "name": name,
        "language": language_table,
        "policy": policy_table,
        "denoiser": read.canonical(folder),
    }
    return Instance(language, policy, denoiser, read.off_support, read.off_support_scope, name, canonical)


@contextmanager
def in_file(path: Path) -> Iterator[None]:
    """Begin the sentence of every error inside with the file's name."""
    try:
        yield
    except BadInput as problem:
        raise BadInput(f"{path}: {problem.key}" if problem.key else str(path), problem.problem) from None
    except MaskboundError as problem:
        raise type(problem)(f"{path}: {problem}") from None


def read_file(path: Path) -> dict[str, Any]:
    """The table in a TOML or JSON file, its entries unchecked.

    Raises
    ------
    BadInput
        Without the file's name; see :func:`in_file`.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        kind = FileTable.of_suffix(path.suffix)
        told = (
            f', with language = {{kind = "{kind}", path = "{path.name}", ...}} (`maskbound keys {kind}`)'
            if kind
            else ""
        )
        raise BadInput("", f"found the extension {path.suffix!r}; .toml and .json are accepted{told}")
    text = _read_text(path)
    if not text.strip():
        raise BadInput("", "the file is empty")
    try:
        table = reader(text)
    except RecursionError:
        raise BadInput("", "its lists or tables are nested too deeply to be read") from None
    except ValueError as problem:
        raise BadInput(
            "", f"found invalid {path.suffix[1:].upper()} ({' '.join(str(problem).split())[:200]})"
        ) from None
    if not isinstance(table, dict):
        raise BadInput("", f"found {shown(table)}; a table with language and policy is accepted")
    return table


def _read_text(path: Path) -> str:
    try:
        if path.is_dir():
            raise BadInput("", "found a directory; a .toml or .json file is accepted")
        if not path.exists():
            raise BadInput("", "there is no such file")
        if not path.is_file():
            raise BadInput("", "found a device or a pipe; a .toml or .json file is accepted")
        if path.stat().st_size > LARGEST_FILE:
            raise BadInput("", f"found {path.stat().st_size} bytes; at most {LARGEST_FILE} are accepted")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadInput("", f"found a byte at {problem.start} that is not UTF-8; UTF-8 text is accepted") from None
    except (OSError, ValueError) as problem:
        raise BadInput("", f"the file {unread(problem, 'text')}") from None


def _real(text: str) -> float:
    """A float literal; one that float64 turns into zero is refused."""
    value = float(text)
    mantissa = text.lower().partition("e")[0]
    if value == 0 and any(digit in mantissa for digit in "123456789"):
        raise BadInput("", f"found {shown(text)}, which float64 turns into zero; a string is kept exactly")
    return value


def _without_repeats(entries: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(entries)
    if len(table) < len(entries):
        keys = [key for key, _ in entries]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise BadInput("", f"the key {shown(repeated)} is repeated in one table; each key is accepted once")
    return table


def _read_toml(text: str) -> Any:
    if ENDLESS_KEY.search(text):
        raise RecursionError
    return tomllib.loads(text, parse_float=_real)


def _read_json(text: str) -> Any:
    return json.loads(text, parse_float=_real, object_pairs_hook=_without_repeats)


READERS: Mapping[str, Callable[[str], Any]] = MappingProxyType({".toml": _read_toml, ".json": _read_json})
