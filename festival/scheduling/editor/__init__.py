"""The timetable editor: stages and hours, sessions dragged to their place, clashes beside them."""
