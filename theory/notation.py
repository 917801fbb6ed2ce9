"""The vocabulary: every quantity and parameter once, with symbol, meaning, unit and range.

``theory`` speaks in these quantities and ``numerics`` measures them. A quantity's name is what people type in claims;
``kl@2`` is the same quantity of the second of two subjects. Entropies and divergences are in nats. Their symbols are
sympy's (``variables``), and attributes of this module: ``notation.kl``.

Notation (definitions.md#notation): ``q`` the language, ``p`` the law of the sampler's output, ``p_theta`` the denoiser,
``p_tau`` the law given the reveal times ``tau``, ``w_k``, ``a_k``, ``s_k``, ``S_k`` the schedule; ``z(j)``, ``Z(a)``
the information profile and curve (definitions.md#information-profile-and-curve).
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from maskbound import theory
from maskbound.theory.aliases import OLD_QUANTITIES, Renamed
from maskbound.theory.quantity import (
    COUNT,
    NATS,
    PER_TOKEN,
    PERPLEXITY,
    PROBABILITY,
    Parameter,
    Quantity,
    declare,
    parameters,
)

__all__ = ["Parameter", "Quantity", "parameters", "quantities"]

_quantities: dict[str, Quantity] = {}
_quantity = partial(declare, _quantities)

# Distances of the output law from the language
_quantity("kl", r"\mathrm{KL}", "D(q || p)", NATS)
_quantity("reverse_kl", r"\mathrm{KL}_{\mathrm{rev}}", "D(p || q)", NATS)
_quantity(
    "tv",
    r"\mathrm{TV}",
    "total variation distance of p and q; a sequence abandoned under the rule `stop` is one more outcome of p",
    PROBABILITY,
)
_quantity(
    "hellinger",
    r"\mathrm{H}",
    "Hellinger distance sqrt(1 - sum_x sqrt(p(x) q(x)))",
    "distance",
    greatest=1,
)
_quantity(
    "path_kl",
    r"\mathrm{KL}_{\mathrm{path}}",
    "E_tau D(q || p_tau); for choose-then-sample policies, D between the joint laws of tokens and reveal history",
    NATS,
)
_quantity(
    "law_distance",
    r"\mathrm{TV}_{12}",
    "total variation distance of the two subjects' output laws",
    PROBABILITY,
    of_pair=True,
)

# Error rates
_quantity(
    "ser",
    r"\mathrm{SER}",
    "sequence error rate: 1 - sum of p(x) over x with q(x) > 0, the probability of a sequence the language forbids",
    PROBABILITY,
)
_quantity(
    "log_ter",
    r"\log \mathrm{TER}(p)",
    "-(1/L) E_{x~q} log p(x)",
    PER_TOKEN,
)
_quantity("ter", r"\mathrm{TER}(p)", "token error rate: exp(-(1/L) E_{x~q} log p(x))", PERPLEXITY, least=1)
_quantity("log_ter_language", r"\log \mathrm{TER}(q)", "H(q)/L", PER_TOKEN, finite=True, of_language=True)
_quantity(
    "off_support_mass",
    r"p_{\mathrm{off}}",
    "probability that at least one token is drawn in a context of probability zero",
    PROBABILITY,
)
_quantity(
    "generative_nll",
    r"\mathrm{NLL}_{\mathrm{gen}}",
    "-(1/L) E_{x~p} log q(x)",
    PER_TOKEN,
)
_quantity(
    "generative_nll_correct",
    r"\mathrm{NLL}_{\mathrm{ok}}",
    "-(1/L) E_{x~p} log q(x), averaged over correct sequences only",
    PER_TOKEN,
)
_quantity(
    "generative_perplexity",
    r"\mathrm{PPL}_{\mathrm{gen}}",
    "exp(-(1/L) E_{x~p} log q(x))",
    PERPLEXITY,
    least=1,
)
_quantity(
    "bigram_kl_rate",
    r"\mathrm{KL}_{\mathrm{bi}}",
    "sum_u p(u) D(p(. | u) || P(u, .)), p(u, v) the bigram law of p pooled over positions",
    NATS,
)
_quantity(
    "bigram_tv_rate",
    r"\mathrm{TV}_{\mathrm{bi}}",
    "sum_u p(u) TV(p(. | u), P(u, .)), p(u, v) the bigram law of p pooled over positions",
    PROBABILITY,
)

# The language's own information
_quantity("entropy", r"H(X)", "entropy of q", NATS, finite=True, of_language=True)
_quantity("total_correlation", r"\mathrm{TC}", "sum_i H(X_i) - H(X)", NATS, finite=True, of_language=True)
_quantity(
    "dual_total_correlation",
    r"\mathrm{DTC}",
    "H(X) - sum_i H(X_i | X_{-i})",
    NATS,
    finite=True,
    of_language=True,
)
_quantity(
    "hidden_chain_entropy",
    r"H(S)",
    "entropy of the hidden states S_1..S_L of a hidden Markov language",
    NATS,
    finite=True,
    of_language=True,
)
_quantity(
    "log_length_probability",
    r"\ln Z_L",
    "log-probability of the length L under a chain with end weights",
    NATS,
    least=-math.inf,
    greatest=0,
    finite=True,
    of_language=True,
)

# The denoiser's error
_quantity(
    "eps_learning",
    r"\varepsilon_{\mathrm{learning}}",
    "learning error: max of D(q(. | x_R) || p_theta(. | x_R)) over masked i and contexts x_R with q(x_R) > 0",
    NATS,
)
_quantity(
    "mean_learning_error",
    r"\bar\varepsilon_{\mathrm{learning}}",
    "(1/L) sum_i E D(q(. | X_R) || p_theta(. | X_R)), R what is revealed before position i, X ~ q",
    PER_TOKEN,
)
_quantity(
    "learning_term",
    r"\Lambda",
    "sum_i E D(q(. | X_R) || p_theta(. | X_R)), R what is revealed before position i, X ~ q",
    NATS,
)

# The policy
_quantity(
    "max_step_weight",
    r"w_{\max}",
    "max_k w_k; s_k / L for sized policies",
    PROBABILITY,
)
_quantity(
    "max_step_size",
    r"s_{\max}",
    "max_k s_k, for sized policies",
    COUNT,
    finite=True,
    least=1,
)
_quantity(
    "collision_probability",
    r"\rho",
    "sum_k w_k^2; w_k = s_k / L for sized policies",
    PROBABILITY,
)
_quantity(
    "expected_steps",
    r"E[\mathrm{steps}]",
    "expected number of denoiser calls",
    COUNT,
    finite=True,
)

# Information profile and curve
_quantity(
    "curve_left_riemann_sum",
    r"\Sigma Z",
    "sum_k w_k Z(a_{k-1}), for Bernoulli policies",
    NATS,
    finite=True,
)
_quantity("curve_area", r"\int Z", "integral of Z(a) over a in [0, 1]", NATS, finite=True, of_language=True)
_quantity(
    "profile_left_sum",
    r"\Sigma z",
    "(1/L) sum_k s_k z(S_{k-1}), for fixed-size policies; empty steps count nothing",
    NATS,
    finite=True,
)
_quantity("profile_area", r"\bar z", "(1/L) sum_j z(j), j = 0..L-1", NATS, finite=True, of_language=True)
_quantity(
    "profile_start",
    r"z(0)",
    "z(0) = Z(0) = sum_i H(X_i)",
    NATS,
    finite=True,
    of_language=True,
)
_quantity(
    "profile_end",
    r"z(L-1)",
    "z(L-1) = Z(1) = sum_i H(X_i | X_{-i})",
    NATS,
    finite=True,
    of_language=True,
)

_quantity(
    "weighted_slope",
    r"\sum_k \int_k (a_k - a) \vert Z' \vert",
    "sum_k integral of (a_k - a) |Z'(a)| over a in [a_{k-1}, a_k], for Bernoulli policies",
    NATS,
    finite=True,
)
_quantity(
    "curve_min_slope",
    r"\min \vert Z' \vert",
    "min of |Z'(a)| over a in [0, 1]",
    NATS,
    finite=True,
    of_language=True,
)
_quantity(
    "curve_max_slope",
    r"\max \vert Z' \vert",
    "max of |Z'(a)| over a in [0, 1]",
    NATS,
    finite=True,
    of_language=True,
)
_quantity(
    "odds_weighted_slope",
    r"G",
    "integral of a (1 - a) |Z'(a)| over a in [0, 1]",
    NATS,
    finite=True,
    of_language=True,
)
_quantity(
    "growth_bound",
    r"G_w",
    "for Bernoulli policies: the sum over inner steps of (psi_k/psi_{k-1} - 1) times the integral of a (1 - a) |Z'(a)|"
    " over [a_{k-1}, a_k], psi_k = a_k/(1 - a_k), and over the first and the last step of w_k times the drop of Z;"
    " empty steps are left out first, and of one step it is Z(0) - Z(1)",
    NATS,
    finite=True,
)
_quantity(
    "sharp_growth_bound",
    r"G_w'",
    "for Bernoulli policies: the sum over steps after the first of w_k/(a_{k-1} (1 - a_{k-1})) times the integral of"
    " a (1 - a) |Z'(a)| over [a_{k-1}, a_k], and w_1 (Z(0) - Z(a_1)); empty steps are left out first",
    NATS,
    finite=True,
)
_quantity(
    "ratio_growth_bound",
    r"R_w",
    "for Bernoulli policies: the sum over steps after the first of (a_k/a_{k-1} - 1) times the integral of a |Z'(a)|"
    " over [a_{k-1}, a_k], and w_1 (Z(0) - Z(a_1)); empty steps are left out first",
    NATS,
    finite=True,
)
_quantity(
    "log_ratio_growth_bound",
    r"R_w^{\log}",
    "for Bernoulli policies: the sum over steps after the first of log(a_k/a_{k-1}) times the integral of a |Z'(a)|"
    " over [a_{k-1}, a_k], and w_1 (Z(0) - Z(a_1)); empty steps are left out first",
    NATS,
    finite=True,
)
_quantity(
    "effective_total_correlation",
    r"D",
    "integral of a min(1, log(1/a)) |Z'(a)| over a in [0, 1]",
    NATS,
    finite=True,
    of_language=True,
)
_quantity(
    "mixture_path_kl",
    r"E_n \mathrm{KL}_{\mathrm{path}}^{n}",
    "PATH_KL of fixed sizes n, averaged over n multinomial(L, w), for Bernoulli policies",
    NATS,
)
_quantity(
    "mixture_ser",
    r"E_n \mathrm{SER}^{n}",
    "SER of fixed sizes n, averaged over n multinomial(L, w), for Bernoulli policies",
    PROBABILITY,
)
_quantity(
    "best_sizes_path_kl",
    r"\min_n \mathrm{KL}_{\mathrm{path}}^{n}",
    "the least PATH_KL of fixed sizes in as many steps, empty ones allowed, for Bernoulli policies",
    NATS,
)
_quantity(
    "best_list_path_kl",
    r"\min_s (\mathrm{KL}_{\mathrm{path}}^{s} - \log \pi_s)",
    "the least, over the lists of sizes that are drawn from, of their PATH_KL minus the log of their probability",
    NATS,
)
_quantity(
    "best_sizes_ser",
    r"\min_n \mathrm{SER}^{n}",
    "the least SER of fixed sizes in as many steps, empty ones allowed, for Bernoulli policies",
    PROBABILITY,
)
_quantity(
    "log_mean_path_kl",
    r"\mathrm{KL}_{\mathrm{soft}}",
    "-log E_tau exp(-D(q || p_tau))",
    NATS,
)

# Schedules against the information they must carry
_quantity(
    "dyadic_step_size",
    r"2^{\lceil \log_2 s_{\max} \rceil}",
    "the least power of two that is at least max_k s_k",
    COUNT,
    finite=True,
    least=1,
)
_quantity(
    "tc_step_ratio",
    r"\eta_{\mathrm{TC}}",
    "max over steps of at least two tokens of (s_k - 1)/(L - 1 - S_{k-1}), 0 if there is none; for fixed-size policies",
    "ratio",
    greatest=1,
)
_quantity(
    "dtc_step_ratio",
    r"\eta_{\mathrm{DTC}}",
    "max_k of (s_k - 1)/(S_{k-1} + 1) over steps that are not empty; for fixed-size policies",
    "ratio",
    finite=True,
)
_quantity(
    "birthday_probability",
    r"\prod_k (n_k)_{s_k} n_k^{-s_k}",
    "prod_k n_k (n_k - 1) .. (n_k - s_k + 1) / n_k^{s_k}, n_k positions masked before step k; for sized policies",
    PROBABILITY,
)
# The game of random sizes against a language
_quantity(
    "minimax_tc",
    r"v_{\mathrm{TC}}",
    "the least v such that some random sizes of N steps on average have PATH_KL <= v TC for every language of the"
    " length, with the exact denoiser; for Bernoulli policies, whose N it is",
    "ratio",
    greatest=1,
)
_quantity(
    "minimax_dtc",
    r"v_{\mathrm{DTC}}",
    "the least v such that some random sizes of N steps on average have PATH_KL <= v DTC for every language of the"
    " length, with the exact denoiser; for Bernoulli policies, whose N it is",
    "ratio",
    finite=True,
)
_quantity(
    "minimax_information",
    r"v",
    "the least v such that some random sizes of N steps on average have PATH_KL <= v (TC + DTC) for every language of"
    " the length, with the exact denoiser; for Bernoulli policies, whose N it is",
    "ratio",
    greatest=1,
)
_quantity("harmonic_number", r"H_{L-1}", "1 + 1/2 + .. + 1/(L - 1)", "ratio", finite=True, of_language=True)
_quantity(
    "secretary_probability",
    r"P_{\mathrm{sec}}(L)",
    "probability that the best rule of the secretary problem chooses the best of L candidates: the largest over m ="
    " 0..L-1 of (m/L) (1/m + .. + 1/(L - 1)), and 1/L for m = 0",
    PROBABILITY,
    of_language=True,
)
_quantity(
    "two_step_dtc_value",
    r"\max_m \frac{h_m}{m/(L-m) - h_m}",
    "the largest over m = 2..L-1 of h_m/(m/(L - m) - h_m), h_m = 1/(L - m + 1) + .. + 1/(L - 1); 0 if L <= 2",
    "ratio",
    finite=True,
    of_language=True,
)
_quantity(
    "uniforms_to_exceed",
    r"M(N-1)",
    "mean number of independent uniform numbers between 0 and 1 that are added up before the sum exceeds N - 1, the"
    " last one counted; for Bernoulli policies",
    COUNT,
    finite=True,
    least=1,
)

# Adaptive policies
_quantity(
    "step_correlation",
    r"\mathrm{E} \sum_t \mathrm{TC}(X_{A_t} | x_{R_t})",
    "E_{x~q} of the sum over steps of the total correlation, given the tokens R revealed before, of the tokens A that"
    " the step reveals, the policy run on the own tokens of x; for choose-then-sample policies",
    NATS,
    finite=True,
)
_quantity(
    "entropy_bound",
    r"g",
    "the bound of an entropy-bound policy on sum H - max H",
    NATS,
    finite=True,
)
_quantity(
    "expected_parallel_steps",
    r"\mathrm{E}_q N_{>1}",
    "E_{x~q} of the number of steps that reveal more than one token, the policy run on the own tokens of x; for"
    " choose-then-sample policies",
    COUNT,
    finite=True,
)
_quantity(
    "mode_probability",
    r"p(x^{\ast})",
    "p at the most likely sequence of the language, the first in lexicographic order if there are several",
    PROBABILITY,
)
_quantity(
    "iid_mode_probability_confidence_sampling",
    r"\prod_m (1 - (1 - t)^m)",
    "prod over m = 1..L of 1 - (1 - t)^m, t the largest probability of a token; for i.i.d. tokens",
    PROBABILITY,
)
_quantity(
    "speedup_at_unit_cost",
    r"c^{\ast}",
    "L / E[steps]: with denoiser calls of a lower price than that, in autoregressive steps, the run is cheaper",
    "ratio",
    finite=True,
)

# Harm done by tokens that are drawn together
_quantity("least_confidence", r"c_{\min}", "min_i max_v P(X_i = v)", PROBABILITY, of_language=True)
_quantity(
    "mode_conflict",
    r"\kappa",
    "min of sum_A e_i + max_A e_i, e_i = 1 - max_v q(v | x_R), over possible contexts x_R and sets A of at least two"
    " masked positions whose most likely tokens are not the only most likely joint outcome; inf if there are none",
    "ratio",
    of_language=True,
)
_quantity(
    "mode_conflict_uniform",
    r"\kappa_{\mathrm{unif}}",
    "min of (|A| + 1) max_A e_i, e_i = 1 - max_v q(v | x_R), over possible contexts x_R and sets A of at least two"
    " masked positions whose most likely tokens are not the only most likely joint outcome; inf if there are none",
    "ratio",
    of_language=True,
)
_quantity(
    "min_pair_conflict_probability",
    r"\delta",
    "min over the pairs of positions (1, 2), (3, 4), .. and possible contexts x_R with both masked of the probability"
    " that independent tokens from q(. | x_R) are a pair that q forbids; 1 when L = 1",
    PROBABILITY,
    of_language=True,
)
_quantity(
    "max_l2_deviation",
    r"g_V(\varepsilon_{\mathrm{learning}})",
    "max of ||p - u||_2^2 over laws p on V symbols with D(u || p) at most the learning error, u uniform",
    PROBABILITY,
)
_quantity(
    "exact_parallel_depth",
    r"N_0",
    "the least number of given sets of positions that makes p = q with the exact denoiser",
    COUNT,
    finite=True,
    least=1,
)

# Defects: claims about functions, as scalars
_quantity(
    "area_defect",
    r"\left\vert \int Z - H(X) \right\vert",
    "|integral of Z - H(X)|",
    NATS,
    finite=True,
    of_language=True,
)
_quantity(
    "profile_max_increase",
    r"\max_j (z(j+1) - z(j))",
    "max over j = 0..L-2 of z(j+1) - z(j); 0 when L = 1",
    NATS,
    least=-math.inf,
    finite=True,
    of_language=True,
)
_quantity(
    "curve_midpoint_excess",
    r"Z(\frac12) - \frac{Z(0) + Z(1)}{2}",
    "Z(1/2) - (Z(0) + Z(1))/2, which a convex curve would keep at or below 0",
    NATS,
    least=-math.inf,
    finite=True,
    of_language=True,
)

_quantity(
    "slope_defect",
    r"\Vert Z' + \sum_{i \ne j} E I(X_i; X_j \vert X_R) \Vert",
    "max over j of |(L-1) (z(j) - z(j+1)) - sum over ordered pairs of the average of I(X_i; X_k | X_R) over sets R of j"
    " others|: the Bernstein coefficients of both sides of the slope identity; 0 when L = 1",
    NATS,
    finite=True,
    of_language=True,
)
_quantity(
    "law_polynomial_defect",
    r"\mathrm{TV}(p, \sum_c M_c(w) C_c)",
    "total variation distance of p and sum over compositions c of L of M_c(w) C_c, for Bernoulli policies",
    PROBABILITY,
)

quantities = Renamed(_quantities, OLD_QUANTITIES)
"""Every quantity by name."""


def __getattr__(name: str) -> Any:
    """The symbol of a quantity or parameter, by its name or that of an earlier release."""
    if name in quantities or name in parameters:
        return theory.symbols[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
