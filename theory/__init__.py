"""Claims about sampling from masked diffusion models: quantities, statements, and claims that people type.

>>> from maskbound.theory import claim, statements
>>> print(statements["bernoulli/max-weight"])
path_kl <= max_step_weight*(total_correlation + dual_total_correlation)
>>> claim("ser <= tv").status
'claim'
"""

from .assumptions import ASSUMPTIONS, SUBJECT_RELATIONS, Assumption, Relation, with_entailed
from .bibliography import FORMS, PAPERS, READING, Citation, Paper
from .claims import ClaimError, claim
from .derivations import DERIVATIONS, Derivation
from .formal import FORMAL
from .ledger import declared_in, index, register, statements
from .notation import Parameter, Quantity, parameters, quantities, second, symbols
from .relations import consequences, mermaid, tree
from .schedule_polynomial import SchedulePolynomial
from .search import search
from .spelling import spell, to_latex
from .statement import RELATIONS, STATUSES, Statement
from .suggestions import closest
from .written import replaced

__all__ = [
    "ASSUMPTIONS",
    "DERIVATIONS",
    "FORMAL",
    "FORMS",
    "PAPERS",
    "READING",
    "RELATIONS",
    "STATUSES",
    "SUBJECT_RELATIONS",
    "Assumption",
    "Citation",
    "ClaimError",
    "Derivation",
    "Paper",
    "Parameter",
    "Quantity",
    "Relation",
    "SchedulePolynomial",
    "Statement",
    "claim",
    "closest",
    "consequences",
    "declared_in",
    "index",
    "mermaid",
    "parameters",
    "quantities",
    "register",
    "replaced",
    "search",
    "second",
    "spell",
    "statements",
    "symbols",
    "to_latex",
    "tree",
    "with_entailed",
]
