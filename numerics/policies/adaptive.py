"""Policies that look at the conditionals before they choose positions (definitions.md#adaptive-policies)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable, Iterator, Sequence
from fractions import Fraction
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput, Undecidable, shown
from ..numbers import limits
from ..numbers.logform import LogForm
from ..numbers.probabilities import number, whole, written
from ..spec.draws import Spec
from ..spec.table import ABSENT, Count, Number, Wholes
from ..traits import decides
from .base import DrawStep, Partial, Policy, Transition
from .decisions import Contexts, draw_decided, tempered
from .fixed_size import evenly
from .kind import FEW_STEPS, PolicyTable
from .schedule import MOST_STEPS

__all__ = ["Adaptive"]

SCORES = ("confidence", "margin", "entropy", "random")
ORDERS = ("choose-then-sample", "sample-then-choose")
TIES = ("first", "random")
LARGEST_LOG = 709
"""Of a float64: ``x^e`` moves by ``|log x^e|`` roundings with one of e."""

HARDEST = 1000
"""Largest accepted temperature, and the inverse of the smallest positive one."""


class Adaptive(Policy):
    """At each step the masked positions with the best scores.

    *Choose-then-sample* chooses the positions from their conditionals ``c_i`` and draws their tokens afterwards;
    *sample-then-choose* proposes a token at every candidate and keeps the proposals of largest ``c_i(u_i)``.

    Parameters
    ----------
    length : int
        L.
    score : {"confidence", "margin", "entropy", "random"}
        ``max_v c_i(v)``; the difference of the two largest; minus the entropy (nats); none at all.
    order : {"choose-then-sample", "sample-then-choose"}
        The latter by confidence only.
    sizes, steps, threshold, entropy_bound : sequence of int, int, number or number
        Exactly one. How many positions each step reveals, those of one block if there are blocks; the number of steps
        of the whole sequence, all blocks together, shared as evenly as possible, the remainder to the early ones; all
        of score at least ``threshold``, the best one always; in rising order of entropy the longest prefix with
        ``sum H - max H <= entropy_bound`` (nats).
    temperature : number
        Tokens are drawn from ``c_i^(1/T)`` normalised; T = 0 takes the largest, the lowest token of several. Scores
        use ``c_i``.
    ties : {"first", "random"}
        Which of equal scores: the lowest position, or each as likely.
    block_length : int, optional
        Blocks of this length are finished from left to right; it divides the length.
    """

    compares = True

    def __init__(
        self,
        length: int,
        *,
        score: Literal["confidence", "margin", "entropy", "random"],
        order: Literal["choose-then-sample", "sample-then-choose"] = "choose-then-sample",
        sizes: Sequence[int] | None = None,
        steps: int | None = None,
        threshold: Any = None,
        entropy_bound: Any = None,
        temperature: Any = 1,
        ties: Literal["first", "random"] = "first",
        block_length: int | None = None,
    ) -> None:
        self.length = whole(length, "length", 1)
        self.score: str = _one_of(score, SCORES, "score")
        self.order = _one_of(order, ORDERS, "order")
        self.ties = _one_of(ties, TIES, "ties")
        self.proposes = order == "sample-then-choose"
        if self.proposes and score != "confidence":
            raise BadInput("order", f'found "{order}" with score {score}; it is accepted with score confidence only')
        self.block_length: int = self.length if block_length is None else whole(block_length, "block_length", 1)
        if self.length % self.block_length:
            raise BadInput("block_length", f"found {block_length}; a divisor of length={length} is accepted")
        self.temperature = number(temperature, "temperature")
        if self.temperature and not Fraction(1, HARDEST) <= self.temperature <= HARDEST:
            raise BadInput(
                "temperature", f"found {shown(self.temperature)}; 0, or 1/{HARDEST} to {HARDEST}, is accepted"
            )
        rules = {"sizes": sizes, "steps": steps, "threshold": threshold, "entropy_bound": entropy_bound}
        given = [name for name, value in rules.items() if value is not None]
        if len(given) != 1:
            raise BadInput("sizes", f"exactly one of {', '.join(rules)} is accepted")
        self.rule, self.value = given[0], rules[given[0]]
        if self.rule == "threshold":
            self.bound = self._threshold(threshold)
        elif self.rule == "entropy_bound":
            self.bound = self._entropy_bound(entropy_bound)
        else:
            self.sizes = self._every_size(sizes) if steps is None else self._shared(steps)

    def _threshold(self, value: Any) -> Fraction | float:
        if self.score == "random":
            raise BadInput("threshold", "found a threshold with score random, which has no size; sizes are accepted")
        bound = number(value, "threshold")
        if self.score == "entropy" and bound > 0:
            raise BadInput("threshold", f"found {shown(bound)}; scores are minus the entropy, so at most 0 is accepted")
        if self.score != "entropy" and not 0 <= bound <= 1:
            raise BadInput("threshold", f"found {shown(bound)}; a probability from 0 to 1 is accepted")
        return bound

    def _entropy_bound(self, value: Any) -> Fraction | float:
        if self.score != "entropy":
            raise BadInput("entropy_bound", f"found it with score {self.score}; it is accepted with score entropy only")
        bound = number(value, "entropy_bound")
        if bound < 0:
            raise BadInput("entropy_bound", f"found {shown(bound)}; a number of nats of at least 0 is accepted")
        return bound

    def _every_size(self, sizes: Any) -> tuple[int, ...]:
        each = tuple(whole(size, f"sizes[{k}]") for k, size in enumerate(sizes))
        if sum(each) != self.block_length:
            what = "length" if self.block_length == self.length else "block_length"
            raise BadInput(
                "sizes", f"found a sum of {shown(sum(each))}; they must add up to {what}={self.block_length}"
            )
        return each * self.blocks

    def _shared(self, steps: Any) -> tuple[int, ...]:
        """Steps over blocks, then tokens over steps, the remainders to the early ones."""
        count = whole(steps, "steps", 1, MOST_STEPS)
        if count < self.blocks:
            raise BadInput("steps", f"found {count}; at least one for each of the {self.blocks} blocks is accepted")
        return tuple(size for share in evenly(count, self.blocks) for size in evenly(self.block_length, share))

    @property
    def blocks(self) -> int:
        return self.length // self.block_length

    def changed(self, **changes: Any) -> Adaptive:
        """The same policy with some arguments replaced."""
        names = ("score", "order", "temperature", "ties", "block_length")
        rule = {} if "sizes" in changes else {self.rule: self.value}
        return Adaptive(self.length, **{name: getattr(self, name) for name in names} | rule | changes)

    def resized(self, sizes: Sequence[int]) -> Adaptive:
        return self.changed(sizes=sizes, block_length=None)

    @property
    def given_sizes(self) -> tuple[int, ...] | None:
        return self.sizes if self.temperature == 1 else None

    @property
    def one_choice(self) -> bool:
        return not self.proposes and self.takes_first

    @property
    def steps(self) -> int:
        return self.length if self.sizes is None else len(self.sizes)

    @property
    def irrational(self) -> str | None:
        whole_power = not self.temperature or self.exponent == int(self.exponent)
        return None if whole_power else "powers of the conditionals by 1/T are no rationals"

    @property
    def takes_first(self) -> bool:
        """Whether the lowest of equal positions come first."""
        return self.ties == "first" and self.score != "random"

    def check(self, vocab: int, length: int) -> None:
        if length != self.length:
            raise BadInput("length", f"found a policy for {self.length} tokens; length={length} is accepted here")

    def pair_count(self, vocab: int, length: int) -> int:
        if self.proposes:
            # From every partial sequence of a step each proposal, and of equal scores each choice.
            starts = range(length) if self.sizes is None else itertools.accumulate(self.sizes[:-1], initial=0)
            sources = sum(math.comb(length, before) for before in starts)
            return limits.power(vocab, length) * sources * (1 if self.takes_first else length)
        return limits.power(2 * vocab + 1, length)

    def drawn_depth(self, vocab: int, depth: int) -> int:
        if self.exponent in (1, math.inf):
            return depth
        # c over the largest, to a power (4 ulps allowed, and the rounding of 1/T itself), over a sum of V such.
        rounded = 0 if float(self.exponent) == self.exponent else LARGEST_LOG
        power = math.ceil(self.exponent * (2 * depth + 1)) + 8 + rounded
        return 2 * power + vocab + 1

    def candidates(self, y: Partial, vocab: int) -> list[int]:
        """Masked positions of the first block that has any."""
        masked = [i for i, token in enumerate(y) if token == vocab]
        return [i for i in masked if i // self.block_length == masked[0] // self.block_length]

    def transitions(
        self,
        step: int,
        y: Partial,
        conditionals: NDArray[Any],
        memory: Hashable = None,
        compared: NDArray[Any] | None = None,
    ) -> Iterator[Transition]:
        """The law of one step, every proposal and every choice one by one.

        Parameters
        ----------
        step, y, conditionals, memory
            As for every policy. An object array of Fractions gives exact probabilities (and needs a whole ``1/T``).
        compared : (L, V), optional
            The same conditionals as exact numbers, which decide the comparisons; ``conditionals`` themselves if not
            given.
        """
        among = self.candidates(y, conditionals.shape[1])
        scored = {i: (conditionals if compared is None else compared)[i].tolist() for i in among}
        drawn = {i: self.drawn_from(conditionals[i].tolist(), scored[i]) for i in among}
        one = conditionals.flat[0] * 0 + 1
        if self.proposes:
            moves = self._kept_proposals(step, drawn, scored, one)
        else:
            scores = {i: self.score_of(row) for i, row in scored.items()}
            moves = (
                (weight, dict(zip(chosen, tokens, strict=True)))
                for probability, chosen in self.choices(step, scores, one)
                for weight, tokens in _draws(probability, [drawn[i] for i in chosen])
            )
        for probability, tokens in moves:
            yield probability, tuple(tokens.get(i, token) for i, token in enumerate(y)), None

    def _kept_proposals(
        self, step: int, drawn: dict[int, list], scored: dict[int, list], one: Any
    ) -> Iterator[tuple[Any, dict[int, int]]]:
        for probability, proposal in _draws(one, list(drawn.values())):
            tokens = dict(zip(drawn, proposal, strict=True))
            scores = {i: scored[i][v] for i, v in tokens.items()}
            for share, chosen in self.choices(step, scores, probability):
                yield share, {i: tokens[i] for i in chosen}

    def score_of(self, row: list) -> Any:
        """Of one conditional; larger is better."""
        if self.score == "random":
            return 0
        if self.score == "confidence":
            return max(row)
        if self.score == "margin":
            second, first = sorted([0, *row])[-2:]
            return first - second
        return -_entropy(row)

    def choices(self, step: int, scores: dict[int, Any], probability: Any) -> Iterator[tuple[Any, tuple[int, ...]]]:
        """Sets of positions with their probabilities, from the scores of all candidates."""
        certain, tied, drawn = self.decide(step, scores)
        for some in itertools.combinations(tied, drawn):
            yield probability / math.comb(len(tied), drawn), tuple(sorted([*certain, *some]))

    def decide(self, step: int, scores: dict[int, Any]) -> tuple[list[int], list[int], int]:
        """Positions that are revealed, and those of which so many are drawn, from the scores of all candidates."""
        ranked = sorted(scores, key=lambda i: (-scores[i], i))
        count = self._count(step, [scores[i] for i in ranked])
        if count in (0, len(ranked)) or self.takes_first:
            return ranked[:count], [], 0
        last = scores[ranked[count - 1]]
        certain = [i for i in ranked if scores[i] > last]
        return certain, [i for i in ranked if scores[i] == last], count - len(certain)

    def _count(self, step: int, scores: list) -> int:
        """Number of the ranked candidates that are revealed."""
        if not scores:
            return 0
        if self.sizes is not None:
            return self.sizes[step - 1]
        if self.rule == "threshold":
            return max(1, sum(map(self.reaches, scores)))
        # Entropies in rising order: the sum without the largest is that of all before it.
        count, total = 1, -scores[0]
        while count < len(scores) and _compare(total, self.bound) <= 0:
            total, count = total - scores[count], count + 1
        return count

    def reaches(self, score: Any) -> bool:
        """Whether a score is at least the threshold; none is where there is no threshold."""
        return self.rule == "threshold" and _compare(score, self.bound) >= 0

    def drawn_from(self, row: list, scored: list) -> list:
        """``c^(1/T)`` normalised; a row of zeros stays one. ``scored`` decides which token is the largest."""
        if self.temperature == 0:
            return _largest(scored, row)
        if self.exponent == 1 or not any(row):
            return row
        largest = max(row)
        if isinstance(largest, float):
            return tempered(np.array(row), self.temperature).tolist()
        if isinstance(self.exponent, Fraction) and self.exponent.denominator == 1:
            powers = [(c / largest) ** self.exponent.numerator for c in row]
        else:
            raise BadInput("temperature", f"found {shown(self.temperature)}; exact rationals need a whole 1/T")
        total = sum(powers)
        return [power / total for power in powers]

    def drawing(self, n: int, length: int, rng: np.random.Generator) -> DrawStep:
        rows = np.ones(n)
        return lambda step, y, conditionals: draw_decided(self, step, Contexts(y, conditionals, rows, 0.0), rng)[0]

    def written(self) -> dict[str, Any]:
        return {
            "kind": "adaptive",
            "score": self.score,
            "order": self.order,
            self.rule: list(self.value) if self.rule == "sizes" else written(self.value),
            "temperature": written(self.temperature),
            "ties": self.ties,
            "block_length": self.block_length,
        }

    def __repr__(self) -> str:
        return f"Adaptive({self.length}, score={self.score!r}, order={self.order!r}, {self.rule}={self.value})"


@decides("ChooseThenSample", "policy")
def _chooses_then_samples(policy: Policy) -> bool:
    return isinstance(policy, Adaptive) and not policy.proposes


@decides("EntropyBoundPolicy", "policy")
def _has_entropy_bound(policy: Policy) -> bool:
    return isinstance(policy, Adaptive) and policy.rule == "entropy_bound"


class AdaptiveTable(PolicyTable):
    kind: Literal["adaptive"]
    steps_key: ClassVar[str] = "sizes"
    advice: ClassVar[str] = (
        "With block_length, sizes are those of one block, and steps all of the sequence, blocks together."
    )
    score: Literal["confidence", "margin", "entropy", "random"]
    order: Literal["choose-then-sample", "sample-then-choose"]
    sizes: Wholes = ABSENT
    steps: Count = ABSENT
    threshold: Number = ABSENT
    entropy_bound: Number = ABSENT
    temperature: Number = Fraction(1)
    ties: Literal["first", "random"] = "first"
    block_length: Count = ABSENT

    def build(self, length: int) -> Policy:
        self.exactly_one("sizes", "steps", "threshold", "entropy_bound")
        return Adaptive(length, **self.keys())

    @classmethod
    def examples(cls, length: int) -> Iterator[Spec]:
        """Of all positions or of a block: of given sizes, by a bound, or among proposals."""
        chosen = {"kind": "adaptive", "order": "choose-then-sample"}
        proposed = {"kind": "adaptive", "order": "sample-then-choose", "score": "confidence"}
        within = [{"block_length": b} for b in range(1, length) if length % b == 0]
        for score, ties in itertools.product(SCORES, TIES):
            for steps in range(1, min(length, FEW_STEPS) + 1):
                sizes = evenly(length, steps)
                for each in (sizes, sizes[::-1]) if length % steps else (sizes,):
                    yield chosen | {"score": score, "ties": ties, "sizes": each}
            for block in within:
                yield chosen | {"score": score, "ties": ties, "steps": length // block["block_length"]} | block
        for block, bound in itertools.product(({}, *within), ("0", "1/2", "3/4", "1")):
            yield chosen | {"score": "confidence", "threshold": bound} | block
        for block, bound in itertools.product(({}, *within), ("0", "1/2", "7/10", "1", "3/2")):
            yield chosen | {"score": "entropy", "entropy_bound": bound} | block
        for block, ties in itertools.product(({}, *within), TIES):
            yield proposed | {"ties": ties, "steps": length} | block


def _one_of(value: Any, accepted: tuple[str, ...], key: str) -> Any:
    if value not in accepted:
        raise BadInput(key, f"found {shown(value)}; one of {', '.join(accepted)} is accepted")
    return value


def _draws(probability: Any, rows: list[list]) -> Iterator[tuple[Any, tuple[int, ...]]]:
    """Every way to draw one token from each row, with its probability times ``probability``."""
    options = [[(v, c) for v, c in enumerate(row) if c] for row in rows]
    for drawn in itertools.product(*options):
        weight = probability
        for _, c in drawn:
            weight *= c
        yield weight, tuple(v for v, _ in drawn)


def _largest(scored: list, drawn: list) -> list:
    """All of a row's mass at its largest entry, the first of several; a row of zeros stays one."""
    if not any(scored):
        return drawn
    best = scored.index(max(scored))
    return [drawn[v] * 0 + (v == best) for v in range(len(drawn))]


def _entropy(row: list) -> Any:
    """In nats: a float of floats, a log form of exact numbers."""
    if all(isinstance(c, float) for c in row):
        return -math.fsum(c * math.log(c) for c in row if c > 0)
    return LogForm(0, [(Fraction(c), -Fraction(c)) for c in row if c])


def _compare(score: Any, bound: Any) -> int:
    """Sign of ``score - bound``; a floating bound is a number only to within its last place."""
    if isinstance(score, float) or not isinstance(bound, float):
        return (score > bound) - (score < bound)
    below, above = Fraction(math.nextafter(bound, -math.inf)), Fraction(math.nextafter(bound, math.inf))
    if score == Fraction(bound):
        return 0
    if below < score < above:
        raise Undecidable(
            f"the score {float(score)!r} and the bound {bound!r} differ by less than the rounding of the bound; "
            'a bound written as a rational such as "9/10" is compared exactly'
        )
    return 1 if score > Fraction(bound) else -1
