"""The study of the paper: token and sequence error rates against the number of steps, and policy against policy."""

from .hmm_ser import hmm_ser, ser_of_languages
from .ngram_ter import ngram_ter, ter_of_languages
from .policies import policies_table
from .steps_to_target import steps_to_target

__all__ = ["hmm_ser", "ngram_ter", "policies_table", "ser_of_languages", "steps_to_target", "ter_of_languages"]
