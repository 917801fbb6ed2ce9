"""Compiled loops: arrays in, arrays out.

Nothing is validated here, nothing is random, and no result depends on the number of threads. Partial sequences
are numbered as in `partial`: digits in base V+1, 0 for a mask and v+1 for token v, first position most
significant. Functions compile at their first call and are kept on disk where numba allows it.
"""
