"""Numbers and their errors: probabilities as rationals and floats, enclosures, logarithms of rationals, digits."""
