"""Claims about sampling from masked diffusion models: quantities, statements, and claims that people type.

>>> from maskbound.theory import claim, statements
>>> print(statements["bernoulli/max-weight"])
path_kl <= max_step_weight*(total_correlation + dual_total_correlation)
>>> claim("ser <= tv").status
'claim'
"""

from .assumptions import ASSUMPTIONS, SUBJECT_RELATIONS, Assumption, Relation, with_entailed
from .claims import ClaimError, claim
from .derivations import DERIVATIONS, Derivation
from .ledger import declared_in, index, register, statements
from .notation import Parameter, Quantity, parameters, quantities, second, symbols
from .relations import consequences, mermaid, tree
from .schedule_polynomial import SchedulePolynomial
from .spelling import spell, to_latex
from .statement import RELATIONS, STATUSES, Statement
from .written import replaced

__all__ = [
    "ASSUMPTIONS",
    "DERIVATIONS",
    "RELATIONS",
    "STATUSES",
    "SUBJECT_RELATIONS",
    "Assumption",
    "ClaimError",
    "Derivation",
    "Parameter",
    "Quantity",
    "Relation",
    "SchedulePolynomial",
    "Statement",
    "claim",
    "consequences",
    "declared_in",
    "index",
    "mermaid",
    "parameters",
    "quantities",
    "register",
    "replaced",
    "second",
    "spell",
    "statements",
    "symbols",
    "to_latex",
    "tree",
    "with_entailed",
]
