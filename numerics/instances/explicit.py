"""Instances written out as specs: as they were read, or with every parameter as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    """
    convention: dict[str, str] = {"off_support": instance.off_support}
    if instance.off_support_scope is not None:
        convention["off_support_scope"] = instance.off_support_scope
    names = {"tokens": list(instance.language.tokens)} if instance.language.tokens else {}
    return {
        "name": instance.name,
        "language": instance.language.written() | names,
        "policy": instance.policy.written(),
        "denoiser": instance.denoiser.written() | convention,
    }
