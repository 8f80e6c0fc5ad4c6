"""The team's screens of the programme: sessions and their moments, people, stages, themes.

Each edition has its own below its slug, so that the next one can be made while this one runs.
"""

from festival.programme.backoffice import exchange, people, places, sessions, slots  # noqa: F401
from festival.programme.backoffice.base import bp, url

__all__ = ["bp", "url"]
