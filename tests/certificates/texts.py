"""Certificates by hand and by the kernel, and how to ask for more and to alter them."""

import copy
import json
import re
from fractions import Fraction
from itertools import product

from oracles import denoisers, languages

from maskbound.numerics.certificates import kernel

HALVES = {"kind": "bernoulli", "weights": ["1/2", "1/2"]}
BOTH = ["ExactDenoiser", "BernoulliPolicy"]

# Pair(2), L = 2, two uniform steps: rho = 1/2, PATH_KL = rho log 2, TC = DTC = log 2 (known-answers.md), so
# bernoulli/max-weight has ratio 1/2.
PAIR = {
    "format": "maskbound certificate 2",
    "subjects": [
        {"language": {"vocab": 2, "length": 2, "probabilities": ["1/2", "0", "0", "1/2"]}, "policy": HALVES},
    ],
    "between": None,
    "statement": {
        "id": "bernoulli/max-weight",
        "lhs": "path_kl",
        "relation": "<=",
        "rhs": "max_step_weight*(dual_total_correlation + total_correlation)",
        "assumptions": BOTH,
    },
    "quantities": {
        "path_kl": "1/2*log(2)",
        "max_step_weight": "1/2",
        "dual_total_correlation": "log(2)",
        "total_correlation": "log(2)",
    },
    "values": {"lhs": "1/2*log(2)", "rhs": "log(2)"},
    "order": "<",
    "bits": 64,
    "verdict": "holds",
    "conclusion": "holds: path_kl <= max_step_weight*(dual_total_correlation + total_correlation) "
    '(ExactDenoiser; BernoulliPolicy; one subject; V = 2, L = 2, N = 2), label "bernoulli/max-weight"',
    "provenance": {"seconds": 0.25, "by": "hand", "nothing": None},
}

# Parity, L = 3: SER = (1 - 3/8)/2 = 5/16, KL = -log(11/16), and sequence-error/from-kl is an equality
# (known-answers.md).
PARITY = {
    "format": "maskbound certificate 2",
    "subjects": [
        {
            "language": {
                "vocab": 2,
                "length": 3,
                "probabilities": ["1/4", "0", "0", "1/4", "0", "1/4", "1/4", "0"],
            },
            "policy": HALVES,
        }
    ],
    "between": None,
    "statement": {
        "id": "sequence-error/from-kl",
        "lhs": "ser",
        "relation": "<=",
        "rhs": "1 - exp(-kl)",
        "assumptions": [],
    },
    "quantities": {"ser": "5/16", "kl": "4*log(2) - log(11)"},
    "values": {"lhs": "5/16", "rhs": "5/16"},
    "order": "=",
    "bits": None,
    "verdict": "holds",
    "conclusion": 'holds: ser <= 1 - exp(-kl) (one subject; V = 2, L = 3, N = 2), label "sequence-error/from-kl"',
    "provenance": None,
}

# A chain that never repeats token 1, 111 and 11* forbidden: bernoulli/riemann-error, an identity between sums of
# logarithms. With initial law 1/2, 1/2 and rows 1/3, 2/3 and 1, 0: H = log 2 + 2 h/2 ..., written out by ``complete``
# and compared below.
CHAIN_QUESTION = {
    "subjects": [
        {
            "language": {
                "vocab": 2,
                "length": 3,
                "probabilities": ["1/18", "1/9", "1/3", "0", "1/6", "1/3", "0", "0"],
            },
            "policy": {"kind": "bernoulli", "weights": ["1/6", "1/3", "1/2"]},
        }
    ],
    "between": None,
    "statement": {
        "id": "bernoulli/riemann-error",
        "lhs": "path_kl",
        "relation": "==",
        "rhs": "curve_left_riemann_sum - curve_area",
        "assumptions": BOTH,
    },
}

# Strings of weight 2 at L = 4: refining (2, 2) to (1, 1, 2) raises KL from log(4/3) to log(3/2).
WEIGHT_TWO = ["1/6" if sum(x) == 2 else "0" for x in product(range(2), repeat=4)]
REFINING = {
    "format": "maskbound certificate 2",
    "subjects": [
        {
            "language": {"vocab": 2, "length": 4, "probabilities": WEIGHT_TWO},
            "policy": {"kind": "fixed-size", "sizes": sizes},
        }
        for sizes in ([2, 2], [1, 1, 2])
    ],
    "between": "refines",
    "statement": {
        "id": "refuted/refining-lowers-kl",
        "lhs": "kl@2",
        "relation": "<=",
        "rhs": "kl",
        "assumptions": ["ExactDenoiser", "OrderOblivious"],
    },
    "quantities": {"kl@2": "-log(2) + log(3)", "kl": "2*log(2) - log(3)"},
    "values": {"lhs": "-log(2) + log(3)", "rhs": "2*log(2) - log(3)"},
    "order": ">",
    "bits": 64,
    "verdict": "violated",
    "conclusion": "violated: kl@2 <= kl (ExactDenoiser; OrderOblivious; refines; "
    'V = 2, L = 4, N = 2; V = 2, L = 4, N = 3), label "refuted/refining-lowers-kl"',
    "provenance": {},
}

BY_HAND = {"pair": PAIR, "parity": PARITY, "refining": REFINING}


def text(certificate):
    return json.dumps(certificate)


def completed(question):
    return {**kernel.complete(question), "provenance": {}}


def question(law, V, L, policy, statement="kl >= 0", assumptions=(), **more):
    lhs, relation, rhs = re.split(r" (<=|<|==|>=|>) ", statement)
    return {
        "subjects": [{"language": table(law, V, L), "policy": policy, **more}],
        "between": None,
        "statement": {
            "id": "test",
            "lhs": lhs,
            "relation": relation,
            "rhs": rhs,
            "assumptions": list(assumptions),
        },
    }


def table(law, V, L):
    return {"vocab": V, "length": L, "probabilities": [str(law.get(x, 0)) for x in product(range(V), repeat=L)]}


def conditionals(predict, V, L):
    """A denoiser of the oracles written out."""
    rows = []
    for y in product([None, *range(V)], repeat=L):
        context = {j: v for j, v in enumerate(y) if v is not None}
        rows.append([[str(c) for c in predict(i, context)] if y[i] is None else None for i in range(L)])
    return rows


def chain_certificate():
    return completed(CHAIN_QUESTION)


def mixed_certificate():
    """A two-token law with an imperfect denoiser, given as a table, and sets."""
    law = languages.law([((0, 0), "1/3"), ((0, 1), "1/6"), ((2, 1), "1/2")])
    noisy = denoisers.predicting(law, 3, denoisers.mix_uniform(Fraction(1, 10)))
    return completed(
        question(
            law,
            3,
            2,
            {"kind": "fixed-sets", "sets": [[1], [0]]},
            "tv <= sqrt(kl/2 + 0*path_kl)",
            denoiser=conditionals(noisy, 3, 2),
        )
    )


ALL = {**BY_HAND, "chain": chain_certificate(), "mixed": mixed_certificate()}


def numbers(node, path=()):
    """Paths of every number outside provenance: (path, None) of an int, (path, span) of digits in a text."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key != "provenance":
                yield from numbers(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from numbers(value, (*path, index))
    elif isinstance(node, str):
        for found in re.finditer(r"\d+", node):
            yield path, found.span()
    elif isinstance(node, int) and not isinstance(node, bool):
        yield path, None


def altered(certificate, path, span, change):
    """A copy with one number changed."""
    copied = copy.deepcopy(certificate)
    node = copied
    for key in path[:-1]:
        node = node[key]
    old = node[path[-1]]
    if span is None:
        node[path[-1]] = change(old)
    else:
        node[path[-1]] = old[: span[0]] + str(change(int(old[span[0] : span[1]]))) + old[span[1] :]
    return copied


def outcome(content):
    try:
        kernel.verify(content)
    except kernel.Rejected:
        return "rejected"
    except kernel.Malformed:
        return "malformed"
    return "accepted"
