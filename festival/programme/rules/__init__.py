"""Making the programme: stages, themes, speakers, sessions and slots.

Stages, themes and numbers of places change at once, and raise the programme's version so that no
page shows an old card. Everything else goes into the draft, until a release (publishing.py). Every
rule first locks the edition's row, so that a release never contains half of a change.
"""
