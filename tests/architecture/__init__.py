"""Habits of this house that no other tool sees."""
