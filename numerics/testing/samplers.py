"""An assertion for people's tests of their own samplers."""

from __future__ import annotations

from ..conformance import Claim, Conformity, SamplerCode, conform, samples_to_pass
from ..instances import Instance

__all__ = ["assert_samples_from"]

SAMPLES = 20_000
"""The least that are drawn of a language whose law is known."""


def assert_samples_from(
    sampler: SamplerCode,
    instance: Instance | Claim,
    *,
    samples: int | None = None,
    alpha: float = 1e-6,
    tv: float = 0.1,
    seed: int = 0,
    allow_inconclusive: bool = False,
) -> Conformity:
    """Fail unless a sampler's code draws as an instance claims (definitions.md#conformance).

    Parameters
    ----------
    sampler : callable
        ``sampler(oracle, count, seed)`` returns tokens (count, L).
    instance : Instance or Claim
        Prepared as a Claim where several samplers are tested.
    samples : int, optional
        n, how many sequences to draw. Unless given, as many as show ``tv`` of right code, from 20,000 to 200,000; 500
        where the final law is out of reach.
    alpha : float
        Probability of failing a right sampler as different.
    tv : float
        The largest total variation that passes; of no effect where the final law is out of reach.
    seed : int
    allow_inconclusive : bool
        Whether to pass where no difference was found but there are too few sequences to exclude one of ``tv``.

    Returns
    -------
    Conformity

    Raises
    ------
    AssertionError
        When it differs or is inconclusive, with each component, the evidence, and the closest laws.
    BadInput
        When the sampler raises, or returns another shape, type or token.
    BeyondReach
        When neither the final law is within reach nor steps are seen.

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
    claim = instance if isinstance(instance, Claim) else Claim(instance)
    if samples is None and claim.final is not None:
        samples = max(SAMPLES, samples_to_pass(claim, tv, alpha))
    found = conform(claim, sampler, samples=samples, alpha=alpha, tv=tv, seed=seed)
    passing = ("conforms", "inconclusive") if allow_inconclusive else ("conforms",)
    if found.status not in passing:
        raise AssertionError(found.account())
    return found
