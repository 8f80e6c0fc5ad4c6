"""Statements of the organiser's bank: read, matched with orders, and what waits for a person."""
