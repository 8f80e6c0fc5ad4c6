"""A speaker's own page, by secret link: profile, needs, when and where, files, yes or no."""

from flask import Blueprint

bp = Blueprint("speaker_page", __name__)
