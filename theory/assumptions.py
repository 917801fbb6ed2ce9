"""Named hypotheses of statements, and named relations between two subjects.

A statement lists the assumptions it needs; the numerical side decides, by name, whether an instance satisfies
each. An instance that misses one makes the statement *not applicable*, never silently true.

Notation (M0): ``w_1..w_N`` the step law, ``s_1..s_N`` the step sizes, ``tau`` the reveal times, ``q`` the language.
A Bernoulli policy with weights is never a fixed-size policy; autoregressive generation is a fixed-sets policy;
random order, one at a time, is a fixed-size policy with all sizes 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = [
    "ASSUMPTIONS",
    "Assumption",
    "BALANCED_SIZES",
    "BERNOULLI_POLICY",
    "EXACT_DENOISER",
    "FIXED_SIZE_POLICY",
    "MORE_STEPS",
    "ORDER_OBLIVIOUS",
    "PAIR_LANGUAGE",
    "REFINES",
    "Relation",
    "SAME_LANGUAGE",
    "STEPS_DIVIDE_LENGTH",
    "SUBJECT_RELATIONS",
    "UNIFORM_STEPS",
]


@dataclass(frozen=True)
class Assumption:
    """A hypothesis on one instance.

    Parameters
    ----------
    name : str
        The name by which the numerical side decides it, in CamelCase.
    sentence : str
        What it says, a clause that can follow "if".
    """

    name: str
    sentence: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Relation:
    """A relation between a first and a second instance; the second's quantities are written ``kl@2``.

    Parameters
    ----------
    name : str
        The value of the key ``relation`` in the file of a pair, in kebab-case.
    sentence : str
        What it says, a clause that can follow "if".
    """

    name: str
    sentence: str

    def __str__(self) -> str:
        return self.name


EXACT_DENOISER = Assumption("ExactDenoiser", "the denoiser is exact: p_theta(. | x_R) = q(. | x_R) wherever q(x_R) > 0")
ORDER_OBLIVIOUS = Assumption(
    "OrderOblivious",
    "the reveal times tau are independent of the tokens and no token is masked again"
    " (bernoulli, fixed-size, autoregressive, random-order, fixed-sets, bisection)",
)
BERNOULLI_POLICY = Assumption(
    "BernoulliPolicy", "the policy is Bernoulli: the reveal times are i.i.d. with law w_1..w_N"
)
FIXED_SIZE_POLICY = Assumption(
    "FixedSizePolicy",
    "the policy is fixed-size: step k reveals a uniformly random set of s_k masked positions"
    " (fixed-size, random-order)",
)
UNIFORM_STEPS = Assumption("UniformSteps", "the policy is Bernoulli and w_k = 1/N for every k")
BALANCED_SIZES = Assumption("BalancedSizes", "the policy is fixed-size and its N sizes differ by at most one")
STEPS_DIVIDE_LENGTH = Assumption("StepsDivideLength", "N divides L")
PAIR_LANGUAGE = Assumption(
    "PairLanguage", "the language is Pair(V): L/2 independent blocks, each a uniform symbol written twice"
)

REFINES = Relation(
    "refines",
    "both have the same language, denoiser and kind of policy, and each step of the first is the union of consecutive"
    " steps of the second (the first's a_k, or S_k, are among the second's)",
)
MORE_STEPS = Relation(
    "more-steps",
    "both have the same language and denoiser and uniform Bernoulli steps, and the second has more steps",
)
SAME_LANGUAGE = Relation("same-language", "both have the same language")

ASSUMPTIONS: Mapping[str, Assumption] = MappingProxyType(
    {
        known.name: known
        for known in (
            EXACT_DENOISER,
            ORDER_OBLIVIOUS,
            BERNOULLI_POLICY,
            FIXED_SIZE_POLICY,
            UNIFORM_STEPS,
            BALANCED_SIZES,
            STEPS_DIVIDE_LENGTH,
            PAIR_LANGUAGE,
        )
    }
)
"""Every assumption by name."""

SUBJECT_RELATIONS: Mapping[str, Relation] = MappingProxyType(
    {known.name: known for known in (REFINES, MORE_STEPS, SAME_LANGUAGE)}
)
"""Every relation between two subjects by name."""
