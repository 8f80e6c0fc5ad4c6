"""The timetable editor: stages and hours, sessions dragged to their place, clashes beside them."""

from flask import Blueprint

bp = Blueprint("timetable_team", __name__, url_prefix="/team/programma")
