"""Coaching for the team: a coach's time in, meetings of one place out."""

from flask import Blueprint

bp = Blueprint("coaching_team", __name__, url_prefix="/team/programma")
