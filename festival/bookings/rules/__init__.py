"""A ticket holds at most one place per slot and none that overlap; no slot is overbooked.

Every rule that takes places or gives them back locks the tickets first, in order of their ids, and
then the slots in order of theirs. So one rule may wait for another, but no two for each other.
"""
