"""Paying by Stripe Checkout. Stripe's word counts only when we asked for it ourselves."""
