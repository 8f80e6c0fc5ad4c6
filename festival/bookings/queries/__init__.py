"""Queries for places and for those who hold them, with everything that pages need."""
