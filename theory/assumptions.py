"""Named hypotheses of statements, and named relations between two subjects.

A statement lists the assumptions it needs; the numerical side decides, by name, whether an instance satisfies
each. An instance that misses one makes the statement *not applicable*, never silently true.

Notation (definitions.md#notation): ``w_1..w_N`` the step law, ``s_1..s_N`` the step sizes, ``tau`` the reveal times,
``q`` the language. A Bernoulli policy with weights is never a fixed-size policy; autoregressive generation is a
fixed-sets policy; random order, one at a time, is a fixed-size policy with all sizes 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = [
    "ALL_BUT_ONE_STEP",
    "ASSUMPTIONS",
    "BALANCED_SIZES",
    "BERNOULLI_POLICY",
    "BISECTION_POLICY",
    "CHOOSE_THEN_SAMPLE",
    "CHOSEN_FIRST",
    "ENTROPY_BOUND_POLICY",
    "EXACT_DENOISER",
    "FAVOURED_TOKEN",
    "FIXED_SIZE_POLICY",
    "GREEDY_DTC_SIZES",
    "GREEDY_SIZES",
    "HIDDEN_MARKOV_LANGUAGE",
    "INDEPENDENT_TOKENS",
    "MARKOV_LANGUAGE",
    "MDS_LANGUAGE",
    "MIXTURE_OF_SIZES_POLICY",
    "MORE_STEPS",
    "NO_BLOCKS",
    "ONE_AT_A_TIME",
    "ONE_CHOICE",
    "ONE_STEP",
    "ORDER_OBLIVIOUS",
    "PAIR_LANGUAGE",
    "PARITY_LANGUAGE",
    "PERMUTATIONS_LANGUAGE",
    "PROPOSALS_ONE_AT_A_TIME",
    "REFINES",
    "SAME_LANGUAGE",
    "SEPARATED_STEPS",
    "SHIFTED_PAIR_LANGUAGE",
    "SIZED_POLICY",
    "STEPS_DIVIDE_LENGTH",
    "SUBJECT_RELATIONS",
    "TEMPERATURE_ONE",
    "TWO_STEPS",
    "UNIFORM_STEPS",
    "Assumption",
    "Relation",
    "spelled_assumption",
    "with_entailed",
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
    entails : tuple of str
        Names of the hypotheses that hold whenever it does; what these entail is left out.
    """

    name: str
    sentence: str
    entails: tuple[str, ...] = ()

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
    " (bernoulli, fixed-size, mixture-of-sizes, autoregressive, random-order, fixed-sets, bisection)",
    entails=("ChosenFirst",),
)
BERNOULLI_POLICY = Assumption(
    "BernoulliPolicy",
    "the policy is Bernoulli: the reveal times are i.i.d. with law w_1..w_N",
    entails=("OrderOblivious",),
)
FIXED_SIZE_POLICY = Assumption(
    "FixedSizePolicy",
    "the policy is fixed-size: step k reveals a uniformly random set of s_k masked positions"
    " (fixed-size, random-order)",
    entails=("MixtureOfSizesPolicy", "SizedPolicy"),
)
MIXTURE_OF_SIZES_POLICY = Assumption(
    "MixtureOfSizesPolicy",
    "the policy draws a list of sizes, and then reveals uniformly random sets of these sizes"
    " (mixture-of-sizes, fixed-size, random-order)",
    entails=("OrderOblivious",),
)
UNIFORM_STEPS = Assumption(
    "UniformSteps", "the policy is Bernoulli and w_k = 1/N for every k", entails=("BernoulliPolicy",)
)
BALANCED_SIZES = Assumption(
    "BalancedSizes", "the policy is fixed-size and its N sizes differ by at most one", entails=("FixedSizePolicy",)
)
GREEDY_SIZES = Assumption(
    "GreedySizes",
    "the policy is fixed-size, no step is empty, and s_k = 1 + floor(eta (L - 1 - S_{k-1})) with one eta for all k",
    entails=("FixedSizePolicy",),
)
GREEDY_DTC_SIZES = Assumption(
    "GreedyDtcSizes",
    "the policy is fixed-size, no step is empty, and s_k = 1 + floor(eta (S_{k-1} + 1)) with one eta for all k but the"
    " last, whose size is at most that",
    entails=("FixedSizePolicy",),
)
STEPS_DIVIDE_LENGTH = Assumption("StepsDivideLength", "N divides L")
TWO_STEPS = Assumption("TwoSteps", "N = 2 and L >= 2")
ALL_BUT_ONE_STEP = Assumption("AllButOneStep", "N = L - 1")
PAIR_LANGUAGE = Assumption(
    "PairLanguage", "the language is Pair(V): L/2 independent blocks, each a uniform symbol written twice"
)
PARITY_LANGUAGE = Assumption("ParityLanguage", "the language is uniform on the binary strings of even weight")
MDS_LANGUAGE = Assumption(
    "MDSLanguage",
    "the language is uniform on V^K sequences of which any K positions hold every tuple once",
)
PERMUTATIONS_LANGUAGE = Assumption(
    "PermutationsLanguage", "the language is uniform on the permutations of its symbols, V = L"
)
SHIFTED_PAIR_LANGUAGE = Assumption(
    "ShiftedPairLanguage",
    "the language is ShiftedPair over V >= 3 symbols: blocks (a, a + S_b + B mod V), a uniform, B a fair bit, S_b a"
    " hidden two-state chain",
)
INDEPENDENT_TOKENS = Assumption("IndependentTokens", "the tokens are independent under q")
ONE_STEP = Assumption("OneStep", "a single step reveals everything, at temperature 1 (others may be empty)")
ONE_AT_A_TIME = Assumption(
    "OneAtATime",
    "sizes or sets are given, no step reveals more than one token, positions are chosen before their tokens are drawn,"
    " and the temperature is 1",
    entails=("ChosenFirst", "SizedPolicy"),
)
SIZED_POLICY = Assumption(
    "SizedPolicy",
    "step k reveals s_k of the masked positions, chosen before their tokens are drawn or by the confidence of the"
    " tokens proposed, at temperature 1 (fixed-size, given sets, and adaptive policies with sizes)",
)
CHOSEN_FIRST = Assumption(
    "ChosenFirst",
    "what is revealed decides, or gives the probabilities of, the positions of a step before their tokens are drawn,"
    " and no token is masked again (every policy but sample-then-choose and remasking)",
)
CHOOSE_THEN_SAMPLE = Assumption(
    "ChooseThenSample",
    "the policy is adaptive, and its positions are chosen before their tokens are drawn",
    entails=("ChosenFirst",),
)
ONE_CHOICE = Assumption(
    "OneChoice",
    "what is revealed decides the positions of a step before their tokens are drawn (given sets, and choose-then-sample"
    " by a score with ties to the lowest position)",
    entails=("ChosenFirst",),
)
TEMPERATURE_ONE = Assumption(
    "TemperatureOne", "tokens are drawn from the denoiser's own conditionals, at temperature 1"
)
ENTROPY_BOUND_POLICY = Assumption(
    "EntropyBoundPolicy",
    "in rising order of entropy each step reveals the longest prefix whose sum of entropies without the largest is at"
    " most g, and at least one position",
    entails=("ChooseThenSample",),
)
PROPOSALS_ONE_AT_A_TIME = Assumption(
    "ProposalsOneAtATime",
    "the policy is sample-then-choose: of tokens proposed at every masked position (of the current block, if there are"
    " blocks), at temperature 1, the most likely one is kept, one a step",
)
NO_BLOCKS = Assumption("NoBlocks", "every masked position is a candidate at every step: there are no blocks")
FAVOURED_TOKEN = Assumption(
    "FavouredToken", "the tokens are i.i.d. under q and one symbol is more likely than every other"
)
SEPARATED_STEPS = Assumption(
    "SeparatedSteps",
    "the sets are given, and tokens of one step are independent given those before: they lie in different blocks of a"
    " product, or between any two of them lie n - 1 consecutive positions revealed before, in an n-gram language",
    entails=("OrderOblivious", "SizedPolicy"),
)
BISECTION_POLICY = Assumption(
    "BisectionPolicy", "each step reveals the midpoint of every masked run", entails=("OrderOblivious", "SizedPolicy")
)
MARKOV_LANGUAGE = Assumption("MarkovLanguage", "the language is a Markov chain (an n-gram language, n <= 2)")
HIDDEN_MARKOV_LANGUAGE = Assumption(
    "HiddenMarkovLanguage",
    "the language is given as a hidden Markov model: a hidden chain of K states, each of which emits a token",
)

REFINES = Relation(
    "refines",
    "both have the same language, denoiser and kind of policy, and each step of the first is the union of consecutive"
    " steps of the second (the first's a_k, or S_k, are among the second's, 0 included)",
)
MORE_STEPS = Relation(
    "more-steps",
    "both have the same language and denoiser and uniform Bernoulli steps, and the second has more steps",
)
SAME_LANGUAGE = Relation("same-language", "both have the same language")

ASSUMPTIONS: Mapping[str, Assumption] = MappingProxyType(
    {known.name: known for known in tuple(globals().values()) if isinstance(known, Assumption)}
)
"""Every assumption by name."""


def spelled_assumption(name: str) -> str:
    """The name in kebab-case, as it is typed: ``exact-denoiser``.

    >>> spelled_assumption("MDSLanguage")
    'mds-language'
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()


def with_entailed(assumptions: Iterable[Assumption]) -> frozenset[Assumption]:
    """The assumptions and everything that they entail."""
    found: set[Assumption] = set()
    waiting = list(assumptions)
    while waiting:
        known = waiting.pop()
        if known not in found:
            found.add(known)
            waiting += [ASSUMPTIONS[name] for name in known.entails]
    return frozenset(found)


SUBJECT_RELATIONS: Mapping[str, Relation] = MappingProxyType(
    {known.name: known for known in (REFINES, MORE_STEPS, SAME_LANGUAGE)}
)
"""Every relation between two subjects by name."""
