"""What tests ask for: requests for tickets, and the letters that came of them."""

from festival.db import db
from festival.mail.models import Letter
from festival.tickets.rules import OrderRequest, TicketRequest


def wanted(*types, form_key="een formulier", names=(), emails=(), **values):
    """A request by Mia for one ticket of each of `types`."""
    return OrderRequest(
        **{
            "form_key": form_key,
            "name": "Mia Jansen",
            "email": "Mia@Example.org",
            "tickets": [
                TicketRequest(
                    of.slug,
                    names[n] if n < len(names) else f"Houder {n}",
                    emails[n] if n < len(emails) else "",
                )
                for n, of in enumerate(types)
            ],
            **values,
        }
    )


def letters():
    """All letters, in the order in which they were queued."""
    return db.session.query(Letter).order_by(Letter.id).all()


def names_of_letters():
    return [(letter.name, letter.to) for letter in letters()]
