"""Statements about the language alone: the information profile and curve.

Definitions (definitions.md#information-profile-and-curve): ``z(j)`` is the sum over i of the average of ``H(X_i |
X_R)`` over sets R of j other positions, ``Z(a)`` the same with R holding every other position independently with
probability a.
"""

from __future__ import annotations

from maskbound.theory.assumptions import HIDDEN_MARKOV_LANGUAGE
from maskbound.theory.bibliography import Citation
from maskbound.theory.statement import Statement

__all__ = ["STATEMENTS"]

STATEMENTS = (
    Statement(
        id="profile/non-increasing",
        title="The information profile never increases",
        lhs="profile_max_increase",
        relation="<=",
        rhs="0",
        assumptions=(),
        status="proved here",
        source="conditioning lowers entropy",
        published=(Citation("han1978", "", "as recalled"),),
        note="profile.md",
        tight="equality where two neighbouring values of the profile agree: independent tokens, MDS codes with L > 2,"
        " and every language with L = 1 (by convention)",
    ),
    Statement(
        id="area-theorem/defect",
        title="Area theorem",
        lhs="area_defect",
        relation="==",
        rhs="0",
        assumptions=(),
        status="identity",
        source="area theorem of EXIT functions on the erasure channel",
        published=(Citation("ashikhmin2004", "", "as recalled"),),
        note="area-theorem.md",
        tight="always an equality",
    ),
    Statement(
        id="area-theorem/curve",
        title="The area under the information curve is the entropy",
        lhs="curve_area",
        relation="==",
        rhs="entropy",
        assumptions=(),
        status="identity",
        source="area-theorem/defect, without the absolute value",
        note="area-theorem.md",
        tight="always an equality",
    ),
    Statement(
        id="area-theorem/profile",
        title="The mean of the information profile is the entropy",
        lhs="profile_area",
        relation="==",
        rhs="entropy",
        assumptions=(),
        status="identity",
        source="chain rule along a uniformly random order",
        note="area-theorem.md",
        tight="always an equality",
    ),
    Statement(
        id="profile/total-drop",
        title="The profile falls by TC + DTC in all",
        lhs="profile_start - profile_end",
        relation="==",
        rhs="total_correlation + dual_total_correlation",
        assumptions=(),
        status="identity",
        source="definitions of TC and DTC",
        note="total-drop.md",
        tight="always an equality",
    ),
    Statement(
        id="profile/vocabulary",
        title="TC + DTC is at most L log V",
        lhs="total_correlation + dual_total_correlation",
        relation="<=",
        rhs="L*log(V)",
        assumptions=(),
        status="proved here",
        source="TC + DTC = sum_i I(X_i; X_{-i})",
        note="total-drop.md",
        tight="equality iff every token is uniform and determined by the others: Pair, Copy(V, m) with m >= 2, Parity"
        " (L >= 2), MDS codes of rank below L, V = 1",
    ),
    Statement(
        id="hidden-chain/dtc",
        title="Hidden Markov languages: DTC is at most the entropy of the hidden chain",
        lhs="dual_total_correlation",
        relation="<=",
        rhs="hidden_chain_entropy",
        assumptions=(HIDDEN_MARKOV_LANGUAGE,),
        status="proved here",
        source="given the hidden states tokens are independent, so that DTC is at most I(X; S)",
        note="effective-correlation.md",
        tight="equality where the tokens show the chain and each token follows from the others, as for Copy, and for a"
        " chain of one state (both sides 0)",
    ),
)
