"""Who gets a mailing: one letter per address, with all that concerns it."""

from datetime import timedelta

import pytest

from festival.db import db
from festival.mailings import queries
from festival.mailings.models import InvitationChoice
from tests import make
from tests.make import NOW


def recipients(mailing):
    return queries.recipients(mailing, queries.next_addresses(mailing, 99))


def test_an_address_with_several_orders_and_tickets_is_one_recipient(any_app):
    of = make.ticket_type()
    first = make.order(of=of, tickets=2, email="Mia@Example.org", name="Mia", language="en")
    second = make.order(
        of=of, email="mia@example.org", name="Mia Jansen", placed_at=NOW + timedelta(hours=1)
    )
    others = make.order(of=of, email="bas@example.org", name="Bas", language="en")
    others.tickets[0].holder_email = "MIA@example.org"
    db.session.commit()
    [mia] = recipients(make.mailing())
    assert mia.address == "mia@example.org"
    assert mia.name == "Mia Jansen"
    # The latest order says which language; Bas' ticket is in it too.
    assert mia.language == "nl"
    assert set(mia.tickets) == {*first.tickets, *second.tickets, *others.tickets}


def test_a_holder_is_called_by_the_name_on_the_ticket(app):
    order = make.order(name="Bas", email="bas@example.org")
    order.tickets[0].holder_name = "Zoë Bakker"
    order.tickets[0].holder_email = "zoe@example.org"
    db.session.commit()
    [zoe] = recipients(make.mailing())
    assert (zoe.address, zoe.name) == ("zoe@example.org", "Zoë Bakker")


def test_about_money_one_writes_to_who_ordered(app):
    order = make.order(
        tickets=2, name="Bas", email="bas@example.org", confirmed_at=None, due_at=NOW
    )
    order.tickets[0].holder_email = "zoe@example.org"
    db.session.commit()
    [bas] = recipients(make.mailing(criteria={"payment": ["unpaid"]}))
    assert bas.address == "bas@example.org"
    assert list(bas.tickets) == order.tickets


def test_addresses_are_counted_by_their_language(any_app):
    of = make.ticket_type()
    for language in ("nl", "en", "en"):
        make.order(of=of, language=language)
    make.order(of=of, email="om@example.org", language="nl")
    make.order(of=of, email="om@example.org", language="en", placed_at=NOW + timedelta(1))
    counted = queries.count(make.mailing())
    assert (counted.total, counted.by_language) == (4, {"nl": 1, "en": 3})


@pytest.mark.parametrize(("kind", "names"), [("service", ["a", "b"]), ("invitation", ["b"])])
def test_who_unsubscribed_gets_no_invitation_but_everything_else(any_app, kind, names):
    of = make.ticket_type()
    for name in ("a", "b"):
        make.order(of=of, email=f"{name}@example.org")
    db.session.add(InvitationChoice(address="A@Example.org", secret="x" * 20, unsubscribed_at=NOW))
    db.session.add(InvitationChoice(address="b@example.org", secret="y" * 20))
    db.session.commit()
    mailing = make.mailing(kind=kind)
    assert [each[0] for each in queries.next_addresses(mailing, 9)] == names
    counted = queries.count(mailing)
    assert counted.total == len(names)
    assert counted.unsubscribed == 2 - len(names)


def test_somebody_to_look_at(app):
    for name in ("a", "b"):
        make.order(email=f"{name}@example.org")
    mailing = make.mailing()
    seen = [queries.sample_address(mailing, skipped) for skipped in range(3)]
    assert seen == [["a@example.org"], ["b@example.org"], []]


def test_an_order_without_an_address_is_nobody_to_write_to(app):
    make.order(email="")
    mailing = make.mailing()
    assert queries.count(mailing).total == 0
    assert recipients(mailing) == []
