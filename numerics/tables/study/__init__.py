"""The study of the paper: token and sequence error rates against the number of steps, and policy against policy."""

from .hmm_ser import hmm_ser
from .ngram_ter import ngram_ter
from .policies import policies_table
from .steps_to_target import steps_to_target

__all__ = ["hmm_ser", "ngram_ter", "policies_table", "steps_to_target"]
