"""One address orders sixteen times at once, without paying: it never holds more than it may."""

from datetime import timedelta

import pytest

from festival.db import db
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.tickets import holding
from festival.tickets.models import BuyerMailbox, Pool, Ticket
from festival.tickets.rules import ordering
from festival.tickets.rules.ordering import OrderRequest, TicketRequest
from tests import make
from tests.make import NOW
from tests.races.at_once import at_once


def to_order(edition_id, slug, tickets):
    def order(n):
        request = OrderRequest(
            form_key=f"formulier-{n}",
            name="Bezoeker",
            email=f"Mia+{n % 4}@example.org" if n % 2 else "mia@example.org",
            tickets=[TicketRequest(slug, "Houder")] * tickets,
        )
        try:
            return ordering.place_order(db.session.get(Edition, edition_id), request, now=NOW).state
        except Refusal as refusal:
            return refusal.code

    return order


@pytest.mark.parametrize(("price", "state"), [(4500, "pending"), (0, "confirmed")])
def test_an_unknown_address_holds_ten_tickets(any_app, price, state):
    of = make.ticket_type(price_cents=price, pool=make.pool(capacity=260))
    pool_id = of.pool_id
    answers = at_once(any_app, to_order(of.edition_id, of.slug, 3), 16)
    assert sorted(answers) == ["AddressUnknown"] * 13 + [state] * 3
    assert db.session.query(Ticket).count() == db.session.get(Pool, pool_id).taken == 9


def test_a_known_address_holds_sixty(any_app):
    of = make.ticket_type(price_cents=4500, pool=make.pool(capacity=260))
    edition, pool_id = of.edition, of.pool_id
    holding.ask_owner(edition, "mia@example.org", language="nl", now=NOW)
    holding.confirm_mailbox(db.session.query(BuyerMailbox).one(), now=NOW + timedelta(hours=1))
    answers = at_once(any_app, to_order(edition.id, of.slug, 8), 16)
    assert sorted(answers) == ["TooManyHeld"] * 9 + ["pending"] * 7
    assert db.session.get(Pool, pool_id).taken == 56
