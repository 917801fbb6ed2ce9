"""Two engines that measure the same quantity of the same instance enclose the same number.

An engine meets these tests by being registered: every method that applies is run, on the gallery, on random small
instances, and on languages that can be written in more than one way.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import combinations

import pytest
from by_default import drawn, kinds_of_member, rest_slow
from grid import cases

from maskbound.numerics import languages, policies
from maskbound.numerics.engines.workspace import Request, Workspace
from maskbound.numerics.errors import BeyondReach
from maskbound.numerics.instances import Instance
from maskbound.numerics.instances.gallery import load_gallery, names
from maskbound.numerics.languages import Language
from maskbound.numerics.metrics import METHODS
from maskbound.numerics.metrics.method import Method
from maskbound.numerics.numbers.enclosure import Enclosure
from maskbound.numerics.policies import Policy

SECONDS = 0.1
"""Estimated, for one method on one instance; the slowest engine takes a fraction of its estimate."""

PATIENT = 1.0
"""The same, for the slow tests: all pairs of engines that 5 s bring together on a quantity meet within SECONDS already,
on smaller members of the gallery."""

SAMPLES = 300
"""Sequences in sampled methods, whose intervals hold with probability 1 - 1e-6 each; the seed is always the same."""

NARROW = 1e-8
"""Width relative to max(|value|, SMALL): depths here are below 10^6, so gamma below 2e-10, and correlations are
differences of entropies ten times their size; truncations are chosen smaller."""

ASKED = 0.01
"""Relative width that windows grow to; on what a table reaches they are complete, and only rounding is left."""

SMALL = 1e-2
"""What is less counts as this: a difference of entropies of some ten nats, itself rounded to 1e-12 of each."""

LOOSE = ("bound", "statistical")
"""Kinds that promise to hold the value, not to be near it."""


REQUEST = Request(ASKED, samples=SAMPLES)


def within(instance: Instance, seconds: float) -> list[Method]:
    """The methods that apply."""
    return [each for each in METHODS if each.obstacle(instance) is None and each.cost(instance).seconds <= seconds]


def measured(work: Workspace, seconds: float) -> dict[str, list[Enclosure]]:
    """Every quantity by every method that applies within the time."""
    found = defaultdict(list)
    for method in within(work.instance, seconds):
        try:
            found[method.quantity].append(method.measure(work))
        except BeyondReach:
            # An engine may find out on the way that it cannot.
            continue
    return found


def need_more_than_by_default(instances: Iterable[Instance], seconds: float) -> None:
    """Patience that no method asks for would repeat what the default tests compare."""
    if seconds > SECONDS and all(within(each, seconds) == within(each, SECONDS) for each in instances):
        pytest.skip("every method that applies is quick, and compared by default")


def assert_agreement(found: dict[str, list[Enclosure]], loose: tuple[str, ...] = LOOSE) -> int:
    """All enclosures of a quantity overlap, and but for loose kinds they are narrow; the number of pairs compared."""
    compared = 0
    for name, enclosures in found.items():
        for one in enclosures:
            if one.kind not in loose and math.isfinite(one.value):
                width = ASKED if (one.engine, one.kind) == ("windows", "truncation") else NARROW
                assert one.width <= width * max(abs(one.value), SMALL), f"{name}: {one} is wide"
        for one, other in combinations(enclosures, 2):
            assert one.overlaps(other), f"{name}: {one} and {other} exclude each other"
            compared += 1
    return compared


def in_every_scope(instance: Instance) -> list[Instance]:
    """What averages over p depends on the scope (definitions.md#off-support), and engines differ in the one that they
    take unless told.
    """
    if instance.off_support_scope is not None:
        return [instance]
    local = isinstance(instance.language, languages.Blocks) or getattr(instance.language, "order", 3) <= 2
    return [replace(instance, off_support_scope=scope) for scope in (("global", "local") if local else ("global",))]


@pytest.mark.parametrize("seconds", [SECONDS, pytest.param(PATIENT, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", rest_slow(names(), kinds=kinds_of_member))
def test_engines_agree_on_the_gallery(name: str, seconds: float) -> None:
    instances = in_every_scope(load_gallery(name))
    need_more_than_by_default(instances, seconds)
    for instance in instances:
        assert assert_agreement(measured(Workspace(instance, REQUEST), seconds)) >= 3


@drawn(cases(), few=16, many=80)
def test_engines_agree_on_random_instances(case) -> None:
    for instance in in_every_scope(case.instance):
        # On a chain that does not start stationary the markov engine replaces the marginals of the positions by their
        # mean, and says by how much these differ.
        loose = (*LOOSE, "truncation") if instance.off_support == "marginal" else LOOSE
        assert assert_agreement(measured(Workspace(instance, REQUEST), PATIENT), loose) >= 20


SKEWED = languages.Tabular(2, 2, [[0, 0], [0, 1], [1, 1]], ["1/2", "1/6", "1/3"])
TRIPLE = languages.Tabular(2, 3, [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 1]], ["1/2", "1/6", "1/12", "1/4"])

POLICIES = (
    policies.Bernoulli(3),
    policies.Bernoulli(weights=["1/2", "0", "1/3", "1/6"]),
    policies.FixedSize((2, 0, 3, 1)),
    policies.FixedSize((6,)),
    policies.FixedSets([[0, 3], [1, 2, 5], [4]]),
    policies.bisection(6),
)


def as_table(language: Language) -> Language:
    return languages.Tabular.from_table(language.vocab, language.length, language.exact_table())


def pair_as_hmm(vocab: int, length: int) -> Language:
    """2V states: the symbol, and which of the two tokens of its block comes next (definitions.md#languages)."""
    states = 2 * vocab
    initial = [f"1/{vocab}"] * vocab + ["0"] * vocab
    repeat = [["0"] * vocab + ["1" if a == b else "0" for b in range(vocab)] for a in range(vocab)]
    renew = [[f"1/{vocab}"] * vocab + ["0"] * vocab for _ in range(vocab)]
    emission = [["1" if state % vocab == v else "0" for v in range(vocab)] for state in range(states)]
    return languages.HMM(length, initial, repeat + renew, emission)


@cache
def shared(language: Language) -> Workspace:
    """What no policy has a part in is worked out once."""
    return Workspace(Instance(language, POLICIES[0], off_support_scope="global"), REQUEST)


@pytest.mark.parametrize("seconds", [SECONDS, pytest.param(PATIENT, marks=pytest.mark.slow)])
@pytest.mark.parametrize("policy", rest_slow(POLICIES, kinds=lambda policy: [type(policy)]), ids=repr)
@pytest.mark.parametrize(
    "forms",
    [
        (languages.pair(2, 6), as_table(languages.pair(2, 6)), pair_as_hmm(2, 6)),
        (languages.Blocks(SKEWED, 3), as_table(languages.Blocks(SKEWED, 3))),
        (languages.Blocks(TRIPLE, 2), as_table(languages.Blocks(TRIPLE, 2))),
        (languages.Blocks(languages.pair(2, 2), 3), languages.pair(2, 6), languages.copy(2, 2, 6)),
        (languages.copy(2, 1, 6), languages.iid(["1/2"] * 2, 6)),
        (
            languages.Blocks(languages.markov(["1/2", "1/2"], [["1/3", "2/3"], ["1", "0"]], 6), 1),
            languages.markov(["1/2", "1/2"], [["1/3", "2/3"], ["1", "0"]], 6),
        ),
    ],
    ids=lambda forms: repr(forms[0]),
)
def test_one_language_written_in_several_ways(forms: tuple[Language, ...], policy: Policy, seconds: float) -> None:
    """Under the global scope a law does not depend on how its language is written."""
    found, works = defaultdict(list), [shared(language).under(policy) for language in forms]
    need_more_than_by_default([work.instance for work in works], seconds)
    for work in works:
        for name, enclosures in measured(work, seconds).items():
            found[name] += enclosures
    assert assert_agreement(found) >= 60


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (Enclosure.around(0.5 + 1e-9, 1e-12), "exclude each other"),
        (Enclosure.around(0.5, 1e-6), "wide"),
        (Enclosure(0.3, 0.2, 0.4, "bound"), "exclude each other"),
    ],
)
def test_the_comparison_can_fail(wrong: Enclosure, complaint: str) -> None:
    right = Enclosure.around(0.5, 1e-12)
    assert assert_agreement({"x": [right, Enclosure(0.5, 0.0, 1.0, "bound")]}) == 1
    with pytest.raises(AssertionError, match=complaint):
        assert_agreement({"x": [right, wrong]})
