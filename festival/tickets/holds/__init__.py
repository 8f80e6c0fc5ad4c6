"""Holds: tickets that are kept for somebody for a while, before they are ordered."""
