"""Instances written out as specs: as they were read, or with every parameter as numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..denoisers import Denoiser, Exact, Learned, Perturbed
from ..errors import BadInput
from ..languages import HMM, Blocks, Language, NGram, Tabular
from ..policies import Adaptive, Bernoulli, FixedSets, FixedSize, Policy, Remasking
from ..types import Probabilities
from .instance import Instance

__all__ = ["dump", "explicit_spec"]


def dump(instance: Instance) -> dict[str, Any]:
    """The spec of an instance: the canonical form of what was read, or its explicit form if it was made in code."""
    return explicit_spec(instance) if instance.spec is None else instance.spec


def explicit_spec(instance: Instance) -> dict[str, Any]:
    """The instance without names, files or bundled counts: tables of numbers only, rational where they are rational.

    Returns
    -------
    dict
        A spec with a language of kind ``tabular``, ``ngram``, ``hmm`` or ``blocks`` and a policy of kind
        ``bernoulli`` (``weights``), ``fixed-size`` (``sizes``), ``fixed-sets``, ``adaptive`` or ``remasking``.

    Raises
    ------
    BadInput
        For a table denoiser, whose arrays an instance file cannot hold.

    Notes
    -----
    The row of an n-gram context that is never met is written as ``[1, 0, ..]``, which changes no probability.
    """
    convention: dict[str, str] = {"off_support": instance.off_support}
    if instance.off_support_scope is not None:
        convention["off_support_scope"] = instance.off_support_scope
    return {
        "name": instance.name,
        "language": _language(instance.language),
        "policy": _policy(instance.policy),
        "denoiser": _denoiser(instance.denoiser) | convention,
    }


def _language(language: Language) -> dict[str, Any]:
    match language:
        case Blocks():
            return {"kind": "blocks", "block": _language(language.block), "count": language.count}
        case NGram():
            return {
                "kind": "ngram",
                "order": language.order,
                "vocab": language.vocab,
                "length": language.length,
                "initial": _rows(language.initial),
                "transition": _rows_of_contexts(language.transition),
            }
        case HMM():
            return {
                "kind": "hmm",
                "length": language.length,
                "initial": _rows(language.initial),
                "transition": _rows(language.transition),
                "emission": _rows(language.emission),
            }
        case Tabular():
            chances = _rows(language.probabilities)
            support = [list(entry) for entry in zip(language.support.tolist(), chances, strict=True)]
            return {"kind": "tabular", "vocab": language.vocab, "length": language.length, "support": support}
    raise BadInput("language", f"found {language!r}, which an instance file cannot hold")


def _policy(policy: Policy) -> dict[str, Any]:
    match policy:
        case Bernoulli():
            return {"kind": "bernoulli", "weights": _rows(policy.schedule.law)}
        case FixedSize():
            return {"kind": "fixed-size", "sizes": list(policy.sizes)}
        case FixedSets():
            return {"kind": "fixed-sets", "sets": [list(chosen) for chosen in policy.sets]}
        case Adaptive():
            return _adaptive(policy)
        case Remasking():
            sigma = policy.remasked if policy.rational else map(float, policy.remasked)
            return {"kind": "remasking", "weights": _rows(policy.schedule.law), "sigma": _numbers(list(sigma))}
    raise BadInput("policy", f"found {policy!r}, which an instance file cannot hold")


def _adaptive(policy: Adaptive) -> dict[str, Any]:
    return {
        "kind": "adaptive",
        "score": policy.score,
        "order": policy.order,
        policy.rule: list(policy.value) if policy.rule == "sizes" else _number(policy.value),
        "temperature": _number(policy.temperature),
        "ties": policy.ties,
        "block_length": policy.block_length,
    }


def _denoiser(denoiser: Denoiser) -> dict[str, Any]:
    match denoiser:
        case Exact():
            return {"kind": "exact"}
        case Perturbed():
            return {
                "kind": "perturbed",
                "noise": denoiser.noise,
                "strength": _number(denoiser.strength),
                "seed": denoiser.seed,
            }
        case Learned():
            return {
                "kind": "learned",
                "samples": denoiser.samples,
                "seed": denoiser.seed,
                "pseudo_count": _number(denoiser.pseudo_count),
                "context": denoiser.context,
            }
    raise BadInput("denoiser", f"found {denoiser!r}, whose arrays an instance file cannot hold")


def _rows(law: Probabilities) -> Any:
    if law.weights is None:
        return law.values.tolist()
    return _numbers(law.fractions.tolist())


def _rows_of_contexts(law: Probabilities) -> list[list[Any]]:
    rows = _rows(law)
    never = [1] + [0] * (law.values.shape[1] - 1)
    return [row if any(row) else never for row in rows]


def _numbers(entry: Any) -> Any:
    return [_numbers(inner) for inner in entry] if isinstance(entry, list) else _number(entry)


def _number(value: Fraction | float) -> int | float | str:
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else str(value)
    return value
