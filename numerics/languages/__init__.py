"""Languages: the laws q that a sampler tries to draw from (definitions.md#languages)."""

from ..formats.arpa import from_arpa
from ..formats.arrays import from_arrays, from_hmmlearn, from_pomegranate
from ..formats.distribution import from_dit
from ..formats.hmmer import from_hmmer
from ..formats.openfst import from_openfst
from ..formats.storm import from_storm
from .base import Language, Scope
from .block_product import Blocks
from .code_products import mds_product
from .codes import mds, parity
from .colourings import colouring
from .copies import copy, pair
from .english import ENGLISH_ALPHABET, english_ngram
from .full_table import Tabular
from .hidden_markov import HMM
from .kind import LanguageTable, read_language
from .linear_code import LinearCode, latent_parity, reed_solomon
from .n_gram import NGram, iid, markov
from .padded import padded_hmm, padded_ngram
from .permuted import permutations
from .random_languages import random_hmm, random_ngram
from .shifted_pairs import shifted_pair
from .text import ngram_from_counts, ngram_from_text
from .token_names import named, spelt

__all__ = [
    "ENGLISH_ALPHABET",
    "HMM",
    "Blocks",
    "Language",
    "LanguageTable",
    "LinearCode",
    "NGram",
    "Scope",
    "Tabular",
    "colouring",
    "copy",
    "english_ngram",
    "from_arpa",
    "from_arrays",
    "from_dit",
    "from_hmmer",
    "from_hmmlearn",
    "from_openfst",
    "from_pomegranate",
    "from_storm",
    "iid",
    "latent_parity",
    "markov",
    "mds",
    "mds_product",
    "named",
    "ngram_from_counts",
    "ngram_from_text",
    "padded_hmm",
    "padded_ngram",
    "pair",
    "parity",
    "permutations",
    "random_hmm",
    "random_ngram",
    "read_language",
    "reed_solomon",
    "shifted_pair",
    "spelt",
]
