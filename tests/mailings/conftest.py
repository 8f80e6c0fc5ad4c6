"""What the tests of letters to many do again and again."""

from festival.db import db
from festival.mail.models import Letter
from festival.mailings import sending
from festival.mailings.models import Mailing
from tests.make import NOW


def letters(**criteria):
    """The letters in the outbox, by address."""
    rows = db.session.query(Letter).filter_by(**criteria).order_by(Letter.id)
    return {row.to: row for row in rows}


def send(mailing: Mailing, *, now=NOW) -> dict[str, Letter]:
    """Write all letters of `mailing` as the worker does. Returns them by address."""
    mailing.state, mailing.next_turn_at = "sending", now
    db.session.commit()
    while sending.write_piece(mailing.id, at_most=50, now=now):
        pass
    db.session.rollback()
    return letters(name=f"mailings/{mailing.kind}")
