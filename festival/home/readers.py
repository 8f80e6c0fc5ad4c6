"""Who may read what: each private field, and its readers. A test looks at all pages for them.

Besides the roles of the team the readers are `buyer` (has the link of an order), `holder` (has the
link of a ticket, with a mail address of their own), `speaker` (has the link of their own page) and
`coach` (a speaker, about the people who booked them). An organiser may read what anybody on the
team may. Every other column of the database stands in not_private.py.

A link is opened by whoever has it, and shown to nobody else.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column
from sqlalchemy.orm import InstrumentedAttribute

from festival.accounts.models import ROLES, TeamMember
from festival.bookings.models import Booking
from festival.checkin.models import Device, Scan
from festival.corrections.models import OrderComment
from festival.doorsales.models import TillCount
from festival.feedback.models import Feedback
from festival.invoices.models import Invoice
from festival.mail.models import Letter
from festival.mailings.models import InvitationChoice
from festival.payments.models import BankLine, InvoiceRequest, Payment, Refund
from festival.payments.stripe.models import PaymentAttempt
from festival.programme.models.releases import Release
from festival.programme.models.sessions import (
    Availability,
    Session,
    Slot,
    Speaker,
    SpeakerFile,
    speaker_of_session,
)
from festival.programme.models.timetable import AcceptedClash, Block
from festival.questions.models import SENSITIVITIES, OrderAnswer
from festival.team.models import AuditEntry
from festival.tickets.changes import OrderChange, OrderMerge
from festival.tickets.models import BuyerMailbox, Order, Ticket, Voucher
from festival.tickets.swaps.models import TicketSwap
from festival.tickets.waiting.models import TicketWait

Field = InstrumentedAttribute[Any] | Column[Any]

TEAM = frozenset(ROLES)

_OF_INVOICES = frozenset({"buyer", "finance"})

READERS: Mapping[Field, frozenset[str]] = {
    # Orders and money: the buyer, and who looks after the money.
    Order.secret: frozenset({"buyer"}),
    Order.code: frozenset({"buyer", "holder", "finance", "checkin"}),
    Order.name: frozenset({"buyer", "holder", "finance", "checkin"}),
    Order.email: frozenset({"buyer", "finance"}),
    Order.reference: frozenset({"buyer", "finance"}),
    Order.free_reason: frozenset({"finance"}),
    Payment.note: frozenset({"finance"}),
    Refund.reason: frozenset({"finance"}),
    Refund.drop_note: frozenset({"finance"}),
    PaymentAttempt.problem: frozenset({"finance"}),
    Refund.iban: frozenset({"buyer", "finance"}),
    BankLine.key: frozenset({"finance"}),
    BankLine.payer_name: frozenset({"finance"}),
    BankLine.payer_iban: frozenset({"finance"}),
    BankLine.reference: frozenset({"finance"}),
    BankLine.description: frozenset({"finance"}),
    BankLine.set_aside_note: frozenset({"finance"}),
    Invoice.customer_name: _OF_INVOICES,
    Invoice.customer_attention: _OF_INVOICES,
    Invoice.customer_street: _OF_INVOICES,
    Invoice.customer_postal_code: _OF_INVOICES,
    Invoice.customer_city: _OF_INVOICES,
    Invoice.customer_kvk: _OF_INVOICES,
    Invoice.customer_vat_id: _OF_INVOICES,
    Invoice.customer_email: _OF_INVOICES,
    Invoice.po_number: _OF_INVOICES,
    Invoice.subject_code: _OF_INVOICES,
    Invoice.payment_reference: _OF_INVOICES,
    InvoiceRequest.name: _OF_INVOICES,
    InvoiceRequest.attention: _OF_INVOICES,
    InvoiceRequest.street: _OF_INVOICES,
    InvoiceRequest.postal_code: _OF_INVOICES,
    InvoiceRequest.city: _OF_INVOICES,
    InvoiceRequest.kvk: _OF_INVOICES,
    InvoiceRequest.vat_id: _OF_INVOICES,
    InvoiceRequest.po_number: _OF_INVOICES,
    BuyerMailbox.address: frozenset({"buyer", "finance"}),
    TicketWait.name: frozenset({"buyer", "organiser", "finance"}),
    TicketWait.email: frozenset({"buyer", "organiser", "finance"}),
    TicketWait.secret: frozenset({"buyer"}),
    Voucher.code: frozenset({"buyer", "finance"}),
    Voucher.key: frozenset({"finance"}),
    Voucher.note: frozenset({"finance"}),
    # Tickets. A buyer sees the name of each, and may do with their own what a holder may.
    Ticket.secret: frozenset({"holder"}),
    Ticket.agenda_secret: frozenset({"holder"}),
    Ticket.naming_secret: frozenset({"buyer"}),
    Ticket.code: frozenset({"holder", "buyer", "finance", "checkin", "programme"}),
    Ticket.holder_name: frozenset({"holder", "buyer", "finance", "checkin", "programme", "coach"}),
    Ticket.holder_email: frozenset({"holder", "buyer", "finance"}),
    # What was corrected or handed on, and who it was before.
    OrderChange.old_name: frozenset({"finance"}),
    OrderChange.new_name: frozenset({"finance"}),
    OrderChange.old_email: frozenset({"finance"}),
    OrderChange.new_email: frozenset({"finance"}),
    OrderChange.void_code: frozenset({"finance"}),
    OrderChange.reason: frozenset({"finance"}),
    OrderMerge.reason: frozenset({"finance"}),
    Ticket.cancel_note: frozenset({"finance"}),
    TicketSwap.reason: frozenset({"finance"}),
    OrderComment.words: frozenset({"finance"}),
    # Answers to the order form's questions: who reads which stands below, in ANSWERS.
    OrderAnswer.value: frozenset({"holder", "buyer", "finance", "checkin"}),
    # What somebody asks a coach is between the two.
    Booking.question: frozenset({"holder", "coach"}),
    # Speakers: they themselves, and who makes the programme.
    Speaker.secret: frozenset({"speaker", "coach"}),
    Speaker.email: frozenset({"speaker", "coach", "programme", "finance"}),  # in the outbox
    Speaker.phone: frozenset({"speaker", "coach", "programme"}),
    Speaker.needs: frozenset({"speaker", "coach", "programme"}),
    SpeakerFile.name: frozenset({"speaker", "coach", "programme"}),
    Speaker.draft: frozenset({"speaker", "coach", "programme"}),
    SpeakerFile.code: frozenset({"speaker", "coach", "programme"}),
    Availability.starts_at: frozenset({"speaker", "coach", "programme"}),
    Availability.ends_at: frozenset({"speaker", "coach", "programme"}),
    speaker_of_session.c.answer: frozenset({"speaker", "coach", "programme"}),
    speaker_of_session.c.reason: frozenset({"programme"}),
    Session.host_notes: frozenset({"programme"}),
    Session.needs: frozenset({"programme", "speaker", "coach"}),
    Feedback.words: frozenset({"speaker", "coach", "programme"}),
    # The programme in the making.
    Session.draft: frozenset({"speaker", "coach", "programme"}),
    Slot.draft: frozenset({"speaker", "coach", "programme"}),
    Block.draft: frozenset({"programme"}),
    AcceptedClash.reason: frozenset({"programme"}),
    AcceptedClash.accepted_by: frozenset({"programme"}),
    Release.released_by: frozenset({"programme"}),
    # The door.
    Device.name: frozenset({"checkin", "finance"}),  # whose till it is
    TillCount.note: frozenset({"checkin", "finance"}),
    Scan.read: frozenset({"checkin"}),
    Scan.nonce: frozenset({"checkin"}),
    # The team's own. Letters go to their readers too; a test looks at what stands in each.
    TeamMember.name: TEAM,
    TeamMember.email: frozenset({"organiser", "checkin"}),
    TeamMember.code: frozenset({"organiser"}),
    Letter.to: frozenset({"finance"}),
    Letter.reply_to: frozenset({"finance"}),
    Letter.subject: frozenset({"finance"}),
    Letter.body_text: frozenset({"finance"}),
    Letter.body_html: frozenset({"finance"}),
    Letter.attachments: frozenset({"finance"}),
    Letter.problem: frozenset({"finance"}),
    Letter.answer: frozenset({"finance"}),
    AuditEntry.subject: frozenset({"organiser"}),
    AuditEntry.details: frozenset({"organiser"}),
    # An address that got invitations, on the page behind its own link.
    InvitationChoice.address: frozenset({"buyer", "holder", "finance"}),
}

# Who may read whose answer it is, by how sensitive the question is. Organisers may read all; a file
# for the caterer counts without names.
ANSWERS: Mapping[str, frozenset[str]] = {
    sensitivity: frozenset({"holder", "buyer", *roles})
    for sensitivity, roles in SENSITIVITIES.items()
}
