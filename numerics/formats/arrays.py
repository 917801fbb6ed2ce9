"""Hidden Markov models as arrays: hmmlearn's and pomegranate's, from an ``.npz`` or from the object."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import StrictBool

from ..errors import BadInput, RowsRescaled
from ..languages.base import Language
from ..languages.kind import FileTable
from ..numbers.npz import read_arrays
from ..numbers.row_faults import likely_cause
from ..spec.table import Count, Length, Number
from .chain import Chain, Ending, weighted
from .rows import TOLERANCE, Rows
from .source import about

__all__ = ["from_arrays", "from_hmmlearn", "from_pomegranate"]

DIGITS = 17
"""As many as a float64 has."""

HMMLEARN = ("startprob_", "transmat_", "emissionprob_")
OWN = ("initial", "transition", "emission")
POMEGRANATE = ("starts", "edges", "ends")
PROBS = "distributions.{}.probs"
ZERO = Fraction(0)

Arrays = Mapping[str, NDArray[Any]]


def _shaped(arrays: Arrays, name: str, shape: tuple[int | None, ...]) -> NDArray[np.float64]:
    if name not in arrays:
        raise BadInput("", f"found no array {name}; found {', '.join(sorted(arrays)[:10]) or 'none'}")
    array = np.asarray(arrays[name])
    fits = array.ndim == len(shape) and all(w in (None, h) for w, h in zip(shape, array.shape, strict=False))
    if not fits or array.size == 0:
        wanted = ", ".join("any" if extent is None else str(extent) for extent in shape)
        raise BadInput("", f"the array {name} has the shape {array.shape}; ({wanted}) is accepted")
    return array.astype(np.float64)


def _law(array: NDArray[np.float64], at: int, name: str, rows: Rows) -> list[Fraction]:
    """A row of probabilities, refused if it is not one."""
    row, where = array[at], f"the row {name}[{at}]" if len(array) > 1 else f"the array {name}"
    if not np.isfinite(row).all() or (row < 0).any():
        raise BadInput("", f"{where} holds a negative number, NaN or infinity; probabilities are accepted")
    weights = [rows.linear(Fraction(p), where) for p in row.tolist()]
    if not any(weights):
        raise BadInput("", f"{where} is zero")
    return rows.row(weights, where, lambda total: likely_cause(array, (at,)))


def _hmmlearn_chain(arrays: Arrays, rows: Rows, absorbing: bool, names: tuple[str, str, str]) -> Chain:
    initial, transitions, emitted = names
    start = _shaped(arrays, initial, (None,))
    K = start.size
    moves = _shaped(arrays, transitions, (K, K))
    emissions = _shaped(arrays, emitted, (K, None))
    for state in np.flatnonzero(~moves.any(axis=1)).tolist():
        if not absorbing:
            raise BadInput(
                "",
                f"the row {transitions}[{state}] is zero, as hmmlearn fits it for a state that is met only at the end;"
                " absorbing = true gives it a loop",
            )
        moves[state, state] = 1.0
    transition = [_positive(_law(moves, k, transitions, rows)) for k in range(K)]
    emission = [_positive(_law(emissions, k, emitted, rows)) for k in range(K)]
    return Chain(_numbered(emissions.shape[1]), _positive(_law(start[None], 0, initial, rows)), transition, emission)


def _pomegranate_chain(arrays: Arrays, rows: Rows, path: object) -> Chain:
    """Start, edges and ends are logarithms; the ends are used once, after the last token."""
    start = _exponentials(_shaped(arrays, "starts", (None,)), "starts", rows)
    K = len(start)
    moves = [_exponentials(row, f"edges[{k}]", rows) for k, row in enumerate(_shaped(arrays, "edges", (K, K)))]
    end = _exponentials(_shaped(arrays, "ends", (K,)), "ends", rows)
    emissions = []
    for k in range(K):
        name = PROBS.format(k)
        found = _shaped({name: np.atleast_2d(arrays[name])} if name in arrays else arrays, name, (1, None))
        emissions.append(_law(found, 0, name, rows))
    if len({len(row) for row in emissions}) > 1:
        raise BadInput("", "its distributions have different numbers of symbols")
    initial = _positive(rows.row(start, "the array starts"))
    emission, tokens = [_positive(row) for row in emissions], _numbered(len(emissions[0]))
    if len(set(end)) == 1 and _are_laws(moves, rows):
        law = [rows.row(row, f"the row edges[{k}]") for k, row in enumerate(moves)]
        return Chain(tokens, initial, [_positive(row) for row in law], emission)
    joint = [[*row, last] for row, last in zip(moves, end, strict=True)]
    if _are_laws(joint, rows):
        law = [rows.row(row, f"the row edges[{k}] with its end") for k, row in enumerate(joint)]
        return Chain(tokens, initial, [_positive(row[:-1]) for row in law], emission, [row[-1] for row in law])
    warnings.warn(
        f"{path}: edges and ends do not sum to 1; sequences of one length are weighed as they say",
        RowsRescaled,
        stacklevel=3,
    )
    transition = [{k: Fraction(n, rows.unit) for k, n in enumerate(row) if n} for row in moves]
    return weighted(tokens, initial, transition, emission, [Fraction(n, rows.unit) for n in end])


def _are_laws(weights: list[list[int]], rows: Rows) -> bool:
    return all(abs(sum(row) / rows.unit - 1) <= rows.tolerance for row in weights)


def _exponentials(logs: NDArray[np.float64], name: str, rows: Rows) -> list[int]:
    found = []
    with rows.precision():
        for k, x in enumerate(logs.tolist()):
            if math.isnan(x) or x > 0:
                raise BadInput("", f"{name}[{k}] is {x}; the logarithm of a probability is accepted")
            found.append(rows.power(None, Fraction(x), f"{name}[{k}]") if x > -math.inf else 0)
    return found


def _positive(row: list[Fraction]) -> dict[int, Fraction]:
    return {column: p for column, p in enumerate(row) if p}


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(map(str, range(count)))


def from_arrays(
    path: str | Path | Arrays,
    length: int,
    end: Ending = "exact",
    absorbing: bool = False,
    digits: int = DIGITS,
    tolerance: Any = TOLERANCE,
) -> Language:
    """The hidden Markov model in arrays by the names of this package, hmmlearn or pomegranate.

    Parameters
    ----------
    path : str, Path or mapping of arrays
        An ``.npz`` with the probabilities ``startprob_`` (K,), ``transmat_`` (K, K), ``emissionprob_`` (K, V), or
        ``initial``, ``transition`` and ``emission``, as :class:`HMM` calls them; or with
        the logarithms ``starts`` (K,), ``edges`` (K, K) and ``ends`` (K,), and ``distributions.k.probs`` (1, V), as in
        the state of a ``DenseHMM``.
    length : int
        L, the number of tokens.
    end : {"exact", "drop", "free"}
        Where rows of ``edges`` sum to 1 with the ends: the law given the length, that of rows without ends, or that of
        L tokens of which ``</s>`` fills those after the end. Where they do without them and all ends are equal, these
        change nothing.
    absorbing : bool
        Whether a state whose row of ``transmat_`` is zero gets a loop; otherwise it is refused.
    digits : int
        Rows are whole numbers ``round(10^digits p)`` divided by their sum.
    tolerance : number
        A row that misses 1 by more is refused.

    Raises
    ------
    BadInput
        With the array and the row, and the likely cause: transposed, rounded, float32.

    Warns
    -----
    RowsRescaled
        With the largest miss of a row; or when pomegranate's rows are no probabilities.
    """
    named = path if isinstance(path, str | Path) else "the model"
    arrays = read_arrays(path) if isinstance(path, str | Path) else path
    rows = Rows(digits, tolerance)
    with about(named):
        if not {*HMMLEARN, *OWN, *POMEGRANATE} & set(arrays):
            raise BadInput(
                "",
                f"found the arrays {', '.join(sorted(arrays)[:10]) or '(none)'}; {', '.join(HMMLEARN)} of hmmlearn,"
                f" {', '.join(OWN)}, or {', '.join(POMEGRANATE)} and {PROBS.format('k')} of pomegranate, are accepted",
            )
        named_so = next((names for names in (HMMLEARN, OWN) if set(names) & set(arrays)), None)
        if named_so is not None:
            chain = _hmmlearn_chain(arrays, rows, absorbing, named_so)
        else:
            chain = _pomegranate_chain(arrays, rows, named)
        rows.report(named)
        return chain.ending(end).language(length)


def from_hmmlearn(
    model: Any, length: int, absorbing: bool = False, digits: int = DIGITS, tolerance: Any = TOLERANCE
) -> Language:
    """The language of an hmmlearn ``CategoricalHMM``, or of a ``MultinomialHMM`` of one trial.

    Parameters
    ----------
    model : object
        With ``startprob_``, ``transmat_`` and ``emissionprob_``.
    length : int
    absorbing : bool
    digits : int
    tolerance : number
        As for :func:`from_arrays`.

    Raises
    ------
    BadInput
        For a model of numbers (``GaussianHMM``, ``GMMHMM``) or of counts, and as :func:`from_arrays` does.
    """
    kind = type(model).__name__
    missing = [name for name in HMMLEARN if not hasattr(model, name)]
    if missing:
        raise BadInput("model", f"found a {kind} without {missing[0]}; a fitted CategoricalHMM is accepted")
    if np.any(np.asarray(getattr(model, "n_trials", 1)) != 1):
        raise BadInput("model", f"found a {kind} of counts with n_trials={model.n_trials}; CategoricalHMM is accepted")
    return from_arrays({name: getattr(model, name) for name in HMMLEARN}, length, "exact", absorbing, digits, tolerance)


def from_pomegranate(
    model: Any, length: int, end: Ending = "exact", digits: int = DIGITS, tolerance: Any = TOLERANCE
) -> Language:
    """The language of a pomegranate ``DenseHMM`` of ``Categorical`` distributions, given the length.

    Parameters
    ----------
    model : object
        With a ``state_dict`` of tensors, as pomegranate 1 has it.
    length : int
    end : {"exact", "drop", "free"}
    digits : int
    tolerance : number
        As for :func:`from_arrays`.
    """
    if not hasattr(model, "state_dict"):
        raise BadInput("model", f"found a {type(model).__name__} without state_dict; a DenseHMM is accepted")
    arrays = {name: np.asarray(array) for name, array in model.state_dict().items()}
    return from_arrays(arrays, length, end, False, digits, tolerance)


class ArraysTable(FileTable):
    kind: Literal["npz"]
    length: Length
    end: Ending = "exact"
    absorbing: StrictBool = False
    digits: Count = DIGITS
    tolerance: Number = TOLERANCE
    suffixes: ClassVar[tuple[str, ...]] = (".npz",)
    makes: ClassVar[Callable[..., Language]] = from_arrays
