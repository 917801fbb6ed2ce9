"""Oracles: every number from its definition, slowly, in `fractions.Fraction`.

They import neither `maskbound.theory` nor `maskbound.numerics` and share no algorithm with them: languages
are dicts from token tuples to Fractions, reveal times are enumerated one by one, logarithms are mpmath's.
An engine is right when it agrees with these on small instances (V <= 3, L <= 4, N <= 4 take below a second).

Modules: `languages`, `denoisers`, `samplers` and `adaptive`, `information`, `quantities`, `logs` (logarithms and their
comparison) and `cases` (small instances that tests share).
"""
