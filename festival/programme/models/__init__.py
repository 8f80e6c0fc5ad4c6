"""The programme: sessions are what happens, slots are when and where, each with its own places.

What visitors see is in the columns of rows that are public. What makers change there stands in
`draft` until the next release, see draft.py; private fields (needs, contact) change at once.
"""
