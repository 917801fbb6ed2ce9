"""The interface of languages (definitions.md#languages).

A language is a probability law q on ``{0..V-1}^L``. Complete sequences are integer arrays (n, L); in partial
ones the mask is V. Whether a sequence or a context is possible is decided by the structural zeros of the
parameters, never by whether a float64 came out as zero.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from ..display import Rows
from ..errors import BadInput, BeyondReach
from ..numbers.arcs import Arcs
from ..numbers.enclosure import gamma, minus_log
from ..numbers.limits import power, require_memory
from ..numbers.probabilities import PARAMETER_DEPTH, SMALLEST_NORMAL, Parametrised, Probabilities
from ..traits import decides
from .shown import MOST_PARAMETERS, parameter_rows

__all__ = [
    "LOST",
    "Language",
    "Pick",
    "Scope",
    "largest_surprisal",
    "masked_conditionals",
    "may_underflow",
    "path_surprisals",
    "positive",
    "refuse_lost",
    "rescaled",
]

Scope = Literal["global", "local"]
"""How far a contradiction reaches (definitions.md#off-support): to every masked position, or to its own interval or
block only.
"""


Pick = Callable[[Probabilities | Arcs], NDArray[Any]]
"""The aspect of a parameter that is taken: its values, its fractions, or which of its entries are positive."""


LOST = (
    "a context of positive probability has tokens whose probabilities leave the range of float64, so that it cannot be "
    "told from an impossible one"
)


class Language(Parametrised, ABC):
    """A probability law on sequences of ``length`` tokens out of ``vocab``."""

    vocab: int
    length: int

    tokens: tuple[str, ...] | None = None
    """Names of the tokens, for people; numbers where there are none."""

    is_hidden = False
    """Whether it is given as a hidden Markov chain."""

    is_linear_code = False
    """Whether it is given as the generator matrix of a linear code."""

    @classmethod
    def of(cls, language: Language) -> Self:
        """The language, which must be of this class: a method whose conditions hold asks for what it needs."""
        if not isinstance(language, cls):
            raise TypeError(f"{language} is not of the kind {cls.__name__}")
        return language

    @property
    @abstractmethod
    def rational(self) -> bool:
        """Whether every probability is a known rational."""

    @property
    @abstractmethod
    def depth(self) -> int:
        """Roundings between the exact law and :meth:`table`, the parameters' own included (definitions.md#rounding)."""

    @abstractmethod
    def log_prob(self, x: NDArray[np.integer]) -> NDArray[np.float64]:
        """``log q(x)`` in nats for (n, L) sequences; ``-inf`` exactly off the support."""

    @abstractmethod
    def conditionals(
        self, y: NDArray[np.integer], scope: Scope = "global"
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Exact conditionals ``q(x_i = v | y)`` at the masked positions of partial sequences.

        Parameters
        ----------
        y : (n, L) int
            Partial sequences, the mask being V.
        scope : {"global", "local"}
            How far a contradiction among the revealed tokens reaches.

        Returns
        -------
        conditionals : (n, L, V) float64
            Rows at revealed positions, and rows that do not exist, are zero.
        possible : (n, L) bool
            Where the conditional exists.

        Raises
        ------
        BadInput
            When the language has no intervals or blocks to confine a contradiction to.
        """

    @abstractmethod
    def sample(self, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """``count`` independent sequences, shape (count, L)."""

    @abstractmethod
    def _expand(self, pick: Pick) -> NDArray[Any]:
        """The table of ``V^L`` probabilities, built from what ``pick`` takes of each parameter."""

    def table(self) -> NDArray[np.float64]:
        """All ``V^L`` probabilities, first token most significant; refused beyond memory."""
        self._require_table(8)
        return np.ascontiguousarray(self._expand(lambda law: law.values))

    def exact_table(self) -> NDArray[Any]:
        """The same as an object array of Fractions.

        Raises
        ------
        BadInput
            When the language was given in floating point.
        """
        if not self.rational:
            raise BadInput("language", "exact probabilities were asked for, but its parameters are floating numbers")
        self._require_table(100)
        return self._expand(lambda law: law.fractions)

    def support_table(self) -> NDArray[np.bool_]:
        """Which of the ``V^L`` sequences are possible, by the structural zeros alone."""
        self._require_table(8)
        return self._expand(lambda law: (law.values > 0).astype(np.float64)) > 0

    @abstractmethod
    def written(self) -> dict[str, Any]:
        """The ``[language]`` table with every parameter as numbers, rational where they are rational."""

    @property
    def parameters(self) -> int:
        """About how many numbers give it."""
        return power(self.vocab, self.length)

    def parameter_rows(self) -> Rows:
        """What a notebook shows: its parameters as an instance file has them, or its sizes where they are many."""
        few = self.parameters <= MOST_PARAMETERS
        sizes = {"vocab": self.vocab, "length": self.length, **({"tokens": list(self.tokens)} if self.tokens else {})}
        return parameter_rows((self.written() if few else {}) | sizes, str(self))

    def to_latex(self, caption: str = "") -> str:
        """Its parameters in LaTeX, for a document with ``\\usepackage{array,booktabs,longtable}``."""
        return self.parameter_rows().latex(caption)

    def _repr_html_(self) -> str:
        return self.parameter_rows().html()

    def every_string_is_possible(self) -> bool:
        """Whether ``q(x) > 0`` for all ``V^L`` sequences, where the form of the language shows it; False otherwise."""
        return False

    def in_support(self, x: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Whether ``q(x) > 0`` for (n, L) sequences."""
        return self.log_prob(x) > -np.inf

    def surprisal_range(self) -> tuple[float, float] | None:
        """Bounds of ``-log q(x)`` in nats over the support, or None where none is known."""
        return None

    @property
    def surprisal_nanoseconds(self) -> float:
        """Estimated time of one ``log q(x)``."""
        return 1000.0 + 20.0 * self.length

    @property
    def summed(self) -> int:
        """How many hidden states, contexts or sequences a conditional sums over."""
        return power(self.vocab, self.length)

    @property
    def terms(self) -> int:
        """Roundings in one step of the messages of a conditional, but for a few."""
        return self.summed if self.memory is None and self.hidden_states else self.vocab

    @property
    def step_operations(self) -> float:
        """Products in one step of a message over the whole law: of states or contexts, or of sequences."""
        states = float(self.hidden_states or power(self.vocab, self.length))
        return states * max(states, self.vocab)

    @property
    def hidden_states(self) -> int | None:
        """States of its hidden chain, those included that never occur; None where it has no such chain."""
        return None

    def marginals(self) -> NDArray[np.float64]:
        """Law of each token on its own, shape (L, V)."""
        nothing = np.full((1, self.length), self.vocab)
        return self.conditionals(nothing)[0][0]

    def _require_table(self, bytes_each: int) -> None:
        require_memory(bytes_each * power(self.vocab, self.length), f"the table of V={self.vocab}, L={self.length}")

    @property
    def memory(self) -> int | None:
        """How many tokens before a token decide its law; None where no number does."""
        return None

    @property
    def is_markov(self) -> bool:
        """Whether each token depends on the one before it alone, given those before."""
        return self.memory is not None and self.memory <= 1

    @property
    def is_homogeneous(self) -> bool:
        """Whether the transitions of its chain, if it has one, are the same at every position."""
        return True

    @property
    def log_length_probability(self) -> float:
        """Log-probability in nats that a sequence has L tokens, where it could have another number; otherwise 0."""
        return 0.0

    @property
    def log_length_probability_error(self) -> float:
        """Absolute error of it, at most."""
        return 0.0

    def exact_length_probability(self) -> Fraction:
        """The probability that a sequence has L tokens, of a language with rational parameters."""
        return Fraction(1)

    def chain(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Initial law (V,) and transition matrix (V, V) of a Markov chain."""
        raise BadInput("language", "it is no Markov chain")

    @property
    def has_independent_tokens(self) -> bool:
        """Whether tokens are independent by the form of the language."""
        return self.length == 1

    @property
    def unit(self) -> Language:
        """What the language consists of independent copies of; itself, where it is no product."""
        return self

    @property
    def is_product(self) -> bool:
        """Whether it is written as a product of copies."""
        return self.unit is not self

    @property
    def has_local_scope(self) -> bool:
        """Whether a contradiction can be confined to intervals between revealed tokens, or to blocks."""
        return False

    def require_scope(self, scope: Scope | None) -> None:
        """Refuse the scope "local" where nothing confines a contradiction."""
        if scope == "local" and not self.has_local_scope:
            raise BadInput(
                "off_support_scope",
                'found "local"; it is for languages with intervals (markov, iid) or blocks, others accept "global"',
            )


@decides("IndependentTokens", "language")
def _has_independent_tokens(language: Language) -> bool:
    return language.has_independent_tokens


@decides("MarkovLanguage", "language")
def _is_markov(language: Language) -> bool:
    return language.is_markov


@decides("HiddenMarkovLanguage", "language")
def _is_hidden_markov(language: Language) -> bool:
    return language.is_hidden


def largest_surprisal(law: NDArray[np.float64]) -> float:
    """A bound of ``-log`` of the smallest positive entry."""
    return minus_log(float(law[law > 0].min(initial=1.0)), PARAMETER_DEPTH)[1]


def path_surprisals(*factors: tuple[int, float]) -> tuple[float, float]:
    """Bounds of ``-log q(x)``: a possible sequence has a path of so many factors, of at most such surprisals."""
    return 0.0, math.fsum(count * surprisal for count, surprisal in factors) * (1 + gamma(4))


def masked_conditionals(
    weights: NDArray[np.float64], y: NDArray[np.integer], vocab: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Normalise joint weights (n, L, V) row by row and blank what is revealed or impossible."""
    totals = weights.sum(axis=-1, keepdims=True)
    possible = totals[..., 0] > 0
    rows = np.divide(weights, totals, out=np.zeros_like(weights), where=totals > 0)
    rows[y != vocab] = 0.0
    return rows, possible


def may_underflow(*factors: tuple[int, float]) -> bool:
    """Whether a product of so many factors, of at most such surprisals, can leave the range of float64."""
    return math.fsum(count * surprisal for count, surprisal in factors) > -math.log(SMALLEST_NORMAL)


def positive(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 where a weight is positive: what stands for it where only zeros are asked for."""
    return (weights > 0).astype(np.float64)


def refuse_lost(weights: NDArray[np.float64], possible: NDArray[np.bool_]) -> None:
    """Refuse weights that are zero, or have lost digits, where by the zeros of the parameters they are positive.

    Raises
    ------
    BeyondReach
    """
    if (weights[possible] < SMALLEST_NORMAL).any():
        raise BeyondReach(LOST)


def rescaled(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide each sequence's weights (first axis) by a power of two: exact, and zeros stay zero."""
    largest = weights.reshape(len(weights), -1).max(axis=-1)
    _, exponent = np.frexp(np.where(largest > 0, largest, 1.0))
    return np.ldexp(weights, -exponent.reshape((-1,) + (1,) * (weights.ndim - 1)))
