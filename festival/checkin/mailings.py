"""The filter of letters to many by who was let in."""

from collections.abc import Collection

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, false, or_, select

from festival.checkin.models import Scan
from festival.checkin.queries import COUNTS
from festival.editions.models import Edition
from festival.mailings.filters import Filter
from festival.tickets.models import Ticket


def _choices(_edition: Edition) -> list[tuple[str, str]]:
    return [("in", _("Is binnen geweest")), ("not", _("Nog niet binnen geweest"))]


def _was_let_in(_edition: Edition, chosen: Collection[str]) -> ColumnElement[bool]:
    entered = Ticket.id.in_(
        select(Scan.ticket_id).where(
            Scan.ticket_id.is_not(None), Scan.is_practice.is_(False), *COUNTS
        )
    )
    of = {"in": entered, "not": ~entered}
    return or_(false(), *(of[each] for each in chosen if each in of))


FILTER = Filter("inside", _l("Aan de deur"), _choices, _was_let_in)
