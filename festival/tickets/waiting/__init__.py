"""The waiting list of ticket types that are sold out."""
