"""An instance: a language and a denoiser, run through a policy."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..denoisers import Denoiser, Exact, OffSupport, Predictor
from ..display import AsTable, Rows
from ..errors import BadInput, shown
from ..languages import Language, Scope
from ..policies import Policy
from ..traits import has
from .fingerprint import fingerprint

__all__ = ["Instance", "require_instance"]

LONGEST_SHOWN = 300
"""Characters of a language or a policy in a notebook."""
RULES = ("uniform", "marginal", "stop", "denoiser")
_HOME = {"language": "languages", "policy": "policies", "denoiser": "denoisers"}
SCOPES = (None, "global", "local")


def require_instance(it: Any) -> Instance:
    """What is given, if it is an instance.

    Raises
    ------
    BadInput
        With what was found in its place.
    """
    if not isinstance(it, Instance):
        raise BadInput("instance", f"found {shown(it)}; an Instance is accepted, such as load('chain.toml') returns")
    return it


@dataclass(frozen=True, eq=False)
class Instance(AsTable):
    """Everything that determines a sampler's output law.

    Parameters
    ----------
    language : Language
    policy : Policy
    denoiser : Denoiser
        Exact unless another is given.
    off_support : {"uniform", "marginal", "stop", "denoiser"}
        What is drawn in a context of probability zero (definitions.md#off-support); ``stop`` abandons the sequence,
        ``denoiser`` draws what a table or a network says there.
    off_support_scope : {"global", "local"} or None
        How far a contradiction reaches; None is the engine's own: tables global, intervals and blocks local.
    name : str
    spec : dict or None
        The canonical form of the spec that it was read from.
    """

    language: Language
    policy: Policy
    denoiser: Denoiser = field(default_factory=Exact)
    off_support: OffSupport = "uniform"
    off_support_scope: Scope | None = None
    name: str = "instance"
    spec: dict[str, Any] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.off_support not in RULES:
            raise BadInput("off_support", f"found {self.off_support!r}; one of {', '.join(RULES)} is accepted")
        if self.off_support_scope not in SCOPES:
            raise BadInput("off_support_scope", f"found {self.off_support_scope!r}; global or local is accepted")
        for key, kind in (("language", Language), ("policy", Policy), ("denoiser", Denoiser)):
            if not isinstance(getattr(self, key), kind):
                found = shown(getattr(self, key))
                raise BadInput(
                    key, f"found {found}; a {key} is accepted, such as those of maskbound.numerics.{_HOME[key]}"
                )
        if self.off_support == "denoiser" and not self.denoiser.everywhere:
            raise BadInput("off_support", f'found "denoiser"; {self.denoiser!r} says nothing in impossible contexts')
        self.policy.check(self.language.vocab, self.language.length)

    def __getstate__(self) -> dict[str, Any]:
        """What it was made from: what is worked out from that is worked out again."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def table(self) -> Rows:
        """What it is made of."""
        rule = self.off_support if self.off_support_scope is None else f"{self.off_support}, {self.off_support_scope}"
        parts = (
            ("language", self.language),
            ("policy", self.policy),
            ("denoiser", self.denoiser),
            ("off support", rule),
        )
        sizes = f"V = {self.vocab}, L = {self.length}, N = {self.policy.steps}"
        rows = [("sizes", sizes), *((name, str(part)[:LONGEST_SHOWN]) for name, part in parts)]
        return Rows(("", ""), rows, self.name)

    @property
    def vocab(self) -> int:
        """V."""
        return self.language.vocab

    @property
    def length(self) -> int:
        """L."""
        return self.language.length

    @property
    def exact_denoiser(self) -> bool:
        """Whether ``p_theta = q``."""
        return self.denoiser.exact

    def has(self, trait: str) -> bool:
        """Whether it has a trait of ``maskbound.theory``, by name."""
        return has(self, trait)

    def in_rationals(self) -> Instance:
        """The same instance, its floating language and policy as the rationals that they are (definitions.md#rounding).

        A denoiser stays as it is: what a floating one predicts has rounding errors of its own.
        """
        return replace(self, language=self.language.in_rationals(), policy=self.policy.in_rationals(), spec=None)

    @cached_property
    def fingerprint(self) -> str:
        """A digest of the canonical spec, 32 hexadecimal digits; names do not count."""
        return fingerprint(self)

    @cached_property
    def predictor(self) -> Predictor:
        """The denoiser applied to the language."""
        return self.denoiser.predictor(self.language)

    @cached_property
    def marginals(self) -> NDArray[np.float64]:
        """Law of each token on its own, shape (L, V)."""
        return self.language.marginals()

    def conditionals(self, y: NDArray[np.int64], scope: Scope = "global") -> NDArray[np.float64]:
        """Probabilities that the sampler draws from at each masked position of ``y`` (n, L): shape (n, L, V).

        Rows of revealed positions are meaningless; under ``stop`` the rows of impossible contexts are zero.
        """
        exact, possible = self.language.conditionals(y, scope)
        return self.with_convention(self.predictor(y, exact), possible)

    def with_convention(self, predicted: NDArray[np.float64], possible: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Predictions (n, L, V), replaced by the off-support rule where the context is impossible (n, L)."""
        if self.off_support == "denoiser":
            return predicted
        return np.where(possible[..., None], predicted, self.convention)

    @cached_property
    def convention(self) -> NDArray[np.float64]:
        """The rows (L, V) of the off-support rule; zeros where it has none of its own."""
        if self.off_support == "uniform":
            return np.full((self.length, self.vocab), 1 / self.vocab)
        return self.marginals if self.off_support == "marginal" else np.zeros((self.length, self.vocab))
