"""Anything people can do, in any order: the festival's promises hold after every step."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, func, select

from festival import codes, vat
from festival.bookings import stars
from festival.bookings.models import Booking, Star, WaitingListEntry
from festival.bookings.rules import places, waiting_list
from festival.checkin import rules as checkin
from festival.checkin.models import Device, Gate, Scan
from festival.db import db
from festival.editions.models import Edition
from festival.errors import Refusal
from festival.mail.models import Letter
from festival.payments import due, terms
from festival.payments import queries as money
from festival.payments.basket import RequestedPlace
from festival.payments.models import Payment, Refund
from festival.payments.rules import (
    cancelling,
    checking_out,
    lapsing,
    recording,
    refunding,
    swapping,
)
from festival.payments.rules.swapping import SwapRequest
from festival.payments.stripe import sweeps
from festival.programme.models.places import Stage
from festival.programme.models.releases import Release
from festival.programme.models.sessions import Session, Slot
from festival.releases.rules import locks, on_the_day
from festival.team.models import AuditEntry
from festival.tickets import ledger, ticket_qr
from festival.tickets.holds import rules as holds
from festival.tickets.holds.models import HeldPlaces, Hold
from festival.tickets.ledger import LedgerEntry
from festival.tickets.models import Order, Pool, Ticket, TicketType
from festival.tickets.rules.ordering import OrderRequest, TicketRequest
from festival.tickets.swaps.models import TicketSwap
from festival.tickets.vouchers import prices
from festival.web.languages import Bilingual
from tests import make

SET_UP = (Gate, Device, Slot, Session, Stage, TicketType, Pool, AuditEntry, Release, Edition)
WHY = Bilingual("De bakker is ziek.", "The baker is ill.")
FRIDAY_MORNING = datetime(2026, 10, 23, 7, 30, tzinfo=UTC)


def rows(model):
    return db.session.scalars(select(model).order_by(model.id)).all()


class Festival(RuleBasedStateMachine):
    """A festival of five tickets and workshops of one or two places, and what happens to it."""

    @initialize()
    def open_shop(self):
        db.session.rollback()
        for table in (
            HeldPlaces,
            Hold,
            TicketSwap,
            Refund,
            Payment,
            LedgerEntry,
            Scan,
            Star,
            WaitingListEntry,
            Booking,
            Ticket,
            Order,
            Letter,
            *SET_UP,
        ):
            db.session.execute(delete(table))
        db.session.commit()
        make.edition(
            coaching_per_ticket=1,
            payment_days=7,
            cancel_until_on=make.FRIDAY,
            cancel_fee_cents=333,
            cancel_fee_percent=7,
        )
        pool = make.pool(capacity=5)
        make.ticket_type(slug="gratis", pool=pool)
        make.ticket_type(slug="betaald", pool=pool, price_cents=4500)
        make.ticket_type(
            slug="draagkracht",
            pool=pool,
            price_cents=2500,
            least_cents=100,
            low_cents=1500,
            high_cents=4000,
        )
        make.ticket_type(slug="dagkaart", pool=make.pool(capacity=2), price_cents=6000)
        session = make.session()
        make.slot(session, places=2)
        make.slot(session, places=1, starts=datetime(2026, 10, 23, 9, 30, tzinfo=UTC))
        make.slot(
            make.session(kind="coaching"), places=1, starts=datetime(2026, 10, 24, 9, tzinfo=UTC)
        )
        make.gate()
        make.device()
        self.now = make.NOW
        self.letters = 0
        self.changed = set()  # ids of slots that makers moved or put back

    def attempt(self, action, letters):
        """Do it; a refusal is an answer too, and leaves no letter behind."""
        try:
            done = action()
        except Refusal:
            done = None
        else:
            self.letters += letters(done)
        return done

    @rule(
        slug=st.sampled_from(["gratis", "betaald", "draagkracht"]),
        number=st.integers(1, 3),
        slots=st.sets(st.integers(0, 2), max_size=2),
        again=st.booleans(),
        cents=st.integers(100, 6000),
        uses_hold=st.booleans(),
    )
    def order(self, slug, number, slots, again, cents, uses_hold):
        request = OrderRequest(
            form_key=codes.secret(),
            name="Bezoeker",
            email="bezoeker@example.org",
            tickets=[TicketRequest(slug, f"Houder {n}") for n in range(number)],
            amounts={"draagkracht": cents} if slug == "draagkracht" else {},
            hold=next((each.secret for each in rows(Hold) if uses_hold), ""),
        )
        every = rows(Slot)
        choices = [RequestedPlace(0, every[n].code, "Hoe begin ik?") for n in sorted(slots)]
        edition = rows(Edition)[0]
        placed = self.attempt(
            lambda: checking_out.check_out(edition, request, choices, now=self.now), lambda _: 1
        )
        if placed is not None and again:  # the same form, sent twice
            assert checking_out.check_out(edition, request, choices, now=self.now).id == placed.id

    @rule(slug=st.sampled_from(["gratis", "betaald"]), number=st.integers(1, 3), anew=st.booleans())
    def hold(self, slug, number, anew):
        of = db.session.scalars(select(TicketType).where(TicketType.slug == slug)).one()
        former = [each.secret for each in rows(Hold)][:1] if anew else []
        self.attempt(
            lambda: holds.hold_tickets(
                rows(Edition)[0],
                prices.priced([of] * number, None, now=self.now),
                instead_of=former,
                network="hal",
                now=self.now,
            ),
            lambda _: 0,
        )

    @precondition(lambda self: rows(Hold))
    @rule(data=st.data(), minutes=st.integers(0, 30))
    def extend_a_hold_or_let_it_lapse(self, data, minutes):
        hold = data.draw(st.sampled_from(rows(Hold)), label="hold")
        self.now += timedelta(minutes=minutes)
        if minutes % 2:
            types = rows(TicketType)
            self.attempt(lambda: holds.extend_hold(hold.secret, types, now=self.now), lambda _: 0)
        else:
            holds.lapse_hold(hold.id, now=self.now)

    @precondition(lambda self: rows(Order))
    @rule(data=st.data(), cents=st.sampled_from([-100, 100, 4400, 4500, 9000]))
    def pay(self, data, cents):
        order = data.draw(st.sampled_from(rows(Order)), label="order")
        before = order.state
        swaps = {each.id: each.outcome for each in rows(TicketSwap)}
        balance = money.balance(order)
        cost = balance.total_cents
        if before == "lapsed":
            cost += sum(each.price_cents for each in order.tickets if not each.cancelled_at)
        paid = balance.paid_cents + cents
        if cents < 0:
            self.attempt(
                lambda: recording.record_refund(
                    order, -cents, self.now, codes.secret(), now=self.now
                ),
                lambda _: 0,
            )
        else:
            recording.record_payment(order, cents, self.now, codes.secret(), now=self.now)
        settled = cents > 0 and paid >= cost
        if settled and before in {"pending", "lapsed"}:
            self.letters += 1
        # Money that does a swap, or that comes too late for one, has a letter of its own.
        self.letters += sum(each.outcome != swaps[each.id] for each in rows(TicketSwap))
        assert order.state == before or (settled and order.state == "confirmed")

    @precondition(lambda self: rows(Order))
    @rule(data=st.data())
    def cancel(self, data):
        order = data.draw(st.sampled_from(rows(Order)), label="order")
        self.attempt(lambda: cancelling.cancel_order(order, now=self.now), lambda _: 1)
        assert order.state in {"cancelled", "lapsed"} or self.is_used(order)

    def is_used(self, order):
        return any(
            scan.outcome == "admitted" for scan in rows(Scan) if scan.ticket in order.tickets
        )

    @precondition(lambda self: rows(Ticket))
    @rule(data=st.data(), by_team=st.booleans(), is_gift=st.booleans())
    def cancel_one(self, data, by_team, is_gift):
        ticket = data.draw(st.sampled_from(rows(Ticket)), label="ticket")
        order, before = ticket.order, ticket.order.state
        was_released = ticket.released_at
        action = (
            (
                lambda: cancelling.cancel_tickets(
                    order, [ticket.code], terms.GiveBack("terms"), now=self.now
                )
            )
            if by_team
            else (
                lambda: cancelling.cancel_own_tickets(
                    order, [ticket.code], is_gift=is_gift, now=self.now
                )
            )
        )
        self.attempt(action, lambda _: 1)
        if before == "pending" and order.state == "confirmed":
            self.letters += 1
        assert ticket.released_at == was_released or order.state != "lapsed"

    @precondition(lambda self: rows(Order))
    @rule(data=st.data(), cents=st.integers(1, 9000))
    def refund_a_part(self, data, cents):
        order = data.draw(st.sampled_from(rows(Order)), label="order")
        self.attempt(
            lambda: refunding.request_refund(order, cents, "", codes.secret(), now=self.now),
            lambda _: 1,
        )

    @precondition(lambda self: rows(Ticket))
    @rule(
        data=st.data(),
        slug=st.sampled_from(["gratis", "betaald", "draagkracht", "dagkaart"]),
        pays=st.booleans(),
        calls_off=st.booleans(),
    )
    def swap_a_ticket(self, data, slug, pays, calls_off):
        ticket = data.draw(st.sampled_from(rows(Ticket)), label="ticket")
        before = (ticket.type_id, ticket.price_cents)
        asked = self.attempt(
            lambda: swapping.request_swap(
                ticket.order, SwapRequest(ticket.code, slug, codes.secret()), now=self.now
            ),
            lambda _: 1,
        )
        if asked is None or asked.outcome:
            return
        assert (ticket.type_id, ticket.price_cents) == before
        if calls_off:
            swapping.call_off_swap(asked, now=self.now)
            self.letters += 1
        elif pays:
            cents = due.still_due(asked)
            recording.record_payment(ticket.order, cents, self.now, codes.secret(), now=self.now)
            self.letters += 1
            assert (asked.outcome, ticket.type_id) == ("done", asked.to_type_id)

    @precondition(lambda self: rows(Refund))
    @rule(data=st.data(), what=st.sampled_from(["done", "failed", "again"]))
    def move_a_refund(self, data, what):
        refund = data.draw(st.sampled_from(rows(Refund)), label="refund")
        actions = {
            "done": lambda: refunding.finish_refund(refund, done_at=self.now, now=self.now),
            "failed": lambda: refunding.fail_refund(refund, now=self.now),
            "again": lambda: refunding.request_again(refund, now=self.now),
        }
        self.attempt(actions[what], lambda _: what == "again")

    @rule(days=st.integers(1, 12))
    def wait(self, days):
        if self.now + timedelta(days=days) >= FRIDAY_MORNING:
            return
        self.now += timedelta(days=days)
        reminded = lapsing.remind_unpaid(lambda: self.now).done
        lapsed = sweeps.lapse_overdue(lambda: self.now).done
        lapsed += sweeps.lapse_swaps(lambda: self.now).done
        self.letters += reminded + lapsed
        holds.lapse_holds(lambda: self.now)

    @precondition(lambda self: rows(Ticket))
    @rule(data=st.data())
    def book(self, data):
        ticket = data.draw(st.sampled_from(rows(Ticket)), label="ticket")
        slot = data.draw(st.sampled_from(rows(Slot)), label="slot")
        self.attempt(
            lambda: places.book_slot(ticket, slot, question="Hoe?", now=self.now), lambda _: 1
        )

    @precondition(lambda self: rows(Booking))
    @rule(data=st.data())
    def give_back(self, data):
        booking = data.draw(st.sampled_from(rows(Booking)), label="booking")
        letters = 0 if booking.slot.is_cancelled else 1
        self.attempt(lambda: places.cancel_booking(booking, now=self.now), lambda _: letters)
        assert booking.cancelled_at is not None

    @precondition(lambda self: rows(Booking))
    @rule(data=st.data())
    def swap(self, data):
        booking = data.draw(st.sampled_from(rows(Booking)), label="booking")
        slot = data.draw(st.sampled_from(rows(Slot)), label="slot")
        was = booking.cancelled_at
        swapped = self.attempt(
            lambda: places.swap_booking(booking, slot, question="Hoe?", now=self.now),
            lambda _: 1,
        )
        assert booking.cancelled_at == (was if swapped is None else self.now)

    @precondition(lambda self: rows(Ticket))
    @rule(data=st.data(), stays=st.booleans(), swaps=st.booleans())
    def wait_in_line(self, data, stays, swaps):
        ticket = data.draw(st.sampled_from(rows(Ticket)), label="ticket")
        slot = data.draw(st.sampled_from(rows(Slot)), label="slot")
        own = [b for b in rows(Booking) if b.ticket_id == ticket.id and b.cancelled_at is None]
        swap = own[0] if swaps and own else None
        self.attempt(
            lambda: waiting_list.join_waiting_list(ticket, slot, swap=swap, now=self.now),
            lambda _: 0,
        )
        if not stays:
            waiting_list.leave_waiting_list(ticket, slot, now=self.now)

    @rule(number=st.integers(0, 2))
    def fill(self, number):
        slot = rows(Slot)[number]
        before = self.passed_over()
        placed = waiting_list.fill_slot(slot.id, now=self.now)
        self.letters += len(placed) + self.passed_over() - before
        could = [
            entry
            for entry in rows(WaitingListEntry)
            if entry.slot_id == slot.id and entry.left_at is None and entry.passed_over_at is None
        ]
        has_room = slot.taken < slot.places and not slot.is_full and not slot.is_cancelled
        assert not (has_room and could and self.now < slot.booking_closes_at)

    def passed_over(self):
        return sum(entry.passed_over_at is not None for entry in rows(WaitingListEntry))

    @precondition(lambda self: rows(Ticket))
    @rule(data=st.data(), is_on=st.booleans())
    def star(self, data, is_on):
        ticket = data.draw(st.sampled_from(rows(Ticket)), label="ticket")
        slot = data.draw(st.sampled_from(rows(Slot)), label="slot")
        change = {"add" if is_on else "remove": [slot.code]}
        self.attempt(lambda: stars.sync_stars(ticket, **change, now=self.now), lambda _: 0)

    @rule(number=st.integers(0, 2), hours=st.integers(1, 6))
    def move_a_slot(self, number, hours):
        slot = rows(Slot)[number]
        self.changed.add(slot.id)
        self.change(
            slot,
            lambda: on_the_day.move_slot_now(
                slot,
                stage=slot.stage,
                starts_at=slot.starts_at.replace(hour=6 + hours),
                seen=slot.version,
                reason=WHY,
                now=self.now,
            ),
        )

    @rule(number=st.integers(0, 2), goes_on=st.booleans())
    def cancel_a_slot_or_put_it_back(self, number, goes_on):
        slot = rows(Slot)[number]
        self.changed.add(slot.id)
        action = on_the_day.restore_slots if goes_on else on_the_day.cancel_slots
        seen = {slot.code: slot.version}
        self.change(slot, lambda: action(rows(Edition)[0], seen=seen, reason=WHY, now=self.now))

    @rule(number=st.integers(0, 2), is_full=st.booleans())
    def declare_a_slot_full(self, number, is_full):
        slot = rows(Slot)[number]
        with suppress(locks.IsCancelled):  # it is full of nobody
            on_the_day.declare_full(slot, is_full=is_full, seen=slot.version, now=self.now)

    def change(self, slot, action):
        """Everybody who has a place there gets one letter."""
        told = sum(b.slot_id == slot.id and b.cancelled_at is None for b in rows(Booking))
        self.attempt(action, lambda _: told)

    @precondition(lambda self: rows(Ticket))
    @rule(data=st.data(), days=st.integers(0, 2), repeat=st.booleans())
    def scan(self, data, days, repeat):
        ticket = data.draw(st.sampled_from(rows(Ticket)), label="ticket")
        at = FRIDAY_MORNING + timedelta(days=days)
        reading = checkin.ScanReading(ticket_qr.address(ticket), "camera", codes.secret(), at)
        gate, device = rows(Gate)[0], rows(Device)[0]
        valid = ticket.is_valid
        for _ in range(1 + repeat):
            answer = checkin.scan(gate, device, reading, member_id=None, now=at)
            assert (answer.outcome in {"admitted", "already_in"}) == valid

    @invariant()
    def pools_are_never_oversold_and_equal_their_recount(self):
        for pool in rows(Pool):
            live = sum(
                ticket.type.pool_id == pool.id and ticket.released_at is None
                for ticket in rows(Ticket)
            )
            held = sum(
                each.number
                for each in db.session.scalars(select(HeldPlaces))
                if each.pool_id == pool.id
            )
            swaps = sum(each.pool_id == pool.id for each in rows(TicketSwap))
            assert pool.taken == live + held + swaps <= pool.capacity

    @invariant()
    def slots_are_never_overbooked_and_equal_their_recount(self):
        for slot in rows(Slot):
            live = sum(b.slot_id == slot.id and b.cancelled_at is None for b in rows(Booking))
            assert slot.taken == live <= slot.places

    @invariant()
    def nobody_is_in_two_places_at_once(self):
        live = [booking for booking in rows(Booking) if booking.cancelled_at is None]
        for one in live:
            assert one.ticket.released_at is None
            for other in live:
                # What makers do afterwards, visitors hear of and choose about.
                if {one.slot_id, other.slot_id} & self.changed:
                    continue
                if one.id < other.id and one.ticket_id == other.ticket_id:
                    assert (
                        one.slot.ends_at <= other.slot.starts_at
                        or other.slot.ends_at <= one.slot.starts_at
                    )

    @invariant()
    def a_ticket_that_was_given_back_keeps_no_stars(self):
        kept = db.session.scalars(select(Star).where(Star.removed_at.is_(None)))
        assert all(star.ticket.released_at is None for star in kept)

    @invariant()
    def a_ticket_that_was_given_back_waits_for_nothing(self):
        waiting = db.session.scalars(
            select(WaitingListEntry).where(WaitingListEntry.left_at.is_(None))
        )
        assert all(entry.ticket.released_at is None for entry in waiting)

    @invariant()
    def an_order_that_ended_holds_nothing_and_a_live_one_all_of_it(self):
        for order in rows(Order):
            ended = order.state in {"lapsed", "cancelled"}
            for ticket in order.tickets:
                assert (ticket.released_at is not None) == (ended or bool(ticket.cancelled_at))
            assert ended or any(ticket.released_at is None for ticket in order.tickets)

    @invariant()
    def what_is_due_is_what_was_ordered_less_what_was_paid(self):
        for order in rows(Order):
            paid = sum(p.amount_cents for p in rows(Payment) if p.order_id == order.id)
            refunds = [refund for refund in rows(Refund) if refund.order_id == order.id]
            back = sum(r.amount_cents for r in refunds if r.state == "done")
            ordered = sum(t.price_cents for t in order.tickets if t.released_at is None)
            fees = sum(e.amount_cents for e in ledger.entries_of(order) if e.kind == "fee")
            assert money.balance(order) == money.Balance(ordered + fees, paid - back)

    @invariant()
    def no_more_is_to_go_back_than_was_paid(self):
        for order in rows(Order):
            assert money.promised_cents(order) <= money.balance(order).paid_cents
        for payment in rows(Payment):
            back = [r.amount_cents for r in rows(Refund) if r.payment_id == payment.id]
            assert sum(back) <= payment.amount_cents

    @invariant()
    def the_vat_of_an_order_is_that_of_its_sum(self):
        for order in rows(Order):
            charges = [e for e in ledger.entries_of(order) if e.kind in ledger.CHARGES]
            for percent in {e.vat_percent for e in charges}:
                of_rate = [e for e in charges if e.vat_percent == percent]
                assert sum(e.vat_cents for e in of_rate) == vat.included(
                    sum(e.amount_cents for e in of_rate), percent
                )

    @invariant()
    def a_ticket_goes_in_once_a_day(self):
        twice = db.session.execute(
            select(Scan.ticket_id)
            .where(Scan.outcome == "admitted", Scan.undone_at.is_(None))
            .group_by(Scan.ticket_id, Scan.admitted_on)
            .having(func.count() > 1)
        ).all()
        assert twice == []

    @invariant()
    def every_deed_has_its_letter_and_no_other(self):
        assert db.session.scalar(select(func.count()).select_from(Letter)) == self.letters


def test_the_festival_keeps_its_promises(app):
    run_state_machine_as_test(
        Festival,
        settings=settings(
            max_examples=60,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
