"""Engines: ways to work out the law of a sampler, one a file."""
