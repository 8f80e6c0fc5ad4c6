"""The addresses of the feeds, of the current edition and below the name of each."""

from flask import Blueprint

bp = Blueprint("feeds", __name__)
