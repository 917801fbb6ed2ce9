"""Claims decided for every language of every length at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from maskbound.theory import Statement, claim

from ..errors import BeyondReach
from ..policies import Bernoulli, FixedSize, Policy
from .decision import Decided, Decision
from .every_schedule import every_schedule
from .every_size import every_size
from .mixture import Mixture
from .prove import require_relation, require_subjects

__all__ = ["prove_everywhere"]


def prove_everywhere(
    about: Statement | str, policy: Policy | Sequence[Policy | Mixture], *, exact_denoiser: bool = True
) -> Decision:
    """Decide a claim for every language of every length.

    Parameters
    ----------
    about : Statement or str
    policy : Policy, or two of them
        Fixed sizes stand for all sizes in any number of steps (sizes of one token for one at a time in random order).
        A Bernoulli policy stands for all schedules, or all uniform ones, if the claim holds for these, else for itself.
        Where the claim is about the language alone it does not matter.
    exact_denoiser : bool
        Whether the denoiser is exact; otherwise the claim is for every denoiser too.

    Returns
    -------
    Decision
        Its ``proof`` is mathematics that a person can check.

    Examples
    --------
    >>> from maskbound.numerics import policies
    >>> found = prove_everywhere("path_kl <= (max_step_size - 1) * log(V)", policies.FixedSize([2, 1]))
    >>> found.verdict.value
    'holds'
    """
    statement = claim(about) if isinstance(about, str) else about
    policies = tuple(policy) if isinstance(policy, Sequence) else (policy,)
    found = _under(statement, policies, exact_denoiser)
    if not statement.about_language or len(policies) > 1:
        return found
    for other in (Bernoulli(steps=1), FixedSize([1])):
        if found.verdict in (Decided.OUT_OF_REACH, Decided.UNDECIDED):
            found = _under(statement, (other,), exact_denoiser)
    return replace(found, scope="every language of every length over every vocabulary")


def _under(statement: Statement, policies: tuple[Policy | Mixture, ...], exact_denoiser: bool) -> Decision:
    """Decide it for the families of these policies."""
    denoiser = "the exact denoiser" if exact_denoiser else "every denoiser"
    scope = f"every language of every length over every vocabulary, {denoiser}"
    try:
        require_subjects(statement, policies)
        _require_known_assumptions(statement, exact_denoiser, policies)
        if not exact_denoiser and len(policies) == 2:
            raise BeyondReach("two policies visit different errors of a denoiser; they are compared with the exact one")
        plain = [each for each in policies if not isinstance(each, Mixture)]
        if len(plain) == len(policies) == 1 and plain[0].random_sizes is not None:
            return every_size(statement, FixedSize.of(plain[0]), scope, exact_denoiser)
        if len(plain) == len(policies) and all(each.step_law is not None for each in plain):
            require_relation(statement, plain, 1)
            return every_schedule(statement, [Bernoulli.of(each) for each in plain], scope, exact_denoiser)
        raise BeyondReach("every length at once is decided for fixed sizes and for Bernoulli steps")
    except BeyondReach as problem:
        return Decision(statement, Decided.OUT_OF_REACH, scope, str(problem))


def _require_known_assumptions(
    statement: Statement, exact_denoiser: bool, policies: Sequence[Policy | Mixture]
) -> None:
    """Refuse hypotheses that not every member of the family satisfies at every length."""
    satisfied = {"OrderOblivious", "ChosenFirst", "TemperatureOne", "NoBlocks"}
    if exact_denoiser:
        satisfied.add("ExactDenoiser")
    plain = [policy for policy in policies if not isinstance(policy, Mixture)]
    sizes = [policy.random_sizes for policy in plain if policy.random_sizes is not None]
    if len(sizes) == len(policies):
        satisfied |= {"FixedSizePolicy", "SizedPolicy"}
        if all(max(each) <= 1 for each in sizes):
            satisfied |= {"OneAtATime", "BalancedSizes"}
    laws = [policy.step_law for policy in plain if policy.step_law is not None]
    if len(laws) == len(policies):
        satisfied.add("BernoulliPolicy")
        if all(each.law.uniform for each in laws):
            satisfied.add("UniformSteps")
    needed = sorted({assumption.name for assumption in statement.assumptions} - satisfied)
    if needed:
        raise BeyondReach(f"the statement needs {', '.join(needed)}, which is not so at every length")
