"""An assertion for people's tests of their own samplers."""

from __future__ import annotations

from ..conformance import Claim, Conformity, SamplerCode, conform
from ..instances import Instance

__all__ = ["assert_samples_from"]


def assert_samples_from(
    sampler: SamplerCode,
    instance: Instance | Claim,
    *,
    samples: int = 20_000,
    alpha: float = 1e-6,
    tv: float = 0.1,
    seed: int = 0,
    allow_inconclusive: bool = False,
) -> Conformity:
    """Fail unless a sampler's code draws from an instance's law (definitions.md#conformance).

    Parameters
    ----------
    sampler : callable
        ``sampler(oracle, count, seed)`` returns tokens (count, L).
    instance : Instance or Claim
        Small enough for its whole output law; prepared as a Claim where several samplers are tested.
    samples : int
        n, how many sequences to draw.
    alpha : float
        Chance of failing a right sampler as different.
    tv : float
        The largest total variation that passes.
    seed : int
    allow_inconclusive : bool
        Whether to pass where no difference was found but there are too few sequences to exclude one of ``tv``.

    Returns
    -------
    Conformity

    Raises
    ------
    AssertionError
        When it differs or is inconclusive, with the evidence, the cells that differ most and the closest laws.
    BadInput
        When the sampler raises, or returns another shape, type or token.
    BeyondReach
        When the law would take too much memory or time.

    Examples
    --------
    >>> import numpy as np
    >>> from maskbound.numerics import languages, policies
    >>> def fair(oracle, count, seed):
    ...     return np.random.default_rng(seed).integers(0, oracle.vocab, (count, oracle.length))
    >>> coins = Instance(languages.iid(["1/2", "1/2"], 2), policies.Bernoulli(steps=1))
    >>> assert_samples_from(fair, coins).status
    'conforms'
    """
    __tracebackhide__ = True
    found = conform(instance, sampler, samples=samples, alpha=alpha, tv=tv, seed=seed)
    passing = ("conforms", "inconclusive") if allow_inconclusive else ("conforms",)
    if found.status not in passing:
        raise AssertionError(found.account())
    return found
