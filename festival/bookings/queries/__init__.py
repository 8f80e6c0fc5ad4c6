"""Queries for places and for who holds them, with everything that their readers need."""
