"""A whole edition that does not go on: what that does, and how far it has come."""
