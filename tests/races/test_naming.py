"""One link to name a ticket, opened by eight at once; and a list at the same instant."""

from festival.corrections.people import Maker, Person, mark_of
from festival.corrections.rules import naming
from festival.db import db
from festival.mail.models import Letter
from festival.tickets.changes import OrderChange
from festival.tickets.models import Order, Ticket
from tests import make
from tests.make import NOW
from tests.races.at_once import answer, at_once


def test_of_eight_with_one_link_one_is_on_the_ticket(any_app):
    for _ in range(4):
        order = make.nameless(tickets=2)
        ticket_id, seen = order.tickets[1].id, mark_of(order.tickets[1])

        def name(n, ticket_id=ticket_id, seen=seen):
            ticket = db.session.get(Ticket, ticket_id)
            person = Person(f"Houder {n}", f"houder{n}@example.org", seen)
            return answer(naming.name_own_ticket, ticket, person, now=NOW)

        answers = at_once(any_app, name, 8)
        assert sorted(answers) == ["NamedAlready"] * 7 + ["yes"]
        ticket = db.session.get(Ticket, ticket_id)
        assert ticket.holder_name == f"Houder {answers.index('yes')}"
        assert db.session.query(OrderChange).filter_by(ticket_id=ticket_id).count() == 1
        mine = db.session.query(Letter).filter_by(to=ticket.holder_email)
        assert mine.filter(Letter.body_text.contains(ticket.secret)).count() == 1


def test_a_list_and_a_link_at_once(any_app):
    """Either the list names all of them or the link was first: never a half list."""
    for _ in range(4):
        order = make.nameless(tickets=3)
        order_id, marks = order.id, {each.code: mark_of(each) for each in order.tickets[1:]}

        def name(n, order_id=order_id, marks=marks):
            order = db.session.get(Order, order_id)
            code = order.tickets[2].code
            if n % 2:
                wanted = {each: Person(f"Lijst {n}", "", seen) for each, seen in marks.items()}
                return answer(naming.name_tickets, order, wanted, by=Maker("buyer"), now=NOW)
            person = Person(f"Link {n}", "", marks[code])
            return answer(naming.name_own_ticket, order.tickets[2], person, now=NOW)

        answers = at_once(any_app, name, 6)
        assert answers.count("yes") == 1
        first, second = db.session.get(Order, order_id).tickets[1:]
        if answers.index("yes") % 2:
            assert first.holder_name == second.holder_name
        else:
            assert first.is_nameless
            assert second.holder_name.startswith("Link")
