"""Languages: the laws q that a sampler tries to draw from (M1)."""

from .base import Language, Scope
from .block_product import Blocks
from .english import ENGLISH_ALPHABET, english_ngram
from .full_table import Tabular
from .hidden_markov import HMM
from .n_gram import NGram, iid, markov
from .named import colouring, copy, mds, pair, parity, permutations, shifted_pair
from .random_languages import random_hmm, random_ngram
from .text import ngram_from_counts, ngram_from_text

__all__ = [
    "ENGLISH_ALPHABET",
    "HMM",
    "Blocks",
    "Language",
    "NGram",
    "Scope",
    "Tabular",
    "colouring",
    "copy",
    "english_ngram",
    "iid",
    "markov",
    "mds",
    "ngram_from_counts",
    "ngram_from_text",
    "pair",
    "parity",
    "permutations",
    "random_hmm",
    "random_ngram",
    "shifted_pair",
]
