"""Swapping a ticket for one of another type."""
