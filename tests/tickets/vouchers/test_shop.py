"""What a buyer with a code sees, and what happens when it stops working meanwhile."""

from datetime import timedelta

import pytest

from festival.db import db
from festival.tickets.models import Order
from festival.web.languages import Bilingual
from tests import make
from tests.kept_pages import forget_pages
from tests.make import NOW
from tests.payments.test_views import filled

URL = "/bestellen?n-weekend=2&code=buren27"


@pytest.fixture(autouse=True)
def weekend(visitor):
    return make.ticket_type(slug="weekend", price_cents=6500, name=Bilingual("Weekend", ""))


def plain(answer):
    return answer.text.replace("\xa0", " ")


def voucher(**values):
    return make.voucher(code="BUREN27", **{"effect": "percent", "value": 20, **values})


def test_the_shop_and_the_form_show_the_price_with_the_code(visitor):
    voucher(max_per_order=1)
    shop = plain(visitor.get("/kaartjes?code=buren27"))
    assert "€ 65,00</del> € 52,00" in shop
    assert "Met je code, voor 1 kaartje." in shop
    assert "Je code werkt" in shop
    form = plain(visitor.get(URL))
    assert "Weekend, met code BUREN27" in form
    assert "€ 117,00" in form
    visitor.post(URL, data=filled(form, kaartje_1_name="Zoë"))
    assert db.session.query(Order).one().total_cents == 11700
    assert "Weekend, met code BUREN27" in visitor.get(f"/bestelling/{order().secret}").text


def order():
    return db.session.query(Order).one()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"off_at": NOW}, "Je code werkt niet meer voor “Weekend”. Zonder code kost dat € 65,00."),
        ({"valid_until": NOW}, "Je code werkt niet meer voor “Weekend”."),
        ({"uses": 1}, "Je code werkt nog voor 1 keer “Weekend”; eerst was dat 2 keer."),
        ({"value": 10}, "Met je code kost “Weekend” nu € 58,50."),
    ],
)
def test_a_code_that_changed_while_one_filled_in_the_form_is_told(visitor, change, words):
    given = voucher()
    data = filled(visitor.get(URL).text, kaartje_1_name="Zoë")
    for name, value in change.items():
        setattr(given, name, value)
    db.session.commit()
    answer = visitor.post(URL, data=data)
    assert answer.status_code == 409
    assert words in plain(answer)
    assert db.session.query(Order).count() == 0
    agreed = filled(answer.text, kaartje_1_name="Zoë")
    assert visitor.post(URL, data=agreed).status_code == 303


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"off_at": NOW}, "De code BUREN27 werkt niet meer."),
        ({"uses": 1, "used": 1}, "De code BUREN27 is al zo vaak gebruikt als mocht."),
        ({"valid_until": NOW - timedelta(days=9)}, "De code BUREN27 werkte tot"),
        ({"valid_from": NOW + timedelta(days=9000)}, "De code BUREN27 werkt vanaf"),
    ],
)
def test_the_shop_says_why_a_code_does_not_work_and_that_is_no_guess(visitor, values, words):
    voucher(**values)
    for _again in range(65):
        forget_pages()
        answer = visitor.get("/kaartjes?code=buren27")
        assert answer.status_code == 200
    assert words in answer.text
    assert "Deze code kennen we niet" not in answer.text
    assert 'type="hidden" name="code"' not in answer.text


def test_a_blocked_place_is_to_be_had_with_the_code_alone(visitor, weekend):
    weekend.pool.capacity = 2
    db.session.commit()
    voucher(pool_id=weekend.pool_id, uses=2)
    assert "Uitverkocht" in visitor.get("/kaartjes").text
    assert "nog 2" in visitor.get("/kaartjes?code=buren27").text
    assert visitor.get("/bestellen?n-weekend=2").status_code == 409
    assert visitor.get(URL).status_code == 200
