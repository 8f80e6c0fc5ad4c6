"""Swapping a ticket for one of another type: what it costs, and its pages."""
