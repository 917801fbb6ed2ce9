"""Every quantity of a rational instance as what it is: a rational, or a log form (definitions.md#quantities).

No statement is used: each value follows from the definition, so that every statement can be checked against it.
Quantities that are exponentials of others (``ter``, ``generative_perplexity``) or sums of radicals (``hellinger``)
are no log forms and are not measured here.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from fractions import Fraction

from flint import fmpq

from ..engines import rational
from ..engines.needs import BERNOULLI, GIVEN_TIMES, RATIONAL_LANGUAGE, all_of, scope_of
from ..engines.rational import RationalLaw, adaptive
from ..engines.rational import information as information
from ..engines.rational.information import Number, total
from ..engines.rational.rows import ONE, ZERO
from ..engines.workspace import Cost, Workspace
from ..errors import BadInput, BeyondReach
from ..instances import Instance
from ..languages import NGram
from ..numbers.enclosure import Enclosure, within_range
from ..numbers.logform import LogForm
from ..numbers.rationals import to_flint, to_fraction
from ..policies import ExchangeableTimes
from . import path
from .method import FINISHED, Method, Obstacle, narrowed, unfinished

__all__ = ["METHODS", "exact_law_distance", "exact_method", "exact_path_kl", "known", "of_rationals"]

A_PAIR_OF_LOGS = 250
"""Operations that decide what two integers have in common, where log forms are equal or nearly so."""


def of_rationals(policies: str) -> str:
    """The scope of what is exact under such policies."""
    return f"rational language x {policies}, rational denoiser and policy"


def known(number: fmpq | Fraction | LogForm | float) -> Enclosure:
    """The enclosure of a number that is known: its neighbours in float64, and itself under ``exact``.

    Parameters
    ----------
    number : fmpq, Fraction, LogForm or ``math.inf``

    Returns
    -------
    Enclosure
        ``exact`` is a Fraction, a LogForm (which may be a rational number) or ``math.inf``.
    """
    if isinstance(number, fmpq):
        return Enclosure.exactly(to_fraction(number))
    if isinstance(number, Fraction):
        return Enclosure.exactly(number)
    if not isinstance(number, LogForm):
        return Enclosure(number, number, number, "exact", exact=number)
    value = within_range(float(number))
    order = (number - Fraction(value)).sign()
    lo = math.nextafter(value, -math.inf) if order < 0 else value
    hi = math.nextafter(value, math.inf) if order > 0 else value
    return Enclosure(value, lo, hi, "exact", exact=number)


def _comparable(work: Workspace, quantity: str, number: fmpq | Number) -> fmpq | Number:
    """The number itself, unless it has so many logarithms that a comparison would take longer than there is time.

    Raises
    ------
    BeyondReach
    """
    logs = number.logarithms if isinstance(number, LogForm) else 0
    cost = Cost(A_PAIR_OF_LOGS * logs**2, 0)
    if cost.seconds > work.request.seconds:
        raise BeyondReach(
            f"{quantity} of {work.instance.name} has {logs} different logarithms; to compare it exactly may take "
            f"{cost.seconds:.3g} s, and there are {work.request.seconds:.3g} s"
        )
    return number


# What follows from the output law


def _pairs(law: RationalLaw) -> Iterable[tuple[fmpq, fmpq]]:
    """``(q(x), p(x))`` over the support."""
    return ((q, p) for q, p in zip(law.q, law.p, strict=True) if q)


def _kl(law: RationalLaw) -> Number:
    return information.divergence(law.q, law.p)


def _reverse_kl(law: RationalLaw) -> Number:
    return information.divergence(law.p, law.q)


def _tv(law: RationalLaw) -> fmpq:
    """``sum (q - p)^+``; an abandoned sequence is an outcome that q never has."""
    return sum((q - p for q, p in _pairs(law) if q > p), ZERO)


def _log_ter(law: RationalLaw) -> Number:
    pairs = list(_pairs(law))
    if not all(p for _, p in pairs):
        return math.inf
    return information.sum_of_logs((-q / law.length, p) for q, p in pairs)


def _generative_nll(law: RationalLaw) -> Number:
    if any(p and not q for q, p in zip(law.q, law.p, strict=True)):
        return math.inf
    return _generative_nll_correct(law)


def _generative_nll_correct(law: RationalLaw) -> Number:
    """Averaged over correct sequences; infinite where there are none."""
    if not law.correct:
        return math.inf
    return information.sum_of_logs((-p / (law.correct * law.length), q) for q, p in _pairs(law) if p)


def _mode_probability(law: RationalLaw) -> fmpq:
    return law.p[law.q.index(max(law.q))]


def _pooled_bigrams(law: list[fmpq], vocab: int, length: int) -> list[list[fmpq]]:
    """The joint law of neighbouring tokens, averaged over positions."""
    pooled = [[ZERO] * vocab for _ in range(vocab)]
    for at, probability in enumerate(law):
        if probability:
            for i in range(length - 1):
                u, v = at // vocab ** (length - 1 - i) % vocab, at // vocab ** (length - 2 - i) % vocab
                pooled[u][v] += probability / (length - 1)
    return pooled


def _bigrams(work: Workspace) -> list[tuple[fmpq, fmpq, fmpq]]:
    """``(p(u,v), p(u), P(u,v))`` for every pair of tokens."""
    language, law = work.instance.language, rational.law(work)
    pooled = _pooled_bigrams(law.p, law.vocab, law.length)
    if language.is_markov and language.is_homogeneous:
        stored = NGram.of(language).transition.fractions.tolist()
        reference = [[to_flint(c) for c in stored[u % len(stored)]] for u in range(law.vocab)]
    else:
        pairs = _pooled_bigrams(law.q, law.vocab, law.length)
        reference = [[c / sum(row, ZERO) if c else ZERO for c in row] for row in pairs]
    return [
        (c, sum(row, ZERO), P)
        for row, given in zip(pooled, reference, strict=True)
        for c, P in zip(row, given, strict=True)
    ]


def _bigram_kl_rate(work: Workspace) -> Number:
    cells = [cell for cell in _bigrams(work) if cell[0]]
    if not all(P for _, _, P in cells):
        return math.inf
    return information.sum_of_logs((c, c / (first * P)) for c, first, P in cells)


def _bigram_tv_rate(work: Workspace) -> fmpq:
    return sum((max(c - first * P, ZERO) for c, first, P in _bigrams(work)), ZERO)


def exact_law_distance(first: Workspace, second: Workspace) -> Enclosure:
    """TV between the laws of two rational instances over the same sequences; abandoned ones are one more outcome.

    Raises
    ------
    BadInput
        Where one of them is not rational, or the sequences differ.
    """
    for work in (first, second):
        reason = rational.law_obstacle(work.instance)
        if reason:
            raise BadInput("law_distance", f"cannot be measured exactly on {work.instance.name} ({reason})")
    one, other = rational.law(first), rational.law(second)
    if (one.vocab, one.length) != (other.vocab, other.length):
        raise BadInput("law_distance", "it compares laws on the same sequences")
    apart = sum((abs(p - r) for p, r in zip(one.p, other.p, strict=True)), abs(one.lost - other.lost))
    return known(apart / 2).by("rational")


# What follows from the marginals and the predictions


def _entropy(work: Workspace) -> LogForm:
    return information.entropies(work)[-1]


def _total_correlation(work: Workspace) -> Number:
    H, L = information.entropies(work), work.instance.length
    return total([(-ONE, H[-1]), *((ONE, H[1 << i]) for i in range(L))])


def _dual_total_correlation(work: Workspace) -> Number:
    """``H(X) - sum_i (H(X) - H(X_-i))``."""
    H, L = information.entropies(work), work.instance.length
    full = len(H) - 1
    return total([(fmpq(1 - L), H[full]), *((ONE, H[full ^ 1 << i]) for i in range(L))])


def exact_path_kl(work: Workspace) -> Number:
    """``E_tau D(q || p_tau) = E_tau E_q -log p_tau(X) - H(X)``."""
    return total([(ONE, information.path_surprise(work)), (-ONE, _entropy(work))])


def _chosen_path_kl(work: Workspace) -> Number:
    return total([(ONE, adaptive.path_surprise(work)), (-ONE, _entropy(work))])


def _choose_first(instance: Instance) -> str | None:
    if not instance.policy.compares or instance.policy.proposes:
        return "the policy is not choose-then-sample"
    return rational.law_obstacle(instance)


def _of_histories(quantity: str, measured: Callable[[Workspace], fmpq | Number]) -> Method:
    scope = of_rationals("choose-then-sample")
    return exact_method(quantity, measured, _choose_first, rational.cost, "(2V+1)^L, in Python", scope)


def _left_sum(work: Workspace) -> Number:
    """``sum_k w_k Z(a_{k-1})``, or ``(1/L) sum_k s_k z(S_{k-1})``."""
    weights = ExchangeableTimes.of(work.instance.policy).exact_sizes_before(work.instance.length)
    return total(zip(map(to_flint, weights), information.profile(work), strict=True))


def _curve_at(work: Workspace, a: fmpq) -> Number:
    L, z = work.instance.length, information.profile(work)
    return total((math.comb(L - 1, j) * a**j * (1 - a) ** (L - 1 - j), z[j]) for j in range(L))


def _curve_area(work: Workspace) -> Number:
    """The integral of ``Z``: that of ``C(L-1,j) a^j (1-a)^(L-1-j)`` is ``C(L-1,j) j! (L-1-j)! / L!`` (Beta)."""
    L, z = work.instance.length, information.profile(work)
    beta = [
        fmpq(math.comb(L - 1, j) * math.factorial(j) * math.factorial(L - 1 - j), math.factorial(L)) for j in range(L)
    ]
    return total(zip(beta, z, strict=True))


def _profile_area(work: Workspace) -> Number:
    L = work.instance.length
    return total((fmpq(1, L), z) for z in information.profile(work))


def _area_defect(work: Workspace) -> Number:
    defect = total([(ONE, _curve_area(work)), (-ONE, _entropy(work))])
    return abs(defect)  # type: ignore[return-value]  # mypy takes abs of a union for an object


def _profile_max_increase(work: Workspace) -> Number:
    z = information.profile(work)
    return max((after - before for before, after in itertools.pairwise(z)), default=LogForm())


def _midpoint_excess(work: Workspace) -> Number:
    ends = [(-fmpq(1, 2), _curve_at(work, a)) for a in (ZERO, ONE)]
    return total([(ONE, _curve_at(work, fmpq(1, 2))), *ends])


def _of_law(
    quantity: str,
    measured: Callable[[RationalLaw], fmpq | Number],
    more: Obstacle | None = None,
) -> Method:
    return exact_method(
        quantity,
        lambda work: measured(rational.law(work)),
        lambda instance: rational.law_obstacle(instance) or (more(instance) if more else None),
        rational.cost,
        "(2V+1)^L N, in Python",
        narrowed(of_rationals("any policy"), FINISHED) if more else of_rationals("any policy"),
    )


def exact_method(
    quantity: str,
    measured: Callable[[Workspace], fmpq | Number],
    obstacle: Obstacle = rational.obstacle,
    cost: Callable[[Instance], Cost] = rational.lattice_cost,
    price: str = "L (V+1)^L, in Python",
    scope: str | None = None,
) -> Method:
    """A method that gives the number itself, used when it is asked for; by default its scope is its obstacle's."""
    if scope is None:
        scope = of_rationals(GIVEN_TIMES.words) if obstacle is rational.obstacle else scope_of(obstacle)

    def run(work: Workspace) -> Enclosure:
        return known(_comparable(work, quantity, measured(work)))

    return Method(
        quantity,
        "rational",
        "exact",
        obstacle,
        cost,
        lambda work: work.once(run),
        scope,
        price,
        on_request=True,
    )


def _of_language(quantity: str, measured: Callable[[Workspace], Number]) -> Method:
    return exact_method(quantity, measured, RATIONAL_LANGUAGE)


def _bigram(quantity: str, measured: Callable[[Workspace], fmpq | Number]) -> Method:
    def obstacle(instance: Instance) -> str | None:
        if instance.length < 2:
            return "a bigram needs a length of at least 2"
        return unfinished(instance) or rational.law_obstacle(instance)

    scope = narrowed(of_rationals("any policy"), FINISHED)
    return exact_method(quantity, measured, obstacle, rational.cost, "(2V+1)^L N, in Python", scope)


METHODS = (
    _of_law("kl", _kl),
    _of_law("reverse_kl", _reverse_kl, unfinished),
    _of_law("tv", _tv),
    _of_law("ser", lambda law: 1 - law.correct),
    _of_law("log_ter", _log_ter),
    _of_law("generative_nll", _generative_nll, unfinished),
    _of_law("generative_nll_correct", _generative_nll_correct),
    _bigram("bigram_kl_rate", _bigram_kl_rate),
    _bigram("bigram_tv_rate", _bigram_tv_rate),
    exact_method(
        "off_support_mass",
        rational.stopped_mass,
        rational.law_obstacle,
        cost=rational.cost,
        price="(2V+1)^L N, in Python",
        scope=of_rationals("any policy"),
    ),
    _of_language("entropy", _entropy),
    _of_language("log_ter_language", lambda work: _entropy(work) / work.instance.length),
    _of_language("total_correlation", _total_correlation),
    _of_language("dual_total_correlation", _dual_total_correlation),
    _of_language("profile_start", lambda work: information.profile(work)[0]),
    _of_language("profile_end", lambda work: information.profile(work)[-1]),
    _of_language("profile_area", _profile_area),
    _of_language("curve_area", _curve_area),
    _of_language("area_defect", _area_defect),
    _of_language("profile_max_increase", _profile_max_increase),
    _of_language("curve_midpoint_excess", _midpoint_excess),
    exact_method("path_kl", exact_path_kl),
    _of_histories("path_kl", _chosen_path_kl),
    _of_histories("step_correlation", adaptive.step_correlation),
    _of_histories("expected_parallel_steps", adaptive.expected_parallel_steps),
    exact_method(
        "curve_left_riemann_sum", _left_sum, all_of(BERNOULLI, rational.obstacle), scope=of_rationals("Bernoulli")
    ),
    exact_method(
        "profile_left_sum", _left_sum, all_of(path.SIZES, rational.obstacle), scope=of_rationals(path.SIZES.words)
    ),
    exact_method("learning_term", lambda work: information.learning(work).mean),
    exact_method(
        "eps_learning",
        lambda work: information.learning(work).worst,
        rational.law_obstacle,
        scope=of_rationals("any policy"),
    ),
    exact_method(
        "mean_learning_error", lambda work: total([(fmpq(1, work.instance.length), information.learning(work).mean)])
    ),
    _of_law("mode_probability", _mode_probability),
)
