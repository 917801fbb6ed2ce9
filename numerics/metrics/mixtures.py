"""A Bernoulli policy as a mixture of fixed sizes (bernoulli/mixture-of-sizes-path-kl, output-law/schedule-polynomial),
with the probabilities of the counts of its steps.

The counts of tokens per step are multinomial(L, w). Empty steps do nothing, so the counts may be grouped by the
composition c of L that is left: its probability is ``L!/(c_1! c_2! ..) M_c(w)``, ``M_c`` the monomial quasisymmetric
function. That is also the polynomial of output-law/schedule-polynomial, since ``C_c`` is ``L!/(c_1! c_2! ..)`` times
the law of sizes c.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from flint import fmpq

from ..engines import rational, tabular
from ..engines.needs import BERNOULLI, all_of
from ..engines.rational.information import Number, total
from ..engines.rational.rows import ONE, ZERO
from ..engines.workspace import Cost, Workspace
from ..instances import Instance
from ..numbers.enclosure import RAISED, Enclosure, gamma
from ..numbers.rationals import to_flint
from ..policies import FixedSize
from . import error_rates, path
from .log_forms import exact_method, exact_path_kl, of_rationals
from .method import Method, narrowed
from .schedule import schedule_of

__all__ = ["METHODS", "exact_parts"]

MOST_LENGTH = 12
"""There are ``2^(L-1)`` compositions."""

FEW = f"at most {MOST_LENGTH} tokens"


def compositions(length: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Ordered positive parts of ``length``, at most ``parts`` of them."""
    for count in range(1, min(length, parts) + 1):
        for cuts in itertools.combinations(range(1, length), count - 1):
            ends = (0, *cuts, length)
            yield tuple(after - before for before, after in itertools.pairwise(ends))


def probability_of(composition: Sequence[int], weights: Sequence[Any], one: Any) -> Any:
    """``L!/(c_1! c_2! ..) M_c(w)``: the probability that the counts, without the zeros, are ``composition``."""
    found = [one, *[0 * one] * len(composition)]
    for w in weights:
        for at in range(len(composition), 0, -1):
            found[at] += found[at - 1] * w ** composition[at - 1]
    ways = math.factorial(sum(composition)) // math.prod(map(math.factorial, composition))
    return ways * found[-1]


def _sized(work: Workspace) -> dict[tuple[int, ...], Workspace]:
    """The sampler of every composition that has as many steps."""
    return work.once(_found_sized)


def _found_sized(work: Workspace) -> dict[tuple[int, ...], Workspace]:
    instance = work.instance
    return {c: work.under(FixedSize(c)) for c in compositions(instance.length, instance.policy.steps)}


def _parts(work: Workspace) -> list[tuple[float, Workspace]]:
    """Every sampler with its probability, where that is positive."""
    weights = [w for w in schedule_of(work.instance).weights.tolist() if w > 0]
    return [(probability_of(c, weights, 1.0), part) for c, part in _sized(work).items() if len(c) <= len(weights)]


def _probability_depth(instance: Instance) -> int:
    """Roundings in a probability: sums over steps, and a product of powers."""
    return 8 * instance.length + instance.policy.steps * instance.length + 2


def _mixture(one: Callable[[Workspace], Enclosure]) -> Callable[[Workspace], Enclosure]:
    def run(work: Workspace) -> Enclosure:
        found = [(probability, one(part)) for probability, part in _parts(work)]
        if any(math.isinf(each.value) for _, each in found):
            return Enclosure.around(math.inf, 0.0)
        value = math.fsum(probability * each.value for probability, each in found)
        error = math.fsum(probability * max(each.hi - each.value, each.value - each.lo) for probability, each in found)
        return Enclosure.around(value, (error + gamma(_probability_depth(work.instance)) * value) * RAISED, least=0.0)

    return run


def _least(one: Callable[[Workspace], Enclosure]) -> Callable[[Workspace], Enclosure]:
    """Over sizes in as many steps, whether the schedule has empty ones or not."""

    def run(work: Workspace) -> Enclosure:
        found = [one(part) for part in _sized(work).values()]
        lo, value, hi = (min(ends) for ends in zip(*((each.lo, each.value, each.hi) for each in found), strict=True))
        return Enclosure(value, lo, hi, "rounding")

    return run


def _ser(work: Workspace) -> Enclosure:
    return work.once(_found_ser)


def _found_ser(work: Workspace) -> Enclosure:
    return error_rates.sequence_error_rate(tabular.law(work))


def _law_polynomial_defect(work: Workspace) -> Enclosure:
    """Half the sum of ``|p - sum_c M_c C_c|``; both sides are laws, so no entry is off by more than its depth."""
    law, depth = tabular.law(work), _probability_depth(work.instance)
    mixed = np.zeros_like(law.p)
    for probability, part in _parts(work):
        of_sizes = tabular.law(part)
        mixed += probability * of_sizes.p
        depth = max(depth, of_sizes.p_depth + _probability_depth(work.instance) + 2 ** (work.instance.length - 1))
    error = gamma(law.p_depth) + gamma(depth) + gamma(4)
    return Enclosure.around(math.fsum(np.abs(law.p - mixed).tolist()) / 2, error, least=0.0, most=1.0)


# In exact rationals


def exact_parts(work: Workspace) -> list[tuple[fmpq, Workspace]]:
    """The samplers of fixed sizes that a Bernoulli policy is a mixture of, with their probabilities."""
    weights = [to_flint(w) for w in schedule_of(work.instance).fractions.tolist() if w]
    return [(probability_of(c, weights, ONE), part) for c, part in _sized(work).items() if len(c) <= len(weights)]


def _exact_ser(work: Workspace) -> fmpq:
    return 1 - rational.law(work).correct


def _exact_mixture_path_kl(work: Workspace) -> Number:
    return total((probability, exact_path_kl(part)) for probability, part in exact_parts(work))


def _exact_mixture_ser(work: Workspace) -> fmpq:
    return sum((probability * _exact_ser(part) for probability, part in exact_parts(work)), ZERO)


def _exact_least(one: Callable[[Workspace], Any]) -> Callable[[Workspace], Any]:
    return lambda work: min(one(part) for part in _sized(work).values())


def _exact_polynomial_defect(work: Workspace) -> fmpq:
    law = rational.law(work)
    mixed = [ZERO] * len(law.p)
    for probability, part in exact_parts(work):
        mixed = [sofar + probability * p for sofar, p in zip(mixed, rational.law(part).p, strict=True)]
    return sum((abs(p - other) for p, other in zip(law.p, mixed, strict=True)), ZERO) / 2


def _obstacle(instance: Instance) -> str | None:
    if instance.length > MOST_LENGTH:
        return f"length {instance.length} has 2^{instance.length - 1} compositions; at most {MOST_LENGTH} is accepted"
    return None


def _of_laws(instance: Instance) -> Cost:
    one = tabular.cost(instance)
    count = 2 ** min(instance.length - 1, 100)
    return Cost(count * (one.operations + 1e6), 3 * one.bytes)


def _of_profiles(instance: Instance) -> Cost:
    one = tabular.lattice_cost(instance)
    return Cost(2 ** min(instance.length - 1, 100) * (one.operations + 1e6), one.bytes)


_bernoulli = all_of(BERNOULLI, _obstacle)


def _exact_cost_of_profile(instance: Instance) -> Cost:
    """The lattice, which all sizes share, and a sum of logarithms for each composition."""
    lattice = rational.lattice_cost(instance)
    return Cost(lattice.operations + 2**instance.length * 1e6, lattice.bytes)


def _exact_cost_of_laws(instance: Instance) -> Cost:
    """The law of the policy and that of every composition."""
    parts = compositions(instance.length, instance.policy.steps)
    pairs = sum(FixedSize(sizes).pair_count(instance.vocab, instance.length) for sizes in parts)
    own = rational.cost(instance)
    return Cost(own.operations + rational.operations(pairs), own.bytes)


def _method(quantity: str, run: Callable[[Workspace], Enclosure], cost: Callable[[Instance], Cost]) -> Method:
    return Method(
        quantity,
        "tabular",
        "rounding",
        _bernoulli,
        cost,
        run,
        narrowed("any language x Bernoulli", FEW),
        "2^L (2V+1)^L" if cost is _of_laws else "2^L L (V+1)^L",
    )


METHODS = (
    _method("mixture_path_kl", _mixture(path.path_kl_by_definition), _of_profiles),
    _method("best_sizes_path_kl", _least(path.path_kl_by_definition), _of_profiles),
    _method("mixture_ser", _mixture(_ser), _of_laws),
    _method("best_sizes_ser", _least(_ser), _of_laws),
    _method("law_polynomial_defect", _law_polynomial_defect, _of_laws),
    *(
        exact_method(
            quantity,
            run,
            all_of(_bernoulli, rational.obstacle),
            cost,
            "2^L + L (V+1)^L, in Python" if cost is _exact_cost_of_profile else "2^L (2V+1)^L, in Python",
            narrowed(of_rationals("Bernoulli"), FEW),
        )
        for quantity, run, cost in (
            ("mixture_path_kl", _exact_mixture_path_kl, _exact_cost_of_profile),
            ("best_sizes_path_kl", _exact_least(exact_path_kl), _exact_cost_of_profile),
            ("mixture_ser", _exact_mixture_ser, _exact_cost_of_laws),
            ("best_sizes_ser", _exact_least(_exact_ser), _exact_cost_of_laws),
            ("law_polynomial_defect", _exact_polynomial_defect, _exact_cost_of_laws),
        )
    ),
)
