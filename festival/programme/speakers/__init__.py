"""Speakers: their own pages by secret link, what they send there, and the team's post with them."""
