"""Languages: the laws q that a sampler tries to draw from (M1)."""

from .base import Language, Scope
from .blocks import Blocks
from .code_products import mds_product
from .english import ENGLISH_ALPHABET, english_ngram
from .hmm import HMM
from .named import colouring, copy, mds, pair, parity, permutations, shifted_pair
from .ngram import NGram, iid, markov
from .random_languages import random_hmm, random_ngram
from .tabular import Tabular
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
    "mds_product",
    "ngram_from_counts",
    "ngram_from_text",
    "pair",
    "parity",
    "permutations",
    "random_hmm",
    "random_ngram",
    "shifted_pair",
]
