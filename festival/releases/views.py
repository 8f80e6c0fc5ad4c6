"""What changed in the programme, for everybody: each release at its own address, and as a feed."""

from flask import Blueprint

bp = Blueprint("releases", __name__)
