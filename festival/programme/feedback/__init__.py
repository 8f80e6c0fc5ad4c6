"""What visitors thought of a session: asked after it, read by its host and the team.

Without a name, from the start of a moment until three days after its end.
"""

from festival.programme.feedback.queries import Summary, of_sessions

__all__ = ["Summary", "of_sessions"]
