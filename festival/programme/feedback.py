"""What visitors thought of a session: asked after it, read by its host and the team."""

from flask import Blueprint

bp = Blueprint("feedback", __name__)
