"""Faults that are planted in a whole running product, and what is true afterwards."""
