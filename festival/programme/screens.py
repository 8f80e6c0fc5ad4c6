"""Screens at doors and in the foyer: what is on now and next, large, refreshed by itself."""

from flask import Blueprint

bp = Blueprint("screens", __name__)
