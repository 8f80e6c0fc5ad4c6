"""One address, however it is written: ordering, asking again, letters, and who is on the team."""

import pytest

from festival.accounts import queries as accounts
from festival.accounts.rules import AlreadyOnTheTeam, NameMissing
from festival.db import db
from festival.mail.models import Letter
from festival.team import rules as team
from festival.tickets.models import Order, Ticket
from festival.tickets.rules import ending, ordering
from festival.tickets.rules.ordering import TicketRequest
from tests import make
from tests.make import NOW

WRITTEN = ["mia@bücher.example", "MIA@BU\u0308CHER.example", " mia@xn--bcher-kva.example"]


@pytest.mark.parametrize("asked", WRITTEN)
@pytest.mark.parametrize("ordered", WRITTEN[:2])
def test_a_domain_with_an_accent_gets_its_letters(any_app, ordered, asked):
    of = make.ticket_type()
    order = ordering.place_order(of.edition, make.order_request(of, email=ordered), now=NOW)
    assert ending.send_again(of.edition, asked, language="nl", now=NOW) == 1
    [letter] = db.session.query(Letter)
    assert letter.to == order.email == "mia@xn--bcher-kva.example"
    assert ending.send_again(of.edition, "mia@bucher.example", language="nl", now=NOW) == 0


def test_a_holder_with_the_address_of_the_buyer_has_none_of_their_own(any_app):
    of = make.ticket_type()
    request = make.order_request(of, email=WRITTEN[0])
    tickets = [TicketRequest(of.slug, "Mia", WRITTEN[2])]
    request = type(request)(**{**request.__dict__, "tickets": tickets})
    order = ordering.place_order(of.edition, request, now=NOW)
    assert order.tickets[0].holder_email == ""
    assert order.tickets[0].email == order.email


def test_columns_compare_addresses_in_their_one_form(any_app):
    ticket = make.ticket(email="Zoë@Bücher.example")
    ticket.holder_email = "ADA@Bücher.example"
    db.session.commit()
    assert db.session.query(Order).filter(Order.email == "zoë@xn--bcher-kva.example").one()
    found = db.session.query(Ticket).filter(Ticket.holder_email.in_(["ada@bücher.example"]))
    assert found.one().holder_email == "ada@xn--bcher-kva.example"


def test_the_team_knows_a_member_by_any_form_of_the_address(any_app):
    team.add_member("Ada", "Ada@Bücher.example", ["finance"], now=NOW)
    member = accounts.member_by_email("ada@xn--bcher-kva.example")
    assert member is accounts.member_by_email(" ADA@bücher.example")
    assert member is not None
    with pytest.raises(AlreadyOnTheTeam, match=r"ada@bücher\.example"):
        team.add_member("Ada", "ada@BÜCHER.example", ["finance"], now=NOW)


def test_pages_show_a_domain_as_people_write_it(visitor):
    order = make.order(email="mia@bücher.example", confirmed_at=None, due_at=NOW, total_cents=100)
    make.sign_in(visitor, "finance")
    page = visitor.get(f"/team/bestellingen/{order.code}").text
    assert "mia@bücher.example" in page


def test_a_member_without_a_name_is_refused(app):
    for name in ("", " ", "\u200b", "\u202e"):
        with pytest.raises(NameMissing):
            team.add_member(name, "ada@example.org", ["finance"], now=NOW)
