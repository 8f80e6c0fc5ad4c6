"""What tests ask for: requests for tickets, and the letters that came of them."""

from festival.db import db
from festival.mail.models import Letter
from tests import make

wanted = make.order_request


def letters():
    """All letters, in the order in which they were queued."""
    return db.session.query(Letter).order_by(Letter.id).all()


def names_of_letters():
    return [(letter.name, letter.to) for letter in letters()]
