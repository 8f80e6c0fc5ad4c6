"""Sessions, slots, stages and speakers; the timetable, its draft and its releases; its feeds."""

from flask import Flask

from festival.programme import (
    backoffice,
    editor,
    models,  # noqa: F401
    prints,
    screens,
    timetable,
    views,
)
from festival.programme.coaching import backoffice as coaching_team
from festival.programme.feedback import backoffice as feedback_team
from festival.programme.feedback import views as feedback_pages
from festival.programme.feeds import source as feed_source
from festival.programme.feeds import views as feeds
from festival.programme.speakers import backoffice as speaker_post
from festival.programme.speakers import views as speaker_page


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    timetable.init_app(app)
    feed_source.init_app(app)
    for pages in (views, feeds, screens, prints, feedback_pages, speaker_page):
        app.register_blueprint(pages.bp)
    for team_pages in (backoffice, editor, coaching_team, speaker_post, feedback_team):
        app.register_blueprint(team_pages.bp)
