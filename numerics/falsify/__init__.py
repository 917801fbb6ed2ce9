"""Looking for counterexamples: candidates, their mutations, and making what is found smaller."""
