"""Which laws the schedulers of diffusers draw from, found by running them on an exact denoiser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from types import MappingProxyType
from typing import Any

from ..conformance import CLAIMED, Claim, Conformity, SamplerCode, conform
from ..conformance.known_bugs import Variant
from ..conformance.released import annealed, noisy_confidence, sized_or_confident
from ..instances import Instance
from ..languages import Language, colouring, markov
from ..policies import Adaptive
from ..render.table import Table

__all__ = ["DISTANCE", "SAMPLES", "conformance_table"]

SAMPLES = 40_000
ALPHA = 1e-6
TV = 0.1
DISTANCE = "TV from it, at most"


@dataclass(frozen=True)
class Run:
    """A scheduler, its setting, the policy that this names, why it draws as it does, and laws that say how."""

    scheduler: str
    setting: str
    sampler: SamplerCode
    language: Language
    policy: Adaptive
    why: str
    also: Mapping[str, Variant] = field(default_factory=dict)

    def test(self) -> Conformity:
        claim = Claim(Instance(self.language, self.policy, name=self.scheduler), self.also)
        return conform(claim, self.sampler, samples=SAMPLES, alpha=ALPHA, tv=TV)


def conformance_table() -> Table:
    """The law of each scheduler and setting.

    Raises
    ------
    BadInput
        Without the extra ``samplers``.

    Notes
    -----
    Cost: some 20 runs of 40 000 sequences, a minute or two.
    """
    rows = tuple(_row(run, run.test()) for run in _runs())
    columns = ("scheduler", "setting", "policy that it names", "finding", "law drawn from", DISTANCE, "why")
    notes = (
        f"{SAMPLES} sequences each; alpha {ALPHA:g}; conforms: within {TV:g} of the policy that is named",
        "3 tokens, L = 5 and 3 steps unless stated; ties: uniform proper 3-colourings, where many scores are equal",
    )
    used = tuple(f"{name} {version(name)}" for name in ("torch", "diffusers"))
    return Table("Laws that diffusers' schedulers for masked tokens draw from", columns, rows, notes, used)


def _runs() -> Iterator[Run]:
    """Every scheduler and setting; the reasons are read in the schedulers' source."""
    from ..conformance.adapters import schedulers as run

    peaked, longer, ties = (_peaked(5), _peaked(6), colouring(5))
    plain, cosine = _proposing(), _proposing(sizes=[1, 2, 2])

    def refinement(
        setting: str,
        sampler: SamplerCode,
        policy: Adaptive,
        why: str,
        language: Language = peaked,
        also: Mapping[str, Variant] = MappingProxyType({}),
    ) -> Run:
        return Run("BlockRefinement", setting, sampler, language, policy, why, also)

    yield refinement(
        "temperature 1, no threshold",
        run.block_refinement(3, temperature=1.0, threshold=2.0),
        plain,
        "as documented: draws a token at every mask, then commits the most confident",
    )
    yield refinement(
        "temperature 1, no threshold, 2 blocks of 3 (L = 6, 2 steps each)",
        run.block_refinement(2, 3, temperature=1.0, threshold=2.0),
        _proposing(length=6, sizes=[2, 1], block_length=3),
        "as documented",
        language=longer,
    )
    yield refinement(
        "defaults (temperature 0, threshold 0.95)",
        run.block_refinement(3),
        _proposing(temperature=0),
        "takes the likeliest token everywhere, so that one sequence comes out",
    )
    yield refinement(
        "temperature 1/2, no threshold",
        run.block_refinement(3, temperature=0.5, threshold=2.0),
        _proposing(temperature="1/2"),
        "the confidence of a token is its probability after the temperature; its documentation leaves that open",
    )
    yield refinement(
        "temperature 1, top_k 2, no threshold",
        run.block_refinement(3, temperature=1.0, threshold=2.0, top_k=2),
        plain,
        "top_k, as asked for; the confidence of a token is its probability among those that are kept",
    )
    yield refinement(
        "temperature 1, top_p 0.9, no threshold",
        run.block_refinement(3, temperature=1.0, threshold=2.0, top_p=0.9),
        plain,
        "top_p, as asked for, keeps the token that crosses; confidences are among those that are kept",
    )
    yield refinement(
        "temperature 1, threshold 0.65",
        run.block_refinement(3, temperature=1.0, threshold=0.65),
        plain,
        "commits all above the threshold if they are at least as many as the step's share, else the share",
        also={"the step's share, or all above 0.65 if more": sized_or_confident(plain, 0.65)},
    )
    yield refinement(
        "temperature 1, no threshold, minimal_topk 2, 5 steps",
        run.block_refinement(5, temperature=1.0, threshold=2.0, minimal_topk=2),
        plain,
        "minimal_topk is documented as the minimum of tokens to commit per step; step reads it and does not use it "
        "(the LLaDA2 pipeline caps the number of steps by it)",
    )
    yield refinement(
        "temperature 1, no threshold; ties",
        run.block_refinement(3, temperature=1.0, threshold=2.0),
        plain,
        "torch.topk promises no order of equal confidences, and it is not from left to right",
        language=ties,
        also={"ties as torch.topk": sized_or_confident(plain, 2, run.topk(5))},
    )
    yield Run(
        "EntropyBound",
        "entropy_bound 0.5, temperature 1",
        run.entropy_bound(entropy_bound=0.5, t_max=1.0, t_min=1.0),
        peaked,
        _bounded("1/2"),
        "as documented",
    )
    yield Run(
        "EntropyBound",
        "defaults (entropy_bound 0.1, temperature from 0.8 to 0.4), 5 steps",
        run.entropy_bound(),
        peaked,
        _bounded("1/10"),
        "the temperature scales draws and entropies, as documented; its last value is t_min + (t_max - t_min)/N, where "
        "its documentation says t_min",
        {
            "temperatures 0.8, 0.72, .. 0.48, also in the entropies": annealed(
                _bounded("1/10"), [0.4 + 0.4 * (5 - k) / 5 for k in range(5)]
            ),
            "temperatures 0.8, 0.7, .. 0.4, also in the entropies": annealed(
                _bounded("1/10"), [0.8 - 0.1 * k for k in range(5)]
            ),
        },
    )
    yield Run(
        "Amused",
        "linear schedule, temperature 0",
        run.amused(3, "linear", (0, 0)),
        peaked,
        plain,
        "draws a token at every mask, then masks the least confident again",
    )
    yield Run(
        "Amused",
        "cosine schedule, temperature 0",
        run.amused(3, "cosine", (0, 0)),
        peaked,
        cosine,
        "masks floor(L cos(pi k/(2N))) after step k",
    )
    yield Run(
        "Amused",
        "defaults (cosine schedule, temperature from 2 to 0)",
        run.amused(3),
        peaked,
        cosine,
        "the temperature is that of noise in the choice of positions, as documented, not of the tokens",
        {"confidence with Gumbel noise of 2, then 1": noisy_confidence(cosine, [2.0, 1.0])},
    )
    yield Run(
        "Amused",
        "linear schedule, temperature 0; ties",
        run.amused(3, "linear", (0, 0)),
        ties,
        plain,
        "masks again what is strictly below the cut-off, so all proposals that equal it are revealed in one step",
    )


def _peaked(length: int) -> Language:
    """Asymmetric, and no two contexts of these runs give equal conditionals."""
    transition = [["11/100", "59/100", "3/10"], ["71/100", "19/100", "1/10"], ["1/25", "7/100", "89/100"]]
    return markov(["59/100", "3/10", "11/100"], transition, length)


def _proposing(length: int = 5, **settings: Any) -> Adaptive:
    return Adaptive(length, **({"score": "confidence", "order": "sample-then-choose", "sizes": [2, 2, 1]} | settings))


def _bounded(nats: str) -> Adaptive:
    return Adaptive(5, score="entropy", entropy_bound=nats)


def _row(run: Run, found: Conformity) -> tuple[Any, ...]:
    name, _ = found.closest[0]
    nearest = found.tv if name == CLAIMED else found.closest_tv
    assert nearest is not None
    forbidden = sum(count for _, count in found.impossible)
    seen = f"{found.status} ({forbidden} impossible)" if forbidden else found.status
    drawn = "the one named" if name == CLAIMED else name
    return run.scheduler, run.setting, _named(run.policy), seen, drawn, round(nearest[2], 2), run.why


def _named(policy: Adaptive) -> str:
    """In the words of the instance file."""
    value = ", ".join(map(str, policy.value)) if policy.sizes else policy.value
    rule = f"{policy.rule} {value}"
    parts = [policy.order, "by", policy.score + ",", rule]
    if policy.temperature != 1:
        parts.append(f"at temperature {float(policy.temperature):g}")
    if policy.blocks > 1:
        parts.append(f"in blocks of {policy.block_length}")
    return " ".join(parts)
