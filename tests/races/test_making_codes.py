"""A form for many codes that is sent twice at once makes them once."""

import threading

from festival.db import db
from festival.editions.models import Edition
from festival.tickets.models import Voucher
from festival.tickets.vouchers import rules
from tests import make
from tests.make import NOW


def test_a_double_click_makes_one_batch(any_app):
    edition_id = make.current_edition().id
    begin, made = threading.Barrier(2), []
    db.session.commit()

    def click(name):
        with any_app.app_context():
            edition = db.session.get(Edition, edition_id)
            begin.wait()
            values = {"effect": "free", "uses": 1, "tag": "buren"}
            codes_of = [f"{name}CODE{number}" for number in range(20)]
            batch = rules.add_vouchers(edition, values, codes_of, form_key="een form", now=NOW)
            made.append(sorted(each.code for each in batch))

    threads = [threading.Thread(target=click, args=(name,)) for name in "AB"]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    db.session.rollback()
    assert db.session.query(Voucher).count() == 20
    assert made[0] == made[1]
