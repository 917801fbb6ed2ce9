"""The quantities of the vocabulary for order-oblivious policies, from their definitions.

Rational quantities are Fractions, logarithmic ones mpmath numbers of 70 digits, in nats, infinite where they
are. Under the off-support rule `stop` a law p sums to less than one; abandoned sequences count as one more
outcome, which q never produces: TV counts it, and what averages `-log q` or `log p/q` over p is infinite.
Bigram rates then run over the sequences that came out, whose weights are left as they are.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise
from math import prod

from . import contexts, mixtures, random_sizes, samplers, slopes
from .denoisers import Denoiser
from .information import (
    area,
    area_defect,
    curve,
    curve_midpoint_excess,
    dual_total_correlation,
    entropy,
    marginals_of,
    profile,
    profile_area,
    profile_max_increase,
    total_correlation,
)
from .languages import Law, Marginals
from .logs import Real, log, log_sum, mp, real
from .samplers import Policy

__all__ = [
    "area",
    "area_defect",
    "bigram_kl_rate",
    "bigram_law",
    "bigram_tv_rate",
    "collision_probability",
    "curve",
    "curve_left_riemann_sum",
    "dual_total_correlation",
    "entropy",
    "eps_learning",
    "generative_nll",
    "generative_nll_correct",
    "generative_perplexity",
    "hellinger",
    "iid_mode_probability_confidence_sampling",
    "kl",
    "law_distance",
    "learning_term",
    "log_ter",
    "log_ter_language",
    "max_step_size",
    "max_step_weight",
    "mean_learning_error",
    "measure_all",
    "mode_probability",
    "off_support_mass",
    "path_kl",
    "profile",
    "profile_left_sum",
    "profile_max_increase",
    "reverse_kl",
    "ser",
    "ter",
    "total_correlation",
    "tv",
]

Rows = Sequence[Sequence[Fraction]] | Mapping[int, Mapping[int, Fraction]]
Ways = dict[str, Callable[[], Fraction | int | Real]]


def kl(q: Law, p: Law) -> Real:
    """`D(q||p)`."""
    return -log_sum((probability, p.get(x, Fraction(0)) / probability) for x, probability in q.items())


def reverse_kl(q: Law, p: Law) -> Real:
    """`D(p||q)`; infinite when p leaves the support or abandons."""
    return mp.inf if ser(q, p) else kl(p, q)


def tv(q: Law, p: Law) -> Fraction:
    """Total variation, `sum_x max(q - p, 0)`."""
    return sum((max(probability - p.get(x, Fraction(0)), Fraction(0)) for x, probability in q.items()), Fraction(0))


def law_distance(p: Law, other: Law) -> Fraction:
    """TV between the output laws of two subjects; the abandoned mass of each is one outcome."""
    keys = p.keys() | other.keys()
    differences = [p.get(x, Fraction(0)) - other.get(x, Fraction(0)) for x in keys]
    differences.append(sum(other.values()) - sum(p.values()))
    return sum(map(abs, differences), Fraction(0)) / 2


def hellinger(q: Law, p: Law) -> Real:
    """`sqrt(1 - sum sqrt(p q))`, as half a sum of squares, which loses no digits when p is near q."""
    squares = mp.mpf(0)
    for x in q.keys() | p.keys():
        a, b = q.get(x, Fraction(0)), p.get(x, Fraction(0))
        if a != b:
            squares += (real(a - b) / (mp.sqrt(real(a)) + mp.sqrt(real(b)))) ** 2
    return mp.sqrt((squares + real(1 - sum(p.values()))) / 2)


def path_kl(q: Law, denoiser: Denoiser, policy: Policy) -> Real:
    """`E_tau D(q || p_tau)`."""
    return -log_sum(
        (weight * probability, samplers.sequence_probability(tau, x, denoiser) / probability)
        for tau, weight in samplers.pattern_law(policy).items()
        for x, probability in q.items()
    )


def ser(q: Law, p: Law) -> Fraction:
    """Sequence error rate `1 - sum of p over the support of q`."""
    return 1 - sum((p.get(x, Fraction(0)) for x in q), Fraction(0))


def log_ter(q: Law, p: Law) -> Real:
    """`log TER(p) = -(1/L) E_q log p`, nats per token."""
    return -log_sum((probability, p.get(x, Fraction(0))) for x, probability in q.items()) / _length(q)


def ter(q: Law, p: Law) -> Real:
    """`TER(p) = exp(log_ter)`."""
    return mp.exp(log_ter(q, p))


def log_ter_language(q: Law) -> Real:
    """`log TER(q) = H(q) / L`."""
    return entropy(q) / _length(q)


def generative_nll(q: Law, p: Law) -> Real:
    """`-(1/L) E_p log q`, nats per token; infinite when SER > 0."""
    return mp.inf if ser(q, p) else generative_nll_correct(q, p)


def generative_nll_correct(q: Law, p: Law) -> Real:
    """The same, averaged over the correct sequences only.

    Raises
    ------
    ValueError
        When no correct sequence has positive probability.
    """
    correct = 1 - ser(q, p)
    if not correct:
        raise ValueError("no correct sequence has positive probability")
    return -log_sum((p.get(x, Fraction(0)) / correct, probability) for x, probability in q.items()) / _length(q)


def generative_perplexity(q: Law, p: Law) -> Real:
    """`exp(generative_nll)`."""
    return mp.exp(generative_nll(q, p))


def learning_divergence(q: Marginals, V: int, denoiser: Denoiser, i: int, context: Mapping[int, int]) -> Real:
    """`D(q(.|x_R) || p_theta(.|x_R))` in a possible context."""
    exact = q.conditional(i, context, V)
    key = ("learning", denoiser, i, tuple(sorted(context.items())))
    predicted = denoiser(i, context)
    return q.keep(key, lambda: -log_sum((c, d / c) for c, d in zip(exact, predicted, strict=True) if c))


def eps_learning(q: Law | Marginals, V: int, denoiser: Denoiser) -> Real:
    """The largest learning divergence over all possible partial sequences and their masked positions."""
    m = marginals_of(q)
    return max(
        learning_divergence(m, V, denoiser, i, dict(zip(R, values, strict=True)))
        for size in range(m.L)
        for R in combinations(range(m.L), size)
        for values in m.of(R)
        for i in range(m.L)
        if i not in R
    )


def learning_term(q: Law | Marginals, V: int, denoiser: Denoiser, policy: Policy) -> Real:
    """`sum_i E D(q(.|X_R) || p_theta(.|X_R))`, R what is revealed before i, X from q."""
    m = marginals_of(q)
    total = mp.mpf(0)
    for tau, weight in samplers.pattern_law(policy).items():
        for i in range(m.L):
            R = tuple(j for j in range(m.L) if tau[j] < tau[i])
            for values, probability in m.of(R).items():
                context = dict(zip(R, values, strict=True))
                divergence = learning_divergence(m, V, denoiser, i, context)
                if divergence:
                    total += real(weight * probability) * divergence
    return total


def mean_learning_error(q: Law | Marginals, V: int, denoiser: Denoiser, policy: Policy) -> Real:
    """`learning_term / L`."""
    m = marginals_of(q)
    return learning_term(m, V, denoiser, policy) / m.L


def off_support_mass(q: Law | Marginals, V: int, denoiser: Denoiser, policy: Policy) -> Fraction:
    """Probability that some token is drawn in a context with `q(x_R) = 0`.

    For fixed reveal times, the sequences all of whose contexts are possible are built up step by step; the
    rest is the answer. It does not depend on the off-support rule: a stopped sequence counts, too.
    """
    m = marginals_of(q)
    inside = Fraction(0)
    for tau, probability in samplers.pattern_law(policy).items():
        partial: list[tuple[dict[int, int], Fraction]] = [({}, probability)]
        for k in range(max(tau) + 1):
            following = [(y, weight) for y, weight in partial if m.probability(y)]
            due = [i for i in range(m.L) if tau[i] == k]
            for i in due:
                before = [({j: v for j, v in y.items() if tau[j] < k}, y, weight) for y, weight in following]
                following = [
                    ({**y, i: v}, weight * c)
                    for context, y, weight in before
                    for v, c in enumerate(denoiser(i, context))
                    if c
                ]
            partial = following
        inside += sum(weight for _, weight in partial)
    return 1 - inside


def max_step_weight(policy: Policy) -> Fraction:
    """`max_k w_k`, `s_k / L` for sized policies."""
    return max(policy.weights)


def max_step_size(policy: Policy) -> int:
    """`max_k s_k`.

    Raises
    ------
    ValueError
        For the Bernoulli sampler, which has no sizes.
    """
    if policy.sizes is None:
        raise ValueError("the Bernoulli sampler has no step sizes")
    return max(policy.sizes)


def collision_probability(policy: Policy) -> Fraction:
    """`rho = sum_k w_k^2`."""
    return sum((w * w for w in policy.weights), Fraction(0))


def curve_left_riemann_sum(q: Law | Marginals, policy: Policy) -> Real:
    """`sum_k w_k Z(a_{k-1})`."""
    m, a, total = marginals_of(q), Fraction(0), mp.mpf(0)
    for w in policy.weights:
        total += real(w) * curve(m, a)
        a += w
    return total


def profile_left_sum(q: Law | Marginals, policy: Policy) -> Real:
    """`(1/L) sum_k s_k z(S_{k-1})` over the steps that are not empty."""
    z, revealed, total = profile(q), 0, mp.mpf(0)
    for s in filter(None, policy.sizes):
        total += s * z[revealed]
        revealed += s
    return total / policy.L


def mode_probability(q: Law, p: Law) -> Fraction:
    """p at the most likely sequence of q, the first of several."""
    return p.get(min(x for x in q if q[x] == max(q.values())), Fraction(0))


def iid_mode_probability_confidence_sampling(q: Law | Marginals) -> Fraction:
    """`prod_m (1 - (1-t)^m)`, t the largest probability of a token; for i.i.d. tokens."""
    m = marginals_of(q)
    t = max(m.of((0,)).values())
    return prod((1 - (1 - t) ** n for n in range(1, m.L + 1)), start=Fraction(1))


def bigram_law(p: Law) -> dict[tuple[int, int], Fraction]:
    """Joint law of `(x_i, x_{i+1})` pooled over i; sums to what p sums to. Needs L >= 2."""
    pooled: dict[tuple[int, int], Fraction] = {}
    for x, probability in p.items():
        for u, v in pairwise(x):
            pooled[u, v] = pooled.get((u, v), Fraction(0)) + probability / (len(x) - 1)
    return pooled


def bigram_kl_rate(q: Law, p: Law, transition: Rows | None = None) -> Real:
    """`sum_u p(u) D(p(.|u) || P(u, .))`; P is q's transition matrix, or else q's own pooled conditionals."""
    reference = _reference(q, transition)
    pooled, first = _bigrams(p)
    return -log_sum((probability, reference(u, v) * first[u] / probability) for (u, v), probability in pooled.items())


def bigram_tv_rate(q: Law, p: Law, transition: Rows | None = None) -> Fraction:
    """`sum_u p(u) TV(p(.|u), P(u, .))`; after a token u that q never has, the distance is one."""
    reference = _reference(q, transition)
    pooled, first = _bigrams(p)
    excess = (max(probability - first[u] * reference(u, v), Fraction(0)) for (u, v), probability in pooled.items())
    return sum(excess, Fraction(0))


class Measured(Mapping[str, Fraction | int | Real]):
    """Values by name, each worked out when it is asked for, once."""

    def __init__(self, ways: Ways) -> None:
        self._ways: Ways = ways
        self._known: dict[str, Fraction | int | Real] = {}

    def __getitem__(self, name: str) -> Fraction | int | Real:
        if name not in self._known:
            self._known[name] = self._ways[name]()
        return self._known[name]

    def __contains__(self, name: object) -> bool:
        return name in self._ways

    def __iter__(self) -> Iterator[str]:
        return iter(self._ways)

    def __len__(self) -> int:
        return len(self._ways)


def measure_all(
    q: Law, V: int, denoiser: Denoiser, policy: Policy, transition: Rows | None = None
) -> Mapping[str, Fraction | int | Real]:
    """Every quantity that exists for this instance, by its name in claims.

    Left out: what belongs to Bernoulli, sized or fixed-size samplers, for the others; the bigram rates at L = 1,
    `generative_nll_correct` when no correct sequence can come out, `iid_mode_probability_confidence_sampling` unless
    the tokens are i.i.d., what is not about one policy (`law_distance`) and what is about adaptive ones (`adaptive`).
    """
    m = marginals_of(q)
    p = samplers.law(policy, V, denoiser)
    worst = cache(lambda: eps_learning(m, V, denoiser))
    ways: Ways = {
        "kl": lambda: kl(q, p),
        "reverse_kl": lambda: reverse_kl(q, p),
        "tv": lambda: tv(q, p),
        "hellinger": lambda: hellinger(q, p),
        "path_kl": lambda: path_kl(q, denoiser, policy),
        "ser": lambda: ser(q, p),
        "ter": lambda: ter(q, p),
        "log_ter": lambda: log_ter(q, p),
        "log_ter_language": lambda: log_ter_language(q),
        "entropy": lambda: entropy(m),
        "total_correlation": lambda: total_correlation(m),
        "dual_total_correlation": lambda: dual_total_correlation(m),
        "eps_learning": worst,
        "learning_term": lambda: learning_term(m, V, denoiser, policy),
        "mean_learning_error": lambda: mean_learning_error(m, V, denoiser, policy),
        "max_step_weight": lambda: max_step_weight(policy),
        "collision_probability": lambda: collision_probability(policy),
        "generative_nll": lambda: generative_nll(q, p),
        "generative_perplexity": lambda: generative_perplexity(q, p),
        "off_support_mass": lambda: off_support_mass(m, V, denoiser, policy),
        "mode_probability": lambda: mode_probability(q, p),
        "expected_steps": lambda: policy.N,
        "speedup_at_unit_cost": lambda: Fraction(policy.L, policy.N),
        "log_mean_path_kl": lambda: mixtures.log_mean_path_kl(q, denoiser, policy),
        "max_l2_deviation": lambda: contexts.max_l2_deviation(V, worst()),
        "harmonic_number": lambda: random_sizes.harmonic(m.L - 1),
        "secretary_probability": lambda: random_sizes.secretary(m.L),
        "two_step_dtc_value": lambda: random_sizes.two_step_dtc(m.L),
    }
    ways |= _of_information(m) | _of_contexts(m, V)
    lists = policy.parts or (((Fraction(1), policy),) if policy.kind == "fixed-size" else ())
    if lists:
        ways["best_list_path_kl"] = lambda: min(path_kl(q, denoiser, part) - log(c) for c, part in lists if c)
    if policy.parts:
        left_sums = [(c, part) for c, part in policy.parts if c]
        ways["profile_left_sum"] = lambda: sum(c * profile_left_sum(m, part) for c, part in left_sums)
        for name in ("max_step_weight", "collision_probability", "speedup_at_unit_cost"):
            del ways[name]
    else:
        ways |= _of_bernoulli(q, m, V, denoiser, policy) if policy.kind == "bernoulli" else _of_sizes(m, policy)
    if ser(q, p) != 1:
        ways["generative_nll_correct"] = lambda: generative_nll_correct(q, p)
    if m.L >= 2:
        ways["bigram_kl_rate"] = lambda: bigram_kl_rate(q, p, transition)
        ways["bigram_tv_rate"] = lambda: bigram_tv_rate(q, p, transition)
    positions = tuple(range(m.L))
    if contexts.independent(m, (), positions, V) and all(m.of((i,)) == m.of((0,)) for i in positions):
        ways["iid_mode_probability_confidence_sampling"] = lambda: iid_mode_probability_confidence_sampling(m)
    return Measured(ways)


def _of_information(m: Marginals) -> Ways:
    """The profile and the curve (definitions.md#information-profile-and-curve)."""
    extremes = cache(lambda: slopes.extremes(m))
    return {
        "curve_area": lambda: area(m),
        "area_defect": lambda: area_defect(m),
        "curve_midpoint_excess": lambda: curve_midpoint_excess(m),
        "profile_area": lambda: profile_area(m),
        "profile_start": lambda: profile(m)[0],
        "profile_end": lambda: profile(m)[-1],
        "profile_max_increase": lambda: profile_max_increase(m),
        "slope_defect": lambda: slopes.slope_defect(m),
        "curve_min_slope": lambda: extremes()[0],
        "curve_max_slope": lambda: extremes()[1],
        "odds_weighted_slope": lambda: slopes.odds_weighted_slope(m),
        "effective_total_correlation": lambda: slopes.effective_total_correlation(m),
    }


def _of_contexts(m: Marginals, V: int) -> Ways:
    """Harm done by tokens drawn together: lost modes, forbidden pairs, dependence."""
    conflicts = cache(lambda: contexts.mode_conflicts(m, V))
    return {
        "least_confidence": lambda: contexts.least_confidence(m, V),
        "mode_conflict": lambda: conflicts()[0],
        "mode_conflict_uniform": lambda: conflicts()[1],
        "min_pair_conflict_probability": lambda: contexts.min_pair_conflict_probability(m, V),
        "exact_parallel_depth": lambda: contexts.exact_parallel_depth(m, V),
    }


def _of_bernoulli(q: Law, m: Marginals, V: int, denoiser: Denoiser, policy: Policy) -> Ways:
    """Quantities of Bernoulli samplers."""
    paths = cache(lambda: mixtures.over_sizes(policy, lambda sized: path_kl(q, denoiser, sized)))
    errors = cache(lambda: mixtures.over_sizes(policy, lambda sized: ser(q, samplers.law(sized, V, denoiser))))
    return {
        "curve_left_riemann_sum": lambda: curve_left_riemann_sum(m, policy),
        "weighted_slope": lambda: slopes.weighted_slope(m, policy),
        "growth_bound": lambda: slopes.growth_bound(m, policy),
        "sharp_growth_bound": lambda: slopes.sharp_growth_bound(m, policy),
        "ratio_growth_bound": lambda: slopes.ratio_growth_bound(m, policy),
        "log_ratio_growth_bound": lambda: slopes.ratio_growth_bound(m, policy, in_log=True),
        "minimax_tc": lambda: random_sizes.value("tc", m.L, policy.N),
        "minimax_dtc": lambda: random_sizes.value("dtc", m.L, policy.N),
        "minimax_information": lambda: random_sizes.value("tc+dtc", m.L, policy.N),
        "uniforms_to_exceed": lambda: random_sizes.mean_uniforms(policy.N - 1),
        "mixture_path_kl": lambda: mixtures.mean(paths()),
        "mixture_ser": lambda: sum((probability * error for probability, error in errors()), Fraction(0)),
        "best_sizes_path_kl": lambda: min(value for _, value in paths()),
        "best_sizes_ser": lambda: min(error for _, error in errors()),
        "law_polynomial_defect": lambda: law_distance(
            samplers.law(policy, V, denoiser), mixtures.polynomial(policy, V, denoiser)
        ),
    }


def _of_sizes(m: Marginals, policy: Policy) -> Ways:
    """Quantities of sized samplers."""
    success, masked, by_tc, by_dtc = Fraction(1), policy.L, Fraction(0), Fraction(0)
    for s in policy.sizes:
        for taken in range(s):
            success *= Fraction(masked - taken, masked)
        if s >= 2:
            by_tc = max(by_tc, Fraction(s - 1, masked - 1))
            by_dtc = max(by_dtc, Fraction(s - 1, policy.L - masked + 1))
        masked -= s
    largest, power = max_step_size(policy), 1
    while power < largest:
        power *= 2
    ways: Ways = {
        "max_step_size": lambda: largest,
        "dyadic_step_size": lambda: power,
        "birthday_probability": lambda: success,
    }
    if policy.kind == "fixed-size":
        ways |= {
            "profile_left_sum": lambda: profile_left_sum(m, policy),
            "tc_step_ratio": lambda: by_tc,
            "dtc_step_ratio": lambda: by_dtc,
        }
    return ways


def _length(law: Law) -> int:
    return len(next(iter(law)))


def _bigrams(p: Law) -> tuple[dict[tuple[int, int], Fraction], dict[int, Fraction]]:
    pooled = bigram_law(p)
    first: dict[int, Fraction] = {}
    for (u, _), probability in pooled.items():
        first[u] = first.get(u, Fraction(0)) + probability
    return pooled, first


def _reference(q: Law, transition: Rows | None):
    """The row entries `P(u, v)` that bigrams are held against; zero where there are none."""
    if transition is not None:
        return lambda u, v: Fraction(transition[u][v])
    pooled, first = _bigrams(q)
    return lambda u, v: pooled[u, v] / first[u] if (u, v) in pooled else Fraction(0)
