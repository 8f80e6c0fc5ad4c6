"""Reads of places and of their holders, with everything that the readers need."""
