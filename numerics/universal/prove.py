"""Deciding a claim for every language of a length: which of the methods applies, and what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from maskbound.theory import Statement, claim

from ..errors import BadInput, BeyondReach
from ..instances.pairs import RELATIONS
from ..numbers.probabilities import whole
from ..policies import Policy
from ..traits import parts
from .by_sets import by_sets
from .decision import Decided, Decision
from .exchangeable import LANGUAGE_RAYS, exchangeable
from .linear import CONSTANT, Lattice, negative
from .mixture import Mixture
from .rays import (
    SLOPES,
    Generator,
    Outcome,
    decide,
    generators,
    has_extreme_slope,
    mean_slope,
    sharp_constant,
    value_on,
    why_no_constant,
    with_slopes,
)
from .reading import BETWEEN, Reading, by_bounds, in_both_senses, placeholder, read

__all__ = ["PROFILES", "described", "prove", "require_relation", "require_subjects"]

LONGEST = 400
"""Positions; ray tables take time of order N L^2 for large numbers."""

PROFILES = "every information profile is a sum of non-negative multiples of theirs"
"""Why what holds on MDS codes holds everywhere."""

MOST_SHOWN, CLEARLY = 12, 1e-6
EQUATIONS = {"IndependentTokens", "MarkovLanguage"}
"""Assumptions about the language that are equations between entropies."""


def prove(
    about: Statement | str,
    policy: Policy | Mixture | Sequence[Policy | Mixture],
    length: int,
    *,
    exact_denoiser: bool = True,
    judge: bool = True,
    search: bool = True,
) -> Decision:
    """Decide a claim for every language of a length, over every vocabulary.

    Parameters
    ----------
    about : Statement or str
        A statement of the ledger, or a claim such as ``"path_kl <= total_correlation"``.
    policy : Policy or Mixture, or two of them
        Of two, the second is what ``path_kl@2`` speaks of; both have the same language.
    length : int
        L.
    exact_denoiser : bool
        Whether the denoiser is exact; otherwise the claim is for every denoiser too.
    judge : bool
        Whether the language that refutes a claim is handed to the engines.
    search : bool
        Whether a claim that bounds of KL leave open is tried on small languages, some seconds at most; not without
        ``judge``.

    Returns
    -------
    Decision

    Notes
    -----
    Exchangeable policies take O(N L) binomials; the verdict, the sharp constant and the language are exact. Others, and
    statements that assume MarkovLanguage or IndependentTokens, take a linear programme over Shannon's inequalities,
    folded by the symmetry of the given sets and solved again in rationals.

    Examples
    --------
    >>> from maskbound.numerics import policies
    >>> found = prove("path_kl <= total_correlation / 2", policies.FixedSize([2, 1]), 3)
    >>> found.verdict.value, found.constant
    ('holds', Fraction(1, 1))
    """
    statement = claim(about) if isinstance(about, str) else about
    policies = tuple(policy) if isinstance(policy, Sequence) else (policy,)
    length = whole(length, "length", 1)
    if not 1 <= len(policies) <= 2:
        raise BadInput("policy", f"found {len(policies)} policies; one or two are accepted")
    for each in policies:
        each.check(2, length)
    scope = _scope(statement, policies, length, exact_denoiser)
    try:
        found = _decided(statement, policies, length, exact_denoiser, judge, scope)
    except BeyondReach as problem:
        return Decision(statement, Decided.OUT_OF_REACH, scope, str(problem))
    if found.verdict is Decided.UNDECIDED and judge and search:
        return _tried(found, policies, length, exact_denoiser)
    return found


def _decided(
    statement: Statement,
    policies: tuple[Policy | Mixture, ...],
    length: int,
    exact_denoiser: bool,
    judge: bool,
    scope: str,
) -> Decision:
    require_subjects(statement, policies)
    require_relation(statement, policies, length)
    if not exact_denoiser and len(policies) == 2:
        raise BeyondReach("two policies visit different errors of a denoiser; they are compared with the exact one")
    assumed = _require_assumptions(statement, policies, length, exact_denoiser)
    reading = read(statement, policies, length, exact_denoiser)
    if "best_sizes_path_kl" in reading.names and exact_denoiser and not assumed:
        return _by_best_sizes(statement, reading, policies, length, judge, scope)
    if not assumed and (all(map(exchangeable, policies)) or _of_languages(reading)):
        return _by_rays(statement, reading, policies, length, exact_denoiser, judge, scope)
    if not exact_denoiser:
        raise BeyondReach("given sets, and assumptions on the language, go with the exact denoiser")
    return by_sets(statement, reading, policies, length, assumed, judge, scope)


def _tried(found: Decision, policies: Sequence[Policy | Mixture], length: int, exact_denoiser: bool) -> Decision:
    """What is left open, tried on small laws: one that violates the claim is enough."""
    plain = [policy for policy in policies if not isinstance(policy, Mixture)]
    if len(plain) < len(policies) or EQUATIONS & {assumption.name for assumption in found.claim.assumptions}:
        return found
    from .laws import tried_laws
    from .witness import searched

    spec = searched(found.claim, plain, length, exact_denoiser)
    if spec is None:
        return replace(found, reason=f"{found.reason}; tried were {tried_laws(length)}")
    size = len(spec.get("first", spec)["language"]["support"])
    reason = f"it fails on a binary law of {size} sequences"
    return replace(found, verdict=Decided.FAILS, reason=reason, witness=spec, judged="violated")


def require_subjects(statement: Statement, policies: Sequence[Policy | Mixture]) -> None:
    """Refuse a claim about one policy where two are given, and the other way round."""
    if statement.subjects != len(policies):
        said, given = ("one policy", "two are") if statement.subjects == 1 else ("two policies", "one is")
        raise BeyondReach(f"the claim is about {said}, and {given} given")


def require_relation(statement: Statement, policies: Sequence[Policy | Mixture], length: int) -> None:
    """Refuse a pair of policies of which the second is not to the first what the statement says."""
    between = statement.relation_between
    if between is None or between.name == "same-language":
        return
    plain = [placeholder(policy, length) for policy in policies if not isinstance(policy, Mixture)]
    if len(plain) < len(policies):
        raise BeyondReach(f"the statement needs a pair that {between.name}, and a mixture of orders is in none")
    try:
        RELATIONS[between.name](*plain)
    except BadInput as problem:
        raise BeyondReach(f"the statement needs a pair that {between.name}: {problem}") from None


def _of_languages(reading: Reading) -> bool:
    return all(name in LANGUAGE_RAYS or name == "profile_max_increase" for name in reading.names)


def _scope(statement: Statement, policies: Sequence[Policy | Mixture], length: int, exact_denoiser: bool) -> str:
    denoiser = "the exact denoiser" if exact_denoiser else "every denoiser"
    assumed = sorted({assumption.name for assumption in statement.assumptions} & EQUATIONS)
    languages = f"language that satisfies {' and '.join(assumed)}" if assumed else "language"
    scope = f"every {languages} of length {length} over every vocabulary"
    if statement.about_language:
        return scope
    return f"{scope}, {denoiser}, {' and '.join(described(policy) for policy in policies)}"


def described(policy: Policy | Mixture) -> str:
    """A policy in words."""
    if isinstance(policy, Mixture) and len(policy.parts) == 1:
        return described(policy.policies[0])
    if isinstance(policy, Mixture):
        return f"a mixture of {len(policy.parts)} policies"
    if policy.random_sizes is not None:
        return f"fixed sizes {_listed(policy.random_sizes)}" if policy.steps > 1 else "one step"
    if policy.size_law:
        return f"sizes drawn at random: {_drawn(policy.size_law)}"
    if policy.sets is not None:
        return f"given sets {_listed('{' + ', '.join(map(str, chosen)) + '}' for chosen in policy.sets)}"
    if policy.step_law is not None and policy.step_law.law.uniform:
        return "one Bernoulli step" if policy.steps == 1 else f"{policy.steps} uniform Bernoulli steps"
    if policy.step_law is not None and policy.step_law.rational:
        return f"Bernoulli weights {_listed(policy.step_law.fractions.tolist())}"
    kind, *facts = (f"{key} {value}" for key, value in policy.written().items())
    return f"{kind.removeprefix('kind ')} ({', '.join(facts)})" if facts else kind.removeprefix("kind ")


def _drawn(law: Sequence[tuple[Fraction, Sequence[int]]]) -> str:
    """Lists of sizes with their probabilities."""
    shown = [f"({_listed(sizes)}) with probability {probability}" for probability, sizes in law]
    more = [f"and {len(shown) - MOST_SHOWN} more lists"] if len(shown) > MOST_SHOWN else []
    return ", ".join(shown[:MOST_SHOWN] + more)


def _listed(entries: Any) -> str:
    entries = [str(entry) for entry in entries]
    return ", ".join(entries if len(entries) <= MOST_SHOWN else [*entries[: MOST_SHOWN - 1], "..", entries[-1]])


def _require_assumptions(
    statement: Statement, policies: Sequence[Policy | Mixture], length: int, exact_denoiser: bool
) -> list[str]:
    """Those that are equations between entropies; the others must hold."""
    names = {assumption.name for assumption in statement.assumptions}
    about = sorted(name for name in names - EQUATIONS if name == "SeparatedSteps" or "language" in parts([name]))
    if about:
        raise BeyondReach(f"the statement is about one kind of language ({', '.join(about)})")
    if "ExactDenoiser" in names and not exact_denoiser:
        raise BeyondReach("the statement needs the exact denoiser")
    others = [assumption for assumption in statement.assumptions if assumption.name not in EQUATIONS]
    if not others:
        return sorted(names & EQUATIONS)
    from ..judging.hypotheses import missing

    lacking = {
        each.name
        for policy in policies
        for part in (policy.policies if isinstance(policy, Mixture) else (policy,))
        for each in missing(placeholder(part, length), others)
    } - {"ExactDenoiser"}
    if lacking:
        about_languages = sorted(name for name in lacking if parts([name]) == {"language"})
        if about_languages:
            known = " and ".join(sorted(EQUATIONS))
            raise BeyondReach(
                f"it assumes {', '.join(about_languages)}; of what is assumed of languages, {known} are known"
            )
        raise BeyondReach(f"the policy does not satisfy {', '.join(sorted(lacking))}")
    return sorted(names & EQUATIONS)


def _by_rays(
    statement: Statement,
    reading: Reading,
    policies: Sequence[Policy | Mixture],
    length: int,
    exact_denoiser: bool,
    judge: bool,
    scope: str,
) -> Decision:
    if length > LONGEST:
        raise BeyondReach(f"the length is {length}; at most {LONGEST} is accepted")
    slope = None
    if any(name.startswith(("curve_max_slope", "curve_min_slope")) for name in reading.names):
        slope = mean_slope(policies[0], length) if exchangeable(policies[0]) else None
    senses = [with_slopes(lattice, length, slope) for lattice in in_both_senses(reading)]
    left = with_slopes(reading.lhs, length, slope)
    right = negative(with_slopes(negative(reading.rhs), length, slope))
    names = {name for lattice in (*senses, left, right) for row in lattice for form in row for name in form}
    if reading.relation == "==" and reading.names & {"curve_max_slope", "curve_min_slope"}:
        raise BeyondReach("an equality with an extreme slope is not decided")
    own = policies if all(exchangeable(each) for each in policies) else ()
    spanning = generators(names, own, length, exact_denoiser)
    constant, none = None, "an equality has none"
    if reading.relation == "<=":
        constant = _of_the_right_side(reading, sharp_constant(left, right, spanning))
        none = why_no_constant(left, right, spanning, reading.turned) if constant is None else ""
    elif reading.relation == "<":
        none = "of a strict inequality none is sought"
    for lattice in senses:
        outcome = decide(lattice, spanning, reading.relation == "<")
        if not outcome.holds:
            found = _refuted(statement, reading, outcome, spanning, policies, length, judge, scope, constant, lattice)
            amounts = [(spanning[g].label.rpartition(", ")[2], t) for g, t in outcome.amounts.items()]
            known = {"policies": own, "length": length, "exact": exact_denoiser, "amounts": amounts}
            failed = found.verdict is Decided.FAILS and outcome.attained
            return replace(
                found, no_constant=none, evidence={"kind": "codes refuted", **known} if failed else found.evidence
            )
    evidence = {"kind": "codes", "policies": own, "length": length, "exact": exact_denoiser}
    codes = f"the {length + 1} MDS codes of length {length}, and {PROFILES}"
    reason = f"{by_bounds(reading.names)}it holds on {codes}"
    return Decision(statement, Decided.HOLDS, scope, reason, constant, evidence=evidence, no_constant=none)


def _of_the_right_side(reading: Reading, least: Fraction | None) -> Fraction | None:
    """The least factor of the larger side, as one of the right side: of a lower bound the largest, if there is one."""
    if least is None or not reading.turned:
        return least
    return 1 / least if least > 0 else None


def _by_best_sizes(
    statement: Statement, reading: Reading, policies: Sequence[Policy | Mixture], length: int, judge: bool, scope: str
) -> Decision:
    """``c best_sizes_path_kl <= rhs``: whether random sizes exist whose mean overshoot is at most rhs on every code."""
    from ..policies.minimax import minimax, reaches

    if any(isinstance(policy, Mixture) or policy.step_law is None for policy in policies):
        raise BeyondReach("best_sizes_path_kl is a quantity of Bernoulli policies only")
    single = all(len(side) == len(side[0]) == 1 for side in (reading.lhs, reading.rhs))
    if not single or set(reading.lhs[0][0]) != {"best_sizes_path_kl"} or reading.relation != "<=":
        raise BeyondReach("best_sizes_path_kl is decided only where it is the smaller side of <= by itself")
    form = reading.rhs[0][0]
    strange = sorted(name for name in form if name in SLOPES or name.removesuffix("@2") in BETWEEN)
    if strange:
        raise BeyondReach(f"best_sizes_path_kl is compared with linear functionals only, and {strange[0]} is none")
    spanning = generators(form, policies, length)
    factor = reading.lhs[0][0]["best_sizes_path_kl"]
    values = [value_on(form, each.values) for each in spanning]
    if not isinstance(factor, Fraction) or factor < 0:
        raise BeyondReach("best_sizes_path_kl has a negative or irrational factor")
    if any(not isinstance(value, Fraction) or value < 0 for value in values) or CONSTANT in form:
        raise BeyondReach("the right side is negative, irrational or not homogeneous on some code")
    D, steps = [Fraction(value) / (factor or 1) for value in values[1:length]], Fraction(policies[0].steps)
    game = minimax(length, steps, D) if D and factor and min(D) > 0 else None
    constant = _of_the_right_side(reading, None if game is None else game.value)
    if length == 1 or not factor or reaches(D, length, min(steps, Fraction(length))):
        reason = "some random sizes of so many steps have no larger mean overshoot on any code"
        return Decision(statement, Decided.HOLDS, scope, reason, constant)
    if game is None:
        return Decision(statement, Decided.FAILS, scope, "no random sizes have so small an overshoot on every code")
    outcome = Outcome(False, amounts={K: t for K, t in enumerate(game.prior, 1) if t})
    return _refuted(statement, reading, outcome, spanning, policies, length, judge, scope, constant, ((form,),))


def _refuted(
    statement: Statement,
    reading: Reading,
    outcome: Outcome,
    spanning: Sequence[Generator],
    policies: Sequence[Policy | Mixture],
    length: int,
    judge: bool,
    scope: str,
    constant: Fraction | None,
    lattice: Lattice,
) -> Decision:
    """The claim fails on a sum of generators: write the language down, and let the engines judge it.

    Where the values are only bounds, a side may have no value, or a constant fixes the scale of the entropies, the
    engines have the last word.
    """
    # Engines take long to import, and only refutations need them.
    from ..judging import Status
    from .witness import candidates, judged, spec_of

    mixed = " x ".join(f"{spanning[g].label}^{t}" if t != 1 else spanning[g].label for g, t in outcome.amounts.items())
    names = {name for row in lattice for form in row for name in form}
    several = len(outcome.amounts) > 1
    certain = (
        outcome.attained
        and not reading.cross_multiplied
        and not (several and has_extreme_slope(names))
        and not (several and any(CONSTANT in spanning[g].values for g in outcome.amounts))
    )
    languages = (*reversed(spanning), *(spanning[g] for g in outcome.amounts))
    codes = {each.rank: each for each in languages if CONSTANT not in each.values}

    def violates(amounts: Mapping[int | None, float]) -> bool:
        """Whether a product of codes, in nats, is above 0 in some minimum, in floating point."""
        return any(
            min(
                sum(float(value_on(form, codes[rank].values)) * nats for rank, nats in amounts.items())
                + float(form.get(CONSTANT, 0))
                for form in row
            )
            > CLEARLY
            for row in lattice
        )

    plain = [policy for policy in policies if not isinstance(policy, Mixture)]
    witness, said, remark = None, "", "; no language was written down"
    kinds = {"outgrown": CONSTANT in names, "with_others": reading.cross_multiplied}
    for language, denoiser in candidates(outcome, spanning, length, violates, **kinds):
        if len(plain) < len(policies):
            table = {"language": {**language, "length": length}}
            witness, remark = {**table, "denoiser": denoiser} if denoiser else table, ""
            said = "instance files know no mixture of given orders"
            break
        spec = spec_of({**language, "length": length}, plain, denoiser)
        if not judge and not reading.cross_multiplied:
            witness, remark = spec, ""
            break
        heard = judged(statement, spec)
        if heard == Status.VIOLATED.value:
            return Decision(statement, Decided.FAILS, scope, f"it fails on {mixed}", constant, spec, heard)
        if witness is None and not heard.startswith(Status.HOLDS.value):
            witness, said, remark = spec, heard, f"; {heard}"
    if certain:
        return Decision(statement, Decided.FAILS, scope, f"it fails on {mixed}{remark}", constant, witness, said)
    return Decision(
        statement, Decided.UNDECIDED, scope, f"bounds of it fail on {mixed}, and no language is known to violate it"
    )
