"""The team's screens of the programme: sessions and their slots, people, stages, themes.

Each edition has its own screens under its slug, so that the next edition can be prepared while this
one runs.
"""
