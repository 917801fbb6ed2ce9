"""The output law of a small instance as polynomials in the schedule (output-law/schedule-polynomial)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from flint import fmpq_poly

from maskbound.theory.schedule_polynomial import SchedulePolynomial

from ..engines import compositions, rational
from ..engines.workspace import Workspace
from ..errors import BadInput, shown
from ..instances import Instance
from ..numbers.probabilities import whole

__all__ = ["OutputPolynomials", "output_polynomials"]


class OutputPolynomials:
    """Exact polynomials in the schedule: ``p(x)`` of each sequence, and what is linear in p."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self._work = Workspace(instance)
        self._sums = compositions.polynomials(self._work)

    def p(self, x: Sequence[int]) -> SchedulePolynomial:
        """The probability that the sampler writes x.

        Raises
        ------
        BadInput
            When x is no sequence of the instance.
        """
        V, L = self.instance.vocab, self.instance.length
        if len(x) != L:
            raise BadInput("x", f"found {len(x)} tokens; {L} are accepted")
        tokens = tuple(whole(token, f"x[{i}]", 0, V - 1) for i, token in enumerate(x))
        return self._polynomial(self._sums.get(tokens, fmpq_poly()))

    @cached_property
    def correct(self) -> SchedulePolynomial:
        """The probability of a sequence that the language allows."""
        possible = rational.marginals(self._work)
        return self._polynomial(sum((sums for x, sums in self._sums.items() if x in possible), fmpq_poly()))

    @cached_property
    def ser(self) -> SchedulePolynomial:
        """The sequence error rate, ``1 - correct``."""
        return self.correct.complement()

    def _polynomial(self, sums: fmpq_poly) -> SchedulePolynomial:
        return SchedulePolynomial(self.instance.length, compositions.coefficients(sums))


def output_polynomials(instance: Instance) -> OutputPolynomials:
    """The output law of an instance's language and denoiser for every Bernoulli and fixed-size schedule at once.

    Parameters
    ----------
    instance : Instance
        Rational; its policy does not matter.

    Returns
    -------
    OutputPolynomials

    Raises
    ------
    BadInput
        When the language or the denoiser is not rational.
    BeyondReach
        For more than two million source-target pairs, ``(2V+1)^L``.

    Examples
    --------
    >>> from maskbound.numerics import Instance, languages, policies
    >>> found = output_polynomials(Instance(languages.pair(2, 2), policies.Bernoulli(steps=1)))
    >>> found.p([0, 0]).in_weights(2), found.ser.in_steps()
    (w1**2/4 + w1*w2 + w2**2/4, 1/(2*N))
    """
    problem = compositions.obstacle(instance)
    if problem is not None:
        raise BadInput(
            "", f"the output law of {shown(instance.name)} is no polynomial with known coefficients: {problem}"
        )
    return OutputPolynomials(instance)
