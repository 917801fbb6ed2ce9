"""The keys of instance files, from the tables that read them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

from ..denoisers import DenoiserTable
from ..errors import BadInput, shown
from ..instances.gallery import load_gallery, names
from ..languages import LanguageTable
from ..policies import PolicyTable
from ..render.table import Table
from ..spec.table import KindTable

__all__ = ["spec_keys"]

PARTS: tuple[tuple[str, type[KindTable]], ...] = (
    ("language", LanguageTable),
    ("policy", PolicyTable),
    ("denoiser", DenoiserTable),
)

WORDS = {
    int: "whole number",
    float: "number",
    str: "text",
    bool: "true or false",
    list[int]: "list of whole numbers",
    list[str]: "list of texts",
    list[list[int]]: "lists of whole numbers",
}


def spec_keys(word: str = "") -> Table:
    """A row for each key: of every kind, of the kind or part of this name, or else of kinds with this word in them.

    Raises
    ------
    BadInput
        When there is no such kind.
    """
    word, every = word.lower(), tuple(_rows())
    rows = tuple(row for row in every if word in row[:2]) or tuple(row for row in every if word in row[1])
    if not rows:
        kinds = ", ".join(kind for _, part in PARTS for kind in part.kinds())
        raise BadInput("KIND", f"found {shown(word)}; one of {kinds} is accepted, or a part of one")
    notes: tuple[str, ...] = (
        'Numbers are decimals, or exact rationals in quotes such as "1/3"; lists of them may be nested.',
        "An instance file has [language] and [policy], and may have [denoiser] and, before the first bracket, claims.",
        'claims = ["kl <= 1", {claim = "kl <= log(V)", needs = ["exact-denoiser"]}], with names of `assumptions`',
    )
    found = {row[:2] for row in rows}
    if len(found) == 1 and (example := _example(*next(iter(found)))):
        notes = (f"for example, from the gallery: {example}", *notes)
    if len(found) == 1 and (advice := _table(*next(iter(found))).advice):
        notes = (advice, *notes)
    return Table("Keys of instance files", ("part", "kind", "key", "value", "if left out"), rows, notes)


def _table(part: str, kind: str) -> type[KindTable]:
    return dict(PARTS)[part].kinds()[kind]


def _example(part: str, kind: str) -> str:
    """The shortest table of that kind in the gallery, as TOML."""
    tables = ((load_gallery(name).spec or {}).get(part, {}) for name in names())
    written = [
        ", ".join(f"{key} = {_toml(value)}" for key, value in table.items())
        for table in tables
        if table.get("kind") == kind
    ]
    return min(written, key=len, default="")


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key} = {_toml(each)}' for key, each in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _rows() -> Iterator[tuple[str, str, str, str, str]]:
    for part, table in PARTS:
        for kind, keys in table.kinds().items():
            for key, field in keys.model_fields.items():
                if key == "kind":
                    continue
                left_out = "needed" if field.is_required() else "-" if field.default is None else str(field.default)
                yield part, kind, key, _words(field.annotation), left_out
            if set(keys.model_fields) == {"kind"}:
                yield part, kind, "-", "no keys of its own", "-"


def _words(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return " or ".join(f'"{choice}"' for choice in get_args(annotation))
    return WORDS.get(annotation, "number or list of numbers")
