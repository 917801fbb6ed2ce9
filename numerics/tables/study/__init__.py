"""The study of the paper: token and sequence error rates against the number of steps, at length."""

from .hmm_ser import hmm_ser
from .ngram_ter import ngram_ter
from .steps_to_target import steps_to_target

__all__ = ["hmm_ser", "ngram_ter", "steps_to_target"]
