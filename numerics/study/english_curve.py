"""English letters at length: what fewer steps than tokens cost, in perplexity and in pairs of letters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from ..instances import Instance, parse
from ..languages.english import ENGLISH_ALPHABET
from ..metrics import measure
from ..numbers.enclosure import UNIT_ROUNDOFF, Enclosure
from ..render.provenance import fingerprints
from ..render.table import Table
from ..sweeps import Store

__all__ = ["SHORT", "STEPS", "english_curve"]

LENGTH = 1024
SMOOTHING = 1
LANGUAGE = {"kind": "english", "order": 2, "smoothing": SMOOTHING}
QUANTITIES = ("path_kl", "total_correlation", "dual_total_correlation", "bigram_kl_rate", "bigram_tv_rate")
SHORT = (8, 16, 32, 64, 128)
STEPS = (*SHORT, 256, 512, 1024)
WIDTH = 1e-8
SECONDS = 3600.0


def english_curve(steps: Sequence[int] = STEPS, store: Store | None = None, length: int = LENGTH) -> Table:
    """The largest TER gap and the bigram rates of the English letter chain against N, beside the bound
    (token-error/bernoulli).

    The gap ``log TER(p) - log TER(q)`` is ``KL/L``, at most ``PATH_KL/L``. Every number is exact to all digits shown.
    The last row is the order that makes no error at all (independent-steps/path-kl), at the nearest length that fills
    its last step.

    Parameters
    ----------
    steps : sequence of int
        The N that are measured; some 0.03 s of processor time for each step of each.
    store : Store, optional
        The database of a sweep; the N of ``STEPS`` that it holds are shown too, and not measured again.
    length : int
        L, at least 2.
    """
    rows, instances = [], []
    for count in sorted({*STEPS, *steps}):
        instance = _instance(f"english, {count} steps", length, {"kind": "bernoulli", "steps": count})
        found = store.found(instance.fingerprint) if store else {}
        if not found.keys() >= set(QUANTITIES):
            if count not in steps:
                continue
            found = measure(instance, QUANTITIES, width=WIDTH, seconds=SECONDS)
        instances.append(instance)
        rows.append(_random_order(instance, found))
    halved = _instance("english, bisection", 2 ** ((length + 1).bit_length() - 1) - 1, {"kind": "bisection"})
    columns = ("order", "N", "PATH_KL/L", "bound: (TC+DTC)/(NL)", "log V / N", "bigram KL rate", "bigram TV rate")
    note = (
        f"English letters as a Markov chain (V = {len(ENGLISH_ALPHABET)}, every count plus {SMOOTHING}), L = {length}, "
        "N uniform Bernoulli steps, exact denoiser. PATH_KL/L bounds the TER gap, log TER(p) - log TER(q), from above. "
        f"Bisection, at L = {halved.length}, reveals the midpoint of every masked run: p = q."
    )
    return Table(
        "TER gap and bigram rates of English against the number of steps (nats)",
        columns,
        (*rows, _bisection(halved)),
        (note,),
        fingerprints([*instances, halved]),
    )


def _instance(name: str, length: int, policy: dict[str, object]) -> Instance:
    return parse({"name": name, "language": LANGUAGE | {"length": length}, "policy": policy})


def _random_order(instance: Instance, found: dict[str, Enclosure]) -> tuple[object, ...]:
    count, length = instance.policy.steps, instance.length
    information = _sum(found["total_correlation"], found["dual_total_correlation"])
    return (
        "random",
        count,
        _over(found["path_kl"], length),
        _over(information, count * length),
        math.log(instance.vocab) / count,
        found["bigram_kl_rate"],
        found["bigram_tv_rate"],
    )


def _bisection(instance: Instance) -> tuple[object, ...]:
    """KL is zero and not merely small, so that p = q and every distance between the two is zero."""
    found = measure(instance, ["path_kl", "kl"])
    if found["kl"].hi > 0:
        raise AssertionError(f"bisection of a Markov chain is exact (independent-steps/path-kl), found {found['kl']}")
    none = Enclosure.exactly(0)
    return ("bisection", instance.policy.steps, _over(found["path_kl"], instance.length), None, None, none, none)


def _over(found: Enclosure, divisor: int) -> Enclosure:
    value = found.value / divisor
    spread = found.width / divisor + 2 * UNIT_ROUNDOFF * abs(value)
    return replace(Enclosure.around(value, spread, found.kind), engine=found.engine)


def _sum(first: Enclosure, second: Enclosure) -> Enclosure:
    value = first.value + second.value
    return Enclosure.around(value, first.width + second.width + UNIT_ROUNDOFF * value, second.kind)
