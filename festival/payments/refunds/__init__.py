"""Cancelling by the team, and the money that it pays back."""
