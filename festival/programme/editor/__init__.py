"""The timetable editor: stages and hours, sessions dragged to their place, clashes beside them."""

from festival.programme.editor.views import bp

__all__ = ["bp"]
