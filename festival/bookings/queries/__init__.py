"""Reads of places and of who holds them, each with everything its readers need."""
