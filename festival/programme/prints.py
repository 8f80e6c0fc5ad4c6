"""The programme on paper: a wall sheet, a booklet, and a sheet for each door."""

from flask import Blueprint

bp = Blueprint("prints", __name__)
