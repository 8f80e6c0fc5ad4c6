"""What happened to an order and its money, from the facts that are kept anyway."""

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from festival import money
from festival.db import db
from festival.mail.models import Letter
from festival.mail.subjects import is_about
from festival.payments import invoice_queries, queries
from festival.payments.methods import METHOD_NAMES
from festival.payments.stripe import queries as stripe
from festival.tickets.history import HistoryLine, name_of
from festival.tickets.models import Order
from festival.tickets.swaps.queries import swaps_of


def of_order(order: Order) -> Iterator[HistoryLine]:
    """Returns what happened to `order`: from ordering to invoices and letters."""
    yield from _states(order)
    yield from _swaps(order)
    yield from _money(order)
    yield from _letters(order)


def _states(order: Order) -> Iterator[HistoryLine]:
    number = len(order.tickets)
    amount = money.shown(order.total_cents)
    ordered = ngettext(
        "Besteld: %(num)s kaartje voor %(amount)s.",
        "Besteld: %(num)s kaartjes voor %(amount)s.",
        number,
        amount=amount,
    )
    who = name_of(order.placed_by) or _("de koper")
    yield HistoryLine(order.placed_at, ordered, who, order.free_reason)
    moments = (
        (order.reminded_at, _("De koper werd herinnerd aan betalen.")),
        (order.confirmed_at, _("De bestelling is rond: de kaartjes gelden.")),
        (order.lapsed_at, _("De bestelling verviel, want er was niet op tijd betaald.")),
        (order.cancelled_at, _("De bestelling werd geannuleerd.")),
    )
    yield from (HistoryLine(at, sentence) for at, sentence in moments if at)
    for ticket in order.tickets:
        if ticket.cancelled_at and ticket.cancelled_at != order.cancelled_at:
            sentence = _("Het kaartje van %(name)s werd geannuleerd.", name=ticket.holder_name)
            yield HistoryLine(ticket.cancelled_at, sentence, "", ticket.cancel_note)


def _swaps(order: Order) -> Iterator[HistoryLine]:
    makers = {"buyer": _("de koper"), "holder": _("de houder")}
    ends = {
        "done": _("Het kaartje van %(name)s werd gewisseld: van %(old)s naar %(new)s."),
        "lapsed": _("De wissel van %(name)s naar %(new)s verviel: die was niet op tijd betaald."),
        "called_off": _("Van de wissel van %(name)s naar %(new)s werd afgezien."),
        "late": _("Het geld voor de wissel van %(name)s naar %(new)s kwam te laat."),
    }
    for swap in swaps_of(order):
        who = makers.get(swap.maker) or name_of(swap.member)
        names = {
            "name": swap.ticket.holder_name,
            "old": swap.from_type.name.text(),
            "new": swap.to_type.name.text(),
        }
        if swap.due_at is not None:
            amount = money.shown(swap.more_cents)
            asked = _(
                "Wissel gevraagd van %(name)s: van %(old)s naar %(new)s, %(amount)s erbij.",
                amount=amount,
                **names,
            )
            yield HistoryLine(swap.requested_at, asked, who, swap.reason)
            who = ""
        if swap.reminded_at is not None:
            sentence = _("De koper werd herinnerd aan betalen van de wissel.")
            yield HistoryLine(swap.reminded_at, sentence)
        if swap.ended_at is not None:
            reason = "" if swap.due_at else swap.reason
            yield HistoryLine(swap.ended_at, ends[swap.outcome] % names, who, reason)


def _money(order: Order) -> Iterator[HistoryLine]:
    account = queries.account(order)
    for entry in account.entries:
        if entry.kind == "fee":
            sentence = _(
                "In rekening gebracht: %(name)s, %(amount)s.",
                name=entry.name,
                amount=money.shown(entry.amount_cents),
            )
            yield HistoryLine(entry.entered_at, sentence)
    for attempt in stripe.attempts_of(order):
        sentence = _(
            "De koper begon %(amount)s online te betalen.", amount=money.shown(attempt.amount_cents)
        )
        yield HistoryLine(attempt.begun_at, sentence, _("de koper"))
    for payment in account.payments:
        way = METHOD_NAMES.get(payment.method, payment.method)
        amount = money.shown(payment.amount_cents)
        sentence = _("Er kwam %(amount)s binnen (%(way)s).", amount=amount, way=way)
        yield HistoryLine(payment.received_at, sentence, name_of(payment.recorded_by), payment.note)
    for refund in account.refunds:
        amount = money.shown(refund.amount_cents)
        sentence = _("Er moet %(amount)s terug naar de koper.", amount=amount)
        who = name_of(refund.requested_by)
        yield HistoryLine(refund.requested_at, sentence, who, refund.reason)
        if refund.done_at:
            sentence = _("Er ging %(amount)s terug naar de koper.", amount=amount)
            yield HistoryLine(refund.done_at, sentence)
        if refund.dropped_at:
            sentence = _("Terugbetalen van %(amount)s gaat niet door.", amount=amount)
            who = name_of(refund.dropped_by)
            yield HistoryLine(refund.dropped_at, sentence, who, refund.drop_note)
    for invoice in invoice_queries.invoices_of(order):
        number = invoice.number
        sentence = (
            _("Creditfactuur %(number)s werd gemaakt.", number=number)
            if invoice.is_credit_note
            else _("Factuur %(number)s werd gemaakt.", number=number)
        )
        yield HistoryLine(invoice.issued_at, sentence)


def _letters(order: Order) -> Iterator[HistoryLine]:
    letters = db.session.scalars(
        select(Letter).where(is_about(Order.__tablename__, order.id)).order_by(Letter.id)
    )
    for letter in letters:
        sentence = _("Mail naar %(to)s: “%(subject)s”.", to=letter.to, subject=letter.subject)
        note = _("Deze mail kwam niet aan.") if letter.state == "failed" else ""
        yield HistoryLine(letter.queued_at, sentence, "", note, is_mail=True)
