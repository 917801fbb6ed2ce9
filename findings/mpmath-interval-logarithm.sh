#!/bin/sh
# mpmath 1.4.1 (mpmath.iv): intervals of logarithms near 1 and of exponentials near 0 do not contain them.
#
# The documentation states the principle that the interval of a function contains its values, offers intervals to prove
# inequalities between irrational numbers, and calls them experimental. At the default 53 bits iv.log of 1 + 2^-40, an exact
# number, is an interval that lies below the logarithm; iv.exp of 2^-40 is the one point 1 + 2^-40, below the exponential. So
# for a seventh of the numbers 1 + k 2^-m that are tried here and a third of the k 2^-m, at higher precision for more: ends are
# off by a unit of the last place. Entropies of nearly certain tokens are made of such logarithms, so what is proved with
# them is not. python-flint contains all of these numbers.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check mpmath==1.4.1 python-flint==0.9.0
"$folder/env/bin/python" - <<'PY'
import sys
from fractions import Fraction

from flint import arb, ctx, fmpq
from mpmath import iv, libmp


def ball(number):
    return arb(fmpq(number.numerator, number.denominator))


def truth(name, number):
    with ctx.workprec(600):
        return getattr(ball(number), name)()


def missed(name, number):
    """Whether the interval of a function at an exact number lies beside its value, by balls of 600 bits."""
    found = getattr(iv, name)(iv.mpf(number.numerator) / number.denominator)
    with ctx.workprec(600):
        low, high = (ball(Fraction(*map(int, libmp.to_rational(end)))) for end in found._mpi_)
        return bool(truth(name, number) < low) or bool(truth(name, number) > high)


def missed_by_flint(name, number, bits):
    with ctx.workprec(bits):
        found = getattr(ball(number), name)()
    with ctx.workprec(600):
        return not found.overlaps(truth(name, number))


def count(name, centre, bits):
    iv.prec = bits
    numbers = [centre + Fraction(k, 1 << m) for m in range(2, bits - 3) for k in (1, -1, 3, -3)]
    balls = sum(missed_by_flint(name, number, bits) for number in numbers)
    return sum(missed(name, number) for number in numbers), balls, len(numbers)


small = Fraction(1, 1 << 40)
log, exp = missed("log", 1 + small), missed("exp", small)
print(f"log(1 + 2^-40) {'missed' if log else 'held'}, exp(2^-40) {'missed' if exp else 'held'}: {iv.exp(iv.mpf(2) ** -40)}")
found = {(name, bits): count(name, centre, bits) for name, centre in (("log", 1), ("exp", 0)) for bits in (53, 120, 200)}
for (name, bits), (wrong, balls, number) in found.items():
    print(f"{name} near {'1' if name == 'log' else '0'} at {bits} bits: {wrong} of {number} missed, {balls} by python-flint")
seen = [wrong for wrong, _, _ in found.values()]
sys.exit(not (log and exp and seen == [28, 97, 184, 70, 243, 449] and not any(balls for _, balls, _ in found.values())))
PY
