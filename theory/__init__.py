"""Claims about sampling from masked diffusion models: quantities, statements, and claims that people type.

>>> from maskbound.theory import claim, statements
>>> print(statements["bernoulli/max-weight"])
path_kl <= max_step_weight*(total_correlation + dual_total_correlation)
>>> claim("ser <= tv").status
'claim'
"""

from typing import TYPE_CHECKING

from maskbound.theory.first_use import at_first_use

if TYPE_CHECKING:
    from maskbound.theory import algebra as algebra
    from maskbound.theory import grammar as grammar
    from maskbound.theory.assumptions import ASSUMPTIONS as ASSUMPTIONS
    from maskbound.theory.assumptions import SUBJECT_RELATIONS as SUBJECT_RELATIONS
    from maskbound.theory.assumptions import Assumption as Assumption
    from maskbound.theory.assumptions import Relation as Relation
    from maskbound.theory.assumptions import with_entailed as with_entailed
    from maskbound.theory.bibliography import FORMS as FORMS
    from maskbound.theory.bibliography import PAPERS as PAPERS
    from maskbound.theory.bibliography import READING as READING
    from maskbound.theory.bibliography import Citation as Citation
    from maskbound.theory.bibliography import Paper as Paper
    from maskbound.theory.claims import ClaimError as ClaimError
    from maskbound.theory.claims import claim as claim
    from maskbound.theory.derivations import DERIVATIONS as DERIVATIONS
    from maskbound.theory.derivations import Derivation as Derivation
    from maskbound.theory.finding import nearest as nearest
    from maskbound.theory.finding import search as search
    from maskbound.theory.formal import FORMAL as FORMAL
    from maskbound.theory.ledger import declared_in as declared_in
    from maskbound.theory.ledger import index as index
    from maskbound.theory.ledger import register as register
    from maskbound.theory.ledger import statements as statements
    from maskbound.theory.notation import Parameter as Parameter
    from maskbound.theory.notation import Quantity as Quantity
    from maskbound.theory.notation import parameters as parameters
    from maskbound.theory.notation import quantities as quantities
    from maskbound.theory.relations import consequences as consequences
    from maskbound.theory.relations import mermaid as mermaid
    from maskbound.theory.relations import tree as tree
    from maskbound.theory.schedule_polynomial import SchedulePolynomial as SchedulePolynomial
    from maskbound.theory.spelling import spell as spell
    from maskbound.theory.spelling import to_latex as to_latex
    from maskbound.theory.statement import RELATIONS as RELATIONS
    from maskbound.theory.statement import STATUSES as STATUSES
    from maskbound.theory.statement import Statement as Statement
    from maskbound.theory.suggestions import closest as closest
    from maskbound.theory.variables import second as second
    from maskbound.theory.variables import symbols as symbols
    from maskbound.theory.written import replaced as replaced

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
    "nearest",
    "search",
    "second",
    "spell",
    "statements",
    "symbols",
    "to_latex",
    "tree",
    "with_entailed",
]

__getattr__ = at_first_use(
    __name__,
    {
        "algebra": (),
        "assumptions": ("ASSUMPTIONS", "SUBJECT_RELATIONS", "Assumption", "Relation", "with_entailed"),
        "bibliography": ("FORMS", "PAPERS", "READING", "Citation", "Paper"),
        "claims": ("ClaimError", "claim"),
        "derivations": ("DERIVATIONS", "Derivation"),
        "finding": ("nearest", "search"),
        "formal": ("FORMAL",),
        "grammar": (),
        "ledger": ("declared_in", "index", "register", "statements"),
        "notation": ("Parameter", "Quantity", "parameters", "quantities"),
        "relations": ("consequences", "mermaid", "tree"),
        "schedule_polynomial": ("SchedulePolynomial",),
        "spelling": ("spell", "to_latex"),
        "statement": ("RELATIONS", "STATUSES", "Statement"),
        "suggestions": ("closest",),
        "variables": ("second", "symbols"),
        "written": ("replaced",),
    },
)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
