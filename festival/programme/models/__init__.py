"""The programme: sessions are what happens, slots are when and where, each with its own places.

Visitors see the columns of public rows. Changes by makers wait in `draft` until the next release,
see draft.py; private fields (needs, contact) change at once.
"""
