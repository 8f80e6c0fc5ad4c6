"""A code is used at the instant at which its time is over, or at which the team shortens it."""

import threading
from datetime import timedelta

from festival.db import db
from festival.editions.models import Edition
from festival.home import consistency_checks
from festival.tickets.models import Pool, Ticket, Voucher
from festival.tickets.rules import ordering
from festival.tickets.vouchers import rules, uses
from tests import make
from tests.make import NOW
from tests.races.at_once import answer, at_once
from tests.races.test_last_use import all_agree, to_order

ENDS = NOW + timedelta(hours=1)
JUST_BEFORE = ENDS - timedelta(seconds=1)
ROUNDS = 3


def test_places_that_a_code_kept_go_to_who_used_it_in_time_or_to_everybody(any_app):
    """Uses of the last second, the worker that gives the places back, and passers-by at once."""
    for _ in range(ROUNDS):
        of = make.ticket_type(pool=make.pool(capacity=3), price_cents=500)
        voucher = make.voucher(pool_id=of.pool_id, uses=3, valid_until=ENDS)
        voucher_id, code, pool_id = voucher.id, voucher.code, of.pool_id
        edition_id, slug, before = of.edition_id, of.slug, db.session.query(Ticket).count()

        def act(n, code=code, voucher_id=voucher_id, edition_id=edition_id, slug=slug):
            if n % 3 == 0:
                found = db.session.get(Voucher, voucher_id)
                return rules.stop_blocking(found, now=ENDS)
            wanted = ordering.OrderRequest(
                form_key=f"{slug}-{n}",
                name="Bezoeker",
                email=f"{slug}-{n}@example.org",
                tickets=[ordering.TicketRequest(slug, "Houder")],
                code=code if n % 3 == 1 else "",
            )
            edition = db.session.get(Edition, edition_id)
            now = JUST_BEFORE if n % 3 == 1 else ENDS
            return answer(ordering.place_order, edition, wanted, now=now)

        answers = at_once(any_app, act, 12)
        assert answers[::3].count(True) <= 1
        sold = answers.count("yes")
        assert set(answers[1::3]) <= {"yes", "TypeSoldOut", "VoucherUsedUp"}
        assert set(answers[2::3]) <= {"yes", "TypeSoldOut"}
        db.session.expire_all()
        pool, voucher = db.session.get(Pool, pool_id), db.session.get(Voucher, voucher_id)
        tickets = db.session.query(Ticket)
        assert tickets.count() - before == sold <= 3
        assert tickets.filter_by(voucher_id=voucher_id).count() == voucher.used
        assert voucher.blocked == 0
        assert pool.taken == sold
        assert all_agree()


def test_a_code_that_ends_between_the_look_and_the_use_is_not_used(any_app, monkeypatch):
    """The team shortens it after an order saw that it works. On SQLite it waits for that order."""
    of = make.ticket_type(price_cents=500)
    voucher = make.voucher(uses=8)
    voucher_id = voucher.id
    order = to_order(of.edition_id, of.slug, 1, lambda _n, code=voucher.code: code)
    has_looked, is_shorter = threading.Event(), threading.Event()
    claim = uses.claim

    def slow_claim(*wanted, **values):
        has_looked.set()
        is_shorter.wait(0.3 if is_sqlite else 10)
        return claim(*wanted, **values)

    def act(n):
        if n == 0:
            return order(0)
        has_looked.wait(10)
        found = db.session.get(Voucher, voucher_id)
        ended = {"valid_until": NOW - timedelta(hours=1)}
        said = answer(rules.change_voucher, found, ended, seen=found.version, now=NOW)
        is_shorter.set()
        return said

    is_sqlite = db.engine.dialect.name == "sqlite"
    monkeypatch.setattr(uses, "claim", slow_claim)
    assert at_once(any_app, act, 2) == [0 if is_sqlite else "VoucherUsedUp", "yes"]
    assert db.session.query(Ticket).count() == is_sqlite
    assert all_agree()
    assert consistency_checks.totals() == []
