"""What engines measure on the languages of files, held against the oracles."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from by_default import rest_slow
from formats import files
from oracles import denoisers, information, quantities, samplers
from oracles import formats as oracle

from maskbound.numerics import Instance, languages, measure, policies
from maskbound.numerics.languages import Language
from maskbound.numerics.metrics import METHODS, measurable

ENGINES = sorted({method.engine for method in METHODS if method.kind != "statistical"})
LENGTH = 3


def drawn(kind: str, seed: int, folder: Path) -> Language:
    rng = Random(seed)
    path = folder / "model"
    if kind in ("bigram", "trigram"):
        p, backoff = oracle.random_ngram(rng, 2 if kind == "bigram" else 3, ["a", "b"])
        path.write_text(files.arpa(p, backoff))
        return languages.from_arpa(path, LENGTH, rng.choice(("exact", "drop", "free")))
    rows = {"match": 3, "insert": 4}
    emissions = {name: [oracle.random_law(rng, 4) for _ in range(count)] for name, count in rows.items()}
    inner = [[*oracle.random_law(rng, 3), *oracle.random_law(rng, 2), *oracle.random_law(rng, 2)] for _ in range(2)]
    first = [*oracle.random_law(rng, 3), *oracle.random_law(rng, 2), 1, 0]
    last = [*oracle.random_law(rng, 2), 0, *oracle.random_law(rng, 2), 1, 0]
    path.write_text(files.profile(emissions["match"], emissions["insert"], [first, *inner, last]))
    return languages.from_hmmer(path, LENGTH)


@pytest.mark.parametrize("kind", ["bigram", "trigram", "profile"])
@pytest.mark.parametrize("seed", rest_slow(range(12)))
def test_every_engine_that_applies_holds_the_truth(kind: str, seed: int, tmp_path: Path) -> None:
    language = drawn(kind, seed, tmp_path)
    table, V = language.exact_table().tolist(), language.vocab
    law = {tuple(n // V**i % V for i in range(LENGTH - 1, -1, -1)): q for n, q in enumerate(table) if q}
    policy = samplers.uniform_steps(2, LENGTH)
    truth = {
        "entropy": information.entropy(law),
        "total_correlation": information.total_correlation(law),
        "path_kl": quantities.path_kl(law, denoisers.exact(law, V), policy),
    }
    instance = Instance(language, policies.Bernoulli(steps=2))
    held = set()
    for engine in ENGINES:
        able = [name for name in measurable(instance, engine=engine) if name in truth]
        for name, found in (measure(instance, able, engine=engine) if able else {}).items():
            assert found.lo <= truth[name] <= found.hi, (engine, name, found)
            held.add((engine, name))
    assert {("tabular", name) for name in truth} <= held
    assert any(engine != "tabular" for engine, _ in held)
