"""Making the programme: stages, themes, people on stage, sessions, and when and where they are.

Stages, themes and numbers of places change at once, and raise the programme's version so that no
page shows an old card. All else is the draft, until a release (publishing.py). Every rule holds
the edition's row from its beginning, so that no release takes half of what it does.
"""
