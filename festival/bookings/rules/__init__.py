"""A ticket holds at most one place per slot, no two that overlap, and never more than there are.

Every rule that takes places or gives them back locks the tickets first, in order of their ids, and
then the slots in order of theirs. So two rules may wait for each other in turn, but never in a
circle.
"""
