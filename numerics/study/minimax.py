"""What drawing the sizes at random gains over fixed sizes, against the worst language."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction

from ..numbers.enclosure import Enclosure
from ..policies.minimax import fixed_value
from ..policies.minimax_bounds import minimax_bounds
from ..render.table import Table

__all__ = ["minimax_table"]

LENGTH = 1024
STEPS = (2, 4, 8, 16, 32, 64, 128)
CRITERIA = ("tc+dtc", "tc", "dtc")


def minimax_table() -> Table:
    """The least v with PATH_KL at most v (TC + DTC), v TC or v DTC for every language, for fixed and random sizes."""
    values = [f"{how}: PATH_KL/{name}" for name in ("(TC+DTC)", "TC", "DTC") for how in ("fixed", "random")]
    columns = ("L", "N", *values, "gain", "random: 1/(2N - 4/3)", "fixed: SER", "random: SER", "random: KL")
    note = (
        "Exact denoiser, the worst language. Random sizes: the best law, which `maskbound minimax` prints. Gain: "
        "fixed over random, for TC + DTC. SER and KL: the worst MDS code over a large field, where a text comes out "
        "right if a step ends at the rank of the code, and hardly ever else. Fixed sizes have SER near 1 on some code; "
        "steps that end anywhere alike, which is best for SER, 1 - (N-1)/(L-1). Their KL is at most "
        "log((L-1)/(N-1)) there however large the field, while that of fixed sizes grows without end: KL flatters "
        "mixtures, so read it beside SER."
    )
    return Table("What random sizes gain over fixed ones", columns, tuple(_rows()), (note,))


def _rows() -> Iterator[tuple[object, ...]]:
    for N in STEPS:
        fixed = [Enclosure.exactly(fixed_value(LENGTH, N, criterion)) for criterion in CRITERIA]
        drawn = [_between(*minimax_bounds(LENGTH, N, criterion)) for criterion in CRITERIA]
        values = (value for pair in zip(fixed, drawn, strict=True) for value in pair)
        hit = Fraction(N - 1, LENGTH - 1)
        gain = fixed[0].value / drawn[0].value
        yield LENGTH, N, *values, gain, 1 / (2 * N - 4 / 3), 1.0, float(1 - hit), -math.log(hit)


def _between(lo: Fraction, hi: Fraction) -> Enclosure:
    """Rounded outwards."""
    return Enclosure.between(math.nextafter(float(lo), 0.0), math.nextafter(float(hi), math.inf), "rounding")
