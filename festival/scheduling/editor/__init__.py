"""The timetable editor: a grid of stages and hours to drag sessions into, with the clashes."""
