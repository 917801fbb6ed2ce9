"""Claims about sampling from masked diffusion models: quantities, statements, and claims that people type.

>>> from maskbound.theory import claim, statements
>>> print(statements["bernoulli/max-weight"])
path_kl <= max_step_weight*(total_correlation + dual_total_correlation)
>>> claim("ser <= tv").status
'claim'
"""

from maskbound.theory.assumptions import ASSUMPTIONS, SUBJECT_RELATIONS, Assumption, Relation, with_entailed
from maskbound.theory.bibliography import FORMS, PAPERS, READING, Citation, Paper
from maskbound.theory.claims import ClaimError, claim
from maskbound.theory.derivations import DERIVATIONS, Derivation
from maskbound.theory.formal import FORMAL
from maskbound.theory.ledger import declared_in, index, register, statements
from maskbound.theory.notation import Parameter, Quantity, parameters, quantities, second, symbols
from maskbound.theory.relations import consequences, mermaid, tree
from maskbound.theory.schedule_polynomial import SchedulePolynomial
from maskbound.theory.search import search
from maskbound.theory.spelling import spell, to_latex
from maskbound.theory.statement import RELATIONS, STATUSES, Statement
from maskbound.theory.suggestions import closest
from maskbound.theory.written import replaced

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
