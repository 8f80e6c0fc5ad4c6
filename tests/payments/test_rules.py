"""Checking out, paying, lapse and cancelling: actions, refusals, letters."""

from datetime import timedelta

import pytest

from festival.bookings.models import Booking
from festival.db import db
from festival.payments import queries
from festival.payments.basket import RequestedPlace
from festival.payments.models import Payment
from festival.payments.rules import cancelling, checking_out, lapsing, recording
from festival.payments.stripe import sweeps
from festival.payments.stripe.models import PaymentAttempt
from festival.team.models import AuditEntry
from festival.tickets.models import Order, Ticket
from tests import make
from tests.make import NOW
from tests.payments.asking import letters, names_of_letters, wanted

DUE = NOW + timedelta(days=14)
AFTER_GRACE = DUE + timedelta(days=3)


def paid_type(**values):
    return make.ticket_type(**{"price_cents": 4500, "vat_category": "standard", **values})


def pending(*types, **values):
    types = types or (paid_type(),)
    return checking_out.check_out(types[0].edition, wanted(*types, **values), [], now=NOW)


def pay(order, cents, key="betaling", now=NOW):
    record = recording.record_refund if cents < 0 else recording.record_payment
    return record(order, abs(cents), now, key, now=now)


def test_a_free_order_is_confirmed_at_once_and_mailed(any_app):
    of = make.ticket_type()
    order = checking_out.check_out(of.edition, wanted(of, of), [], now=NOW)
    assert order.state == "confirmed"
    assert all(ticket.is_valid for ticket in order.tickets)
    [letter] = letters()
    assert (letter.name, letter.to) == ("tickets/order_confirmed", "mia@example.org")
    assert letter.attachments == [
        {"kind": "tickets_pdf", "reference": f"{order.code}|mia@example.org"},
        *({"kind": "ticket_qr", "reference": ticket.secret} for ticket in order.tickets),
    ]
    for ticket in order.tickets:
        assert f"/kaartje/{ticket.secret}" in letter.body_text
        assert f"/kaartje/{ticket.secret}" in letter.body_html
    assert f"/bestelling/{order.secret}" in letter.body_text


def test_a_paid_order_waits_for_its_money(any_app):
    order = pending()
    assert order.state == "pending"
    assert not order.tickets[0].is_valid
    [letter] = letters()
    assert letter.name == "payments/pay_by_transfer"
    assert letter.attachments == []
    text = letter.body_text.replace("\xa0", " ")
    assert "Bedrag: € 45,00" in text
    assert "Rekening: NL91 ABNA 0417 1643 00" in text
    assert "Uiterlijk: donderdag 15 oktober 2026" in text
    assert order.reference[:4] + " " + order.reference[4:8] in text


def test_each_address_gets_one_letter_with_all_its_tickets(any_app):
    of = make.ticket_type()
    order = checking_out.check_out(
        of.edition,
        wanted(
            *[of] * 5,
            names=["Mia", "Zoë", "Bas", "Ali", "Eva"],
            emails=["", "zoe@example.org", "ZOE@example.org", "mia@example.org", "eva@example.org"],
        ),
        [],
        now=NOW,
    )
    assert names_of_letters() == [
        ("tickets/order_confirmed", "mia@example.org"),
        ("tickets/your_tickets", "eva@example.org"),
        ("tickets/your_tickets", "zoe@example.org"),
    ]
    overview, to_eva, to_zoe = letters()
    mia, zoe, bas, ali, eva = (ticket.secret for ticket in order.tickets)
    assert [each in overview.body_text for each in (mia, zoe, bas, ali, eva)] == [
        True, False, False, True, False,
    ]  # fmt: skip
    assert [each in to_zoe.body_text for each in (mia, zoe, bas, ali, eva)] == [
        False, True, True, False, False,
    ]  # fmt: skip
    assert [each in to_eva.body_html for each in (mia, zoe, bas, ali, eva)] == [
        False, False, False, False, True,
    ]  # fmt: skip
    assert order.secret not in to_zoe.body_text + to_eva.body_html
    assert "Dit kaartje gaat naar zoe@example.org." in overview.body_text
    own = [ticket.secret for ticket in order.tickets if ticket.holder_email == "zoe@example.org"]
    assert [each["reference"] for each in to_zoe.attachments] == [
        f"{order.code}|zoe@example.org",
        *own,
    ]


def test_who_orders_for_others_alone_gets_no_empty_pdf(app):
    of = make.ticket_type()
    checking_out.check_out(of.edition, wanted(of, emails=["eva@example.org"]), [], now=NOW)
    assert [letter.attachments == [] for letter in letters()] == [True, False]


def test_places_are_taken_with_the_tickets_and_stand_in_the_letter(any_app):
    of = make.ticket_type()
    one, other = make.slot(), make.slot()
    order = checking_out.check_out(
        of.edition,
        wanted(of, of),
        [RequestedPlace(1, one.code), RequestedPlace(0, one.code), RequestedPlace(1, "")][:2],
        now=NOW,
    )
    assert one.taken == 2
    assert other.taken == 0
    assert {booking.ticket_id for booking in db.session.query(Booking)} == {
        ticket.id for ticket in order.tickets
    }
    [letter] = letters()
    assert f"Plek: {one.session.title.nl}, vrijdag 23 oktober, 11.00–12.00 uur" in letter.body_text


def test_one_place_refused_refuses_everything_and_says_which(any_app):
    of = make.ticket_type()
    free, full = make.slot(), make.slot(places=1, taken=1)
    with pytest.raises(checking_out.PlaceRefused) as refusal:
        checking_out.check_out(
            of.edition,
            wanted(of, of, names=["Mia", "Zoë"]),
            [RequestedPlace(0, free.code), RequestedPlace(1, full.code)],
            now=NOW,
        )
    assert refusal.value.details["ticket"] == 1
    assert refusal.value.details["slot_code"] == full.code
    assert str(refusal.value).startswith(f"“{full.session.title}” voor Zoë lukt niet. ")
    for table in (Order, Ticket, Booking):
        assert db.session.query(table).count() == 0
    assert (of.pool.taken, free.taken, full.taken) == (0, 0, 1)
    assert letters() == []


def test_a_slot_of_another_edition_or_none_is_gone(app):
    of = make.ticket_type()
    elsewhere = make.session(edition_id=make.edition(is_current=False).id)
    for code in ("NIETS", make.slot(elsewhere).code):
        with pytest.raises(checking_out.PlaceGone):
            checking_out.check_out(of.edition, wanted(of), [RequestedPlace(0, code)], now=NOW)


def test_two_overlapping_wishes_for_one_ticket_are_refused(app):
    of = make.ticket_type()
    one, other = make.slot(), make.slot()
    with pytest.raises(checking_out.PlaceRefused):
        checking_out.check_out(
            of.edition,
            wanted(of),
            [RequestedPlace(0, one.code), RequestedPlace(0, other.code)],
            now=NOW,
        )


def test_the_same_form_twice_is_one_order_one_place_one_letter(any_app):
    of, slot = make.ticket_type(), make.slot()
    first = checking_out.check_out(of.edition, wanted(of), [RequestedPlace(0, slot.code)], now=NOW)
    again = checking_out.check_out(of.edition, wanted(of), [RequestedPlace(0, slot.code)], now=NOW)
    assert again == first
    assert (of.pool.taken, slot.taken, len(letters())) == (1, 1, 1)


def test_all_of_the_money_confirms_and_mails_the_tickets(any_app):
    order = pending(names=["Mia"], emails=["zoe@example.org"])
    pay(order, 4500)
    assert order.state == "confirmed"
    assert order.tickets[0].is_valid
    assert names_of_letters()[1:] == [
        ("payments/payment_received", "mia@example.org"),
        ("tickets/your_tickets", "zoe@example.org"),
    ]
    [entry] = db.session.query(AuditEntry)
    assert (entry.verb, entry.details) == ("record_payment", {"amount_cents": 4500})


def test_a_part_does_not_confirm_and_the_rest_does(any_app):
    order = pending()
    pay(order, 4499, "een")
    assert order.state == "pending"
    assert queries.balance(order).due_cents == 1
    pay(order, 1, "twee")
    assert order.state == "confirmed"
    assert len(letters()) == 2


def test_too_much_confirms_and_shows(any_app):
    order = pending()
    pay(order, 5000)
    assert order.state == "confirmed"
    assert queries.balance(order).due_cents == -500
    pay(order, -500, "terug")
    assert queries.balance(order).due_cents == 0
    assert order.state == "confirmed"


def test_no_more_goes_back_than_came_in_and_one_form_is_one_refund(any_app):
    order = pending()
    with pytest.raises(recording.MoreThanPaid):
        pay(order, -1, "terug")
    pay(order, 4500)
    assert pay(order, -4500, "terug").id == pay(order, -4500, "terug").id
    assert queries.balance(order) == queries.Balance(4500, 0)
    with pytest.raises(recording.MoreThanPaid):
        pay(order, -1, "nog eens")
    # The key of a form that recorded a payment records no refund, and the other way round.
    with pytest.raises(recording.AnotherAmount):
        pay(order, -4500, "betaling")
    with pytest.raises(recording.AnotherAmount):
        pay(order, 4500, "terug")


def test_nothing_is_no_payment_and_one_form_is_one_payment(any_app):
    order = pending()
    with pytest.raises(recording.NothingReceived):
        pay(order, 0)
    first = pay(order, 4500)
    assert pay(order, 4500).id == first.id
    assert db.session.query(Payment).count() == 1
    assert len(letters()) == 2


def test_another_payment_under_a_form_that_was_used_is_refused(any_app):
    order = pending()

    def recorded(order=order, cents=4500, at=NOW, note="van mia"):
        return recording.record_payment(order, cents, at, "betaling", note, now=NOW)

    first = recorded(note=" van mia ")
    assert recorded().id == first.id, "blanks around a note are none of it"
    day = timedelta(days=1)
    for other in ({"cents": 4400}, {"at": NOW - day}, {"note": "van bo"}, {"order": pending()}):
        with pytest.raises(recording.AnotherAmount):
            recorded(**other)
    assert db.session.query(Payment).count() == 1


def test_an_order_lapses_after_its_days_of_grace_and_gives_everything_back(any_app):
    of, slot = paid_type(), make.slot()
    order = checking_out.check_out(
        of.edition, wanted(of, of), [RequestedPlace(0, slot.code)], now=NOW
    )
    assert sweeps.lapse_overdue(lambda: order.due_at + timedelta(days=1)).done == 0
    assert sweeps.lapse_overdue(lambda: AFTER_GRACE).done == 1
    assert sweeps.lapse_overdue(lambda: AFTER_GRACE).done == 0
    assert order.state == "lapsed"
    assert (of.pool.taken, slot.taken) == (0, 0)
    assert [ticket.released_at for ticket in order.tickets] == [AFTER_GRACE] * 2
    assert names_of_letters()[1:] == [("payments/order_lapsed", "mia@example.org")]


def test_what_is_free_paid_cancelled_or_paid_in_part_does_not_lapse(any_app):
    free = checking_out.check_out(
        make.current_edition(), wanted(make.ticket_type(), form_key="0"), [], now=NOW
    )
    paid, partly, cancelled = (pending(form_key=key) for key in "123")
    pay(paid, 4500, "a")
    pay(partly, 1000, "b")
    cancelling.cancel_order(cancelled, now=NOW)
    assert sweeps.lapse_overdue(lambda: AFTER_GRACE).done == 0
    states = [each.state for each in (free, paid, partly, cancelled)]
    assert states == ["confirmed", "confirmed", "pending", "cancelled"]


def test_an_order_of_which_all_money_went_back_lapses_like_an_unpaid_one(any_app):
    order = pending()
    pay(order, 1000, "a")
    pay(order, -1000, "b")
    assert sweeps.lapse_overdue(lambda: AFTER_GRACE).done == 1
    assert (order.state, order.tickets[0].type.pool.taken) == ("lapsed", 0)


def test_late_money_brings_the_order_back_while_there_are_tickets(any_app):
    of, slot = paid_type(pool=make.pool(capacity=1)), make.slot()
    order = checking_out.check_out(of.edition, wanted(of), [RequestedPlace(0, slot.code)], now=NOW)
    lapsing.lapse_order(order, now=AFTER_GRACE)
    pay(order, 4500, now=AFTER_GRACE)
    assert (order.state, of.pool.taken, slot.taken) == ("confirmed", 1, 0)
    assert order.tickets[0].is_valid
    letter = letters()[-1]
    assert letter.name == "payments/payment_received"
    assert "Kies ze opnieuw" in letter.body_text


def test_late_money_without_tickets_stays_for_the_team_to_pay_back(any_app):
    of = paid_type(pool=make.pool(capacity=1))
    order = pending(of)
    lapsing.lapse_order(order, now=AFTER_GRACE)
    rival = pending(of, form_key="ander")
    pay(order, 4500, now=AFTER_GRACE)
    assert (order.state, rival.state, of.pool.taken) == ("lapsed", "pending", 1)
    assert queries.balance(order).paid_cents == 4500
    assert names_of_letters()[-1] == ("payments/paid_too_late", "mia@example.org")
    attention = db.session.scalars(queries.orders(of.edition, state="attention")).all()
    assert attention == [order]


def test_money_on_a_cancelled_order_changes_nothing_but_the_balance(any_app):
    order = pending()
    cancelling.cancel_order(order, now=NOW)
    pay(order, 4500)
    assert order.state == "cancelled"
    assert names_of_letters()[-1][0] == "payments/order_cancelled"
    assert db.session.scalars(queries.orders(order.edition, state="attention")).all() == [order]


def test_one_reminder_some_days_before(any_app):
    order = pending()
    assert lapsing.remind_unpaid(lambda: DUE - timedelta(days=4)).done == 0
    assert lapsing.remind_unpaid(lambda: DUE - timedelta(days=2)).done == 1
    assert lapsing.remind_unpaid(lambda: DUE - timedelta(days=1)).done == 0
    assert not lapsing.remind_order(order, now=DUE)
    letter = letters()[-1]
    assert letter.name == "payments/payment_reminder"
    assert f"We zagen nog geen geld voor bestelling {order.code}." in letter.body_text


def test_nobody_is_reminded_whose_money_is_under_way(any_app):
    order = pending()
    attempt = PaymentAttempt(
        order_id=order.id, number=1, state="processing", amount_cents=order.total_cents,
        language="nl", excludes_slow=False, begun_at=NOW, expires_at=NOW, session_id="cs_1",
    )  # fmt: skip
    db.session.add(attempt)
    db.session.commit()
    soon = DUE - timedelta(days=2)
    assert not lapsing.remind_order(order, now=soon)
    assert lapsing.remind_unpaid(lambda: soon).done == 0
    attempt.state = "failed"
    db.session.commit()
    assert lapsing.remind_unpaid(lambda: soon).done == 1


@pytest.mark.parametrize("record", [recording.record_payment, recording.record_refund])
def test_money_of_a_day_to_come_is_not_recorded(any_app, record):
    order = pending()
    recording.record_payment(order, order.total_cents, NOW, "eerst", now=NOW)
    tomorrow = NOW + timedelta(days=1)
    with pytest.raises(recording.DayToCome):
        record(order, 100, tomorrow, "een", now=NOW)
    record(order, 100, tomorrow, "een", now=tomorrow)


def test_a_reminder_asks_for_what_is_left(app):
    order = pending()
    pay(order, 1000)
    assert lapsing.remind_unpaid(lambda: DUE - timedelta(days=2)).done == 1
    text = letters()[-1].body_text.replace("\xa0", " ")
    assert "We ontvingen € 10,00" in text
    assert "Bedrag: € 35,00" in text


def test_no_reminder_for_what_is_paid_lapsed_or_just_ordered(any_app):
    paid, lapsed = pending(form_key="1"), pending(form_key="2")
    pay(paid, 4500)
    lapsing.lapse_order(lapsed, now=NOW)
    late = NOW + timedelta(days=20)
    checking_out.check_out(paid.edition, wanted(paid_type(), form_key="3"), [], now=late)
    assert lapsing.remind_unpaid(lambda: DUE - timedelta(days=1)).done == 0
    assert lapsing.remind_unpaid(lambda: late + timedelta(hours=3)).done == 0


def test_the_holder_cancels_free_and_unpaid_orders(any_app):
    of, slot = make.ticket_type(), make.slot()
    free = checking_out.check_out(
        of.edition, wanted(of, emails=["eva@example.org"]), [RequestedPlace(0, slot.code)], now=NOW
    )
    cancelling.cancel_own_tickets(free, now=NOW)
    assert (free.state, of.pool.taken, slot.taken) == ("cancelled", 0, 0)
    assert names_of_letters()[2:] == [
        ("payments/order_cancelled", "mia@example.org"),
        ("payments/ticket_cancelled", "eva@example.org"),
    ]
    unpaid = pending(form_key="2", emails=["eva@example.org"])
    cancelling.cancel_own_tickets(unpaid, now=NOW)
    assert unpaid.state == "cancelled"
    # Eva never heard of that ticket, so she does not hear that it is gone.
    assert names_of_letters()[5:] == [("payments/order_cancelled", "mia@example.org")]
    with pytest.raises(cancelling.AlreadyEnded):
        cancelling.cancel_own_tickets(unpaid, now=NOW)


def test_the_holder_asks_the_team_once_there_is_money_or_the_festival_began(any_app):
    partly = pending(form_key="1")
    pay(partly, 1)
    with pytest.raises(cancelling.AskTheTeam):
        cancelling.cancel_own_tickets(partly, now=NOW)
    cancelling.cancel_order(partly, now=NOW)
    assert partly.state == "cancelled"
    free = checking_out.check_out(
        partly.edition, wanted(make.ticket_type(), form_key="2"), [], now=NOW
    )
    with pytest.raises(cancelling.FestivalBegan):
        cancelling.cancel_own_tickets(free, now=NOW + timedelta(days=22))
    assert free.state == "confirmed"


def test_letters_are_sent_again_by_where_the_order_stands(any_app):
    order = pending()
    lapsing.send_letters_again(order, now=NOW)
    pay(order, 4500)
    lapsing.send_letters_again(order, now=NOW)
    assert [name for name, _to in names_of_letters()] == [
        "payments/pay_by_transfer",
        "payments/pay_by_transfer",
        "payments/payment_received",
        "tickets/order_confirmed",
    ]
    cancelling.cancel_order(order, now=NOW)
    with pytest.raises(cancelling.AlreadyEnded):
        lapsing.send_letters_again(order, now=NOW)


def test_a_letter_sent_again_asks_for_what_is_still_due(any_app):
    order = pending()
    pay(order, 1000)
    lapsing.send_letters_again(order, now=NOW)
    text = letters()[-1].body_text.replace("\xa0", " ")
    assert "We ontvingen € 10,00" in text
    assert "Bedrag: € 35,00" in text
