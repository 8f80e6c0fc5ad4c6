"""Ordering tickets and giving them back.

A rule that changes several of these rows locks them in this order, so that two rules never wait
for each other: ticket types (shared), the order, its buyer's mailbox, its tickets by id, vouchers
by id, the solidarity fund, pools by id,
extras by id, slots by id.
"""
