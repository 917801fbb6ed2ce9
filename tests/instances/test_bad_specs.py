"""Wrong specs: each is refused in one sentence that names the file, the key path, and what was found."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from by_default import drawn
from hypothesis import event
from hypothesis import strategies as st

from maskbound.numerics.errors import BeyondReach, MaskboundError
from maskbound.numerics.instances import dump, from_spec, load, load_any, parse
from maskbound.numerics.instances.gallery import load_gallery, names, pair_names

Refusal = Callable[..., str]

CHAIN = {
    "kind": "markov",
    "length": 4,
    "initial": ["1/2", "1/2"],
    "transition": [["1/3", "2/3"], [1, 0]],
}
GOOD = {"language": CHAIN, "policy": {"kind": "bernoulli", "steps": 2}, "denoiser": {"kind": "exact"}}
REMOVED = object()


def changed(key: str, value: Any) -> dict[str, Any]:
    """The good spec with the entry at a dotted key path replaced, added or removed."""
    spec = copy.deepcopy(GOOD)
    table: Any = spec
    *path, last = (int(part) if part.isdigit() else part for part in key.split("."))
    for part in path:
        table = table[part]
    if value is REMOVED:
        del table[last]
    else:
        table[last] = value
    return spec


def language(**table: Any) -> dict[str, Any]:
    return {**GOOD, "language": table}


def policy(kind: str, **table: Any) -> dict[str, Any]:
    return {**GOOD, "policy": {"kind": kind, **table}}


def denoiser(kind: str, **table: Any) -> dict[str, Any]:
    return {**GOOD, "denoiser": {"kind": kind, **table}}


def tabular(**table: Any) -> dict[str, Any]:
    return language(kind="tabular", vocab=2, length=2, **table)


def support(*entries: Any) -> dict[str, Any]:
    return tabular(support=list(entries))


def nested(block: dict[str, Any], levels: int) -> dict[str, Any]:
    for _ in range(levels):
        block = {"kind": "blocks", "block": block, "count": 1}
    return block


# id: (spec, key path, what the sentence says was found)
WRONG: dict[str, tuple[Any, str, str]] = {
    # keys
    "grid of a sweep": ({"base": GOOD, "quantities": ["kl"]}, "base", "found a grid, which `sweep` measures"),
    "unknown key at the top": (changed("lenguage", {}), "lenguage", "closest known key is language"),
    "misspelt required key": (
        {**GOOD, "language": {**{k: v for k, v in CHAIN.items() if k != "length"}, "lenght": 4}},
        "language.lenght",
        "closest known key is length",
    ),
    "key of another kind": (changed("language.emission", [[1]]), "language.emission", "unknown key"),
    "missing language": (changed("language", REMOVED), "language", "the key is missing"),
    "missing policy": (changed("policy", REMOVED), "policy", "the key is missing"),
    "missing kind": (changed("language.kind", REMOVED), "language.kind", "the key is missing"),
    "missing rows": (changed("language.transition", REMOVED), "language.transition", "the key is missing"),
    "unknown kind": (changed("language.kind", "markv"), "language.kind", 'found "markv"'),
    "kind that is no string": (changed("policy.kind", ["bernoulli"]), "policy.kind", "found a list of 1 entry"),
    # types
    "language that is no table": (changed("language", 5), "language", "found 5"),
    "policy that is a list": (changed("policy", [1, 2]), "policy", "found a list of 2 entries"),
    "denoiser that is null": (changed("denoiser", None), "denoiser", "found null"),
    "name of two lines": (changed("name", "a\nb"), "name", "found 'a\\nb'"),
    "name that is a number": (changed("name", 3), "name", "found 3"),
    "length in floating point": (changed("language.length", 4.0), "language.length", "found 4.0"),
    "length as a string": (changed("language.length", "4"), "language.length", "found '4'"),
    "length that is true": (changed("language.length", True), "language.length", "found true"),
    "rows that are a number": (changed("language.transition", 1), "language.transition", "found 1"),
    "row that is a string": (changed("language.transition.0", "abc"), "language.transition[0]", "found 'abc'"),
    "row that is a table": (changed("language.transition.0", {}), "language.transition[0]", "found an empty table"),
    "lists that go too deep": (
        changed("language.initial", [[[[[[1]]]]]]),
        "language.initial[0][0][0][0]",
        "too deeply",
    ),
    # probabilities
    "row that misses 1": (
        changed("language.transition.1", [0.5, 0.47]),
        "language.transition[1]",
        "the row sums to 0.97; rows must sum to 1 within 1e-12",
    ),
    "rational row that misses 1": (
        changed("language.transition.0", ["1/3", "1/3"]),
        "language.transition[0]",
        "the row sums to 2/3; rational rows must sum to exactly 1",
    ),
    "negative probability": (changed("language.initial", ["-1/2", "3/2"]), "language.initial[0]", "found -1/2"),
    "ragged rows": (changed("language.transition.0", [1]), "language.transition[0]", "found a list of 1 entry"),
    "rows that are too few": (
        changed("language.transition", [[1, 0]]),
        "language.transition",
        "found a list of 1 entry",
    ),
    "empty rows": (changed("language.initial", []), "language.initial", "found a list of 0 entries"),
    "division by zero": (changed("language.initial.0", "1/0"), "language.initial[0]", "found '1/0'"),
    "a word for a number": (changed("language.initial.0", "half"), "language.initial[0]", "found 'half'"),
    "an exponent out of all proportion": (
        changed("language.initial.0", "1e-999999999"),
        "language.initial[0]",
        "found '1e-999999999'",
    ),
    "a number beyond float64": (changed("language.initial", ["1e400", 0]), "language.initial[0]", "found about 10^400"),
    "a probability that float64 loses": (
        changed("language.initial", ["1e-400", 0.5]),
        "language.initial[0]",
        "found about 10^-400",
    ),
    "enormous weights": (policy("bernoulli", weights=[1e308, 1e308]), "policy.weights[0]", "found 1e+308"),
    "NaN": (changed("language.transition.1", [float("nan"), 1.0]), "language.transition[1][0]", "found nan"),
    "infinity": (changed("language.initial.1", float("inf")), "language.initial[1]", "found inf"),
    # languages
    "length 0": (changed("language.length", 0), "language.length", "found 0"),
    "negative length": (changed("language.length", -3), "language.length", "found -3"),
    "length 10^30": (changed("language.length", 10**30), "language.length", "found about 10^30"),
    "both forms of a table": (
        tabular(probabilities=[1, 0, 0, 0], support=[[[0, 0], 1]]),
        "language.support",
        "found it next to probabilities",
    ),
    "neither form of a table": (tabular(), "language.probabilities", "the key is missing"),
    "table of the wrong size": (tabular(probabilities=[1, 0]), "language.probabilities", "found a list of 2 entries"),
    "table of an impossible size": (
        language(kind="tabular", vocab=27, length=10**8, probabilities=[1]),
        "language.probabilities",
        "about 10^300 are accepted",
    ),
    "sequence that is too short": (support([[0], 1]), "language.support[0][0]", "found a list of 1 entry"),
    "token out of range": (support([[0, 2], 1]), "language.support[0][0][1]", "found 2"),
    "sequence listed twice": (support([[0, 1], "1/2"], [[0, 1], "1/2"]), "language.support", "listed twice"),
    "support that misses 1": (support([[0, 1], "1/2"]), "language.support", "sums to 1/2"),
    "negative probability in a support": (support([[0, 1], "-1"], [[1, 1], 2]), "language.support[0][1]", "found -1"),
    "support without probabilities": (support([0, 1]), "language.support[0]", "found a list of 2 entries"),
    "n-gram without its start": (
        language(kind="ngram", order=2, vocab=2, length=3, transition=[[1, 0], [0, 1]]),
        "language.initial",
        "the key is missing",
    ),
    "order out of all proportion": (
        language(kind="ngram", order=10**9, vocab=1, length=3, initial=[1], transition=[[1]]),
        "language.order",
        "found 1000000000",
    ),
    "emission of the wrong height": (
        language(kind="hmm", length=3, initial=[1], transition=[[1]], emission=[[1], [1]]),
        "language.emission",
        "found a list of 2 entries",
    ),
    "pair of odd length": (language(kind="pair", vocab=2, length=5), "language.length", "found 5"),
    "pair over too many symbols": (
        language(kind="pair", vocab=10**12, length=2),
        "language.vocab",
        "found 1000000000000",
    ),
    "field that is not prime": (language(kind="mds", field=9, dimension=2, length=4), "language.field", "found 9"),
    "field shorter than the code": (language(kind="mds", field=3, dimension=2, length=4), "language.field", "found 3"),
    "dimension beyond the length": (
        language(kind="mds", field=5, dimension=4, length=3),
        "language.dimension",
        "found 4",
    ),
    "flip of 0": (language(kind="shifted-pair", vocab=2, flip=0, length=2), "language.flip", "found 0"),
    "English beyond the counts": (language(kind="english", order=5, length=3), "language.order", "found 5"),
    "negative smoothing": (language(kind="english", order=1, length=3, smoothing=-1), "language.smoothing", "found -1"),
    "text that is not there": (
        language(kind="text", path="none.txt", alphabet="ab", order=1, length=2),
        "language.path",
        "cannot be read (No such file or directory)",
    ),
    "alphabet with a repetition": (
        language(kind="text", path="none.txt", alphabet="aba", order=1, length=2),
        "language.alphabet",
        "found 'aba'",
    ),
    "wrong row inside a block": (
        changed("language", {"kind": "blocks", "count": 2, "block": {**CHAIN, "initial": ["1/2", "1/3"]}}),
        "language.block.initial",
        "sums to 5/6",
    ),
    "blocks nested too deeply": (changed("language", nested(CHAIN, 50)), "language" + ".block" * 9, "too deeply"),
    "too many blocks": (
        changed("language", {"kind": "blocks", "count": 10**9, "block": CHAIN}),
        "language.count",
        "10",
    ),
    # policies
    "proposals by margin": (
        policy("adaptive", score="margin", order="sample-then-choose", steps=1),
        "policy.order",
        "score confidence only",
    ),
    "adaptive without a rule": (
        policy("adaptive", score="margin", order="choose-then-sample"),
        "policy.sizes",
        "exactly one of sizes, steps, threshold and entropy_bound",
    ),
    "sizes of another length": (
        policy("adaptive", score="margin", order="choose-then-sample", sizes=[1]),
        "policy.sizes",
        "must add up to length=",
    ),
    "a threshold at random": (
        policy("adaptive", score="random", order="choose-then-sample", threshold="1/2"),
        "policy.threshold",
        "score random",
    ),
    "a positive threshold of minus the entropy": (
        policy("adaptive", score="entropy", order="choose-then-sample", threshold="1/2"),
        "policy.threshold",
        "minus the entropy",
    ),
    "a threshold above 1": (
        policy("adaptive", score="confidence", order="choose-then-sample", threshold=2),
        "policy.threshold",
        "a probability from 0 to 1",
    ),
    "an entropy bound on confidence": (
        policy("adaptive", score="confidence", order="choose-then-sample", entropy_bound=1),
        "policy.entropy_bound",
        "score entropy only",
    ),
    "a negative entropy bound": (
        policy("adaptive", score="entropy", order="choose-then-sample", entropy_bound=-1),
        "policy.entropy_bound",
        "at least 0",
    ),
    "a negative temperature": (
        policy("adaptive", score="entropy", order="choose-then-sample", steps=1, temperature=-1),
        "policy.temperature",
        "found -1",
    ),
    "an unknown score": (
        policy("adaptive", score="confidense", order="choose-then-sample", steps=1),
        "policy.score",
        'found "confidense"',
    ),
    "blocks that do not fit": (
        policy("adaptive", score="entropy", order="choose-then-sample", steps=1, block_length=1000),
        "policy.block_length",
        "a divisor of length=",
    ),
    "fewer steps than blocks": (
        policy("adaptive", score="entropy", order="choose-then-sample", steps=1, block_length=1),
        "policy.steps",
        "at least one for each",
    ),
    "sigma of another length": (policy("remasking", steps=2, sigma=[0]), "policy.sigma", "one for each of the 2 steps"),
    "sigma beyond its bound": (
        policy("remasking", steps=4, sigma=[0, 1, 1, 0]),
        "policy.sigma[2]",
        "found 1; a number from 0 to 1/2",
    ),
    "sigma that is no list": (policy("remasking", steps=1, sigma=0), "policy.sigma", "a list"),
    "no schedule": (policy("bernoulli"), "policy.steps", "the key is missing"),
    "two schedules": (policy("bernoulli", steps=2, weights=[1]), "policy.weights", "found it next to steps"),
    "negative steps": (policy("bernoulli", steps=-1), "policy.steps", "found -1"),
    "steps beyond storage": (policy("bernoulli", steps=10**9), "policy.steps", "found 1000000000"),
    "unknown schedule": (policy("bernoulli", steps=2, schedule="cos"), "policy.schedule", 'found "cos"'),
    "schedule without steps": (
        policy("bernoulli", weights=[1], schedule="cosine"),
        "policy.schedule",
        'found "cosine"',
    ),
    "ratio without its schedule": (policy("bernoulli", steps=2, ratio=2), "policy.ratio", "found a ratio"),
    "geometric without a ratio": (policy("bernoulli", steps=2, schedule="geometric"), "policy.ratio", "missing"),
    "negative ratio": (policy("bernoulli", steps=2, schedule="geometric", ratio="-1"), "policy.ratio", "found -1"),
    "ratio beyond float64": (
        policy("bernoulli", steps=9, schedule="geometric", ratio=1e300),
        "policy.ratio",
        "found 1e+300",
    ),
    "alpha that falls": (policy("bernoulli", alpha=["1/2", "1/3", 1]), "policy.alpha[1]", "found 1/3 after 1/2"),
    "alpha that ends early": (policy("bernoulli", alpha=["1/2", "3/4"]), "policy.alpha", "3/4"),
    "alpha that is a number": (policy("bernoulli", alpha=1), "policy.alpha", "found a number"),
    "sizes that do not add up": (policy("fixed-size", sizes=[2, 1]), "policy.sizes", "found a sum of 3"),
    "negative size": (policy("fixed-size", sizes=[5, -1]), "policy.sizes[1]", "found -1"),
    "sizes of a bernoulli policy": (policy("bernoulli", sizes=[2, 2]), "policy.sizes", "unknown key"),
    "sizes decided by rounding errors": (
        {**policy("fixed-size", alpha=[0.1 + 0.2, 1.0]), "language": {**CHAIN, "length": 5}},
        "policy.alpha",
        "found 1.5 tokens revealed after step 1",
    ),
    "position revealed twice": (policy("fixed-sets", sets=[[0, 1], [1, 2, 3]]), "policy.sets", "exactly once"),
    "position that is no number": (policy("fixed-sets", sets=[[0, "1"]]), "policy.sets[0][1]", "found '1'"),
    "too long to list": (
        {**policy("bisection"), "language": {**CHAIN, "length": 10**9}},
        "policy.length",
        "found 1000000000",
    ),
    # denoisers
    "unknown noise": (denoiser("perturbed", noise="white", strength=1), "denoiser.noise", 'found "white"'),
    "strength beyond 1": (denoiser("perturbed", noise="peak", strength="3/2"), "denoiser.strength", "found 3/2"),
    "tilt beyond float64": (denoiser("perturbed", noise="tilt", strength="1e400"), "denoiser.strength", "10^400"),
    "no samples": (denoiser("learned", samples=0), "denoiser.samples", "found 0"),
    "negative seed": (denoiser("learned", samples=2, seed=-1), "denoiser.seed", "found -1"),
    "negative pseudo-count": (denoiser("learned", samples=2, pseudo_count=-0.5), "denoiser.pseudo_count", "found -0.5"),
    "unknown context": (denoiser("learned", samples=2, context="left"), "denoiser.context", 'found "left"'),
    "unknown convention": (denoiser("exact", off_support="skip"), "denoiser.off_support", 'found "skip"'),
    "scope that is null": (denoiser("exact", off_support_scope=None), "denoiser.off_support_scope", "found null"),
    "local scope without intervals": (
        {**denoiser("exact", off_support_scope="local"), "language": {"kind": "parity", "length": 4}},
        "denoiser.off_support_scope",
        'found "local"',
    ),
    "denoiser file that is not there": (
        denoiser("table", path="none.npz"),
        "denoiser.path",
        "cannot be read (No such file or directory)",
    ),
}

# What only a caller in Python can write; JSON holds no such thing.
WRONG_IN_CODE: dict[str, tuple[Any, str, str]] = {
    "keys that are no strings": ({**GOOD, 5: 1}, "", "found the key 5"),
    "a length of 6000 digits": (changed("language.length", 1 << 20000), "language.length", "found about 10^6020"),
    "a table that is no table": ([GOOD], "", "found a list of 1 entry"),
    "a number of numpy's": (changed("language.initial.0", np.array([0.5])), "language.initial[0]", "found array"),
}

TOO_LARGE: dict[str, tuple[Any, str, str]] = {
    "parity of length 10^9": (language(kind="parity", length=10**9), "language", "needs"),
    "permutations of 40": (language(kind="permutations", length=40), "language", "needs"),
    "a code of 10^6 rows": (language(kind="mds", field=9999991, dimension=10**6, length=10**6), "language", "needs"),
    "10^9 latent bits": (language(kind="latent-parity", bits=10**9, copies=1), "language", "needs"),
    "a hidden chain over 10^6": (language(kind="shifted-pair", vocab=10**6, flip=0.5, length=2), "language", "needs"),
    "10^30 samples": (denoiser("learned", samples=10**30), "denoiser", "a sample of about 10^30"),
    "exact powers beyond storage": (
        policy("bernoulli", steps=10**6, schedule="geometric", ratio="2/3"),
        "policy",
        "exact powers",
    ),
}


@pytest.mark.parametrize("name", WRONG | WRONG_IN_CODE)
def test_a_wrong_spec_is_answered_by_its_key_path(name: str, refusal: Refusal) -> None:
    spec, key, found = (WRONG | WRONG_IN_CODE)[name]
    sentence = refusal(lambda: parse(spec))
    if key:
        assert sentence.startswith(f"{key}: ")
    assert found in sentence


@pytest.mark.parametrize("name", TOO_LARGE)
def test_a_spec_beyond_reach_is_answered_by_an_estimate(name: str, refusal: Refusal) -> None:
    spec, key, found = TOO_LARGE[name]
    sentence = refusal(lambda: parse(spec), BeyondReach)
    assert sentence.startswith(f"{key}: ")
    assert found in sentence


def test_the_good_spec_is_good() -> None:
    assert parse(GOOD).length == 4


@pytest.mark.parametrize("name", WRONG)
def test_the_sentence_begins_with_the_file(tmp_path: Path, name: str, refusal: Refusal) -> None:
    spec, key, found = WRONG[name]
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(spec))
    sentence = refusal(lambda: load(path))
    assert sentence.startswith(f"{path}: {key}: ")
    assert found in sentence


def test_a_spec_beyond_reach_begins_with_the_file(tmp_path: Path, refusal: Refusal) -> None:
    path = tmp_path / "large.json"
    path.write_text(json.dumps(TOO_LARGE["parity of length 10^9"][0]))
    assert refusal(lambda: load(path), BeyondReach).startswith(f"{path}: language: ")


GALLERY = [dump(load_gallery(name)) for name in names() if not name.startswith("english")]
PAIR_SPECS = [load_gallery(name).spec for name in pair_names()]
STRANGE = [
    *(None, True, 0, 1, 2, -1, 10**6, 10**12, 10**30, 1 << 20000, 0.5, -0.0, 5e-324, 1e308, float("nan"), float("inf")),
    *("", "1/3", "1/0", "1e400", "1e-400", "1e99999", "e9", "uniform", "cosine", "local", "\ud800", "x" * 10_000),
    *([], [[]], [1], ["1/2", "1/2"], [[1, 0], [0, 1]], {}, {"kind": "pair"}, {1: 2}, (1,), b"x", object()),
]
MISPLACED_KEYS = ["kind", "length", "steps", "sizes", "weights", "alpha", "ratio", "seed", "support", "x"]


def places(entry: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = entry if isinstance(entry, dict) else range(len(entry)) if isinstance(entry, list) else ()
    return [path, *(place for key in keys for place in places(entry[key], (*path, key)))]


@drawn(data=st.data(), few=100, many=400)
def test_whatever_stands_anywhere_in_a_spec_is_read_or_refused_in_a_sentence(data: st.DataObject) -> None:
    spec = copy.deepcopy(data.draw(st.sampled_from(GALLERY + PAIR_SPECS)))
    for _ in range(data.draw(st.integers(1, 3))):
        *path, last = data.draw(st.sampled_from(places(spec)[1:]))
        table: Any = spec
        for key in path:
            table = table[key]
        if isinstance(table, dict) and data.draw(st.integers(0, 4)) == 0:
            last = data.draw(st.sampled_from(MISPLACED_KEYS))
        table[last] = copy.deepcopy(data.draw(st.sampled_from(STRANGE)))
    try:
        subject = from_spec(spec)
    except MaskboundError as problem:
        event(type(problem).__name__)
        sentence = str(problem)
    else:
        event("accepted")
        sentence = ""
        assert from_spec(subject.spec).spec == subject.spec
        json.dumps(subject.spec)
    assert "\n" not in sentence
    assert len(sentence) < 500


PAIRS: dict[str, tuple[Any, str, str]] = {
    "unknown relation": ({"relation": "coarsens", "first": GOOD, "second": GOOD}, "relation", "found 'coarsens'"),
    "relation that is no string": ({"relation": 3, "first": GOOD, "second": GOOD}, "relation", "found 3"),
    "no second": ({"relation": "refines", "first": GOOD}, "second", "the key is missing"),
    "unknown key": ({"relation": "refines", "first": GOOD, "secnd": GOOD}, "secnd", "closest known key is second"),
    "wrong second": (
        {"relation": "refines", "first": GOOD, "second": changed("policy.steps", 0)},
        "second.policy.steps",
        "found 0",
    ),
    "relation that does not hold": (
        {"relation": "refines", "first": GOOD, "second": changed("policy.steps", 3)},
        "second.policy",
        "do not split",
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_wrong_pair(tmp_path: Path, name: str, refusal: Refusal) -> None:
    spec, key, found = PAIRS[name]
    path = tmp_path / "pair.json"
    path.write_text(json.dumps(spec))
    sentence = refusal(lambda: load_any(path))
    assert sentence.startswith(f"{path}: {key}: ")
    assert found in sentence
