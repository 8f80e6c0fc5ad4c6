"""The speakers' own page behind a secret link, and the team's correspondence with speakers."""

from flask import Flask

from festival.mail import prose, subjects
from festival.mail.attachments import register
from festival.speakers import agenda, backoffice, own_words, rules, views


def init_app(app: Flask) -> None:
    """Add the pages of this capability to `app`."""
    app.register_blueprint(views.bp)
    app.register_blueprint(backoffice.bp)
    register(app, "speaker_ics", agenda.attached)
    subjects.describe_with(app, "speaker", backoffice.subject_links)
    for letter in ("speakers/speaker_invited", "speakers/speaker_reminded"):
        subjects.tell_outcome(app, letter, "speaker", rules.note_outcome)
    for each in own_words.LETTERS:
        prose.register(app, each)
    for fixed in own_words.FIXED:
        prose.register_fixed(app, fixed)
