"""The vocabulary: every quantity and parameter once, with symbol, meaning, unit and range.

``theory`` speaks in these quantities and ``numerics`` measures them. A quantity's sympy symbol carries the
quantity's name, which is what people type in claims; ``kl@2`` is the same quantity of the second of two subjects.
Entropies and divergences are in nats. Symbols that may be infinite (divergences, cross-entropies) are declared
extended real, so that sympy never simplifies on the assumption that they are finite.

Notation (definitions.md#notation): ``q`` the language, ``p`` the law of the sampler's output, ``p_theta`` the denoiser,
``p_tau`` the law given the reveal times ``tau``, ``w_k``, ``a_k``, ``s_k``, ``S_k`` the schedule; ``z(j)``, ``Z(a)``
the information profile and curve (definitions.md#information-profile-and-curve).
"""

from __future__ import annotations

from functools import partial

from sympy import Symbol, oo

from maskbound.theory.aliases import OLD_QUANTITIES, Renamed
from maskbound.theory.quantity import (
    COUNT,
    NATS,
    ONE,
    PER_TOKEN,
    PERPLEXITY,
    PROBABILITY,
    ZERO,
    K,
    L,
    N,
    Parameter,
    Quantity,
    V,
    declare,
    parameters,
)

__all__ = ["K", "L", "N", "Parameter", "Quantity", "V", "latex_names", "parameters", "quantities", "second", "symbols"]

_quantities: dict[str, Quantity] = {}
_quantity = partial(declare, _quantities)

# Distances of the output law from the language
kl = _quantity("kl", r"\mathrm{KL}", "D(q || p)", NATS)
reverse_kl = _quantity("reverse_kl", r"\mathrm{KL}_{\mathrm{rev}}", "D(p || q)", NATS)
tv = _quantity(
    "tv",
    r"\mathrm{TV}",
    "total variation distance of p and q; a sequence abandoned under the rule `stop` is one more outcome of p",
    PROBABILITY,
    greatest=ONE,
)
hellinger = _quantity(
    "hellinger",
    r"\mathrm{H}",
    "Hellinger distance sqrt(1 - sum_x sqrt(p(x) q(x)))",
    "distance",
    greatest=ONE,
)
path_kl = _quantity(
    "path_kl",
    r"\mathrm{KL}_{\mathrm{path}}",
    "E_tau D(q || p_tau); for choose-then-sample policies, D between the joint laws of tokens and reveal history",
    NATS,
)
law_distance = _quantity(
    "law_distance",
    r"\mathrm{TV}_{12}",
    "total variation distance of the two subjects' output laws",
    PROBABILITY,
    greatest=ONE,
    of_pair=True,
)

# Error rates
ser = _quantity(
    "ser",
    r"\mathrm{SER}",
    "sequence error rate: 1 - sum of p(x) over x with q(x) > 0, the probability of a sequence the language forbids",
    PROBABILITY,
    greatest=ONE,
)
log_ter = _quantity(
    "log_ter",
    r"\log \mathrm{TER}(p)",
    "-(1/L) E_{x~q} log p(x)",
    PER_TOKEN,
)
ter = _quantity("ter", r"\mathrm{TER}(p)", "token error rate: exp(log_ter)", PERPLEXITY, least=ONE)
log_ter_language = _quantity("log_ter_language", r"\log \mathrm{TER}(q)", "H(q)/L", PER_TOKEN, finite=True)
off_support_mass = _quantity(
    "off_support_mass",
    r"p_{\mathrm{off}}",
    "probability that at least one token is drawn in a context of probability zero",
    PROBABILITY,
    greatest=ONE,
)
generative_nll = _quantity(
    "generative_nll",
    r"\mathrm{NLL}_{\mathrm{gen}}",
    "-(1/L) E_{x~p} log q(x)",
    PER_TOKEN,
)
generative_nll_correct = _quantity(
    "generative_nll_correct",
    r"\mathrm{NLL}_{\mathrm{ok}}",
    "-(1/L) E_{x~p} log q(x), averaged over correct sequences only",
    PER_TOKEN,
)
generative_perplexity = _quantity(
    "generative_perplexity",
    r"\mathrm{PPL}_{\mathrm{gen}}",
    "exp(generative_nll)",
    PERPLEXITY,
    least=ONE,
)
bigram_kl_rate = _quantity(
    "bigram_kl_rate",
    r"\mathrm{KL}_{\mathrm{bi}}",
    "sum_u p(u) D(p(. | u) || P(u, .)), p(u, v) the bigram law of p pooled over positions",
    NATS,
)
bigram_tv_rate = _quantity(
    "bigram_tv_rate",
    r"\mathrm{TV}_{\mathrm{bi}}",
    "sum_u p(u) TV(p(. | u), P(u, .)), p(u, v) the bigram law of p pooled over positions",
    PROBABILITY,
    greatest=ONE,
)

# The language's own information
entropy = _quantity("entropy", r"H(X)", "entropy of q", NATS, finite=True)
total_correlation = _quantity("total_correlation", r"\mathrm{TC}", "sum_i H(X_i) - H(X)", NATS, finite=True)
dual_total_correlation = _quantity(
    "dual_total_correlation",
    r"\mathrm{DTC}",
    "H(X) - sum_i H(X_i | X_{-i})",
    NATS,
    finite=True,
)
hidden_chain_entropy = _quantity(
    "hidden_chain_entropy",
    r"H(S)",
    "entropy of the hidden states S_1..S_L of a hidden Markov language",
    NATS,
    finite=True,
)
log_length_probability = _quantity(
    "log_length_probability",
    r"\ln Z_L",
    "log-probability of the length L under a chain with end weights",
    NATS,
    least=-oo,
    greatest=ZERO,
    finite=True,
)

# The denoiser's error
eps_learning = _quantity(
    "eps_learning",
    r"\varepsilon_{\mathrm{learning}}",
    "max of D(q(. | x_R) || p_theta(. | x_R)) over masked i and contexts x_R with q(x_R) > 0",
    NATS,
)
mean_learning_error = _quantity(
    "mean_learning_error",
    r"\bar\varepsilon_{\mathrm{learning}}",
    "learning_term / L",
    PER_TOKEN,
)
learning_term = _quantity(
    "learning_term",
    r"\Lambda",
    "sum_i E D(q(. | X_R) || p_theta(. | X_R)), R what is revealed before position i, X ~ q",
    NATS,
)

# The policy
max_step_weight = _quantity(
    "max_step_weight",
    r"w_{\max}",
    "max_k w_k; s_k / L for sized policies",
    PROBABILITY,
    greatest=ONE,
)
max_step_size = _quantity(
    "max_step_size",
    r"s_{\max}",
    "max_k s_k, for sized policies",
    COUNT,
    finite=True,
    least=ONE,
)
collision_probability = _quantity(
    "collision_probability",
    r"\rho",
    "sum_k w_k^2; w_k = s_k / L for sized policies",
    PROBABILITY,
    greatest=ONE,
)
expected_steps = _quantity(
    "expected_steps",
    r"E[\mathrm{steps}]",
    "expected number of denoiser calls",
    COUNT,
    finite=True,
)

# Information profile and curve
curve_left_riemann_sum = _quantity(
    "curve_left_riemann_sum",
    r"\Sigma Z",
    "sum_k w_k Z(a_{k-1}), for Bernoulli policies",
    NATS,
    finite=True,
)
curve_area = _quantity("curve_area", r"\int Z", "integral of Z(a) over a in [0, 1]", NATS, finite=True)
profile_left_sum = _quantity(
    "profile_left_sum",
    r"\Sigma z",
    "(1/L) sum_k s_k z(S_{k-1}), for fixed-size policies; empty steps count nothing",
    NATS,
    finite=True,
)
profile_area = _quantity("profile_area", r"\bar z", "(1/L) sum_j z(j), j = 0..L-1", NATS, finite=True)
profile_start = _quantity(
    "profile_start",
    r"z(0)",
    "z(0) = Z(0) = sum_i H(X_i)",
    NATS,
    finite=True,
)
profile_end = _quantity(
    "profile_end",
    r"z(L-1)",
    "z(L-1) = Z(1) = sum_i H(X_i | X_{-i})",
    NATS,
    finite=True,
)

weighted_slope = _quantity(
    "weighted_slope",
    r"\sum_k \int_k (a_k - a) \vert Z' \vert",
    "sum_k integral of (a_k - a) |Z'(a)| over a in [a_{k-1}, a_k], for Bernoulli policies",
    NATS,
    finite=True,
)
curve_min_slope = _quantity(
    "curve_min_slope",
    r"\min \vert Z' \vert",
    "min of |Z'(a)| over a in [0, 1]",
    NATS,
    finite=True,
)
curve_max_slope = _quantity(
    "curve_max_slope",
    r"\max \vert Z' \vert",
    "max of |Z'(a)| over a in [0, 1]",
    NATS,
    finite=True,
)
odds_weighted_slope = _quantity(
    "odds_weighted_slope",
    r"G",
    "integral of a (1 - a) |Z'(a)| over a in [0, 1]",
    NATS,
    finite=True,
)
growth_bound = _quantity(
    "growth_bound",
    r"G_w",
    "for Bernoulli policies: the sum over inner steps of (psi_k/psi_{k-1} - 1) times the integral of a (1 - a) |Z'(a)|"
    " over [a_{k-1}, a_k], psi_k = a_k/(1 - a_k), and over the first and the last step of w_k times the drop of Z;"
    " empty steps are left out first, and of one step it is Z(0) - Z(1)",
    NATS,
    finite=True,
)
sharp_growth_bound = _quantity(
    "sharp_growth_bound",
    r"G_w'",
    "for Bernoulli policies: the sum over steps after the first of w_k/(a_{k-1} (1 - a_{k-1})) times the integral of"
    " a (1 - a) |Z'(a)| over [a_{k-1}, a_k], and w_1 (Z(0) - Z(a_1)); empty steps are left out first",
    NATS,
    finite=True,
)
ratio_growth_bound = _quantity(
    "ratio_growth_bound",
    r"R_w",
    "for Bernoulli policies: the sum over steps after the first of (a_k/a_{k-1} - 1) times the integral of a |Z'(a)|"
    " over [a_{k-1}, a_k], and w_1 (Z(0) - Z(a_1)); empty steps are left out first",
    NATS,
    finite=True,
)
log_ratio_growth_bound = _quantity(
    "log_ratio_growth_bound",
    r"R_w^{\log}",
    "the same with log(a_k/a_{k-1}) in the place of a_k/a_{k-1} - 1",
    NATS,
    finite=True,
)
effective_total_correlation = _quantity(
    "effective_total_correlation",
    r"D",
    "integral of a min(1, log(1/a)) |Z'(a)| over a in [0, 1]",
    NATS,
    finite=True,
)
mixture_path_kl = _quantity(
    "mixture_path_kl",
    r"E_n \mathrm{KL}_{\mathrm{path}}^{n}",
    "PATH_KL of fixed sizes n, averaged over n multinomial(L, w), for Bernoulli policies",
    NATS,
)
mixture_ser = _quantity(
    "mixture_ser",
    r"E_n \mathrm{SER}^{n}",
    "SER of fixed sizes n, averaged over n multinomial(L, w), for Bernoulli policies",
    PROBABILITY,
    greatest=ONE,
)
best_sizes_path_kl = _quantity(
    "best_sizes_path_kl",
    r"\min_n \mathrm{KL}_{\mathrm{path}}^{n}",
    "the least PATH_KL of fixed sizes in as many steps, empty ones allowed, for Bernoulli policies",
    NATS,
)
best_list_path_kl = _quantity(
    "best_list_path_kl",
    r"\min_s (\mathrm{KL}_{\mathrm{path}}^{s} - \log \pi_s)",
    "the least, over the lists of sizes that are drawn from, of their PATH_KL minus the log of their probability",
    NATS,
)
best_sizes_ser = _quantity(
    "best_sizes_ser",
    r"\min_n \mathrm{SER}^{n}",
    "the least SER of fixed sizes in as many steps, empty ones allowed, for Bernoulli policies",
    PROBABILITY,
    greatest=ONE,
)
log_mean_path_kl = _quantity(
    "log_mean_path_kl",
    r"\mathrm{KL}_{\mathrm{soft}}",
    "-log E_tau exp(-D(q || p_tau))",
    NATS,
)

# Schedules against the information they must carry
dyadic_step_size = _quantity(
    "dyadic_step_size",
    r"2^{\lceil \log_2 s_{\max} \rceil}",
    "the least power of two that is at least max_k s_k",
    COUNT,
    finite=True,
    least=ONE,
)
tc_step_ratio = _quantity(
    "tc_step_ratio",
    r"\eta_{\mathrm{TC}}",
    "max over steps of at least two tokens of (s_k - 1)/(L - 1 - S_{k-1}), 0 if there is none; for fixed-size policies",
    "ratio",
    greatest=ONE,
)
dtc_step_ratio = _quantity(
    "dtc_step_ratio",
    r"\eta_{\mathrm{DTC}}",
    "max_k of (s_k - 1)/(S_{k-1} + 1) over steps that are not empty; for fixed-size policies",
    "ratio",
    finite=True,
)
birthday_probability = _quantity(
    "birthday_probability",
    r"\prod_k (n_k)_{s_k} n_k^{-s_k}",
    "prod_k n_k (n_k - 1) .. (n_k - s_k + 1) / n_k^{s_k}, n_k positions masked before step k; for sized policies",
    PROBABILITY,
    greatest=ONE,
)
# The game of random sizes against a language
minimax_tc = _quantity(
    "minimax_tc",
    r"v_{\mathrm{TC}}",
    "the least v such that some random sizes of N steps on average have PATH_KL <= v TC for every language of the"
    " length, with the exact denoiser; for Bernoulli policies, whose N it is",
    "ratio",
    greatest=ONE,
)
minimax_dtc = _quantity(
    "minimax_dtc",
    r"v_{\mathrm{DTC}}",
    "the same with PATH_KL <= v DTC",
    "ratio",
    finite=True,
)
minimax_information = _quantity(
    "minimax_information",
    r"v",
    "the same with PATH_KL <= v (TC + DTC)",
    "ratio",
    greatest=ONE,
)
harmonic_number = _quantity("harmonic_number", r"H_{L-1}", "1 + 1/2 + .. + 1/(L - 1)", "ratio", finite=True)
secretary_probability = _quantity(
    "secretary_probability",
    r"P_{\mathrm{sec}}(L)",
    "probability that the best rule of the secretary problem chooses the best of L candidates: the largest over m ="
    " 0..L-1 of (m/L) (1/m + .. + 1/(L - 1)), and 1/L for m = 0",
    PROBABILITY,
    greatest=ONE,
)
two_step_dtc_value = _quantity(
    "two_step_dtc_value",
    r"\max_m \frac{h_m}{m/(L-m) - h_m}",
    "the largest over m = 2..L-1 of h_m/(m/(L - m) - h_m), h_m = 1/(L - m + 1) + .. + 1/(L - 1); 0 if L <= 2",
    "ratio",
    finite=True,
)
uniforms_to_exceed = _quantity(
    "uniforms_to_exceed",
    r"M(N-1)",
    "mean number of independent uniform numbers between 0 and 1 that are added up before the sum exceeds N - 1, the"
    " last one counted; for Bernoulli policies",
    COUNT,
    finite=True,
    least=ONE,
)

# Adaptive policies
step_correlation = _quantity(
    "step_correlation",
    r"\mathrm{E} \sum_t \mathrm{TC}(X_{A_t} | x_{R_t})",
    "E_{x~q} of the sum over steps of the total correlation, given the tokens R revealed before, of the tokens A that"
    " the step reveals, the policy run on the own tokens of x; for choose-then-sample policies",
    NATS,
    finite=True,
)
entropy_bound = _quantity(
    "entropy_bound",
    r"g",
    "the bound of an entropy-bound policy on sum H - max H",
    NATS,
    finite=True,
)
expected_parallel_steps = _quantity(
    "expected_parallel_steps",
    r"\mathrm{E}_q N_{>1}",
    "E_{x~q} of the number of steps that reveal more than one token, the policy run on the own tokens of x; for"
    " choose-then-sample policies",
    COUNT,
    finite=True,
)
mode_probability = _quantity(
    "mode_probability",
    r"p(x^{\ast})",
    "p at the most likely sequence of the language, the first in lexicographic order if there are several",
    PROBABILITY,
    greatest=ONE,
)
iid_mode_probability_confidence_sampling = _quantity(
    "iid_mode_probability_confidence_sampling",
    r"\prod_m (1 - (1 - t)^m)",
    "prod over m = 1..L of 1 - (1 - t)^m, t the largest probability of a token; for i.i.d. tokens",
    PROBABILITY,
    greatest=ONE,
)
speedup_at_unit_cost = _quantity(
    "speedup_at_unit_cost",
    r"c^{\ast}",
    "L / E[steps]: with denoiser calls of a lower price than that, in autoregressive steps, the run is cheaper",
    "ratio",
    finite=True,
)

# Harm done by tokens that are drawn together
least_confidence = _quantity("least_confidence", r"c_{\min}", "min_i max_v P(X_i = v)", PROBABILITY, greatest=ONE)
mode_conflict = _quantity(
    "mode_conflict",
    r"\kappa",
    "min of sum_A e_i + max_A e_i, e_i = 1 - max_v q(v | x_R), over possible contexts x_R and sets A of at least two"
    " masked positions whose most likely tokens are not the only most likely joint outcome; inf if there are none",
    "ratio",
)
mode_conflict_uniform = _quantity(
    "mode_conflict_uniform",
    r"\kappa_{\mathrm{unif}}",
    "the same with (|A| + 1) max_A e_i in the place of sum_A e_i + max_A e_i",
    "ratio",
)
min_pair_conflict_probability = _quantity(
    "min_pair_conflict_probability",
    r"\delta",
    "min over the pairs of positions (1, 2), (3, 4), .. and possible contexts x_R with both masked of the probability"
    " that independent tokens from q(. | x_R) are a pair that q forbids; 1 when L = 1",
    PROBABILITY,
    greatest=ONE,
)
max_l2_deviation = _quantity(
    "max_l2_deviation",
    r"g_V(\varepsilon_{\mathrm{learning}})",
    "max of ||p - u||_2^2 over laws p on V symbols with D(u || p) <= eps_learning, u uniform",
    PROBABILITY,
    greatest=ONE,
)
exact_parallel_depth = _quantity(
    "exact_parallel_depth",
    r"N_0",
    "the least number of given sets of positions that makes p = q with the exact denoiser",
    COUNT,
    finite=True,
    least=ONE,
)

# Defects: claims about functions, as scalars
area_defect = _quantity(
    "area_defect",
    r"\left\vert \int Z - H(X) \right\vert",
    "|integral of Z - H(X)|",
    NATS,
    finite=True,
)
profile_max_increase = _quantity(
    "profile_max_increase",
    r"\max_j (z(j+1) - z(j))",
    "max over j = 0..L-2 of z(j+1) - z(j); 0 when L = 1",
    NATS,
    least=-oo,
    finite=True,
)
curve_midpoint_excess = _quantity(
    "curve_midpoint_excess",
    r"Z(\frac12) - \frac{Z(0) + Z(1)}{2}",
    "Z(1/2) - (Z(0) + Z(1))/2, which a convex curve would keep at or below 0",
    NATS,
    least=-oo,
    finite=True,
)

slope_defect = _quantity(
    "slope_defect",
    r"\Vert Z' + \sum_{i \ne j} E I(X_i; X_j \vert X_R) \Vert",
    "max over j of |(L-1) (z(j) - z(j+1)) - sum over ordered pairs of the average of I(X_i; X_k | X_R) over sets R of j"
    " others|: the Bernstein coefficients of both sides of the slope identity; 0 when L = 1",
    NATS,
    finite=True,
)
law_polynomial_defect = _quantity(
    "law_polynomial_defect",
    r"\mathrm{TV}(p, \sum_c M_c(w) C_c)",
    "total variation distance of p and sum over compositions c of L of M_c(w) C_c, for Bernoulli policies",
    PROBABILITY,
    greatest=ONE,
)

quantities = Renamed(_quantities, OLD_QUANTITIES)
"""Every quantity by name."""

_named: tuple[Quantity | Parameter, ...] = (*parameters.values(), *quantities.values())

symbols = Renamed(
    {symbol.name: symbol for named in _named for symbol in (named.symbol, named.symbol_of_second)},
    OLD_QUANTITIES,
)
"""Every symbol that a claim may use, by its name; the second subject's included (``kl@2``, ``N@2``)."""


def __getattr__(name: str) -> Symbol:
    """Symbols by the names of earlier releases."""
    if name in OLD_QUANTITIES:
        return symbols[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def second(symbol: Symbol) -> Symbol:
    """The second subject's symbol for a quantity or parameter.

    >>> second(kl)
    kl@2
    """
    named: Quantity | Parameter = quantities.get(symbol.name) or parameters[symbol.name]
    return named.symbol_of_second


def latex_names(two_subjects: bool) -> dict[Symbol, str]:
    """LaTeX of every symbol; with two subjects, upper indices (1) and (2) tell them apart."""
    names: dict[Symbol, str] = {}
    for named in _named:
        latex = named.latex if isinstance(named, Quantity) else named.name
        if named.symbol_of_second == named.symbol or not two_subjects:
            names[named.symbol] = latex
        else:
            names[named.symbol] = f"{{{latex}}}^{{(1)}}"
            names[named.symbol_of_second] = f"{{{latex}}}^{{(2)}}"
    return names
