"""The team's screens of the programme: sessions and their slots, people, stages, themes.

Each edition has its own below its slug, so that the next one can be made while this one runs.
"""
