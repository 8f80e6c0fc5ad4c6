"""Every number on the overview leads to exactly the rows that it counts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from festival import clock
from festival.bookings.rules import waiting_list
from festival.db import db
from festival.home import queries
from festival.payments.models import BankLine, Refund
from festival.payments.queries import unpaid_holds
from festival.payments.stripe.models import PaymentAttempt
from festival.programme.models.sessions import Session, Speaker, speaker_of_session
from festival.tickets.models import Ticket
from festival.web.languages import Bilingual
from tests import make
from tests.home.test_queries import pay
from tests.make import FRIDAY, NOW
from tests.team.test_outbox import letter
from tests.world import at

SATURDAY = FRIDAY + timedelta(days=1)


@dataclass
class Counted:
    """A number on the overview, and the address that leads to what it counts."""

    words: str
    url: str
    number: int


@pytest.fixture(autouse=True)
def _before_the_festival(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def main_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    html = answer.get_data(as_text=True).partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", html.replace("&amp;", "&"))


def number_in(words: str) -> int:
    """The first number in these words."""
    found = re.search(r"\d+", words)
    assert found, words
    return int(found[0])


def plain(html: str) -> str:
    return re.sub(r"<[^>]*>", "", html).strip()


def link_in(html: str) -> tuple[str, str]:
    """The address and the words of the only link."""
    [(url, words)] = re.findall(r'<a href="([^"]*)">(.*?)</a>', html)
    return url, plain(words)


def figures(html: str) -> Iterator[Counted]:
    """Large numbers. Where the link has a number of its own, it counts other rows."""
    for words, number in re.findall(r"<div><dt>(.*?)</dt><dd>(.*?)</dd></div>", html):
        url, linked = link_in(words)
        own = re.search(r"\d+", linked)
        yield Counted(plain(words), url, int(own[0]) if own else int(number))


def bars(html: str) -> Iterator[Counted]:
    """Bars, each with links to what fills it below."""
    for bar in re.split(r'<div class="progress ', html)[1:]:
        label = plain(bar.partition("<span>")[2].partition("</span>")[0])
        [below] = re.findall(r'<p class="fine[^"]*">(.*?)</p>', bar.partition("</section>")[0])
        links = re.findall(r"<a .*?</a>", below)
        assert links, label
        for each in links:
            url, words = link_in(each)
            assert words.endswith(f", {label}")
            yield Counted(words, url, number_in(words))


def held(html: str) -> Iterator[Counted]:
    """Mailboxes that hold many tickets."""
    for row in re.findall(r"<li><a href=\"[^\"]*postvak.*?</li>", html):
        url, mailbox = link_in(row)
        yield Counted(mailbox, url, number_in(plain(row).partition(": ")[2]))


def rows(html: str) -> list[str]:
    """The rows of all tables of a page."""
    bodies = re.findall(r"<tbody>(.*?)</tbody>", html)
    return [row for body in bodies for row in re.findall(r"<tr>(.*?)</tr>", body)]


def cells(html: str, column: int) -> list[str]:
    """One column of the rows, as people read it."""
    return [plain(re.findall(r"<t[dh].*?</t[dh]>", row)[column]) for row in rows(html)]


def orders() -> Ticket:
    """Orders of each fate in two pools, one with a ticket that was given back. Returns a ticket."""
    visitors, guests = make.pool(name="Bezoekers"), make.pool(name="Gasten")
    weekend = make.ticket_type(price_cents=2000, pool=visitors)
    friday = make.ticket_type(price_cents=1000, pool=guests, days=[str(FRIDAY)])
    first = make.order(of=weekend, tickets=3)
    pay(first, 6000)
    for of, number in ((weekend, 1), (friday, 2), (friday, 1)):
        make.order(of=of, tickets=number)
    given_back = make.order(of=weekend, tickets=2)
    given_back.tickets[0].released_at = NOW
    weekend.pool.taken -= 1
    for ending in ({"lapsed_at": NOW, "confirmed_at": None}, {"cancelled_at": NOW}):
        ended = make.order(of=friday, **ending)
        ended.tickets[0].released_at = NOW
        friday.pool.taken -= 1
    pay(ended, 1000)
    pending = {"confirmed_at": None, "due_at": at(20, 12)}
    pay(make.order(of=friday, **pending), 300)
    for email in ("mia@example.org", "mia@wijk.example.org"):
        for _ in range(4):
            make.order(of=weekend, tickets=5, email=email, **pending)
    db.session.commit()
    return first.tickets[0]


def scans(ticket: Ticket) -> None:
    other, third = ticket.order.tickets[1:]
    make.scan(ticket)
    make.scan(ticket, outcome="already_in")
    make.scan(ticket, admitted_on=SATURDAY)
    make.scan(other)
    make.scan(third, undone_at=NOW)
    make.scan(third, is_practice=True, gate=make.gate(is_practice=True))


def places(ticket: Ticket) -> None:
    other, third = ticket.order.tickets[1:]
    full = make.session(slug="vol", title=Bilingual("Vol"))
    small = make.slot(full, places=1)
    later = make.slot(full, starts=at(24, 11), places=1)
    make.booking(ticket, small)
    make.booking(other, later)
    for waits, slot in ((other, small), (third, small), (third, later)):
        waiting_list.join_waiting_list(waits, slot, now=NOW)
    roomy = make.slot(make.session(slug="ruim", title=Bilingual("Ruim")), starts=at(25, 11))
    off = make.slot(make.session(slug="af", title=Bilingual("Af")), starts=at(25, 14))
    make.booking(third, roomy)
    make.booking(third, off)
    off.state = "cancelled"
    make.slot(make.session(is_public=False), is_public=False, places=7)  # only makers see it
    db.session.commit()


def speakers() -> None:
    """One not invited, one without an answer, one who said yes, one no; three draft sessions."""
    edition = make.current_edition()
    for name, invited_at, answer in (
        ("Ans", None, ""),
        ("Bea", NOW, ""),
        ("Cas", NOW, "yes"),
        ("Daan", NOW, "no"),
    ):
        row = Speaker(
            edition_id=edition.id,
            slug=name.lower(),
            name=name,
            email=f"{name.lower()}@example.org",
            invited_at=invited_at,
        )
        session = make.session(is_public=name in ("Cas", "Daan"), title=Bilingual(name))
        db.session.add(row)
        db.session.flush()
        db.session.execute(
            speaker_of_session.insert().values(
                session_id=session.id, speaker_id=row.id, answer=answer
            )
        )
    make.slot(session, is_public=False, places=None)  # a new moment of a public session
    changed = db.session.query(Session).filter_by(slug="ruim").one()
    changed.draft = {"min_age": 12}
    db.session.commit()


def letters() -> None:
    for state, number in (
        ("waiting", 2),
        ("sending", 1),
        ("failed", 3),
        ("unsure", 1),
        ("sent", 2),
    ):
        for _ in range(number):
            letter(state=state)


def bank_lines() -> None:
    """Two that nobody booked yet, one that was set aside."""
    for number, settled_at in enumerate((None, None, NOW)):
        db.session.add(
            BankLine(
                key=f"regel {number}",
                booked_on=NOW.date(),
                amount_cents=100,
                payer_name="Mia",
                payer_iban="",
                reference="",
                description="kaartjes",
                imported_at=NOW,
                settled_at=settled_at,
            )
        )
    db.session.commit()


def open_money(ticket: Ticket) -> None:
    """A refund that did not go yet, and a payment of which nobody knows."""
    order = ticket.order
    db.session.add(
        Refund(
            order=order,
            method="bank_transfer",
            amount_cents=1250,
            state="requested",
            requested_at=NOW,
            form_key="terug",
        )
    )
    db.session.add(
        PaymentAttempt(
            order_id=order.id,
            number=1,
            state="open",
            amount_cents=100,
            language="nl",
            excludes_slow=False,
            begun_at=NOW,
            expires_at=NOW,
            session_id="cs_1",
            stuck_at=NOW,
        )
    )
    db.session.commit()


def kept_places(ticket: Ticket) -> None:
    """Places for who is ordering, for who was offered one, and for a code."""
    make.hold(ticket.type, 2, network="een netwerk")
    make.hold(ticket.type, 1, network="")
    make.wait(ticket.type, offered_at=NOW, offer_ends_at=NOW + timedelta(days=1))
    make.wait(ticket.type)
    make.voucher(pool_id=ticket.type.pool_id, uses=3)


@pytest.fixture
def organiser(visitor: FlaskClient) -> FlaskClient:
    """An organiser of an edition in which everything occurs."""
    ticket = orders()
    scans(ticket)
    places(ticket)
    speakers()
    letters()
    bank_lines()
    open_money(ticket)
    kept_places(ticket)
    make.sign_in(visitor, "organiser")
    return visitor


def test_amounts_stand_with_what_is_open(organiser: FlaskClient) -> None:
    html = plain(main_of(organiser, "/team/")).replace("\xa0", " ")
    for words in (
        "aan terugbetalingen die openstaan1 terugbetaling€ 12,50",
        "bijgeschreven en nog niet geboekt2 bijschrijvingen€ 2,00",
        "nog te ontvangen van wie deels betaalde",
        "betaling waarvan niemand weet of die er is1",
    ):
        assert words in html.replace("<br>", " ")


def test_a_pool_says_who_has_its_places(organiser: FlaskClient) -> None:
    html = plain(main_of(organiser, "/team/").partition("Per contingent")[2])
    for words in ("2 voor wie nu bestellen", "1 aangeboden van de wachtlijst", "3 vastgehouden:"):
        assert words in html


def test_what_is_kept_counts_as_held_without_payment(organiser: FlaskClient) -> None:
    del organiser
    edition = make.current_edition()
    pools = [each.pool for each in queries.pools(edition)]
    held = unpaid_holds(edition, pools).tickets
    kept = sum(each.held + each.offered for each in queries.pools(edition))
    pending = queries.ticket_counts(edition)["pending"]
    assert (kept, held) == (3, pending + kept)


def test_the_limit_of_the_small_business_scheme_is_told(
    organiser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "grens van de KOR" not in main_of(organiser, "/team/")
    monkeypatch.setattr("festival.tickets.small_business.turnover_cents", lambda _year: 16_000_00)
    assert "grens van de KOR" in main_of(organiser, "/team/")


def test_every_large_number_and_bar_leads_to_its_rows(organiser: FlaskClient) -> None:
    html = main_of(organiser, "/team/")
    found = [*figures(html), *bars(html)]
    wrong = {
        each.words: (each.number, len(rows(main_of(organiser, each.url))))
        for each in found
        if each.number != len(rows(main_of(organiser, each.url)))
    }
    assert not wrong
    assert len({each.url for each in found}) == len(found), "no two numbers count the same rows"
    none = [each.words for each in found if not each.number]
    assert [words.partition(",")[0] for words in none] == ["0 keer binnengelaten"]  # on Sunday
    assert len(found) == 12 + 4 + 2 * 3 + 5 + 1 + 2


def test_a_bar_is_filled_by_the_tickets_of_its_rows(organiser: FlaskClient) -> None:
    """A pool's also by what is kept for others: 2 being ordered, 1 offered, 3 for codes."""
    html = main_of(organiser, "/team/")
    bar = r'class="progress-words"><span>{}</span> <strong>(\d+) van (\d+)'
    assert re.findall(bar.format("Bezoekers"), html) == [(str(45 + 2 + 1 + 3), "100")]
    assert re.findall(bar.format("Gasten"), html) == [("4", "100")]
    assert re.findall(bar.format("vrijdag 23 oktober"), html) == [("2", "8")]
    assert re.findall(bar.format("zaterdag 24 oktober"), html) == [("1", "5")]


def test_each_ticket_type_leads_to_its_tickets(organiser: FlaskClient) -> None:
    html = main_of(organiser, "/team/").partition("Per kaartsoort")[2].partition("</ul>")[0]
    found = re.findall(r'<li class="row">(.*?)</li>', html)
    numbers = {link_in(row)[0]: number_in(row.partition("<strong")[2]) for row in found}
    assert sorted(numbers.values()) == [4, 45]
    for url, number in numbers.items():
        assert len(rows(main_of(organiser, url))) == number


def test_a_mailbox_that_holds_many_leads_to_its_orders_only(organiser: FlaskClient) -> None:
    found = list(held(main_of(organiser, "/team/")))
    assert {each.words for each in found} == {"mia@example.org", "mia@wijk.example.org"}
    for each in found:
        page = main_of(organiser, each.url)
        assert sum(map(int, cells(page, 2))) == each.number == 20
        assert f"Dit zijn alleen bestellingen van {each.words}." in page


def test_who_waits_is_the_sum_of_the_lines(organiser: FlaskClient) -> None:
    [number] = re.findall(
        r"<dt>kaartjes op een wachtlijst.*?</dt><dd>(\d+)</dd>", main_of(organiser, "/team/")
    )
    lines = [number_in(line) for line in cells(main_of(organiser, "/team/plekken/?wacht=1"), 3)]
    # A full slot says "vol" and then who waits.
    assert (int(number), sorted(lines)) == (3, [1, 2])


def test_places_are_those_of_the_people_who_come(organiser: FlaskClient) -> None:
    html = main_of(organiser, "/team/").partition('id="plekken"')[2].partition("</section>")[0]
    [(taken, of)] = re.findall(r"(\d+) van (\d+) plekken zijn geboekt", html)
    lead = f"{taken} van de {of} plekken zijn geboekt."
    assert lead in main_of(organiser, "/team/plekken/")
    sessions = re.findall(r'<li class="row">(.*?)</li>', html)
    numbers = {link_in(row)[0]: number_in(row.partition("<strong")[2]) for row in sessions}
    assert numbers == {"/team/plekken/vol": 2, "/team/plekken/ruim": 1}
    for url, number in numbers.items():
        assert len(rows(main_of(organiser, url))) == number
    assert sum(numbers.values()) == int(taken)


def test_what_the_notice_of_letters_counts(organiser: FlaskClient) -> None:
    html = main_of(organiser, "/team/")
    [(number, url)] = re.findall(
        r"(\d+) brieven zijn niet zeker aangekomen\..*?<a href=\"([^\"]*)\">Bekijk de post", html
    )
    assert len(rows(main_of(organiser, url))) == int(number) == 4


def test_a_file_of_orders_has_the_rows_that_are_shown(organiser: FlaskClient) -> None:
    page = main_of(organiser, f"/team/bestellingen/?state=confirmed&dag={FRIDAY}")
    [url] = re.findall(r'href="(/team/bestellingen/csv[^"]*)"', page)
    assert len(organiser.get(url).text.splitlines()) - 1 == len(rows(page)) == 5


@pytest.mark.parametrize("role", ["finance", "checkin", "editor"])
def test_the_makers_numbers_are_of_no_concern_to_others(organiser: FlaskClient, role: str) -> None:
    make.sign_in(organiser, role)
    assert "Programma en sprekers" not in main_of(organiser, "/team/")
