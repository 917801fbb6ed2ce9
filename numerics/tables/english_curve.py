"""English letters at length: what fewer steps than tokens cost, in perplexity and in pairs of letters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from ..enclosure import UNIT_ROUNDOFF, Enclosure
from ..instances import parse
from ..languages.english import ENGLISH_ALPHABET
from ..metrics import measure
from ..sweep import Store
from .provenance import fingerprints
from .render import Table

__all__ = ["SHORT", "STEPS", "english_curve"]

LENGTH = 1024
SMOOTHING = 1
SPEC = {"language": {"kind": "english", "order": 2, "length": LENGTH, "smoothing": SMOOTHING}}
QUANTITIES = ("path_kl", "total_correlation", "dual_total_correlation", "bigram_kl_rate", "bigram_tv_rate")
SHORT = (8, 16, 32, 64, 128)
STEPS = (*SHORT, 256, 512, 1024)
WIDTH = 1e-8
SECONDS = 3600.0


def english_curve(steps: Sequence[int] = STEPS, store: Store | None = None) -> Table:
    """The largest TER gap and the bigram rates of the English letter chain against N, beside what M6.4 allows.

    The gap ``log TER(p) - log TER(q)`` is ``KL/L``, at most ``PATH_KL/L``. Every number is exact to all digits shown.

    Parameters
    ----------
    steps : sequence of int
        The N that are measured.
    store : Store, optional
        The database of a sweep; the N of ``STEPS`` that it holds are shown too, and not measured again.
    """
    rows, instances = [], []
    for count in sorted({*STEPS, *steps}):
        instance = parse(SPEC | {"name": f"english, {count} steps", "policy": {"kind": "bernoulli", "steps": count}})
        found = store.found(instance.fingerprint) if store else {}
        if not found.keys() >= set(QUANTITIES):
            if count not in steps:
                continue
            found = measure(instance, QUANTITIES, width=WIDTH, seconds=SECONDS)
        information = _sum(found["total_correlation"], found["dual_total_correlation"])
        instances.append(instance)
        rows.append(
            (
                count,
                _over(found["path_kl"], LENGTH),
                _over(information, count * LENGTH),
                math.log(instance.vocab) / count,
                found["bigram_kl_rate"],
                found["bigram_tv_rate"],
            )
        )
    columns = ("N", "PATH_KL/L", "M6.4: (TC+DTC)/(NL)", "log V / N", "bigram KL rate", "bigram TV rate")
    note = (
        f"English letters as a Markov chain (V = {len(ENGLISH_ALPHABET)}, every count plus {SMOOTHING}), L = {LENGTH}, "
        "N uniform Bernoulli steps, exact denoiser. PATH_KL/L bounds the TER gap, log TER(p) - log TER(q), from above."
    )
    return Table(
        "TER gap and bigram rates of English against the number of steps (nats)",
        columns,
        tuple(rows),
        (note,),
        fingerprints(instances),
    )


def _over(found: Enclosure, divisor: int) -> Enclosure:
    value = found.value / divisor
    spread = found.width / divisor + 2 * UNIT_ROUNDOFF * abs(value)
    return replace(Enclosure.around(value, spread, found.kind), engine=found.engine)


def _sum(first: Enclosure, second: Enclosure) -> Enclosure:
    value = first.value + second.value
    return Enclosure.around(value, first.width + second.width + UNIT_ROUNDOFF * value, second.kind)
