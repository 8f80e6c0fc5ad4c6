"""The team's screens of places: who comes to which slot, on screen, on paper and as a file."""

from flask import Blueprint

bp = Blueprint("bookings_team", __name__, url_prefix="/team/plekken")
