"""The log-probability of the length, of chains that may end (definitions.md#end-weights)."""

from __future__ import annotations

from ..engines.needs import RATIONAL_LANGUAGE, Need, all_of, scope_of
from ..engines.workspace import Cost, Workspace
from ..instances import Instance
from ..numbers.enclosure import Enclosure
from ..numbers.limits import power
from ..numbers.logform import LogForm
from .log_forms import exact_method
from .method import Method

__all__ = ["METHODS"]

END_WEIGHTS = Need(
    "hmm or n-gram with end weights",
    "the language has no end weights: its sequences have one length",
    lambda instance: not instance.language.is_homogeneous,
    "language",
)


def _messages(work: Workspace) -> Enclosure:
    language = work.instance.language
    return Enclosure.around(language.log_length_probability, language.log_length_probability_error)


def _exact(work: Workspace) -> LogForm:
    return LogForm.log(work.instance.language.exact_length_probability())


def _cost(instance: Instance) -> Cost:
    states = float(instance.language.hidden_states or power(instance.vocab, instance.length))
    return Cost(instance.length * instance.language.step_operations, 16 * instance.length * states)


def _exact_cost(instance: Instance) -> Cost:
    """Of numbers that grow by some digits a token."""
    once = _cost(instance)
    return Cost(1000 * once.operations * (1 + instance.length / 100), once.bytes)


METHODS = (
    Method(
        "log_length_probability", "messages", "rounding", END_WEIGHTS, _cost, _messages, scope_of(END_WEIGHTS), "L K^2"
    ),
    exact_method(
        "log_length_probability",
        _exact,
        all_of(RATIONAL_LANGUAGE, END_WEIGHTS),
        _exact_cost,
        "L K^2, in Python",
    ),
)
