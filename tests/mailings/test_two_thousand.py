"""A letter to two thousand people: from the page, through the worker, to a real mail server.

All are written; every tenth goes through the server, because that takes longest.
"""

import re
from collections import Counter

from sqlalchemy import insert, select, update

from festival import clock
from festival.db import db
from festival.mail import delivery
from festival.mail.models import Letter
from festival.mailings import sending
from festival.mailings.models import InvitationChoice
from festival.tickets.models import Order, Ticket
from festival.web.languages import Bilingual
from tests import make
from tests.mail import server

PEOPLE = 2000


def address(n):
    return f"b{n:04}@example.org"


def seed(people=PEOPLE):
    """As many orders of one ticket, every tenth in English."""
    of = make.ticket_type(pool=make.pool(capacity=people))
    orders = [
        {
            "edition_id": of.edition_id,
            "code": f"C{n:07}",
            "secret": f"geheim-van-order-{n:05}",
            "form_key": f"{n}",
            "name": f"Bezoeker {n}",
            "email": address(n),
            "language": "en" if n % 10 == 0 else "nl",
            "total_cents": 0,
            "reference": f"R{n}",
            "placed_at": make.NOW,
            "confirmed_at": make.NOW,
        }
        for n in range(people)
    ]
    ids = db.session.scalars(
        insert(Order).returning(Order.id, sort_by_parameter_order=True), orders
    ).all()
    tickets = [
        {
            "order_id": order_id,
            "type_id": of.id,
            "code": f"T{n:07}",
            "secret": f"geheim-van-kaartje-{n:05}",
            "pass_id": f"{n:020x}",
            "holder_name": f"Bezoeker {n}",
            "price_cents": 0,
            "vat_percent": 9,
        }
        for n, order_id in enumerate(ids)
    ]
    db.session.execute(insert(Ticket), tickets)
    db.session.commit()


def test_an_invitation_reaches_two_thousand_people_once(app, visitor, queries):
    seed()
    make.sign_in(visitor, "organiser")
    app.config["MAILING_PER_MINUTE"] = PEOPLE + 1
    text = Bilingual("Kom je ook, {voornaam}?", "Will you come, {voornaam}?")
    mailing = make.mailing(kind="invitation", subject=text, body=text)
    here = f"/team/brieven/{mailing.code}"
    visitor.get(here)
    with queries() as sent:
        page = visitor.get(here).text
    assert "Dit gaat naar 2000 adressen" in page
    assert len(sent) < 30, "the page asks as much for two thousand as for two"
    data = {
        name: re.search(rf'name="{name}" type="hidden" value="(\d+)"', page)[1]
        for name in ("version", "counted")
    }
    with queries() as sent:
        assert visitor.post(f"{here}/verstuur", data=data).status_code == 302
    assert len(sent) < 30, "the letters are written by the worker"
    now = clock.now()
    assert sending.send_due(lambda: now).done == 1
    written = db.session.execute(select(Letter.to, Letter.language)).all()
    assert Counter(to for to, _language in written) == Counter(map(address, range(PEOPLE)))
    assert Counter(language for _to, language in written) == {"nl": 1800, "en": 200}
    assert "2000 van 2000 geschreven" in visitor.get(here).text
    through = set(map(address, range(5, PEOPLE, 10)))
    db.session.execute(update(Letter).where(Letter.to.not_in(through)).values(state="kept"))
    db.session.commit()
    with server.running() as post:
        app.config["SMTP_URL"] = post.url
        delivery.deliver_due(lambda: now)
    assert Counter(post.recipients) == Counter(through)
    assert f"{len(through)} verstuurd" in visitor.get(here).text
    # One click on the header of any of them.
    header = post.letters[7]["List-Unsubscribe"]
    assert post.letters[7]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = re.fullmatch(r"<http://localhost(\S+)>", header)[1]
    click = {"List-Unsubscribe": "One-Click"}
    assert app.test_client().post(path, data=click, token=False).status_code == 204
    gone = db.session.query(InvitationChoice).filter(InvitationChoice.unsubscribed_at.is_not(None))
    assert gone.one().address == str(post.letters[7]["To"])
