"""A ticket holds at most one place per slot, no two that overlap, and never more than there are.

Who takes or gives back places locks the tickets first, in order of their id, and then the slots in
order of theirs: two rules at once may wait for each other, but never both.
"""
