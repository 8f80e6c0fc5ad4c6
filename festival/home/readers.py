"""Who may read what: each private field, and its readers. A test looks at all pages for them.

Besides the roles of the team the readers are `buyer` (has the link of an order), `holder` (has the
link of a ticket, with a mail address of their own), `speaker` (has the link of their own page) and
`coach` (a speaker, about the people who booked them). An organiser may read what anybody on the
team may. What is not named here is public, or for all who may open the page that shows it.

Secrets have no readers: a link is opened by whoever has it, and shown to nobody else.
"""

from collections.abc import Mapping

from sqlalchemy import Column
from sqlalchemy.orm import InstrumentedAttribute

from festival.bookings.models import Booking
from festival.checkin.models import Device
from festival.mail.models import Letter
from festival.payments.models import Payment
from festival.programme.models.sessions import Session, Speaker, SpeakerFile, speaker_of_session
from festival.tickets.models import BuyerMailbox, Order, Ticket

Field = InstrumentedAttribute[str] | Column[str]

NOBODY: frozenset[str] = frozenset()

READERS: Mapping[Field, frozenset[str]] = {
    # Orders and money: the buyer, and who looks after the money.
    Order.secret: frozenset({"buyer"}),
    Order.code: frozenset({"buyer", "holder", "finance", "checkin"}),
    Order.name: frozenset({"buyer", "holder", "finance", "checkin"}),
    Order.email: frozenset({"buyer", "finance"}),
    Order.reference: frozenset({"buyer", "finance"}),
    Payment.note: frozenset({"finance"}),
    BuyerMailbox.secret: NOBODY,
    # Tickets. A buyer sees the name of each, and may do with their own what a holder may.
    Ticket.secret: frozenset({"holder"}),
    Ticket.agenda_secret: frozenset({"holder"}),
    Ticket.code: frozenset({"holder", "buyer", "finance", "checkin", "programme"}),
    Ticket.holder_name: frozenset({"holder", "buyer", "finance", "checkin", "programme", "coach"}),
    Ticket.holder_email: frozenset({"holder", "buyer", "finance"}),
    # What somebody asks a coach is between the two.
    Booking.question: frozenset({"holder", "coach"}),
    # Speakers: they themselves, and who makes the programme.
    Speaker.secret: frozenset({"speaker", "coach"}),
    Speaker.email: frozenset({"speaker", "coach", "programme", "finance"}),  # in the outbox
    Speaker.phone: frozenset({"speaker", "coach", "programme"}),
    Speaker.needs: frozenset({"speaker", "coach", "programme"}),
    SpeakerFile.name: frozenset({"speaker", "coach", "programme"}),
    speaker_of_session.c.reason: frozenset({"programme"}),
    Session.host_notes: frozenset({"programme"}),
    Session.needs: frozenset({"programme", "speaker", "coach"}),
    # The team's own.
    Device.token: NOBODY,
    Letter.message_id: NOBODY,
}
