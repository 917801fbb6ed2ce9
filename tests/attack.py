"""Every enclosure of every engine against the oracles, on instances at the ends of float64's range."""

from __future__ import annotations

import math
import re
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from grid import AdaptiveCase, Case, adaptive_cases, cases
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from oracles import adaptive, information, quantities
from oracles.languages import Marginals
from oracles.logs import digits, mp, real

from maskbound.numerics.engines.workspace import Request, Workspace
from maskbound.numerics.errors import MaskboundError
from maskbound.numerics.instances import Instance
from maskbound.numerics.metrics.methods import METHODS
from maskbound.numerics.policies import Adaptive

DIGITS = 420
"""Of the oracles' logarithms, which are then right to less than the smallest float64."""

DIGITS_OF_CHOICES = 1300
"""Where entropies are compared: those of rows that differ from a uniform one by 1e-300 differ by its square."""

SEARCHED = ("slope", "growth")
"""Extremes are bisected to some 1e-70."""

LEFT_OUT = ("max_l2_deviation",)
"""A function of the learning error alone, whose bisection takes a second."""

COSTLIEST = 3.0
SAMPLES = 200
SAMPLED_EVERY = 20
EVERY = {"rational": 4}
"""One in so many instances is drawn from, or measured by the engine that takes longest."""

LARGEST_WRITTEN_POWER = 8
"""Rationals of 300 digits to the power 1000 are written out for minutes."""


@dataclass
class Findings:
    """What an attack has seen."""

    instances: int = 0
    compared: Counter = field(default_factory=Counter)
    refused: Counter = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"{self.instances} instances, {sum(self.compared.values())} enclosures compared"]
        lines += [f"  {engine}: {count}" for engine, count in sorted(self.compared.items())]
        lines += [f"refused {count}: {reason}" for reason, count in self.refused.most_common()]
        lines += [f"{len(self.missed)} misses, {len(self.broken)} errors that are no sentences"]
        return "\n".join([*lines, *self.missed, *self.broken])


def truths(case: Case | AdaptiveCase) -> dict[str, Any]:
    """Every quantity that the oracles know, as a function."""
    if isinstance(case, Case):
        truth = case.truth()
        return {name: lambda name=name: truth[name] for name in truth}
    m, run = Marginals(case.law), case.run()
    # As real numbers: greatest common divisors of thousands of digits would take most of the time.
    q, p = ({x: real(probability) for x, probability in law.items()} for law in (case.law, run.law))
    p = dict.fromkeys(q, mp.zero) | p
    ways = {
        name: lambda name=name: getattr(quantities, name)(q, p) for name in ("kl", "log_ter", "ter", "mode_probability")
    }
    pairs = [(real(q.get(x, 0)), real(p.get(x, 0))) for x in q.keys() | p.keys()]
    ways["tv"] = lambda: mp.fsum(max(a - b, 0) for a, b in pairs)
    ways["hellinger"] = lambda: mp.sqrt(
        (mp.fsum((mp.sqrt(a) - mp.sqrt(b)) ** 2 for a, b in pairs) + abs(1 - mp.fsum(b for _, b in pairs))) / 2
    )
    wrong = any(probability for x, probability in p.items() if x not in q)
    lost = case.instance.off_support == "stop"
    ways["ser"] = lambda: 1 - sum((p.get(x, Fraction(0)) for x in q), Fraction(0))
    ways["log_ter_language"] = lambda: quantities.log_ter_language(q)
    if lost and case.instance.off_support_scope != "local":
        ways["off_support_mass"] = lambda: 1 - sum(p.values(), Fraction(0))
    if not lost:
        drawn = {x: probability for x, probability in p.items() if probability}
        ways["reverse_kl"] = lambda: mp.inf if wrong else quantities.kl(drawn, q)
        if m.L > 1:
            ways["bigram_kl_rate"] = lambda: quantities.bigram_kl_rate(q, drawn, case.transition)
        ways["generative_nll"] = lambda: mp.inf if wrong else _nll(q, p)
        ways["generative_perplexity"] = lambda: mp.inf if wrong else mp.exp(_nll(q, p))
    if any(p.get(x) for x in q):
        ways["generative_nll_correct"] = lambda: _nll(q, p)
    ways |= {
        name: lambda name=name: getattr(information, name)(m)
        for name in ("entropy", "total_correlation", "dual_total_correlation")
    }
    if case.policy is not None:
        if case.policy.sizes is None:
            ways["expected_steps"] = lambda: run.steps
        if not case.policy.proposes:
            replayed: list = []

            def replay() -> adaptive.Replayed:
                if not replayed:
                    replayed.append(adaptive.under_language(case.law, case.policy, case.denoiser))
                return replayed[0]

            for name in ("path_kl", "step_correlation", "expected_parallel_steps"):
                ways[name] = lambda name=name: getattr(replay(), name)
    return ways


def _long_powers(instance: Instance) -> bool:
    policy = instance.policy
    return isinstance(policy, Adaptive) and LARGEST_WRITTEN_POWER < policy.exponent < math.inf


def _nll(q: Any, p: Any) -> Any:
    correct = sum((p.get(x, Fraction(0)) for x in q), Fraction(0))
    return -mp.fsum(real(p[x]) * mp.log(real(q[x])) for x in q if p.get(x)) / real(correct) / len(next(iter(q)))


def attack(case: Case | AdaptiveCase, findings: Findings) -> None:
    """Measure everything by every engine."""
    findings.instances += 1
    instance: Instance = case.instance
    compares = isinstance(case, AdaptiveCase) and case.policy is not None and case.policy.score == "entropy"
    with digits(DIGITS_OF_CHOICES if compares else DIGITS):
        ways, known = truths(case), {}
        works: dict[str, Workspace] = {}
        for method in METHODS:
            if method.quantity not in ways or method.quantity in LEFT_OUT or method.obstacle(instance) is not None:
                continue
            every = SAMPLED_EVERY if method.kind == "statistical" else EVERY.get(method.engine, 1)
            if findings.instances % every:
                continue
            if method.cost(instance).seconds > COSTLIEST or (method.engine == "rational" and _long_powers(instance)):
                findings.refused["costs more than the attack has time for"] += 1
                continue
            work = works.setdefault(method.engine, Workspace(instance, Request(samples=SAMPLES, seconds=COSTLIEST)))
            try:
                found = method.measure(work)
            except MaskboundError as refusal:
                findings.refused[f"{method.engine}: {_kind(str(refusal), instance.name)}"] += 1
                continue
            except Exception as error:
                findings.broken.append(f"{method.quantity} by {method.engine}: {error!r} on {_short(case)}")
                continue
            if method.quantity not in known:
                truth = ways[method.quantity]()
                known[method.quantity] = real(truth) if isinstance(truth, int | Fraction) else truth
            exact = known[method.quantity]
            slack = mp.mpf(10) ** (-65 if any(word in method.quantity for word in SEARCHED) else 60 - DIGITS)
            findings.compared[method.engine] += 1
            if not found.lo - slack <= exact <= found.hi + slack:
                findings.missed.append(
                    f"{method.quantity} by {method.engine}/{method.kind}: [{found.lo!r}, {found.hi!r}] misses "
                    f"{mp.nstr(exact, 20)} on {_short(case)}"
                )


def _short(case: Case | AdaptiveCase) -> str:
    """The instance, its many digits as powers of ten."""
    return re.sub(r"\d{30,}", lambda digits: f"<{float(digits[0][:17]):.3g}e{len(digits[0]) - 17}>", repr(case))


def _kind(sentence: str, name: str) -> str:
    """A refusal without its numbers."""
    words = sentence.replace(name, "INSTANCE").split()
    return " ".join("#" if any(letter.isdigit() for letter in word) else word for word in words)[:110]


def run(
    count: int,
    start: int,
    findings: Findings,
    seconds: float = math.inf,
    report: Callable[[Findings], None] = lambda findings: None,
) -> None:
    """Attack random instances, each once, until the count or the time is reached."""
    began = time.monotonic()
    seen: set[tuple[str, bool]] = set()

    @seed(start)
    @given(st.one_of(cases(hard=True), adaptive_cases(hard=True), adaptive_cases(hard=True)))
    @settings(
        max_examples=4 * count,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    def every(case: Case | AdaptiveCase) -> None:
        if time.monotonic() - began > seconds or findings.instances == count:
            raise TimeoutError
        key = repr(case), case.instance.language.rational
        if key in seen:
            return
        seen.add(key)
        attack(case, findings)
        if findings.instances % 100 == 0:
            report(findings)

    with suppress(TimeoutError):
        every()
