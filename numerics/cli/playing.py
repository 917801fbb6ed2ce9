"""`minimax`: the random sizes that are best against the worst language."""

from __future__ import annotations

from enum import StrEnum
from random import Random
from typing import Annotated

import typer

from .application import app, require
from .options import AsJson
from .output import print_json

LONGEST, MOST_SHOWN, MOST_DRAWN = 1024, 12, 1_000_000


class Criterion(StrEnum):
    """What PATH_KL is compared with."""

    both = "tc+dtc"
    tc = "tc"
    dtc = "dtc"
    smaller = "min"


@app.command(epilog="Example: maskbound minimax --length 8 --steps 4 --criterion tc")
def minimax(
    length: Annotated[int, typer.Option("--length", metavar="L", help="Tokens.")],
    steps: Annotated[str, typer.Option("--steps", metavar="N", help="Steps; a fraction is a mean number of them.")],
    criterion: Annotated[
        Criterion, typer.Option("--criterion", help="TC + DTC, one of them, or the smaller one.")
    ] = Criterion.both,
    draw: Annotated[
        int, typer.Option("--draw", metavar="COUNT", help="Print sizes for so many sequences instead.")
    ] = 0,
    seed: Annotated[int, typer.Option("--seed", help="Of --draw.")] = 0,
    as_json: AsJson = False,
) -> None:
    """The law of random sizes with the least PATH_KL per unit of information, whatever the language; exactly.

    The prior is the language against which no sizes do better: the product of MDS codes of rank 1, 2, .. with exponents
    in proportion to it. With the smaller one it is a law on codes instead: there is no such language.
    """
    from ..numbers.probabilities import number
    from ..policies.minimax import fixed_value
    from ..policies.minimax import minimax as solve

    require("--length", length, 2 <= length <= LONGEST, f"a whole number from 2 to {LONGEST}")
    require("--draw", draw, 0 <= draw <= MOST_DRAWN, f"a whole number from 1 to {MOST_DRAWN}")
    require("--seed", seed, seed >= 0, "a whole number of at least 0")
    found = solve(length, number(steps, "--steps"), criterion.value)
    if draw:
        rng = Random(seed)
        drawn = [found.draw(rng) for _ in range(draw)]
        if as_json:
            print_json([list(sizes) for sizes in drawn])
        else:
            print("\n".join(" ".join(map(str, sizes)) for sizes in drawn))
        return
    if as_json:
        print_json(
            {
                "value": str(found.value),
                "sizes": [[list(sizes), str(probability)] for sizes, probability in found.sizes],
                "prior": [str(t) for t in found.prior],
            }
        )
        return
    print(f"value  {found.value}  ({float(found.value):.6g})")
    if found.steps.denominator == 1:
        fixed = fixed_value(length, int(found.steps), criterion.value)
        print(f"fixed  {fixed}  ({float(fixed):.6g}), the least for sizes that are not random")
    print("probability  sizes")
    for sizes, probability in found.sizes[:MOST_SHOWN]:
        print(f"{float(probability):11.6f}  {' '.join(map(str, sizes))}")
    if len(found.sizes) > MOST_SHOWN:
        print(f"and {len(found.sizes) - MOST_SHOWN} more, with --json")
    if found.steps.denominator == 1:
        print(f'[policy]  kind = "mixture-of-sizes"  steps = {found.steps}  minimax = "{criterion.value}"')
