"""The team's screens: what the next release changes, publishing it, and changes on the day."""

from flask import Blueprint

bp = Blueprint("releases_team", __name__, url_prefix="/team/programma")
