"""Does a sampler's code draw from an instance's law (definitions.md#conformance)?"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput, shown
from ..instances import Instance
from ..metrics.output_law import law as output_law
from ..partial import sequence_index, sequence_rows
from ..types import whole
from .catalogue import catalogue, distinct
from .closeness import sequences_needed, tv_interval
from .evidence import log_evidence, log_likelihoods
from .mistakes import Variant, law_of_variant
from .oracle import Oracle

__all__ = ["CLAIMED", "Cell", "Claim", "Conformity", "SamplerCode", "conform"]

SamplerCode = Callable[[Oracle, int, int], Any]
"""``sampler(oracle, count, seed)``, whose sequences have the shape (count, L)."""

Status = Literal["conforms", "differs", "inconclusive"]

CLAIMED = "as claimed"
FIRST_BATCH = 1000
LARGEST_BATCH = 50_000
SHOWN = 5
MOST_SAMPLES = 10**8
TINY = 1e-300


class Claim:
    """An instance prepared for several tests: its oracle, its law, and the laws it is held against.

    Parameters
    ----------
    instance : Instance
        Small enough for its whole output law; not under the rule ``stop``.
    also : mapping of str to Variant, optional
        Laws to hold the sampler against besides the catalogue's.
    """

    def __init__(self, instance: Instance, also: Mapping[str, Variant] = MappingProxyType({})) -> None:
        self.instance = instance
        self.oracle = Oracle(instance)
        self.law = output_law(instance)
        others = {name: law_of_variant(variant, self.oracle) for name, variant in also.items()}
        self.alternatives = distinct(catalogue(instance, self.oracle) | others, self.law.p)


@dataclass(frozen=True)
class Cell:
    """One sequence: how often it was drawn, and its chance under p."""

    sequence: tuple[int, ...]
    drawn: float
    claimed: float


@dataclass(frozen=True)
class Conformity:
    """The outcome of a test of a sampler.

    Parameters
    ----------
    instance : Instance
    samples : int
        Sequences drawn.
    status : {"conforms", "differs", "inconclusive"}
    log_evidence : float
        The most that there was at any look, in nats; infinite once an impossible sequence was drawn.
    tv : tuple of float
        Total variation between the law drawn from and p: the empirical value, then both ends of the interval.
    closest : tuple of (str, float)
        Laws of the catalogue by ``(1/n) sum log r(X_i)`` over the possible sequences drawn (nats per sequence); where
        others were drawn too, r given that a sequence is possible.
    closest_tv : tuple of float
        As ``tv``, between the law drawn from and the closest one, with all that p forbids as one outcome; alpha is
        shared by all the laws that could be it.
    impossible : tuple of ((int, ...), int)
        Sequences that p forbids, or that hold a mask, with how often they were drawn, in the order of drawing.
    cells : tuple of Cell
        The three that differ most.
    needed : int
        Sequences that would decide, if the sampler is right.
    tv_wanted, alpha : float
        What was asked.
    """

    instance: Instance
    samples: int
    status: Status
    log_evidence: float
    tv: tuple[float, float, float]
    closest: tuple[tuple[str, float], ...]
    closest_tv: tuple[float, float, float]
    impossible: tuple[tuple[tuple[int, ...], int], ...]
    cells: tuple[Cell, ...]
    needed: int
    tv_wanted: float
    alpha: float

    def account(self) -> str:
        """The outcome in words."""
        lines = [f"{self.status}: {self.samples} sequences against the law of {self.instance.name}"]
        value, lo, hi = self.tv
        lines.append(
            f"  total variation {value:.4g} as drawn; between {lo:.4g} and {hi:.4g} with chance 1 - {self.alpha:g}"
        )
        if self.impossible:
            first, _ = self.impossible[0]
            often = sum(count for _, count in self.impossible)
            lines.append(f"  {often} of them impossible, the first {_spelled(first, self.instance.vocab)}")
        lines.append(f"  evidence against it e^{self.log_evidence:.4g}; e^{math.log(1 / self.alpha):.4g} is enough")
        if self.status == "differs":
            lines += [
                f"  {_spelled(cell.sequence, self.instance.vocab)}: drawn {cell.drawn:.5f}, claimed {cell.claimed:.5f}"
                for cell in self.cells
            ]
        lines += [f"  {score:.6f} nats per sequence: {name}" for name, score in self.closest]
        if self.status == "differs":
            lines.append(f"  total variation from the closest of them at most {self.closest_tv[2]:.4g}")
        if self.status == "inconclusive":
            lines.append(f"  about {self.needed} sequences would decide at a total variation of {self.tv_wanted:g}")
        return "\n".join(lines)


def conform(
    instance: Instance | Claim,
    sampler: SamplerCode,
    *,
    samples: int = 200_000,
    alpha: float = 1e-6,
    tv: float = 0.01,
    seed: int = 0,
    watch: Callable[[int], None] | None = None,
) -> Conformity:
    """Draw sequences with somebody's code and hold them against the exact law of an instance.

    Parameters
    ----------
    instance : Instance or Claim
        Small enough for its whole output law; prepared as a Claim where it is tested again and again.
    sampler : callable
        ``sampler(oracle, count, seed)`` returns an int array (count, L) of tokens 0..V-1, or V where it left a mask. It
        is called several times, each time with a seed of its own.
    samples : int
        n, how many sequences to draw.
    alpha : float
        Chance of calling a right sampler wrong, however often it is looked at.
    tv : float
        The largest total variation that is accepted as conforming.
    seed : int
    watch : callable, optional
        Told the number of sequences drawn so far.

    Returns
    -------
    Conformity
        ``differs`` when there is evidence of at least 1/alpha, an impossible sequence, or a total variation that is
        larger than ``tv`` for certain; ``conforms`` when it is smaller; else ``inconclusive``.

    Raises
    ------
    BadInput
        When the sampler raises, or returns another shape, type or token; for arguments out of range; under the rule
        ``stop``.
    BeyondReach
        When the law or the oracle would take too much memory or time.

    Examples
    --------
    >>> from maskbound.numerics import languages, policies
    >>> instance = Instance(languages.iid(["1/2", "1/2"], 2), policies.Bernoulli(steps=1))
    >>> def fair(oracle, count, seed):
    ...     return np.random.default_rng(seed).integers(0, oracle.vocab, (count, oracle.length))
    >>> conform(instance, fair, samples=20_000, tv=0.05).status
    'conforms'
    """
    whole(samples, "samples", 1, MOST_SAMPLES)
    whole(seed, "seed")
    for name, value in (("alpha", alpha), ("tv", tv)):
        if not 0 < value < 1:
            raise BadInput(name, f"found {shown(value)}; a number strictly between 0 and 1 is accepted")
    claim = instance if isinstance(instance, Claim) else Claim(instance)
    tally, claimed = _Tally(claim), claim.law
    for start, stop in _batches(samples):
        tally.add(_drawn(sampler, claim.oracle, stop - start, seed + start))
        if watch is not None:
            watch(stop)
    distance = tv_interval(tally.counts, tally.forbidden, claimed.p, claimed.p_depth, alpha)
    differs = tally.forbidden > 0 or tally.evidence >= math.log(1 / alpha) or distance[1] > tv
    return Conformity(
        instance=claim.instance,
        samples=samples,
        status="differs" if differs else "conforms" if distance[2] <= tv else "inconclusive",
        log_evidence=tally.evidence,
        tv=distance,
        closest=tally.closest()[:SHOWN],
        closest_tv=tally.distance(tally.closest()[0][0], alpha),
        impossible=tuple(tally.impossible.items()),
        cells=tally.cells(),
        needed=sequences_needed(claimed.p, tv, alpha),
        tv_wanted=tv,
        alpha=alpha,
    )


class _Tally:
    """The sequences drawn so far.

    Attributes
    ----------
    counts : (V^L,) int
        Of the sequences that p allows.
    impossible : dict
        Of the others.
    evidence : float
        The most at any look.
    """

    def __init__(self, claim: Claim) -> None:
        self.claimed = claim.law
        self.alternatives = claim.alternatives
        self.laws = {CLAIMED: claim.law.p, **claim.alternatives}
        self.counts = np.zeros(len(claim.law.p), dtype=np.int64)
        self.impossible: dict[tuple[int, ...], int] = {}
        self.evidence = -math.inf

    @property
    def forbidden(self) -> int:
        return sum(self.impossible.values())

    def add(self, x: NDArray[np.int64]) -> None:
        """Count a batch (n, L), then look."""
        V, p = self.claimed.vocab, self.claimed.p
        complete = (x != V).all(axis=1)
        possible = complete.copy()
        index = sequence_index(x[complete], V)
        possible[complete] = p[index] > 0
        for row in map(tuple, x[~possible].tolist()):
            self.impossible[row] = self.impossible.get(row, 0) + 1
        self.counts += np.bincount(index[p[index] > 0], minlength=len(p))
        found = math.inf if self.impossible else log_evidence(self.counts, p, self.claimed.p_depth, self.alternatives)
        self.evidence = max(self.evidence, found)

    def closest(self) -> tuple[tuple[str, float], ...]:
        """All laws by likelihood, the claim among them; given that what is drawn is possible, if not all was."""
        n = max(int(self.counts.sum()), 1)
        laws = self.laws
        if self.impossible:
            laws = {name: law / max(math.fsum(law), TINY) for name, law in self._allowed().items()}
        scores = {name: found / n for name, found in log_likelihoods(self.counts, laws).items()}
        return tuple(sorted(scores.items(), key=lambda pair: -pair[1]))

    def distance(self, name: str, alpha: float) -> tuple[float, float, float]:
        """Total variation between the law drawn from and that one, which may have been chosen by looking."""
        law, depth = self._allowed()[name], self.claimed.p_depth
        return tv_interval(self.counts, self.forbidden, law, depth, alpha / len(self.laws))

    def _allowed(self) -> dict[str, NDArray[np.float64]]:
        """The laws without what the claim forbids."""
        return {name: np.where(self.claimed.p > 0, law, 0.0) for name, law in self.laws.items()}

    def cells(self) -> tuple[Cell, ...]:
        """Three sequences, by ``(drawn - claimed)^2 / claimed``."""
        p, n = self.claimed.p, int(self.counts.sum()) + self.forbidden
        drawn = self.counts / n
        excess = np.divide((drawn - p) ** 2, p, out=np.zeros_like(p), where=p > 0)
        worst = np.argsort(-excess, kind="stable")[:3]
        V, L = self.claimed.vocab, self.claimed.length
        return tuple(
            Cell(tuple(sequence_rows(i, i + 1, V, L)[0].tolist()), float(drawn[i]), float(p[i])) for i in worst.tolist()
        )


def _batches(samples: int) -> Iterator[tuple[int, int]]:
    """Doubling, so that a look costs little."""
    start, size = 0, FIRST_BATCH
    while start < samples:
        stop = min(start + size, samples)
        yield start, stop
        start, size = stop, min(2 * size, LARGEST_BATCH)


def _drawn(sampler: SamplerCode, oracle: Oracle, count: int, seed: int) -> NDArray[np.int64]:
    """One batch, checked."""
    try:
        found = sampler(oracle, count, seed)
    except (Exception, SystemExit) as problem:
        raise BadInput("sampler", f"it raised {type(problem).__name__}: {str(problem)[:200]}") from problem
    try:
        x = np.asarray(found)
    except Exception as problem:
        raise BadInput("sampler", f"it returned {type(found).__name__}, which is no array") from problem
    wanted = (count, oracle.length)
    if x.shape != wanted or x.dtype.kind not in "iu":
        raise BadInput(
            "sampler", f"it returned {x.dtype} of shape {x.shape}; whole numbers of shape {wanted} are accepted"
        )
    if x.min() < 0 or x.max() > oracle.mask_id:
        raise BadInput("sampler", f"it returned tokens from {x.min()} to {x.max()}; 0..{oracle.mask_id} are accepted")
    return x.astype(np.int64)


def _spelled(sequence: tuple[int, ...], vocab: int) -> str:
    return " ".join("MASK" if token == vocab else str(token) for token in sequence)
